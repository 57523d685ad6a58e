package io.multiproc.server.machine;

import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A writer of what {@link SnapshotReader} reads, with a small buffer. It writes to a stream, whose failures come as {@link
 * UncheckedIOException}, or collects parts that another writer writes later, perhaps on another thread.
 */
public final class SnapshotWriter {
    /** What is written later. Nothing that it needs changes meanwhile. */
    @FunctionalInterface
    public interface Part {
        void writeTo(SnapshotWriter out);
    }

    private record Chunk(byte[] bytes) implements Part {
        @Override
        public void writeTo(SnapshotWriter out) {
            out.raw(bytes);
        }
    }

    /** For {@link #SnapshotWriter(int)}: what is not worth an object of its own. */
    public static final int SMALL = 1024;

    private static final int BUFFER = 64 << 10;
    private final ByteWriter buffer = new ByteWriter(BUFFER + 64);
    private final @Nullable OutputStream out;
    private final int small;
    private List<Part> parts = new ArrayList<>(1);

    public SnapshotWriter(OutputStream out) {
        this.out = out;
        small = 0;
    }

    /**
     * A writer that collects.
     *
     * @param small a part of so many elements is written at once, an array of so many bytes is copied; what is larger is shared
     */
    public SnapshotWriter(int small) {
        out = null;
        this.small = small;
    }

    /** Returns what has been collected, and begins anew. */
    public List<Part> take() {
        flush();
        List<Part> taken = parts;
        parts = new ArrayList<>(1);
        return taken;
    }

    /** Adds what another call of {@link #take} returned. */
    public void add(List<Part> taken) {
        for (Part part : taken) {
            if (part instanceof Chunk chunk) {
                raw(chunk.bytes);
            } else {
                later(part);
            }
        }
    }

    /** Forgets what has been collected since the last call of {@link #take}. */
    public void discard() {
        buffer.reset();
        parts = new ArrayList<>(1);
    }

    /**
     * Writes a part that may be large and may change later. A collecting writer copies a large one, which is written later.
     *
     * @param elements how large it is; of an array its length
     * @param copy makes a copy that shares what never changes
     */
    public <T> void part(T part, long elements, UnaryOperator<T> copy, BiConsumer<SnapshotWriter, T> write) {
        if (out != null || elements <= small) {
            write.accept(this, part);
            return;
        }
        T copied = copy.apply(part);
        later(to -> write.accept(to, copied));
    }

    private void later(Part part) {
        flush();
        parts.add(part);
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

    /** An array that never changes; what changes is a {@link #part}. */
    public SnapshotWriter bytes(byte[] b) {
        i32(b.length);
        raw(b);
        return this;
    }

    private void raw(byte[] b) {
        if (out == null && b.length > small) {
            later(new Chunk(b));
        } else if (b.length > BUFFER) {
            flush();
            write(b, b.length);
        } else {
            room(b.length).raw(b);
        }
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
        if (out != null) {
            write(buffer.array(), buffer.size());
        } else if (buffer.size() > 0) {
            parts.add(new Chunk(buffer.toByteArray()));
        }
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
            Objects.requireNonNull(out).write(b, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
