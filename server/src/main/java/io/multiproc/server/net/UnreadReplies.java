package io.multiproc.server.net;

import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The replies that wait for clients to read them, of all connections. They may take a share of the memory, native clients and Python clients one
 * each, so that neither can use up the other's; beyond it the slowest ones of the kind are ended. Belongs to the event loop thread.
 */
final class UnreadReplies {
    /** Somebody to whom replies are sent. */
    interface Reader {
        /** Whether it counts no longer: its connection ends. */
        boolean isEnding();

        boolean isPython();

        /** Looks how much waits for it. */
        long waitingOutput(long nanoTime);

        /** How much waited at the last look. */
        long waiting();

        /** How much of it are references to values, which take heap. */
        long waitingValues();

        /** When it was last seen to have read. */
        long readAt();
    }

    /** Part of the heap that the values of one kind of clients may take, and part of the memory outside of it that their buffers may. */
    private static final int HEAP_SHARE = 8;

    private static final int DIRECT_SHARE = 4;
    /** Beyond so many times the share nobody is waited for. */
    private static final int AT_ONCE = 2;
    /** Who has read nothing for so long is slow. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final long heapShare;
    private final long directShare;
    private final long lookEvery;
    private long added;

    /**
     * @param heap bytes of the heap
     * @param direct bytes of memory that buffers outside of the heap may take
     */
    UnreadReplies(long heap, long direct) {
        heapShare = heap / HEAP_SHARE;
        directShare = direct / DIRECT_SHARE;
        lookEvery = Math.max(1, Math.min(heapShare, directShare) / 16);
    }

    static UnreadReplies ofThisJvm() {
        return new UnreadReplies(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
    }

    /** More waits for a client than before; whether it is time to {@link #slowest look}. */
    boolean added(long bytes) {
        added += bytes;
        return added >= lookEvery;
    }

    /** The connections to be ended, of all that are open. */
    <R extends Reader> List<R> slowest(Collection<R> open, long now) {
        added = 0;
        List<R> out = new ArrayList<>();
        slowest(open, now, true, out);
        slowest(open, now, false, out);
        return out;
    }

    private <R extends Reader> void slowest(Collection<R> open, long now, boolean python, List<R> out) {
        long heap = 0;
        long direct = 0;
        List<R> unread = new ArrayList<>();
        for (R c : open) {
            long waiting = c.isEnding() || c.isPython() != python ? 0 : c.waitingOutput(now);
            if (waiting > 0) {
                heap += c.waitingValues();
                direct += waiting - c.waitingValues();
                unread.add(c);
            }
        }
        while (heap > heapShare || direct > directShare) {
            boolean atOnce = heap > AT_ONCE * heapShare || direct > AT_ONCE * directShare;
            R slowest = slowest(unread);
            // who is alone may be sent one large value: it is bounded by itself
            boolean alone = unread.size() == 1 && direct <= AT_ONCE * directShare;
            if (slowest == null || alone || (!atOnce && now - slowest.readAt() < PATIENCE)) {
                return;
            }
            unread.remove(slowest);
            heap -= slowest.waitingValues();
            direct -= slowest.waiting() - slowest.waitingValues();
            out.add(slowest);
        }
    }

    /** Who has read nothing for the longest time, and of those that are alike who has most to read. */
    private static <R extends Reader> @Nullable R slowest(List<R> unread) {
        R slowest = null;
        for (R c : unread) {
            if (slowest == null
                    || c.readAt() - slowest.readAt() < 0
                    || (c.readAt() == slowest.readAt() && c.waiting() > slowest.waiting())) {
                slowest = c;
            }
        }
        return slowest;
    }
}
