/** Benchmarks, run by hand with {@code src-test/bin/bench}; nothing here asserts a time. */
package io.multiproc.tests.bench;
