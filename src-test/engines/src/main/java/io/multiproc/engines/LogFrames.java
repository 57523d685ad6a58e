package io.multiproc.engines;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jgroups.protocols.raft.LogEntry;

/**
 * The frames of {@link FileLog}: {@code i64 index, i64 durable, i64 term, u8 kind, i32 length, content, u32 crc32c}. All up to {@code durable} was on the disk when
 * it was written. Kind 0 is a record, 1 a change of members, 2 an entry without content.
 */
final class LogFrames {
    static final int HEAD = 8 + 8 + 8 + 1 + 4;
    static final int TAIL = 4;

    private static final int MOST = 16 << 20;

    private LogFrames() {}

    static int crc(byte[] b, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(b, from, length);
        return (int) crc.getValue();
    }

    /** The length of the whole frame at a place, or 0. */
    static int frame(byte[] b, int at) {
        if (at + HEAD + TAIL > b.length) {
            return 0;
        }
        int length = ByteBuffer.wrap(b, at + HEAD - 4, 4).getInt();
        if (length < 0 || length > MOST || at + HEAD + (long) length + TAIL > b.length) {
            return 0;
        }
        int n = HEAD + length;
        boolean zero = ByteBuffer.wrap(b, at, 8).getLong() == 0;
        return !zero && ByteBuffer.wrap(b, at + n, TAIL).getInt() == crc(b, at, n) ? n + TAIL : 0;
    }

    static LogEntry entry(ByteBuffer in) {
        long term = in.getLong();
        byte kind = in.get();
        byte[] content = new byte[in.getInt()];
        in.get(content);
        return new LogEntry(term, kind == 2 ? null : content, 0, content.length, kind == 1);
    }

    static byte[] frameOf(long index, long durable, LogEntry e) {
        byte[] content = e.command() == null ? new byte[0] : e.command();
        int length = e.command() == null ? 0 : e.length();
        ByteBuffer b = ByteBuffer.allocate(HEAD + length + TAIL);
        b.putLong(index).putLong(durable).putLong(e.term());
        b.put((byte) (e.command() == null ? 2 : e.internal() ? 1 : 0)).putInt(length);
        b.put(content, e.command() == null ? 0 : e.offset(), length);
        b.putInt(crc(b.array(), 0, HEAD + length));
        return b.array();
    }
}
