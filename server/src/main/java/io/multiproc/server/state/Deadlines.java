package io.multiproc.server.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The parked requests with a time limit, of all objects, the earliest first; equal times in order of arrival. */
final class Deadlines {
    // a binary heap; each waiter knows its place
    private @Nullable Waiter[] heap = new Waiter[16];
    private int size;

    /** The earliest deadline; {@link Long#MAX_VALUE} when there is none. */
    long next() {
        return size == 0 ? Long.MAX_VALUE : at(0).deadline;
    }

    /** The waiter that is due first, if it is due. It stays until it is removed. */
    @Nullable
    Waiter due(long now) {
        return size > 0 && at(0).deadline <= now ? heap[0] : null;
    }

    /** Adds a waiter unless it has no time limit. */
    void add(Waiter w) {
        if (w.deadline == Long.MAX_VALUE) {
            return;
        }
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        place(w, size++);
        up(w.deadlineAt);
    }

    void remove(Waiter w) {
        int i = w.deadlineAt;
        if (i < 0) {
            return;
        }
        w.deadlineAt = -1;
        Waiter moved = at(--size);
        heap[size] = null;
        if (moved != w) {
            place(moved, i);
            up(i);
            down(moved.deadlineAt);
        }
    }

    void clear() {
        heap = new Waiter[16];
        size = 0;
    }

    private Waiter at(int i) {
        Waiter w = heap[i];
        if (w == null) {
            throw new IllegalStateException("no deadline at " + i);
        }
        return w;
    }

    private void place(Waiter w, int i) {
        heap[i] = w;
        w.deadlineAt = i;
    }

    private static boolean before(Waiter a, Waiter b) {
        if (a.deadline != b.deadline) {
            return a.deadline < b.deadline;
        }
        // one entry can start the timers of several objects
        return a.index != b.index ? a.index < b.index : a.object.id() < b.object.id();
    }

    private void up(int from) {
        int i = from;
        Waiter w = at(i);
        while (i > 0 && before(w, at((i - 1) >>> 1))) {
            place(at((i - 1) >>> 1), i);
            i = (i - 1) >>> 1;
        }
        place(w, i);
    }

    private void down(int from) {
        int i = from;
        Waiter w = at(i);
        while (2 * i + 1 < size) {
            int child = 2 * i + 1;
            if (child + 1 < size && before(at(child + 1), at(child))) {
                child++;
            }
            if (!before(at(child), w)) {
                break;
            }
            place(at(child), i);
            i = child;
        }
        place(w, i);
    }
}
