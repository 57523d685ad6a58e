package io.multiproc.server.raft;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Numbers and texts as bytes, big-endian: what the log's messages and files are made of. */
final class Bytes {
    private static final int MOST_TEXT = 4096;

    private byte[] bytes;
    private int length;

    Bytes(int expected) {
        bytes = new byte[expected];
    }

    int length() {
        return length;
    }

    private ByteBuffer room(int n) {
        if (bytes.length - length < n) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, n)));
        }
        ByteBuffer b = ByteBuffer.wrap(bytes, length, n);
        length += n;
        return b;
    }

    Bytes u8(int v) {
        room(1).put((byte) v);
        return this;
    }

    Bytes i32(int v) {
        room(Integer.BYTES).putInt(v);
        return this;
    }

    Bytes i64(long v) {
        room(Long.BYTES).putLong(v);
        return this;
    }

    Bytes array(byte[] v) {
        i32(v.length);
        room(v.length).put(v);
        return this;
    }

    Bytes text(String v) {
        return array(v.getBytes(StandardCharsets.UTF_8));
    }

    byte[] toArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Reads what was written, and nothing else. */
    static final class In {
        private final ByteBuffer in;

        In(byte[] bytes) {
            in = ByteBuffer.wrap(bytes);
        }

        int u8() throws BadMessageException {
            try {
                return in.get() & 0xff;
            } catch (BufferUnderflowException e) {
                throw cut();
            }
        }

        boolean bool() throws BadMessageException {
            int v = u8();
            if (v > 1) {
                throw new BadMessageException("neither true nor false: " + v);
            }
            return v == 1;
        }

        int i32() throws BadMessageException {
            try {
                return in.getInt();
            } catch (BufferUnderflowException e) {
                throw cut();
            }
        }

        long i64() throws BadMessageException {
            try {
                return in.getLong();
            } catch (BufferUnderflowException e) {
                throw cut();
            }
        }

        /** A number that is not negative. */
        int count() throws BadMessageException {
            int v = i32();
            if (v < 0) {
                throw new BadMessageException("negative: " + v);
            }
            return v;
        }

        /** A number that is not negative. */
        long index() throws BadMessageException {
            long v = i64();
            if (v < 0) {
                throw new BadMessageException("negative: " + v);
            }
            return v;
        }

        byte[] array() throws BadMessageException {
            int n = count();
            if (n > in.remaining()) {
                throw cut();
            }
            byte[] v = new byte[n];
            in.get(v);
            return v;
        }

        String text() throws BadMessageException {
            byte[] v = array();
            if (v.length > MOST_TEXT) {
                throw new BadMessageException("a text of " + v.length + " bytes");
            }
            return new String(v, StandardCharsets.UTF_8);
        }

        void end() throws BadMessageException {
            if (in.hasRemaining()) {
                throw new BadMessageException(in.remaining() + " bytes too many");
            }
        }

        int remaining() {
            return in.remaining();
        }

        private static BadMessageException cut() {
            return new BadMessageException("it ends too early");
        }
    }
}
