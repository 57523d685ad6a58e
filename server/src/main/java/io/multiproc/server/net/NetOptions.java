package io.multiproc.server.net;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import java.util.List;

/**
 * The options of the sockets.
 *
 * @param listen where to listen
 * @param key the authkey
 * @param policy which digests peers may answer with
 * @param maxFrame the largest payload after authentication, either way
 * @param handshakeMillis from accept to accepted Hello
 * @param maxHalfOpen connections that have not got so far
 * @param maxConnections connections that have
 * @param maxSessions sessions, those without a connection included
 * @param connectionRate new connections per second from one address of another machine, 0 for no limit
 * @param loopbackRate the same for this machine's
 * @param lease what a client gets that asks for none; milliseconds
 * @param minLease the least that a client can ask for
 * @param maxLease the most
 * @param graceMillis how long the session of a native client lives without a connection
 * @param maxWaits requests of one client that may wait on the server
 * @param maxPendingOutput bytes that may wait for a client to read
 * @param closeMillis how long {@link NetServer#close} waits for clients
 * @param nativeTransport whether to use epoll where there is one
 * @param spinNanos how long the event loop looks for the next request before it sleeps, where that is worth it
 * @param awayMillis after how long without a connection a host of Python clients counts as gone
 * @param orphanMillis after how long a waiter gets a plain lock or permit whose Python acquirer has gone
 * @param version the server's version text
 */
public record NetOptions(
        List<ListenAddress> listen,
        Authkey key,
        AuthPolicy policy,
        int maxFrame,
        long handshakeMillis,
        int maxHalfOpen,
        int maxConnections,
        int maxSessions,
        int connectionRate,
        int loopbackRate,
        long lease,
        long minLease,
        long maxLease,
        long graceMillis,
        int maxWaits,
        long maxPendingOutput,
        long closeMillis,
        boolean nativeTransport,
        long spinNanos,
        long awayMillis,
        long orphanMillis,
        String version) {
    public NetOptions {
        listen = List.copyOf(listen);
    }

    /** The lease for a client that asks for this many milliseconds, 0 for the default. */
    long grantLease(long asked) {
        return asked <= 0 ? lease : Math.max(minLease, Math.min(maxLease, asked));
    }

    /** Output waiting for a client beyond which it is closed; never less than two replies and what was there before them. */
    long pendingLimit() {
        return Math.max(maxPendingOutput, 2L * maxFrame + highWater());
    }

    /** Bytes of replies that a client has not confirmed beyond which its session cannot be resumed: any one reply, and some more. */
    long keptReplies() {
        return maxFrame + (16L << 20);
    }

    /** Output waiting for a client beyond which its requests are not read. */
    int highWater() {
        return (int) Math.max(16 << 10, Math.min(1 << 20, maxPendingOutput / 4));
    }
}
