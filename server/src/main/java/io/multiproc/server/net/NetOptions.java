package io.multiproc.server.net;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.access.KeySource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of the sockets.
 *
 * @param listen where to listen
 * @param proof what peers must prove
 * @param certificates the files that encrypted listeners go by, or null for the key
 * @param limits how much there may be
 * @param strangers what is allowed to connections that have not proved the key
 * @param rates how often there may be a new connection
 * @param timeouts how long peers have
 * @param leases how long what a client held stays its own
 * @param loop how the event loop waits
 * @param version the server's version text
 * @param quiet whether start, end and lost sessions are logged at DEBUG
 */
public record NetOptions(
        List<ListenAddress> listen,
        Proof proof,
        @Nullable TlsFiles certificates,
        Limits limits,
        Strangers strangers,
        Rates rates,
        Timeouts timeouts,
        Leases leases,
        Loop loop,
        String version,
        boolean quiet) {
    public NetOptions {
        listen = List.copyOf(listen);
    }

    /**
     * What peers must prove.
     *
     * @param keys the keys that are valid at the start
     * @param source where the keys are read again from
     * @param policy which digests they may answer with
     */
    public record Proof(KeyRing keys, KeySource source, AuthPolicy policy) {}

    /**
     * How much there may be.
     *
     * @param frame bytes of a payload after authentication, either way
     * @param connections connections that have got to an accepted Hello
     * @param sessions sessions, those without a connection included
     * @param waits requests of one client that wait on the server
     * @param pendingOutput bytes that wait for a client to read
     */
    public record Limits(int frame, int connections, int sessions, int waits, long pendingOutput) {
        /** Output waiting for a client beyond which it is closed; never less than two replies and what was there before them. */
        long closeAbove() {
            return Math.max(pendingOutput, 2L * frame + highWater());
        }

        /** Output waiting for a client beyond which its requests are not read. */
        int highWater() {
            return (int) Math.max(16 << 10, Math.min(1 << 20, pendingOutput / 4));
        }

        /** Bytes of replies that a client has not confirmed beyond which its session cannot be resumed: any one reply, and some more. */
        public long keptReplies() {
            return frame + (16L << 20);
        }
    }

    /**
     * What is allowed to connections that have not proved the key.
     *
     * @param halfOpen how many there may be
     * @param perSource how many of an address that nobody has proved the key from
     * @param penaltyNanos for how long such an address is refused at most, 0 for never
     * @param exempt addresses without either
     */
    public record Strangers(int halfOpen, int perSource, long penaltyNanos, List<AddressBlock> exempt) {
        public Strangers {
            exempt = List.copyOf(exempt);
        }
    }

    /**
     * New connections per second from one address, 0 for no limit.
     *
     * @param others from an address of another machine
     * @param loopback from this machine's
     */
    public record Rates(int others, int loopback) {}

    /**
     * How long peers have.
     *
     * @param handshakeMillis from accept to accepted Hello
     * @param closeMillis to read what is on its way when their connection or the server is closed
     */
    public record Timeouts(long handshakeMillis, long closeMillis) {}

    /**
     * How long what a client held stays its own, in milliseconds.
     *
     * @param standard the lease of a client that asks for none
     * @param least that a client can ask for
     * @param most that a client can ask for
     * @param grace how long the session of a native client lives without a connection
     * @param away after how long without a connection a host of Python clients counts as gone
     * @param orphan after how long a waiter gets a plain lock or permit whose Python acquirer has gone
     */
    public record Leases(long standard, long least, long most, long grace, long away, long orphan) {
        /** How often leases are checked, in milliseconds. */
        long sweepPeriod() {
            return Math.max(20, Math.min(1000, least / 4));
        }

        /** The lease for a client that asks for this many milliseconds, 0 for the default. */
        long grant(long asked) {
            return asked <= 0 ? standard : Math.max(least, Math.min(most, asked));
        }
    }

    /**
     * How the event loop waits.
     *
     * @param nativeTransport whether it uses epoll where there is one
     * @param spinNanos how long the event loop busy-polls before it sleeps, where that is worth it
     */
    public record Loop(boolean nativeTransport, long spinNanos) {}
}
