/**
 * The durable log of a server: commands are on disk before they are answered, and a restart applies them again. Knows the engine by its port
 * {@link io.multiproc.server.engine.Sequencer}, and nothing of the network.
 */
@org.jspecify.annotations.NullMarked
package io.multiproc.server.log;
