package io.multiproc.server.machine;

import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record that grows by one command at a time. Its bytes are those of {@link RecordCodec}. The values of a large request with an array of their own are not
 * copied: they are the record's tail, and no command follows them.
 */
public final class RecordBuilder {
    /** Where nothing was copied to. */
    public static final int NOWHERE = -1;

    /** Arguments with an array of their own are a tail from so many bytes on. */
    private static final int LEAST_TAIL = 64 << 10;
    /** Head, time, hash and the count of commands. */
    private static final int AHEAD = RecordCodec.HEAD + 8 + 8 + 5;
    /** An array that has grown beyond this is given up when the record is done. */
    private static final int KEEP = 2 << 20;

    private final byte[] room;
    private final ByteWriter payload = new ByteWriter(64);
    private final ByteWriter head = new ByteWriter(AHEAD);
    private ByteWriter out = new ByteWriter(4096);
    private @Nullable Args tail;
    private int commands;
    private int start;

    /** @param room how many bytes are left free before the record, for whoever keeps it */
    public RecordBuilder(int room) {
        this.room = new byte[room + AHEAD];
        reset();
    }

    /** Without commands again. */
    public void reset() {
        if (out.array().length > KEEP) {
            out = new ByteWriter(4096);
        }
        out.reset().raw(room);
        tail = null;
        commands = 0;
        start = room.length;
    }

    public int commands() {
        return commands;
    }

    /** Whether no further command can follow. */
    public boolean hasTail() {
        return tail != null;
    }

    /**
     * Adds a command. If that fails for want of memory, the record is as before.
     *
     * @return where in {@link #array} the values of its arguments have been copied to, or {@link #NOWHERE}
     */
    public int add(LoggedCommand logged) {
        if (tail != null) {
            throw new IllegalStateException("a command after the tail of a record");
        }
        int before = out.size();
        try {
            RecordCodec.command(logged, payload, out);
            Args values = RecordCodec.values(logged.command());
            int at = NOWHERE;
            if (values != null && values.isOwn() && values.length() >= LEAST_TAIL) {
                tail = values;
            } else if (values != null) {
                at = out.size();
                out.raw(values.buffer(), values.start(0), values.length());
            }
            commands++;
            return at;
        } catch (RuntimeException | OutOfMemoryError e) {
            out.truncate(before);
            throw e;
        }
    }

    /** Completes the record, which has at least one command. It is from {@link #start} on, for {@link #length} bytes, and then comes the {@link #tail}. */
    public void finish(long time, long hashBefore) {
        head.reset();
        RecordCodec.head(time, hashBefore, commands, head);
        start = room.length - head.size();
        System.arraycopy(head.array(), 0, out.array(), start, head.size());
        out.patchI32(start + RecordCodec.LENGTH, Math.toIntExact(size() - RecordCodec.HEAD));
        CRC32C crc = new CRC32C();
        crc.update(out.array(), start, RecordCodec.CHECKSUM);
        crc.update(out.array(), start + RecordCodec.HEAD, length() - RecordCodec.HEAD);
        Args values = tail;
        if (values != null) {
            crc.update(values.buffer(), values.start(0), values.length());
        }
        out.patchI32(start + RecordCodec.CHECKSUM, (int) crc.getValue());
    }

    /** The bytes of the whole record, the tail included. */
    public long size() {
        Args values = tail;
        return (long) length() + (values == null ? 0 : values.length());
    }

    /** The array with all but the tail. It is another one after a command has been added. */
    public byte[] array() {
        return out.array();
    }

    public int start() {
        return start;
    }

    public int length() {
        return out.size() - start;
    }

    /** The values that follow the array's bytes, or null. */
    public @Nullable Args tail() {
        return tail;
    }
}
