package io.multiproc.server.machine;

import io.multiproc.protocol.wire.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A reader of what a {@link SnapshotWriter} wrote. Damaged bytes are an {@link IllegalArgumentException}; failures of the stream
 * come as {@link UncheckedIOException}.
 */
public final class SnapshotReader {
    private static final int BUFFER = 64 << 10;

    private final InputStream in;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private int version;

    public SnapshotReader(InputStream in) {
        this.in = in;
    }

    /**
     * Reads the number of the format that the rest is written in.
     *
     * @throws IllegalArgumentException if it is none of those that can be read
     */
    public void version(int oldest, int newest) {
        version = u8();
        if (version < oldest || version > newest) {
            throw new IllegalArgumentException("a snapshot of version " + version + ", not " + newest);
        }
    }

    /** Of the snapshot, for what was not always part of it. */
    public int version() {
        return version;
    }

    public int u8() {
        return have(1).get() & 0xff;
    }

    public int i32() {
        return have(4).getInt();
    }

    public long i64() {
        return have(8).getLong();
    }

    public byte[] bytes() {
        int length = i32();
        if (length < 0) {
            throw new IllegalArgumentException("a length of " + length);
        }
        return bytes(length);
    }

    private byte[] bytes(int length) {
        byte[] out = new byte[length];
        int first = Math.min(length, buffer.remaining());
        buffer.get(out, 0, first);
        try {
            if (in.readNBytes(out, first, length - first) < length - first) {
                throw ended();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out;
    }

    public String text() {
        byte[] utf8 = bytes();
        return Text.decode(utf8, 0, utf8.length);
    }

    public byte @Nullable [] optionalBytes() {
        int length = i32();
        return length < 0 ? null : bytes(length);
    }

    @Nullable
    public String optionalText() {
        byte[] utf8 = optionalBytes();
        return utf8 == null ? null : Text.decode(utf8, 0, utf8.length);
    }

    /** Checks that nothing is left over. */
    public void end() {
        fill(1);
        if (buffer.hasRemaining()) {
            throw new IllegalArgumentException("bytes after the end of the snapshot");
        }
    }

    private ByteBuffer have(int bytes) {
        if (buffer.remaining() < bytes) {
            fill(bytes);
            if (buffer.remaining() < bytes) {
                throw ended();
            }
        }
        return buffer;
    }

    private void fill(int least) {
        buffer.compact();
        try {
            int n = 0;
            while (n >= 0 && buffer.position() < least) {
                n = in.read(buffer.array(), buffer.position(), buffer.remaining());
                buffer.position(buffer.position() + Math.max(0, n));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            buffer.flip();
        }
    }

    private static IllegalArgumentException ended() {
        return new IllegalArgumentException("the snapshot ends too early");
    }
}
