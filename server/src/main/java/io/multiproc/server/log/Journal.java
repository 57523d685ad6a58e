package io.multiproc.server.log;

import io.multiproc.protocol.wire.Args;
import io.multiproc.server.engine.LogStats;
import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.RecordBuilder;
import io.multiproc.server.snapshot.PrivateFiles;
import io.multiproc.server.snapshot.SnapshotException;
import io.multiproc.server.snapshot.SnapshotLock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of a state on disk: records in segments, in a folder that one process uses at a time. It is read once, from {@link #replayFrom} on, and appended
 * to then. Belongs to one thread, but for {@link #sync}, {@link #stats} and {@link #close}.
 *
 * <p>After a failed write or sync nothing more is written: what the disk holds then is found out by the next start.
 */
public final class Journal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    /** The size of a segment, in bytes. */
    static final int SEGMENT = 16 << 20;

    private static final int BUFFER = 4 << 20;
    /** A segment of one record until it is whole. */
    private static final String LARGE = "large.tmp";

    private static final String LOCK = "lock";
    private static final Set<String> OTHERS = Set.of(LOCK, LARGE, Spares.NAME);

    /** Gets what is read, in order. */
    @FunctionalInterface
    public interface Replay {
        /**
         * @param first the index of the record's first command
         * @param skip how many of its commands come before what was asked for
         * @param done how many bytes have been read, of {@code all}
         */
        void record(long first, LogRecord record, int skip, long done, long all) throws IOException;
    }

    private final Path folder;
    private final Disk disk;
    private final SnapshotLock lock;
    private final Spares spares;
    private final long id;
    private final List<Segment> segments;
    private final JournalMeters meters = new JournalMeters();

    private @Nullable LogFile file;
    private Frame frame;
    private long capacity;
    /** The index of the next command. Written by the journal's thread only. */
    private volatile long next = 1;

    private boolean ready;
    private boolean closed;

    /** Up to where the commands are on the disk. */
    private volatile long durable;

    private volatile boolean failed;

    private Journal(Path folder, Disk disk, SnapshotLock lock, List<Segment> segments, int segmentBytes) {
        this.folder = folder;
        this.disk = disk;
        this.lock = lock;
        this.segments = segments;
        this.spares = new Spares(folder, disk, segmentBytes);
        this.id = segments.isEmpty() ? anyId() : segments.get(0).id;
        this.frame = new Frame(id, 0);
    }

    private static long anyId() {
        long random = new SecureRandom().nextLong();
        return random == 0 ? 1 : random;
    }

    /**
     * Takes a folder for this process; makes it if it is not there.
     *
     * @throws LogException if it cannot be used, is in use, or holds no whole log
     */
    public static Journal open(Path folder) throws LogException {
        return open(folder, Disk.REAL, SEGMENT);
    }

    static Journal open(Path folder, Disk disk, int segmentBytes) throws LogException {
        Path real = DataFolder.prepare(folder);
        SnapshotLock lock;
        try {
            lock = SnapshotLock.take(real.resolve(LOCK), "data folder " + real);
        } catch (SnapshotException e) {
            throw new LogException(String.valueOf(e.getMessage()), e);
        }
        try {
            delete(disk, real.resolve(Spares.NAME));
            delete(disk, real.resolve(LARGE));
            return new Journal(real, disk, lock, Segment.all(real, disk), segmentBytes);
        } catch (LogException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** What a server left that ended while it made it. */
    private static void delete(Disk disk, Path unused) throws LogException {
        try {
            disk.delete(unused);
        } catch (IOException e) {
            throw Segment.failed("delete", unused, e);
        }
    }

    /** Whether a file of this name is the log's. */
    public static boolean isOwn(String name) {
        return Segment.named(Path.of(name)) >= 0 || OTHERS.contains(name);
    }

    /** The log's identity, which is that of the state in it. */
    public long id() {
        return id;
    }

    public Path folder() {
        return folder;
    }

    /** Whether it holds all commands from the first one on. */
    public boolean isWhole() {
        return segments.isEmpty() || segments.get(0).first == 1;
    }

    /** The length of the files that hold commands from an index on, in bytes. */
    long bytesFrom(long index) {
        long sum = 0;
        for (int i = 0; i < segments.size(); i++) {
            long end = i + 1 < segments.size() ? segments.get(i + 1).first : next;
            sum += end > index ? segments.get(i).used : 0;
        }
        return sum;
    }

    /** Whether it has never held a command. */
    public boolean isEmpty() {
        return segments.isEmpty();
    }

    /** The index of the next command that is appended. */
    public long next() {
        return next;
    }

    /**
     * Reads all commands from an index on. A write at the end that was cut off is taken back. Then the log can be appended to.
     *
     * @param index from 1; what comes before is in an image
     * @throws LogException if something is damaged, or missing
     */
    public void replayFrom(long index, Replay replay) throws LogException {
        int from = 0;
        while (from + 1 < segments.size() && segments.get(from + 1).first <= index) {
            from++;
        }
        if (!segments.isEmpty() && segments.get(from).first > index) {
            throw new LogException("the log in " + folder + " begins at command " + segments.get(from).first
                    + ", and nothing holds those from " + index + " on: restore the folder from a backup");
        }
        next = index;
        long all = 0;
        long largest = 0;
        for (Segment s : segments.subList(from, segments.size())) {
            all += s.path.toFile().length();
            largest = Math.max(largest, s.path.toFile().length());
        }
        byte[] buffer = new byte[(int) Math.min(BUFFER, largest)];
        long done = 0;
        for (int i = from; i < segments.size(); i++) {
            Segment s = segments.get(i);
            try (LogFile opened = disk.open(s.path)) {
                SegmentReader reader = new SegmentReader(s, opened, buffer);
                long before = done;
                long total = all;
                reader.read((first, record) -> {
                    int skip = (int) Math.max(0, Math.min(record.commands().size(), index - first));
                    replay.record(first, record, skip, before + reader.end(), total);
                });
                s.used = reader.end();
                checkEnd(s, i + 1 < segments.size() ? segments.get(i + 1) : null, reader, opened);
                next = reader.next();
                buffer = reader.buffer().length > BUFFER ? new byte[BUFFER] : reader.buffer();
                done += s.path.toFile().length();
            } catch (LogException e) {
                throw e;
            } catch (IOException e) {
                throw Segment.failed("read", s.path, e);
            }
        }
        begin(index);
    }

    private void checkEnd(Segment s, @Nullable Segment follower, SegmentReader reader, LogFile opened)
            throws IOException {
        if (follower != null) {
            if (reader.next() != follower.first) {
                String file = String.valueOf(follower.path.getFileName());
                throw Segment.damaged(
                        s.path,
                        reader.end(),
                        "the record of command " + reader.next() + " is missing or broken, and " + file
                                + " goes on with " + follower.first,
                        null);
            }
            return;
        }
        SegmentReader.Rest rest = reader.rest();
        if (rest == SegmentReader.Rest.DAMAGED) {
            throw Segment.damaged(
                    s.path,
                    reader.end(),
                    "the record of command " + reader.next() + " is broken, and later ones say that it was on the disk",
                    null);
        }
        if (s.sealed && (rest != SegmentReader.Rest.EMPTY || reader.next() == s.first)) {
            throw Segment.damaged(s.path, reader.end(), "the record of command " + s.first + " is broken", null);
        }
        if (!s.sealed) {
            takeBack(s, reader, opened);
        }
    }

    /**
     * Zeros what is behind the last record, and brings the file to the disk once more: after a sync that failed, the system may show what the disk
     * does not have, and would not write it by another sync.
     */
    private void takeBack(Segment s, SegmentReader reader, LogFile opened) throws IOException {
        long torn = reader.torn();
        if (torn > 0) {
            log.info(
                    "{}: the last write was cut off: {} bytes from byte {} on are dropped; with --fsync always nobody was answered",
                    s.path,
                    torn,
                    reader.end());
        }
        byte[] part = new byte[Disk.CHUNK];
        for (long at = 0; at < reader.end(); at += part.length) {
            int n = Disk.read(opened, part, (int) Math.min(part.length, reader.end() - at), at);
            Disk.write(opened, part, 0, n, at);
        }
        Arrays.fill(part, (byte) 0);
        for (long at = reader.end(); at < reader.end() + torn; at += part.length) {
            Disk.write(opened, part, 0, (int) Math.min(part.length, reader.end() + torn - at), at);
        }
        opened.sync();
    }

    /** What has been read is on the disk: the next command is appended to the last segment, or begins one. */
    private void begin(long index) throws LogException {
        try {
            if (next < index) {
                // the image is ahead of a log that lost its end
                dropAll();
                next = index;
            }
            durable = next - 1;
            Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
            if (last != null && !last.sealed) {
                LogFile opened = disk.open(last.path);
                file = opened;
                capacity = opened.size();
                frame = new Frame(id, last.first);
                spares.wanted();
            }
            ready = true;
        } catch (IOException e) {
            throw Segment.failed("open the log in", folder, e);
        }
    }

    private void dropAll() throws IOException {
        for (Segment s : segments) {
            disk.delete(s.path);
        }
        segments.clear();
        disk.syncFolder(folder);
    }

    /**
     * Writes a record, which is complete, without bringing it to the disk.
     *
     * @throws IOException if that fails; the log cannot be used any more
     */
    void append(RecordBuilder record) throws IOException {
        if (failed || !ready) {
            throw new IllegalStateException(failed ? "the log has failed" : "the log has not been read yet");
        }
        boolean done = false;
        try {
            long length = Frame.HEAD + record.size();
            long after = next + record.commands();
            if (length > spares.size() - Segment.HEADER) {
                appendSealed(record, length);
            } else {
                if (file == null || segments.get(segments.size() - 1).used + length > capacity) {
                    roll();
                }
                Segment s = segments.get(segments.size() - 1);
                write(Objects.requireNonNull(file), record, s.used);
                s.used += length;
            }
            next = after;
            meters.written(record.commands(), length);
            done = true;
        } finally {
            failed |= !done;
        }
    }

    private void write(LogFile to, RecordBuilder record, long at) throws IOException {
        int start = record.start() - Frame.HEAD;
        frame.write(record.array(), start, at, next, durable);
        int head = Frame.HEAD + record.length();
        Disk.write(to, record.array(), start, head, at);
        Args tail = record.tail();
        if (tail != null) {
            Disk.write(to, tail.buffer(), tail.start(0), tail.length(), at + head);
        }
    }

    /** Begins the next segment. All before it is on the disk by then. */
    private synchronized void roll() throws IOException {
        closePresent();
        Segment s = new Segment(folder, id, next, false);
        LogFile fresh = spares.take(s);
        segments.add(s);
        file = fresh;
        capacity = spares.size();
        frame = new Frame(id, next);
        spares.wanted();
    }

    private synchronized void closePresent() throws IOException {
        syncNow();
        LogFile present = file;
        if (present != null) {
            file = null;
            present.close();
        }
    }

    /** A segment for one record. It gets its name when it is whole. */
    private synchronized void appendSealed(RecordBuilder record, long length) throws IOException {
        closePresent();
        Segment s = new Segment(folder, id, next, true);
        frame = new Frame(id, next);
        Path made = folder.resolve(LARGE);
        disk.delete(made);
        try (LogFile fresh = disk.create(made)) {
            byte[] header = s.header();
            Disk.write(fresh, header, 0, header.length, 0);
            write(fresh, record, Segment.HEADER);
            fresh.sync();
        }
        disk.rename(made, s.path);
        disk.syncFolder(folder);
        s.used = Segment.HEADER + length;
        segments.add(s);
        durable = next + record.commands() - 1;
    }

    /**
     * Brings what was written to the disk. May be called from another thread.
     *
     * @throws IOException if that fails; the log cannot be used any more
     */
    synchronized void sync() throws IOException {
        if (!failed) {
            syncNow();
        }
    }

    private void syncNow() throws IOException {
        LogFile present = file;
        long written = next - 1;
        if (present == null || written == durable) {
            return;
        }
        boolean done = false;
        try {
            long begun = System.nanoTime();
            present.sync();
            meters.synced(System.nanoTime() - begun);
            durable = written;
            done = true;
        } finally {
            failed |= !done;
        }
    }

    /** Removes the files that hold only commands before an index. */
    public void trimBefore(long index) throws IOException {
        trimBefore(index, 0);
    }

    /**
     * Removes the files that hold only commands before an index.
     *
     * @param kept how many bytes stay in any case
     */
    public void trimBefore(long index, long kept) throws IOException {
        boolean any = false;
        long bytes = bytes();
        while (segments.size() > 1 && segments.get(1).first <= index && bytes - segments.get(0).used >= kept) {
            bytes -= segments.get(0).used;
            disk.delete(segments.get(0).path);
            segments.remove(0);
            any = true;
        }
        if (any) {
            disk.syncFolder(folder);
        }
    }

    /** The file that is written to, for people. */
    Path path() {
        return segments.isEmpty() ? folder : segments.get(segments.size() - 1).path;
    }

    /** The length of all records. */
    long bytes() {
        long sum = 0;
        for (Segment s : segments) {
            sum += s.used;
        }
        return sum;
    }

    /** How many bytes were written since the start. On any thread. */
    long written() {
        return meters.bytes();
    }

    LogStats stats() {
        return meters.stats(bytes());
    }

    /** Brings the last records to the disk and lets go of the folder. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!failed) {
                syncNow();
            }
            LogFile present = file;
            file = null;
            if (present != null) {
                present.close();
            }
        } catch (IOException e) {
            log.error("cannot end the log {}: {}", path(), PrivateFiles.text(e));
        } finally {
            failed = true;
            spares.close();
            lock.close();
        }
    }
}
