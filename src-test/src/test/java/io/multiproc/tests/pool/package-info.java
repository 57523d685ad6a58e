/** Pools and executors, with real worker processes. */
package io.multiproc.tests.pool;
