package io.multiproc.protocol.wire;

/** Moments, in UTC or at an offset: the same moment is equal at every offset. */
final class Instants {
    private Instants() {}

    static boolean isOne(Tag tag) {
        return tag == Tag.INSTANT || tag == Tag.OFFSET_DATETIME;
    }

    /** Seconds since 1970 in UTC: the same moment is the same at every offset. */
    static long second(byte[] b, int at, Tag tag) {
        return tag == Tag.INSTANT
                ? ByteWriter.i64(b, at + 1)
                : ByteWriter.i64(b, at + 1) * 86_400
                        + Math.floorDiv(ByteWriter.i64(b, at + 9), 1_000_000_000L)
                        - ByteWriter.i32(b, at + 17);
    }

    static long nanos(byte[] b, int at, Tag tag) {
        return tag == Tag.INSTANT
                ? ByteWriter.i32(b, at + 9)
                : Math.floorMod(ByteWriter.i64(b, at + 9), 1_000_000_000L);
    }

    static int compare(byte[] x, int xAt, Tag tx, byte[] y, int yAt, Tag ty) {
        int order = Long.compare(second(x, xAt, tx), second(y, yAt, ty));
        return order != 0 ? order : Long.compare(nanos(x, xAt, tx), nanos(y, yAt, ty));
    }
}
