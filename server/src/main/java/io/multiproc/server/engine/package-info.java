/**
 * The one writer: turns requests into numbered, stamped entries of the state machine, sends its answers out and its ticks
 * in. Knows no sockets; whoever calls it does so from one thread.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.engine;
