package io.multiproc.protocol.idle;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A policy that decides whether a thread polls for its peer's next bytes for a moment before it sleeps. Waking a thread costs several times what an
 * operation does, and on a virtual machine whose processor has gone idle a hundred times as much.
 *
 * <p>It shows by itself: each moment in vain lets twice as many waits pass before the next is tried, so whoever hears from its peer
 * now and then, or over a network slower than the moment, soon sleeps at once; and each that was not makes the next be tried. Nobody looks
 * while more threads want to run than there are processors: one of them may be the peer. It does not yield while it looks: some kernels take
 * a whole time slice for that (seen: a handshake of 5 seconds beside one busy process). Used by one thread at a time.
 */
public final class AdaptiveSpin {
    private static final int MOST_SKIPPED = 64;

    /** One look; does not wait. */
    public interface Look<E extends Exception> {
        /** What is there: 0 for nothing. */
        int now() throws E;
    }

    private final long nanos;
    private final LongSupplier clock;
    private final BooleanSupplier crowded;
    private int skip;
    private int skipped;

    /**
     * @param nanos how long a moment is; 0 never looks. On one processor it never does either: whoever looks would keep the peer
     *     from running
     */
    public AdaptiveSpin(long nanos) {
        this(nanos, Runtime.getRuntime().availableProcessors(), System::nanoTime, CpuContention::isCrowded);
    }

    AdaptiveSpin(long nanos, int processors, LongSupplier clock, BooleanSupplier crowded) {
        this.nanos = processors > 1 ? nanos : 0;
        this.clock = clock;
        this.crowded = crowded;
    }

    /**
     * Begins a wait: looks for a moment, if that is worth it.
     *
     * @return what the look found, or 0 if there was nothing: then it is time to sleep
     */
    public <E extends Exception> int look(Look<E> look) throws E {
        return look(look, false);
    }

    /**
     * As {@link #look(Look)}, for the one thread that many wait for.
     *
     * @param peers whether a crowd that wants to run is most likely theirs: then it looks all the same. On a processor that it keeps none of them is woken from afar
     */
    public <E extends Exception> int look(Look<E> look, boolean peers) throws E {
        if (nanos == 0) {
            return 0;
        }
        if (skipped < skip) {
            skipped++;
            return 0;
        }
        if (!peers && crowded.getAsBoolean()) {
            return 0;
        }
        skipped = 0;
        long start = clock.getAsLong();
        do {
            int found = look.now();
            if (found != 0) {
                skip = 0;
                return found;
            }
            Thread.onSpinWait();
        } while (clock.getAsLong() - start < nanos);
        skip = skip == 0 ? 1 : Math.min(MOST_SKIPPED, 2 * skip);
        return 0;
    }
}
