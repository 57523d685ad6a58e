package io.multiproc.server.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sequence with O(1) access by position and at both ends; in the middle it moves the shorter side. */
public final class ElementRing<T> {
    private static final int LEAST = 8;
    /** Bytes of a reference, at most: compressed ones take half. */
    private static final int REFERENCE = 8;

    // a ring: position i is at slot (head + i) & mask
    private @Nullable Object[] slots = new Object[LEAST];
    private int head;
    private int size;

    public ElementRing<T> copy() {
        ElementRing<T> out = new ElementRing<>();
        out.slots = slots.clone();
        out.head = head;
        out.size = size;
        return out;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    private int slot(int i) {
        return (head + i) & (slots.length - 1);
    }

    @SuppressWarnings("unchecked") // only T is ever put in, and the slots of positions below size are set
    public T get(int i) {
        if (i < 0 || i >= size) {
            throw new IllegalStateException("position " + i + " of " + size);
        }
        return (T) slots[slot(i)];
    }

    /** Replaces the element at a position and returns the previous one. */
    public T set(int i, T value) {
        T old = get(i);
        slots[slot(i)] = value;
        return old;
    }

    public void addLast(T value) {
        room(1);
        slots[slot(size++)] = value;
    }

    public void addFirst(T value) {
        room(1);
        head = slot(-1);
        slots[head] = value;
        size++;
    }

    public void add(int i, T value) {
        room(1);
        if (i < size - i) {
            head = slot(-1);
            size++;
            moveDown(1, i + 1);
        } else {
            size++;
            moveUp(i, size - 1);
        }
        slots[slot(i)] = value;
    }

    /** Moves the positions from {@code from} to before {@code to} one up, in runs that do not cross the end of the array. */
    private void moveUp(int from, int to) {
        int left = to;
        while (left > from) {
            int target = slot(left);
            if (target == 0) {
                slots[0] = slots[slots.length - 1];
                left--;
            } else {
                int run = Math.min(left - from, target);
                System.arraycopy(slots, target - run, slots, target - run + 1, run);
                left -= run;
            }
        }
    }

    /** Moves them one down. */
    private void moveDown(int from, int to) {
        int next = from;
        while (next < to) {
            int source = slot(next);
            if (source == 0) {
                slots[slots.length - 1] = slots[0];
                next++;
            } else {
                int run = Math.min(to - next, slots.length - source);
                System.arraycopy(slots, source, slots, source - 1, run);
                next += run;
            }
        }
    }

    public T removeFirst() {
        return remove(0);
    }

    public T removeLast() {
        return remove(size - 1);
    }

    public T remove(int i) {
        T old = get(i);
        if (i < size - 1 - i) {
            moveUp(0, i);
            slots[head] = null;
            head = slot(1);
        } else {
            moveDown(i + 1, size);
            slots[slot(size - 1)] = null;
        }
        size--;
        shrink();
        return old;
    }

    public void clear() {
        if (slots.length == LEAST) {
            Arrays.fill(slots, null);
        } else {
            slots = new Object[LEAST];
        }
        head = 0;
        size = 0;
    }

    public void addAll(List<T> values) {
        room(values.size());
        for (T value : values) {
            addLast(value);
        }
    }

    /** Replaces the positions from {@code from} to before {@code to}. */
    public void replace(int from, int to, List<T> values) {
        if (from == size) {
            addAll(values);
            return;
        }
        if (to == 0) {
            room(values.size());
            for (int i = values.size() - 1; i >= 0; i--) {
                addFirst(values.get(i));
            }
            return;
        }
        // in an array of its own: memory may run out before anything has changed, not in the middle
        int length = from + values.size() + size - to;
        @Nullable Object[] wider = new Object[Math.max(LEAST, Integer.highestOneBit(Math.max(1, length - 1)) * 2)];
        int at = 0;
        for (int i = 0; i < from; i++) {
            wider[at++] = get(i);
        }
        for (T value : values) {
            wider[at++] = value;
        }
        for (int i = to; i < size; i++) {
            wider[at++] = get(i);
        }
        slots = wider;
        head = 0;
        size = length;
    }

    /** Removes the positions that are set. */
    public void removeAll(BitSet positions) {
        int kept = positions.nextSetBit(0);
        if (kept < 0) {
            return;
        }
        for (int i = kept; i < size; i++) {
            if (!positions.get(i)) {
                slots[slot(kept++)] = slots[slot(i)];
            }
        }
        truncate(kept);
    }

    /** A copy of the elements from {@code from} to before {@code to}. */
    public List<T> range(int from, int to) {
        List<T> out = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            out.add(get(i));
        }
        return out;
    }

    private void truncate(int length) {
        for (int i = length; i < size; i++) {
            slots[slot(i)] = null;
        }
        size = length;
        shrink();
    }

    /** How many bytes making room for so many more elements takes, at most. */
    public long growth(long more) {
        return size + more <= slots.length ? 0 : 2 * REFERENCE * (size + more);
    }

    /** Makes sure that so many elements can be added without memory running out between two of them. */
    public void reserve(int more) {
        room(more);
    }

    private void room(int more) {
        if (size + more > slots.length) {
            resize(Math.max(slots.length * 2, Integer.highestOneBit(size + more - 1) * 2));
        }
    }

    private void shrink() {
        if (slots.length > 64 && size < slots.length / 4) {
            try {
                resize(Math.max(LEAST, Integer.highestOneBit(Math.max(1, size)) * 4));
            } catch (OutOfMemoryError e) {
                // what was removed is removed: only room that could be saved stays in use
            }
        }
    }

    private void resize(int length) {
        @Nullable Object[] wider = new Object[length];
        for (int i = 0; i < size; i++) {
            wider[i] = slots[slot(i)];
        }
        slots = wider;
        head = 0;
    }
}
