package io.multiproc.server.raft;

import io.multiproc.server.log.Disk;
import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.log.LogException;
import io.multiproc.server.log.Spares;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames in files that are only ever appended to: {@code i64 number, i64 durable, i32 length, content, u32 crc32c}. Frames are numbered; all up to {@code durable}
 * were on the disk when one was written. A file is as long as its header says from the beginning, so one that was cut off is noticed.
 */
final class Segments {
    private static final Logger log = LoggerFactory.getLogger(Segments.class);

    static final int SEGMENT = 16 << 20;
    static final int HEADER = 48;
    static final int HEAD = 8 + 8 + 4;
    static final int TAIL = 4;

    private static final long MAGIC = 0x4d_50_52_41_46_54_0d_0aL;
    private static final int FORMAT = 1;
    private static final String ENDING = ".raft";
    private static final String LARGE = "large.tmp";

    /** One file. */
    static final class Segment {
        final Path path;
        final long first;
        final long size;
        final LogFile file;
        /** The highest index of an entry in it; who appends sets it. */
        long lastIndex;

        Segment(Path path, long first, long size, LogFile file) {
            this.path = path;
            this.first = first;
            this.size = size;
            this.file = file;
        }

        byte[] read(int position, int length) throws IOException {
            byte[] b = new byte[length];
            if (Disk.read(file, b, length, position) != length) {
                throw new IOException(path + " ends too early");
            }
            return b;
        }
    }

    /** Gets each frame in order. */
    interface Reader {
        void frame(Segment in, int position, byte[] content) throws LogException;
    }

    private final Path folder;
    private final Disk disk;
    private final long id;
    private final int segmentBytes;
    private final Spares spares;
    private final List<Segment> all = new ArrayList<>();
    private long next = 1;
    private long durable;
    private int end;
    private boolean dirty;

    Segments(Path folder, Disk disk, long id, int segmentBytes) {
        this.folder = folder;
        this.disk = disk;
        this.id = id;
        this.segmentBytes = segmentBytes;
        spares = new Spares(folder, disk, segmentBytes);
    }

    // reading

    void open(Reader reader) throws LogException {
        try {
            disk.delete(folder.resolve(Spares.NAME));
            disk.delete(folder.resolve(LARGE));
            List<Path> paths = new ArrayList<>();
            try (DirectoryStream<Path> files = java.nio.file.Files.newDirectoryStream(folder, "*" + ENDING)) {
                files.forEach(paths::add);
            }
            paths.sort(null);
            for (int i = 0; i < paths.size(); i++) {
                read(paths.get(i), i == paths.size() - 1, reader);
            }
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw Files.cannot("read the log in", folder, e);
        }
        spares.wanted();
    }

    private void read(Path path, boolean isLast, Reader reader) throws IOException {
        LogFile file = disk.open(path);
        byte[] header = new byte[HEADER];
        int n = Disk.read(file, header, HEADER, 0);
        ByteBuffer h = ByteBuffer.wrap(header);
        if (n < HEADER || h.getInt(HEADER - TAIL) != Files.crc(header, HEADER - TAIL) || h.getLong() != MAGIC) {
            throw Files.damaged(path, "it has no header");
        }
        int format = h.getInt();
        if (format != FORMAT) {
            throw new LogException("log file " + path + " has format " + format + ", where this server knows " + FORMAT
                    + ": start the version that wrote it");
        }
        h.getInt();
        if (h.getLong() != id) {
            throw Files.damaged(path, "it belongs to another folder");
        }
        Segment s = new Segment(path, h.getLong(), h.getLong(), file);
        if (all.isEmpty()) {
            next = s.first;
        }
        if (s.first != next) {
            throw Files.damaged(path, "frames from " + next + " to " + (s.first - 1) + " are missing before it");
        }
        if (file.size() != s.size) {
            throw Files.damaged(path, "it has " + file.size() + " bytes of " + s.size);
        }
        if (isLast && !file.tryLock()) {
            throw new LogException("data folder " + folder + " is in use by another server: give each its own");
        }
        byte[] b = s.read(0, Math.toIntExact(s.size));
        all.add(s);
        int at = HEADER;
        int length;
        while ((length = frame(s, b, at)) >= 0) {
            reader.frame(s, at + HEAD, Arrays.copyOfRange(b, at + HEAD, at + HEAD + length));
            next++;
            at += HEAD + length + TAIL;
        }
        end = at;
        if (isLast) {
            clean(s, b);
        }
    }

    /** The length of the content of the frame with the next number, or -1. */
    private int frame(Segment s, byte[] b, int at) {
        ByteBuffer in = ByteBuffer.wrap(b);
        if (at + HEAD + TAIL > b.length || in.getLong(at) != next) {
            return -1;
        }
        int length = in.getInt(at + 16);
        boolean fits = length >= 0 && length <= b.length - at - HEAD - TAIL;
        return fits && in.getInt(at + HEAD + length) == crc(s, b, at, HEAD + length, at) ? length : -1;
    }

