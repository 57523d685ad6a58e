/** What things cost in memory. */
package io.multiproc.tests.memory;
