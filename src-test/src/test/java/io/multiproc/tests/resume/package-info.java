/** Sessions over connections that break. */
package io.multiproc.tests.resume;
