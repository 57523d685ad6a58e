package io.multiproc.server.engine;

import java.util.function.LongSupplier;

/**
 * The clock of a state that outlives its servers: it goes on from the time of the last command, never back, and as fast as the monotonic clock; while it is behind the
 * wall clock by up to 5 % faster. So whoever waits waits longer by an outage, and never shorter. The wall clock is read once, at the start.
 */
public final class ClusterClock implements LongSupplier {
    /** It gains a twentieth. */
    private static final int GAIN = 20;

    private final EngineClock wall;
    private final long start;
    private final long last;

    /** @param last the time of the last command; milliseconds since 1970 */
    public ClusterClock(long last) {
        this(last, new EngineClock());
    }

    ClusterClock(long last, EngineClock wall) {
        this.wall = wall;
        this.start = wall.getAsLong();
        this.last = last;
    }

    @Override
    public long getAsLong() {
        long there = wall.getAsLong();
        long passed = there - start;
        return last + passed + Math.max(0, Math.min(passed / GAIN, start - last));
    }
}