    /** A frame's place is in its checksum, so bytes of another place are no frame. */
    private int crc(Segment s, byte[] b, int from, int length, int position) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(20)
                .putLong(id)
                .putLong(s.first)
                .putInt(position)
                .flip());
        crc.update(b, from, length);
        return (int) crc.getValue();
    }

    /** What was written after the last sync may be there in part. */
    private void clean(Segment s, byte[] b) throws IOException {
        int last = b.length;
        while (last > end && b[last - 1] == 0) {
            last--;
        }
        for (int p = end; p < last - HEAD; p++) {
            ByteBuffer in = ByteBuffer.wrap(b);
            long number = in.getLong(p);
            int length = in.getInt(p + 16);
            if (number > next
                    && number < next + segmentBytes
                    && in.getLong(p + 8) >= next
                    && length >= 0
                    && length <= b.length - p - HEAD - TAIL
                    && in.getInt(p + HEAD + length) == crc(s, b, p, HEAD + length, p)) {
                throw Files.damaged(s.path, "at byte " + end + ", which was on the disk");
            }
        }
        if (last > end) {
            log.warn(
                    "log file {}: {} bytes from {} on were not written to their end, and are dropped",
                    s.path,
                    last - end,
                    end);
            Arrays.fill(b, end, last, (byte) 0);
        }
        // the system may show what the disk does not have
        Disk.write(s.file, b, 0, last, 0);
        s.file.sync();
        durable = next - 1;
    }

    // writing

    @Nullable
    Segment last() {
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    /** Appends a frame, which is on the disk after {@link #sync}. */
    int append(byte[] content, long index) throws IOException {
        int length = HEAD + content.length + TAIL;
        Segment s = last();
        if (s == null || length > s.size - end) {
            s = another(length);
        }
        byte[] b = new byte[length];
        ByteBuffer.wrap(b).putLong(next).putLong(durable).putInt(content.length).put(content);
        ByteBuffer.wrap(b).putInt(length - TAIL, crc(s, b, 0, length - TAIL, end));
        Disk.write(s.file, b, 0, length, end);
        int position = end + HEAD;
        end += length;
        next++;
        dirty = true;
        s.lastIndex = Math.max(s.lastIndex, index);
        return position;
    }

    private Segment another(int length) throws IOException {
        // only the last file can lose its end
        sync();
        Path path = folder.resolve(String.format(Locale.ROOT, "%020d%s", next, ENDING));
        Segment s;
        if (HEADER + length > segmentBytes) {
            long size = HEADER + (long) length;
            s = new Segment(path, next, size, large(path, header(size), size));
        } else {
            s = new Segment(path, next, segmentBytes, spares.take(path, header(segmentBytes)));
            spares.wanted();
        }
        all.add(s);
        end = HEADER;
        return s;
    }

    private LogFile large(Path path, byte[] header, long size) throws IOException {
        Path part = folder.resolve(LARGE);
        disk.delete(part);
        LogFile file = disk.create(part);
        file.tryLock();
        Disk.write(file, header, 0, HEADER, 0);
        Disk.write(file, new byte[1], 0, 1, size - 1);
        file.sync();
        disk.rename(part, path);
        disk.syncFolder(folder);
        return file;
    }

    private byte[] header(long size) {
        byte[] b = new byte[HEADER];
        ByteBuffer.wrap(b)
                .putLong(MAGIC)
                .putInt(FORMAT)
                .putInt(0)
                .putLong(id)
                .putLong(next)
                .putLong(size)
                .putInt(HEADER - TAIL, Files.crc(b, HEADER - TAIL));
        return b;
    }

    /** Whether there was anything to sync. */
    boolean sync() throws IOException {
        Segment s = last();
        if (!dirty || s == null) {
            return false;
        }
        s.file.sync();
        dirty = false;
        durable = next - 1;
        return true;
    }

    /** Deletes the files, from the first one on, that have no entry behind an index. */
    void trim(long index) throws IOException {
        while (all.size() > 1 && all.get(0).lastIndex <= index) {
            Segment s = all.remove(0);
            s.file.close();
            disk.delete(s.path);
            // one after the other, so that none is missing between others
            disk.syncFolder(folder);
        }
    }

    long bytes() {
        long sum = 0;
        for (int i = 0; i < all.size() - 1; i++) {
            sum += all.get(i).size;
        }
        return all.isEmpty() ? 0 : sum + end;
    }

    void close() {
        spares.close();
        for (Segment s : all) {
            try {
                s.file.close();
            } catch (IOException e) {
                log.debug("closing {}: {}", s.path, e.toString());
            }
        }
        all.clear();
    }
}
