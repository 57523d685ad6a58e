/**
 * A log that several nodes agree on, by an existing consensus engine, and the order of commands that it gives. Knows the engine of the server by its port
 * {@link io.multiproc.server.engine.Sequencer}, the other nodes by {@link io.multiproc.server.raft.Nodes}, and nothing of sockets. The only package that knows the
 * consensus engine's library.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.raft;
