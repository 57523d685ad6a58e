package io.multiproc.client.process;

import java.util.concurrent.TimeUnit;

/**
 * How many JVMs are worth waiting in reserve, from when processes were started. Starts within a second of the first are one burst: a pool's workers, or one process. A program that
 * begins a second burst is likely to begin a third, and has as many waiting as its largest burst started, at most one for each processor. One that starts
 * nothing for a while has none. Not thread-safe.
 */
final class RecentStarts {
    static final long BURST = TimeUnit.SECONDS.toNanos(1);
    static final long IDLE = TimeUnit.SECONDS.toNanos(10);

    private final int most;
    private boolean any;
    private long began;
    private long last;
    private int inBurst;
    private int largest;
    private int bursts;

    /** @param processors of this machine */
    RecentStarts(int processors) {
        most = processors;
    }

    /** A process is started. */
    void started(long nanoTime) {
        if (!any || nanoTime - last > IDLE) {
            bursts = 0;
            largest = 0;
        }
        if (bursts == 0 || nanoTime - began > BURST) {
            bursts++;
            began = nanoTime;
            inBurst = 0;
        }
        any = true;
        last = nanoTime;
        inBurst++;
        largest = Math.max(largest, inBurst);
    }

    /** How many JVMs should wait now. */
    int worthWaiting(long nanoTime) {
        return bursts < 2 || nanoTime - last > IDLE ? 0 : Math.min(largest, most);
    }
}
