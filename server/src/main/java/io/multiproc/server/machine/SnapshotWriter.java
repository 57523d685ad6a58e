package io.multiproc.server.machine;

import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A writer of what {@link SnapshotReader} reads, with a small buffer. Failures of the stream come as {@link UncheckedIOException}. */
public final class SnapshotWriter {
    private static final int BUFFER = 64 << 10;

    private final ByteWriter buffer = new ByteWriter(BUFFER + 64);
    private final OutputStream out;

    public SnapshotWriter(OutputStream out) {
        this.out = out;
    }

    public SnapshotWriter u8(int v) {
        room(1).u8(v);
        return this;
    }

    public SnapshotWriter i32(int v) {
        room(4).i32(v);
        return this;
    }

    public SnapshotWriter i64(long v) {
        room(8).i64(v);
        return this;
    }

    public SnapshotWriter bytes(byte[] b) {
        i32(b.length);
        if (b.length > BUFFER) {
            flush();
            write(b, b.length);
        } else {
            room(b.length).raw(b);
        }
        return this;
    }

    public SnapshotWriter text(String s) {
        return bytes(Text.encode(s));
    }

    public SnapshotWriter optionalBytes(byte @Nullable [] b) {
        return b == null ? i32(-1) : bytes(b);
    }

    public SnapshotWriter optionalText(@Nullable String s) {
        return optionalBytes(s == null ? null : Text.encode(s));
    }

    /** Hands over what is buffered. */
    public void flush() {
        write(buffer.array(), buffer.size());
        buffer.reset();
    }

    private ByteWriter room(int bytes) {
        if (buffer.size() + bytes > BUFFER) {
            flush();
        }
        return buffer;
    }

    private void write(byte[] b, int length) {
        try {
            out.write(b, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
