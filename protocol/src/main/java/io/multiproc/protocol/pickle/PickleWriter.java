package io.multiproc.protocol.pickle;

import io.multiproc.protocol.wire.Text;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The opcodes of protocol 4, without frames, into a growing array. Little-endian. Not thread-safe. */
public final class PickleWriter {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLE = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);

    private static final int MOST = Integer.MAX_VALUE - 16;

    private final int most;
    private byte[] bytes;
    private int size;
    private int memoized;
    private boolean full;

    public PickleWriter() {
        this(MOST);
    }

    /** A writer of so many bytes at most; what would be more throws a {@link PickleException}. */
    public PickleWriter(int most) {
        this.most = Math.min(most, MOST);
        bytes = new byte[256];
    }

    /** Whether it was too small for what was last written. */
    public boolean isFull() {
        return full;
    }

    public PickleWriter reset() {
        size = 0;
        memoized = 0;
        return this;
    }

    public int size() {
        return size;
    }

    /** The array that holds what was written; valid until the next write. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private int room(long n) {
        int at = size;
        if (bytes.length - at < n) {
            long least = at + n;
            if (least > most) {
                full = true;
                throw new PickleException("a pickle would exceed " + most + " bytes");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.max(least, Math.min(2L * bytes.length, MOST)));
        }
        size = (int) (at + n);
        return at;
    }

    /** PROTO 4. */
    public PickleWriter start() {
        return op(0x80).op(4);
    }

    /** Bytes that whoever reads the pickle drops. */
    PickleWriter dropped(byte[] note) {
        op('B');
        int at = room(4);
        INT.set(bytes, at, note.length);
        return raw(note, 0, note.length).op('0');
    }

    public PickleWriter stop() {
        return op('.');
    }

    /** One opcode, or one byte. */
    public PickleWriter op(int code) {
        int at = room(1);
        bytes[at] = (byte) code;
        return this;
    }

    public PickleWriter raw(byte[] b, int from, int length) {
        int at = room(length);
        System.arraycopy(b, from, bytes, at, length);
        return this;
    }

    private PickleWriter i32(int v) {
        int at = room(4);
        INT.set(bytes, at, v);
        return this;
    }

    public PickleWriter none() {
        return op('N');
    }

    public PickleWriter bool(boolean v) {
        return op(v ? 0x88 : 0x89);
    }

    public PickleWriter integer(long v) {
        if (v >= 0 && v < 256) {
            return op('K').op((int) v);
        } else if (v >= 0 && v < 65536) {
            return op('M').op((int) v).op((int) v >> 8);
        } else if (v == (int) v) {
            return op('J').i32((int) v);
        }
        return integer(BigInteger.valueOf(v));
    }

    public PickleWriter integer(BigInteger v) {
        byte[] b = v.toByteArray();
        if (b.length < 256) {
            op(0x8a).op(b.length);
        } else {
            op(0x8b).i32(b.length);
        }
        int at = room(b.length);
        for (int i = 0; i < b.length; i++) {
            bytes[at + i] = b[b.length - 1 - i];
        }
        return this;
    }

    public PickleWriter real(double v) {
        op('G');
        int at = room(8);
        DOUBLE.set(bytes, at, v);
        return this;
    }

    public PickleWriter text(String s) {
        int n = s.length();
        if (n < 256) {
            // ASCII goes straight into the array
            int at = room(2 + n);
            int i = 0;
            for (; i < n; i++) {
                char c = s.charAt(i);
                if (c >= 0x80) {
                    break;
                }
                bytes[at + 2 + i] = (byte) c;
            }
            if (i == n) {
                bytes[at] = (byte) 0x8c;
                bytes[at + 1] = (byte) n;
                return this;
            }
            size = at;
        }
        byte[] utf8 = Text.encode(s);
        return text(utf8, 0, utf8.length);
    }

    /** A text that is encoded already. */
    public PickleWriter text(byte[] utf8, int from, int length) {
        if (length < 256) {
            op(0x8c).op(length);
        } else {
            op('X').i32(length);
        }
        return raw(utf8, from, length);
    }

    public PickleWriter bytes(byte[] b, int from, int length) {
        if (length < 256) {
            op('C').op(length);
        } else {
            op('B').i32(length);
        }
        return raw(b, from, length);
    }

    public PickleWriter global(String module, String name) {
        return text(module).text(name).op(0x93);
    }

    /** Memoizes the value on top and returns its number in this pickle. */
    public int memoize() {
        op(0x94);
        return memoized++;
    }

    public PickleWriter get(int memo) {
        return memo < 256 ? op('h').op(memo) : op('j').i32(memo);
    }
}
