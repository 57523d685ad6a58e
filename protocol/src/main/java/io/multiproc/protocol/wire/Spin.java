package io.multiproc.protocol.wire;

import java.util.function.LongSupplier;

/**
 * Whether it is worth looking for the peer's next bytes for a moment before going to sleep: to wake a thread costs several times what
 * an operation does, and on a virtual machine whose processor has gone idle a hundred times as much.
 *
 * <p>It shows by itself: each moment in vain lets twice as many waits pass before the next is tried, so whoever hears from its peer
 * now and then, or over a network slower than the moment, soon sleeps at once; and each that was not makes the next be tried. Used by one
 * thread at a time.
 */
public final class Spin {
    private static final int MOST_SKIPPED = 64;

    private final long nanos;
    private final LongSupplier clock;
    private int skip;
    private int skipped;
    private long start;

    /**
     * @param nanos how long a moment is; 0 never looks. On one processor it never does either: whoever looks would keep the peer
     *     from running
     */
    public Spin(long nanos) {
        this(nanos, Runtime.getRuntime().availableProcessors(), System::nanoTime);
    }

    Spin(long nanos, int processors, LongSupplier clock) {
        this.nanos = processors > 1 ? nanos : 0;
        this.clock = clock;
    }

    /** Begins a wait. Whether to look for a moment, and then to say {@link #found} or ask {@link #goesOn}. */
    public boolean begins() {
        if (nanos == 0 || skipped < skip) {
            skipped++;
            return false;
        }
        skipped = 0;
        start = clock.getAsLong();
        return true;
    }

    /** There was something: the moment was well spent. */
    public void found() {
        skip = 0;
    }

    /** Lets another thread of this processor run, if one is ready. */
    @SuppressWarnings("ThreadPriorityCheck") // only speed depends on it
    public static void giveWay() {
        Thread.yield();
    }

    /** There was nothing: lets others run, and says whether to look again. */
    public boolean goesOn() {
        if (clock.getAsLong() - start < nanos) {
            giveWay();
            return true;
        }
        skip = skip == 0 ? 1 : Math.min(MOST_SKIPPED, 2 * skip);
        return false;
    }
}
