package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The order of encoded values, as in Python. Objects of a class that a pickle does not show are ordered by what they carry, though not equal to it ({@link Notes}). */
final class Order {
    private Order() {}

    /** The order of the values at two offsets; on a meter if there is one. */
    static int compare(byte[] x, int xAt, byte[] y, int yAt, @Nullable Work work) {
        Tag tx = Tag.of(x, xAt);
        Tag ty = Tag.of(y, yAt);
        if (tx == Tag.OPAQUE || ty == Tag.OPAQUE) {
            int xTo = Notes.carried(x, xAt);
            int yTo = Notes.carried(y, yAt);
            if (xTo != xAt || yTo != yAt) {
                return compare(x, xTo, y, yTo, work);
            }
        }
        if (work != null) {
            work.spend(Work.ORDER);
            Equality.spendOnScalars(x, xAt, tx, y, yAt, ty, work);
        }
        if (tx.isNumber() && ty.isNumber()) {
            return Numbers.compare(x, xAt, y, yAt);
        }
        if (Instants.isOne(tx) && Instants.isOne(ty)) {
            return Instants.compare(x, xAt, tx, y, yAt, ty);
        }
        if (tx == Tag.OPAQUE || ty == Tag.OPAQUE) {
            Integer order = compareContent(x, xAt, y, yAt, work);
            if (order != null) {
                return order;
            }
        }
        if (tx == ty) {
            switch (tx) {
                case STRING, BYTES -> {
                    int sx = Values.bodyStart(x, xAt);
                    int sy = Values.bodyStart(y, yAt);
                    return Arrays.compareUnsigned(
                            x, sx, sx + Values.bodyLength(x, xAt), y, sy, sy + Values.bodyLength(y, yAt));
                }
                case CHAR, UUID -> {
                    return Arrays.compareUnsigned(x, xAt + 1, Values.skip(x, xAt), y, yAt + 1, Values.skip(y, yAt));
                }
                case DATE, TIME, DATETIME, INSTANT, DURATION -> {
                    int c = Long.compare(ByteWriter.i64(x, xAt + 1), ByteWriter.i64(y, yAt + 1));
                    return c != 0 || tx.size() == 8
                            ? c
                            : Arrays.compareUnsigned(x, xAt + 9, Values.skip(x, xAt), y, yAt + 9, Values.skip(y, yAt));
                }
                case LIST, TUPLE -> {
                    return compareInOrder(x, xAt, y, yAt, work);
                }
                default -> {}
            }
        }
        throw new ValueException(
                ErrorCode.NOT_COMPARABLE,
                "'<' not supported between instances of '" + ty.typeName() + "' and '" + tx.typeName() + "'");
    }

    /** Paths have an order, by their parts, and fractions, also with other numbers; of other content none is known, which is null. */
    private static @Nullable Integer compareContent(byte[] x, int xAt, byte[] y, int yAt, @Nullable Work work) {
        int xPath = Notes.content(x, xAt, "path");
        int yPath = Notes.content(y, yAt, "path");
        return xPath >= 0 && yPath >= 0
                ? (Integer) compare(x, xPath, y, yPath, work)
                : Fractions.compare(x, xAt, y, yAt);
    }

    private static int compareInOrder(byte[] x, int xAt, byte[] y, int yAt, @Nullable Work work) {
        int nx = Values.count(x, xAt);
        int ny = Values.count(y, yAt);
        int px = Values.first(xAt);
        int py = Values.first(yAt);
        for (int i = 0; i < Math.min(nx, ny); i++) {
            Tag tag = Tag.of(x, px);
            if (tag == Tag.of(y, py) && (tag == Tag.LIST || tag == Tag.TUPLE)) {
                // not first whether they are equal: what is nested would be walked once for each level around it
                int order = compareInOrder(x, px, y, py, work);
                if (order != 0) {
                    return order;
                }
            } else if (!Equality.equal(x, px, null, y, py, null, work)) {
                int order = compare(x, px, y, py, work);
                if (order != 0 || !(tag == Tag.OPAQUE || Tag.of(y, py) == Tag.OPAQUE)) {
                    return order;
                }
                // what carries a value is not equal to that, but stands at the same place
            }
            if (work != null) {
                work.spend(Work.LOOK);
            }
            px = Values.skip(x, px);
            py = Values.skip(y, py);
        }
        return Integer.compare(nx, ny);
    }
}
