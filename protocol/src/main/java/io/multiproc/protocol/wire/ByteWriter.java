package io.multiproc.protocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array with the primitive encodings of the protocol. Not thread-safe; {@link #reset} makes it reusable.
 */
public final class ByteWriter {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Room that is left after a growth for what follows. */
    private static final int SLACK = 256;

    private byte[] bytes;
    private int size;

    public ByteWriter() {
        this(256);
    }

    public ByteWriter(int capacity) {
        bytes = new byte[capacity];
    }

    public ByteWriter reset() {
        size = 0;
        return this;
    }

    public int size() {
        return size;
    }

    /** Takes back what was written after the first so many bytes. */
    public void truncate(int length) {
        size = Math.min(size, length);
    }

    /** The array that holds the bytes written so far; valid until the next write. */
    public byte[] array() {
        return bytes;
    }

    /** Exchanges contents with another writer; nothing is copied. */
    public void swap(ByteWriter other) {
        byte[] b = bytes;
        int n = size;
        bytes = other.bytes;
        size = other.size;
        other.bytes = b;
        other.size = n;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private int room(int n) {
        int at = size;
        if (bytes.length - at < n) {
            // a large value is seldom the last that is written: with no room left, a byte more would double and copy it
            long wanted = Math.min(Math.max((long) at + n + SLACK, 2L * bytes.length), Integer.MAX_VALUE - 16L);
            if ((long) at + n > Integer.MAX_VALUE - 16L) {
                throw new ValueException(
                        io.multiproc.protocol.error.ErrorCode.TOO_LARGE, "a message may not exceed 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) wanted);
        }
        size = at + n;
        return at;
    }

    public ByteWriter u8(int v) {
        int at = room(1);
        bytes[at] = (byte) v;
        return this;
    }

    public ByteWriter i16(int v) {
        int at = room(2);
        SHORT.set(bytes, at, (short) v);
        return this;
    }

    public ByteWriter i32(int v) {
        int at = room(4);
        INT.set(bytes, at, v);
        return this;
    }

    public ByteWriter i64(long v) {
        int at = room(8);
        LONG.set(bytes, at, v);
        return this;
    }

    public ByteWriter varint(int v) {
        while ((v & ~0x7f) != 0) {
            u8((v & 0x7f) | 0x80);
            v >>>= 7;
        }
        return u8(v);
    }

    public ByteWriter raw(byte[] b) {
        return raw(b, 0, b.length);
    }

    public ByteWriter raw(byte[] b, int from, int length) {
        int at = room(length);
        System.arraycopy(b, from, bytes, at, length);
        return this;
    }

    public ByteWriter tag(Tag tag) {
        return u8(tag.code());
    }

    /** Overwrites four bytes written before. */
    public void patchI32(int at, int v) {
        INT.set(bytes, at, v);
    }

    /** varint length, then the text. */
    public ByteWriter text(String s) {
        byte[] utf8 = Text.encode(s);
        return varint(utf8.length).raw(utf8);
    }

    /** An integer value of the smallest of 32 and 64 bits. */
    public ByteWriter integer(long v) {
        return (int) v == v ? tag(Tag.INT32).i32((int) v) : tag(Tag.INT64).i64(v);
    }

    /** A string value. */
    public ByteWriter string(String s) {
        int n = s.length();
        // ASCII, the common case, goes straight into the array
        if (n < 128) {
            int at = room(2 + n);
            byte[] b = bytes;
            int i = 0;
            for (; i < n; i++) {
                char c = s.charAt(i);
                if (c >= 0x80) {
                    break;
                }
                b[at + 2 + i] = (byte) c;
            }
            if (i == n) {
                b[at] = Tag.STRING.code();
                b[at + 1] = (byte) n;
                return this;
            }
            size = at;
        }
        return tag(Tag.STRING).text(s);
    }

    public ByteWriter bool(boolean v) {
        return tag(v ? Tag.TRUE : Tag.FALSE);
    }

    /** Starts a container and returns the mark for {@link #end}. */
    public int begin(Tag container) {
        tag(container);
        int mark = size;
        room(8);
        return mark;
    }

    /** Ends the container that {@link #begin} started. */
    public ByteWriter end(int mark, int count) {
        INT.set(bytes, mark, size - mark - 4);
        INT.set(bytes, mark + 4, count);
        return this;
    }

    static short i16(byte[] b, int at) {
        return (short) SHORT.get(b, at);
    }

    public static int i32(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    static long i64(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
    }
}
