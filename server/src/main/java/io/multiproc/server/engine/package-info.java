/**
 * The one writer: turns requests into numbered, stamped entries of the state machine, sends its answers out and its ticks
 * in. Knows no sockets; all calls come from one thread.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.engine;
