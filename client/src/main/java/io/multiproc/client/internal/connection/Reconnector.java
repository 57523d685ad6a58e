package io.multiproc.client.internal.connection;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Policy of connecting again: attempts with back-off until one succeeds or the session must be over, and how long calls wait for that.
 *
 * <p>The I/O thread connects; any thread may ask.
 */
final class Reconnector {
    /** The connection's side of an attempt. Called by the thread that connects. */
    interface Progress {
        /** Whether the session has ended, so that there is nothing left to connect for. */
        boolean isOver();

        /** When bytes came from the server last. */
        long lastHeard();

        void attemptFailed();

        /** Called now and then between two attempts, and before the first. */
        void waiting();
    }

    private static final long MOST_ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final ConnectionOptions options;
    private final HelloAck ack;
    private final long leaseNanos;
    private final long waitNanos;
    private volatile boolean failed;

    Reconnector(ConnectionOptions options, HelloAck ack) {
        this.options = options;
        this.ack = ack;
        leaseNanos = TimeUnit.MILLISECONDS.toNanos(ack.leaseMillis());
        waitNanos = options.reconnectTimeout().compareTo(Duration.ofDays(10_000)) > 0
                ? Long.MAX_VALUE / 2
                : options.reconnectTimeout().toNanos();
    }

    /** How much longer calls wait for a connection that has been missing since then. */
    long waitLeft(long since) {
        return waitNanos - (System.nanoTime() - since);
    }

    /** Whether an attempt has failed since the connection broke. */
    boolean hasFailed() {
        return failed;
    }

    /** For a call that has waited for a connection, or would. */
    ConnectionLostException tooLong(String peer, Outcome outcome) {
        return ConnectionLostException.of(
                outcome,
                "there has been no connection to " + peer + " for more than "
                        + TimeUnit.NANOSECONDS.toMillis(waitNanos)
                        + " ms; the client goes on trying, and what this call may bring is given back");
    }

    /**
     * Connects and resumes the session.
     *
     * @param received replies of the session so far
     * @param confirmed frames that the server has for good; all later ones are kept
     * @param keptFrom the lowest request in those
     * @param answered the last frame that the server has to know of
     * @throws ManagerException if the session is over
     */
    Connector.Link connect(Progress progress, long received, long confirmed, long keptFrom, long answered) {
        failed = false;
        Backoff backoff = new Backoff(ThreadLocalRandom.current());
        Hello hello = new Hello(
                Hello.VERSION,
                Hello.VERSION,
                ack.session(),
                ack.leaseMillis(),
                options.fingerprint(),
                options.name(),
                new Hello.Resume(ack.epoch(), ack.secret(), received, confirmed, keptFrom, answered));
        long pause = backoff.next();
        while (true) {
            pause(progress, pause);
            if (progress.isOver()) {
                throw new ConnectionLostException(ErrorCode.CANCELLED, "closed while connecting", null);
            }
            try {
                return Connector.connect(options, attemptTimeout(), hello);
            } catch (SessionExpiredException | AuthenticationException e) {
                throw e;
            } catch (ManagerException e) {
                if (e.code() == ErrorCode.UNSUPPORTED_VERSION) {
                    throw e;
                }
                failed = true;
                progress.attemptFailed();
                // an election takes a second or two, and the nodes are there
                pause = e.code() == ErrorCode.NOT_LEADER ? ServerSearch.pauseNanos() : backoff.next();
                if (System.nanoTime() - progress.lastHeard() > leaseNanos) {
                    throw new SessionExpiredException(
                            ErrorCode.SESSION_EXPIRED,
                            "no connection to " + options.uri() + " within the lease of " + ack.leaseMillis()
                                    + " ms: the manager has ended or has given this session up ("
                                    + e.getMessage() + ")",
                            e);
                }
            }
        }
    }

    private Duration attemptTimeout() {
        return Duration.ofNanos(Math.min(
                options.connectTimeout().toNanos(),
                Math.max(MOST_ATTEMPT_NANOS / 10, Math.min(MOST_ATTEMPT_NANOS, leaseNanos / 3))));
    }

    private void pause(Progress progress, long nanos) {
        long until = System.nanoTime() + nanos;
        long left = nanos;
        do {
            Thread.interrupted();
            progress.waiting();
            if (left > 0 && !progress.isOver()) {
                LockSupport.parkNanos(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
            }
            left = until - System.nanoTime();
        } while (left > 0 && !progress.isOver());
    }
}
