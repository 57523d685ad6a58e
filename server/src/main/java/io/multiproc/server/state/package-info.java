/**
 * The shared objects as pure state machines. Nothing here reads a clock, a thread, a socket, a random source or a logger:
 * time, session ends and cancellations arrive as entries, waiting is a record in the state, waking is an output.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.state;
