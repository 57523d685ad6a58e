package io.multiproc.server.net;

/**
 * The clock of leases and graces: the time during which the event loop ran, in nanoseconds. Advanced at each lease check and read often, so it is as
 * coarse as they are. It stands still while the loop does: a client cannot be heard then, and whatever it sent meanwhile is read before its time is over.
 */
final class LoopClock {
    private final long most;
    private long now;
    private long read;

    /**
     * @param start what {@link System#nanoTime} says
     * @param period nanoseconds from one lease check to the next
     */
    LoopClock(long start, long period) {
        most = period + period / 2;
        now = start;
        read = start;
    }

    long now() {
        return now;
    }

    /** At a lease check: whatever is longer than a period and a half counts as that. */
    void advance(long nanoTime) {
        now += Math.min(nanoTime - read, most);
        read = nanoTime;
    }
}
