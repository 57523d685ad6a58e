package io.multiproc.server.log;

import io.multiproc.server.machine.RecordCodec;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The head of a record in a segment: {@code i64 index, i64 durable, u32 crc32c}, and then the record. The index is that of its first command; all commands
 * up to {@code durable} were on the disk when it was written. The checksum is one of the log's id, the segment's first index, the place in the file, both
 * numbers and the record's own head, so bytes of another log, segment or place are no frame.
 */
final class Frame {
    static final int HEAD = 20;
    /** As many bytes as there have to be to look at a frame. */
    static final int LEAST = HEAD + RecordCodec.HEAD;

    private static final int CHECKED = 16;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer place = ByteBuffer.allocate(24);
    private final long id;
    private final long first;

    /** Frames of one segment. */
    Frame(long id, long first) {
        this.id = id;
        this.first = first;
    }

    /** Writes the head ahead of a record. */
    void write(byte[] bytes, int at, long position, long index, long durable) {
        ByteBuffer head = ByteBuffer.wrap(bytes, at, HEAD);
        head.putLong(index).putLong(durable);
        head.putInt(checksum(bytes, at, position));
    }

    /** Whether a frame of this place in the file stands there. */
    boolean isAt(byte[] bytes, int at, long position) {
        return ByteBuffer.wrap(bytes, at + CHECKED, 4).getInt() == checksum(bytes, at, position);
    }

    static long index(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes, at, 8).getLong();
    }

    static long durable(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes, at + 8, 8).getLong();
    }

    private int checksum(byte[] bytes, int at, long position) {
        crc.reset();
        place.clear();
        place.putLong(id).putLong(first).putLong(position);
        crc.update(place.array());
        crc.update(bytes, at, CHECKED);
        crc.update(bytes, at + HEAD, RecordCodec.HEAD);
        return (int) crc.getValue();
    }
}
