/**
 * Nanoseconds and bytes of garbage of single steps, without a socket: what is written and read of every call
 * ({@link io.multiproc.jmh.Codecs}, {@link io.multiproc.jmh.Pickles}), and what the state machines do with it
 * ({@link io.multiproc.jmh.Collections}, {@link io.multiproc.jmh.Waiting}). {@code src-test/bin/jmh [PATTERN]} runs them; the unit
 * test runs each once.
 *
 * <p>2026-11-25: a module of its own, because JMH's annotation processor takes the place of Error Prone, and because nothing else
 * should know JMH. Each benchmark leaves the state as large as it found it, so a longer run measures the same thing.
 */
@NullMarked
package io.multiproc.jmh;

import org.jspecify.annotations.NullMarked;
