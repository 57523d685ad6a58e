package io.multiproc.server.machine;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Text;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A reader of the bytes of a record, which may be anything. Each number and text has one spelling only. */
final class RecordReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    RecordReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    static IllegalArgumentException damaged(@Nullable String how) {
        return new IllegalArgumentException("a damaged record: " + how);
    }

    int left() {
        return end - at;
    }

    int u8() {
        return bytes[take(1)] & 0xff;
    }

    int u16() {
        return u8() << 8 | u8();
    }

    long i64() {
        int start = take(8);
        return (long) ByteWriter.i32(bytes, start) << 32 | ByteWriter.i32(bytes, start + 4) & 0xffff_ffffL;
    }

    private int take(int n) {
        if (n > end - at) {
            throw damaged("it is cut off");
        }
        int start = at;
        at += n;
        return start;
    }

    long varint() {
        long out = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = u8();
            if (shift == 63 && b > 1) {
                throw damaged("a number of more than 64 bits");
            }
            out |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) {
                    throw damaged("a number that is longer than need be");
                }
                return out;
            }
        }
        throw damaged("a number of more than 64 bits");
    }

    private int length(String what) {
        long length = varint();
        if (length < 0 || length > left()) {
            throw damaged(what + " ends beyond it");
        }
        return (int) length;
    }

    /** A length, and a reader of so many bytes. */
    RecordReader part() {
        int length = length("a command");
        int start = take(length);
        return new RecordReader(bytes, start, at);
    }

    String text() {
        int length = length("a text");
        int start = take(length);
        String text = Text.decode(bytes, start, length);
        byte[] again = Text.encode(text);
        if (!Arrays.equals(again, 0, again.length, bytes, start, at)) {
            throw damaged("a text is not UTF-8");
        }
        return text;
    }

    /** All that is left. */
    Args args(Op op) {
        return Args.parse(op, bytes, take(left()), end);
    }

    void end() {
        if (at != end) {
            throw damaged((end - at) + " bytes follow what it holds");
        }
    }
}
