package io.multiproc.client;

import java.time.Duration;

/**
 * Learns what becomes of a manager's connection. All methods are called on a thread of their own, one after the other in the order of
 * the events, so they may call the manager and may take their time; what they throw is logged. Each event is also one line of the log.
 * A client that makes no calls learns within half a second of what the server or the kernel says; of a host that falls silent, by its heartbeat.
 */
public interface ConnectionListener {
    /**
     * The connection broke. The session goes on: calls wait, and the client tries to connect again.
     *
     * @param manager the manager
     * @param reason why
     */
    default void disconnected(Manager manager, String reason) {}

    /**
     * The session goes on over a new connection: nothing is lost, and calls that waited are answered.
     *
     * @param manager the manager
     * @param outage how long there was no connection
     */
    default void reconnected(Manager manager, Duration outage) {}

    /**
     * The session has ended without this program's doing, and what it held is released: {@link SessionExpiredException}, {@link
     * ServerRestartedException}, or {@link ConnectionLostException} if the server said that it ends.
     *
     * @param manager the manager
     * @param reason why
     */
    default void ended(Manager manager, ManagerException reason) {}

    /**
     * A new session has begun in place of the one that ended, see {@link ManagerOptions#withRenewal}.
     *
     * @param manager the manager
     */
    default void renewed(Manager manager) {}
}
