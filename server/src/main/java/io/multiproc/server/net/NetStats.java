package io.multiproc.server.net;

import io.multiproc.server.engine.EngineStats;

/**
 * The counters of the sockets since the start, as they were at one moment.
 *
 * @param connections open sockets, of clients and of strangers
 * @param halfOpen those that have not finished their handshake
 * @param rejected connections that were refused: wrong keys, malformed or late handshakes, beyond a limit
 * @param ending whether the server takes no more clients
 * @param engine what the engine has counted
 */
public record NetStats(int connections, int halfOpen, long rejected, boolean ending, EngineStats engine) {
    /** Of a server that nobody has used. */
    public static final NetStats NONE = new NetStats(0, 0, 0, false, EngineStats.NONE);
}
