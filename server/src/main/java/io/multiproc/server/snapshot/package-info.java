/**
 * The file that lets named objects outlive the server: its format, its atomic replacement, when it is written. Knows the state
 * by its {@link io.multiproc.server.state.DurableSnapshot}; the engine and the network know nothing of this package.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.snapshot;
