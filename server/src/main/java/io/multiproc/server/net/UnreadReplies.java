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
    List<Connection> slowest(Collection<Connection> open, long now) {
        added = 0;
        List<Connection> out = new ArrayList<>();
        slowest(open, now, true, out);
        slowest(open, now, false, out);
        return out;
    }

    private void slowest(Collection<Connection> open, long now, boolean python, List<Connection> out) {
        long heap = 0;
        long direct = 0;
        List<Connection> unread = new ArrayList<>();
        for (Connection c : open) {
            long waiting = c.isEnding() || c.isPython() != python ? 0 : c.waitingOutput(now);
            if (waiting > 0) {
                heap += c.waitingValues();
                direct += waiting - c.waitingValues();
                unread.add(c);
            }
        }
        while (heap > heapShare || direct > directShare) {
            boolean atOnce = heap > AT_ONCE * heapShare || direct > AT_ONCE * directShare;
            Connection slowest = slowest(unread);
            // who is alone may be sent one large value: it is bounded by itself
            boolean alone = unread.size() == 1 && direct <= AT_ONCE * directShare;
            if (slowest == null || alone || (!atOnce && now - slowest.readAt() < PATIENCE)) {
                return;
            }
            unread.remove(slowest);
            heap -= slowest.waitingValues();
            direct -= slowest.pendingOutput() - slowest.waitingValues();
            out.add(slowest);
        }
    }

    /** Who has read nothing for the longest time, and of those that are alike who has most to read. */
    private static @Nullable Connection slowest(List<Connection> unread) {
        Connection slowest = null;
        for (Connection c : unread) {
            if (slowest == null
                    || c.readAt() - slowest.readAt() < 0
                    || (c.readAt() == slowest.readAt() && c.pendingOutput() > slowest.pendingOutput())) {
                slowest = c;
            }
        }
        return slowest;
    }
}
