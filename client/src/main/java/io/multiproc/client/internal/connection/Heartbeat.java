package io.multiproc.client.internal.connection;

import java.util.concurrent.TimeUnit;

/**
 * Clock of a connection's heartbeats: when bytes last came and left, and how many pings are unanswered.
 *
 * <p>The times are written by whoever reads or writes, and read by the monitor, without a lock. Pings are counted with the connection's
 * lock, and read without it.
 */
final class Heartbeat {
    private final long intervalNanos;
    private final long lostNanos;

    private volatile long lastHeard = System.nanoTime();
    private volatile long lastSent = System.nanoTime();
    /** Pings without an answer, and since when. */
    private volatile int pings;

    private volatile long pingedSince;

    Heartbeat(long intervalMillis) {
        intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        lostNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(intervalMillis / 2, Math.min(1000, intervalMillis)));
    }

    /** After how much silence the server counts as lost: soon enough to connect again before the lease is over. */
    long lostNanos() {
        return lostNanos;
    }

    void heard() {
        lastHeard = System.nanoTime();
    }

    void sent() {
        lastSent = System.nanoTime();
    }

    long lastHeard() {
        return lastHeard;
    }

    /** When bytes came or left last. */
    long lastActivity() {
        long heard = lastHeard;
        long sent = lastSent;
        return heard - sent > 0 ? heard : sent;
    }

    /** Whether nothing has been heard for so long that the server may be lost. */
    boolean isSilent(long now) {
        return now - lastHeard > lostNanos;
    }

    /** Whether a ping has gone unanswered for too long. Counts from the first such ping, so that a process that slept does not blame the server. */
    boolean isLost(long now) {
        return pings > 0 && now - Math.max(lastHeard, pingedSince) > lostNanos;
    }

    /** Whether nothing was sent for so long that a ping is due. */
    boolean isPingDue(long now) {
        return now - lastSent >= intervalNanos;
    }

    /** The nanoseconds until {@link #isLost} or {@link #isPingDue} may be true. */
    long untilNext(long now) {
        return Math.min(pings > 0 ? lostNanos : Long.MAX_VALUE, intervalNanos - (now - lastSent));
    }

    /** With the lock: a ping is being sent. */
    void pinging(long now) {
        int before = pings;
        if (before == 0) {
            pingedSince = now;
        }
        pings = before + 1;
    }

    /** With the lock: a ping was answered. */
    void answered() {
        pings = Math.max(0, pings - 1);
    }

    /** With the lock: no answers will come to the pings so far. */
    void forgetPings() {
        pings = 0;
    }

    /** With the lock: there is a new wire. */
    void restart() {
        lastHeard = System.nanoTime();
        lastSent = lastHeard;
    }
}
