package io.multiproc.server.log;

import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.RecordCodec;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The reader of one segment: its records in order, and what stands where they end. */
final class SegmentReader {
    /** Gets each record; the arguments in it are views that do not outlive the call. */
    interface Records {
        void record(long first, LogRecord record) throws IOException;
    }

    private static final byte[] ZEROS = new byte[64 << 10];

    private final Segment segment;
    private final LogFile file;
    private final Frame frame;
    private final long size;
    /** From {@link #start} of the file on. */
    private byte[] bytes;

    private long start;
    private int filled;

    /** Where the next record is expected, and the index of its first command. */
    private long at = Segment.HEADER;

    private long next;
    private long durable;

    /** @param buffer used if it is large enough */
    SegmentReader(Segment segment, LogFile file, byte[] buffer) throws IOException {
        this.segment = segment;
        this.file = file;
        this.frame = new Frame(segment.id, segment.first);
        this.size = file.size();
        this.next = segment.first;
        this.bytes = buffer;
    }

    /** The buffer, for the next reader. */
    byte[] buffer() {
        return bytes;
    }

    /** Where the records end. */
    long end() {
        return at;
    }

    /** The index after the last record. */
    long next() {
        return next;
    }

    /** What the last record says of the disk. */
    long durable() {
        return durable;
    }

    /**
     * Reads all records.
     *
     * @throws LogException if a whole record cannot be understood, since a newer version wrote it
     */
    void read(Records out) throws IOException {
        while (true) {
            LogRecord record = recordAt(at);
            if (record == null) {
                return;
            }
            out.record(next, record);
            durable = Frame.durable(bytes, (int) (at - start));
            at += Frame.HEAD + size(at);
            next += record.commands().size();
        }
    }

    private long size(long position) {
        return RecordCodec.size(bytes, (int) (position - start) + Frame.HEAD);
    }

    /** The record of the frame at a place, if it is the next one and whole. */
    private @Nullable LogRecord recordAt(long position) throws IOException {
        if (!load(position, Frame.LEAST)) {
            return null;
        }
        int from = (int) (position - start);
        if (!frame.isAt(bytes, from, position) || Frame.index(bytes, from) != next) {
            return null;
        }
        try {
            long length = size(position);
            if (length > Integer.MAX_VALUE - 64 || !load(position, Frame.HEAD + (int) length)) {
                return null;
            }
            int record = (int) (position - start) + Frame.HEAD;
            if (!RecordCodec.isWhole(bytes, record, record + (int) length)) {
                return null;
            }
            return RecordCodec.read(bytes, record, record + (int) length);
        } catch (IllegalArgumentException e) {
            throw new LogException(
                    "log file " + segment.path + ", byte " + position + ": " + e.getMessage()
                            + "; use the version that wrote it, or a newer one",
                    e);
        }
    }

    /** Makes so many bytes from a place on be there; false if the file ends before. */
    private boolean load(long position, int length) throws IOException {
        if (position + length > size) {
            return false;
        }
        if (position >= start && position + length <= start + filled) {
            return true;
        }
        int wanted = (int) Math.min(size - position, Math.max(length, bytes.length));
        if (bytes.length < wanted) {
            bytes = new byte[wanted];
        }
        filled = 0;
        start = position;
        filled = Disk.read(file, bytes, wanted, position);
        return filled >= length;
    }

    /** How the bytes behind the last whole record came to be. */
    enum Rest {
        /** Nothing was written there. */
        EMPTY,
        /** A write was cut off that nobody was told of. */
        TORN,
        /** Something is broken that was on the disk before. */
        DAMAGED
    }

    /**
     * Looks at what is behind the last whole record. A frame there that is whole says up to which command the log was on the disk when it was written: if the command that is
     * expected next is among them, it was there and is broken. If none says so, what is there was written after the last sync, and pages of it may have come to the disk in
     * any order.
     */
    Rest rest() throws IOException {
        long end = at + torn();
        for (long position = at + 1; position < end; position++) {
            if (isWholeFrame(position)) {
                return Rest.DAMAGED;
            }
        }
        return end == at ? Rest.EMPTY : Rest.TORN;
    }

    /** Whether a whole frame stands there that says that the next command was on the disk. */
    private boolean isWholeFrame(long position) throws IOException {
        if (!load(position, Frame.LEAST)) {
            return false;
        }
        int from = (int) (position - start);
        long index = Frame.index(bytes, from);
        long claimed = Frame.durable(bytes, from);
        if (index <= next || claimed < next || claimed >= index || !frame.isAt(bytes, from, position)) {
            return false;
        }
        try {
            long length = size(position);
            if (length > Integer.MAX_VALUE - 64 || !load(position, Frame.HEAD + (int) length)) {
                return false;
            }
            int record = (int) (position - start) + Frame.HEAD;
            return RecordCodec.isWhole(bytes, record, record + (int) length);
        } catch (IllegalArgumentException e) {
            // its head is whole: a newer version wrote it, and its claim counts
            return true;
        }
    }

    /** The bytes after the last record up to the last one that is not zero. */
    long torn() throws IOException {
        byte[] part = new byte[ZEROS.length];
        for (long end = size; end > at; ) {
            long from = Math.max(at, end - part.length);
            int length = Disk.read(file, part, (int) (end - from), from);
            // the JVM compares arrays by many bytes at a time
            if (!Arrays.equals(part, 0, length, ZEROS, 0, length)) {
                int last = length - 1;
                while (part[last] == 0) {
                    last--;
                }
                return from + last + 1 - at;
            }
            end = from;
        }
        return 0;
    }
}
