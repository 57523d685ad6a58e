package io.multiproc.client;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Table of the deliveries of one joinable queue that this process has taken and not reported, and of the threads that took them. Threads go by
 * their number as owners of locks, which none gets twice, so nothing here keeps a dead thread. Thread-safe.
 */
final class Takings {
    /** A delivery, the thread that took it, and the session at the server in which that was. */
    record Taking(long number, long holder, long session) {}

    /** Who takes for a future: no thread. */
    static final long NOBODY = 0;

    /** Of items that are never reported no more are remembered. */
    private static final int MOST = 100_000;

    /** In the order in which they were taken. */
    private final Map<Long, Taking> all = new LinkedHashMap<>();

    private final Map<Long, ArrayDeque<Taking>> byHolder = new HashMap<>();
    private final LongSupplier session;

    /** @param session the present session's number at the server */
    Takings(LongSupplier session) {
        this.session = session;
    }

    synchronized void add(long number, long holder) {
        Taking taking = new Taking(number, holder, session.getAsLong());
        all.put(number, taking);
        byHolder.computeIfAbsent(holder, h -> new ArrayDeque<>()).addLast(taking);
        if (all.size() > MOST) {
            remove(all.keySet().iterator().next());
        }
    }

    /** It was reported, or is not wanted. */
    synchronized void remove(long number) {
        Taking taking = all.remove(number);
        if (taking != null) {
            ArrayDeque<Taking> theirs = byHolder.get(taking.holder());
            if (theirs != null) {
                theirs.remove(taking);
                if (theirs.isEmpty()) {
                    byHolder.remove(taking.holder());
                }
            }
        }
    }

    /** Removes and returns the oldest of a thread; if it has none, the oldest of those no thread took; if there is none, the oldest of all. Null if there is none. */
    synchronized @Nullable Taking next(long holder) {
        Taking next = first(holder);
        if (next == null) {
            next = first(NOBODY);
        }
        if (next == null && !all.isEmpty()) {
            next = all.values().iterator().next();
        }
        if (next != null) {
            remove(next.number());
        }
        return next;
    }

    private @Nullable Taking first(long holder) {
        ArrayDeque<Taking> theirs = byHolder.get(holder);
        return theirs == null ? null : theirs.peekFirst();
    }

    /** It was not reported after all. */
    synchronized void putBack(Taking taking) {
        Map<Long, Taking> later = new LinkedHashMap<>(all);
        all.clear();
        all.put(taking.number(), taking);
        all.putAll(later);
        byHolder.computeIfAbsent(taking.holder(), h -> new ArrayDeque<>()).addFirst(taking);
    }

    synchronized int size() {
        return all.size();
    }

    synchronized int threads() {
        return byHolder.size();
    }
}
