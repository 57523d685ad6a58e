package io.multiproc.client.memory;

import org.jspecify.annotations.Nullable;

/** The indices that a slice of a sequence has in Python. */
record Slice(int first, int step, int count) {
    static Slice of(int length, @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        int by = step == null ? 1 : step;
        if (by == 0) {
            throw new IllegalArgumentException("the step of a slice cannot be 0");
        }
        int least = by > 0 ? 0 : -1;
        int most = by > 0 ? length : length - 1;
        int first = start == null ? (by > 0 ? least : most) : clamped(start, length, least, most);
        int end = stop == null ? (by > 0 ? most : least) : clamped(stop, length, least, most);
        long distance = by > 0 ? (long) end - first : (long) first - end;
        long width = Math.abs((long) by);
        return new Slice(first, by, (int) Math.max(0, (distance + width - 1) / width));
    }

    private static int clamped(int index, int length, int least, int most) {
        return Math.max(least, Math.min(most, index < 0 ? index + length : index));
    }

    /** The index of its element number i. */
    int at(int i) {
        return first + i * step;
    }
}
