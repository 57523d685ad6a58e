/** Benchmarks beside CPython, run by hand with {@code src-test/bin/bench-local} and {@code bench-pool}; nothing here asserts a time. */
package io.multiproc.tests.bench;
