/** What a manager tells about itself over HTTP. */
package io.multiproc.tests.metrics;
