package io.multiproc.server.state;

import io.multiproc.protocol.wire.Args;

/**
 * A Python slice of a sequence of known length: positions {@code start}, {@code start + step} … of which there are {@code
 * length}. The arithmetic is that of CPython's PySlice_Unpack and PySlice_AdjustIndices.
 */
record Slice(int start, int stop, long step, int length) {
    /** The slice whose start, stop and step are the arguments from a position on. */
    static Slice of(Args a, int first, int size) {
        long step = a.present(first + 2) ? a.integer(first + 2) : 1;
        if (step == 0) {
            throw ObjectState.badArgument("slice step cannot be zero");
        }
        step = Math.max(step, -Long.MAX_VALUE);
        long start = a.present(first) ? a.integer(first) : step < 0 ? Long.MAX_VALUE : 0;
        long stop = a.present(first + 1) ? a.integer(first + 1) : step < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        int from = adjust(start, size, step);
        int to = adjust(stop, size, step);
        long length = 0;
        if (step < 0 && to < from) {
            length = (from - to - 1) / -step + 1;
        } else if (step > 0 && from < to) {
            length = (to - from - 1) / step + 1;
        }
        return new Slice(from, to, step, (int) length);
    }

    private static int adjust(long position, int size, long step) {
        long p = position;
        if (p < 0) {
            p += size;
            return p >= 0 ? (int) p : step < 0 ? -1 : 0;
        }
        return p < size ? (int) p : step < 0 ? size - 1 : size;
    }

    /** The i-th position. */
    int position(int i) {
        return (int) (start + i * step);
    }
}
