package io.multiproc.server.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A queue of the timers of all objects, parked requests with a time limit among them: the earliest first; equal times in order of arrival. */
final class Deadlines {
    // a binary heap; each timer knows its place
    private @Nullable Timer[] heap = new Timer[16];
    private int size;

    /** The earliest deadline; {@link Long#MAX_VALUE} when there is none. */
    long next() {
        return size == 0 ? Long.MAX_VALUE : at(0).deadline;
    }

    /** The timer that is due first, if it is due. It stays until it is removed. */
    @Nullable
    Timer due(long now) {
        return size > 0 && at(0).deadline <= now ? heap[0] : null;
    }

    /** How many bytes making room for one more timer takes, at most. */
    long growth() {
        return size < heap.length ? 0 : 16L * size;
    }

    /** Makes sure that one more can be added without memory. */
    void reserve() {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
    }

    /** Adds a timer unless it is never due. */
    void add(Timer t) {
        if (t.deadline == Long.MAX_VALUE) {
            return;
        }
        reserve();
        place(t, size++);
        up(t.deadlineAt);
    }

    void remove(Timer t) {
        int i = t.deadlineAt;
        if (i < 0) {
            return;
        }
        t.deadlineAt = -1;
        Timer moved = at(--size);
        heap[size] = null;
        if (moved != t) {
            place(moved, i);
            up(i);
            down(moved.deadlineAt);
        }
    }

    void clear() {
        heap = new Timer[16];
        size = 0;
    }

    private Timer at(int i) {
        Timer t = heap[i];
        if (t == null) {
            throw new IllegalStateException("no deadline at " + i);
        }
        return t;
    }

    private void place(Timer t, int i) {
        heap[i] = t;
        t.deadlineAt = i;
    }

    private void up(int from) {
        int i = from;
        Timer t = at(i);
        while (i > 0 && t.isBefore(at((i - 1) >>> 1))) {
            place(at((i - 1) >>> 1), i);
            i = (i - 1) >>> 1;
        }
        place(t, i);
    }

    private void down(int from) {
        int i = from;
        Timer t = at(i);
        while (2 * i + 1 < size) {
            int child = 2 * i + 1;
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            if (!at(child).isBefore(t)) {
                break;
            }
            place(at(child), i);
            i = child;
        }
        place(t, i);
    }
}
