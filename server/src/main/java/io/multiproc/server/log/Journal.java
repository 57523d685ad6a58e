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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
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

    private static final String LOCK = "lock";
    /** A segment of one record until it is whole. */
    private static final String LARGE = "large.tmp";

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
    private final Fsync fsync;
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

    private Journal(Path folder, Fsync fsync, Disk disk, SnapshotLock lock, List<Segment> segments, int segmentBytes) {
        this.folder = folder;
        this.fsync = fsync;
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
     * @param fsync how it is brought to the disk, by the caller
     * @throws LogException if it cannot be used, is in use, or holds no whole log
     */
    public static Journal open(Path folder, Fsync fsync) throws LogException {
        return open(folder, fsync, Disk.REAL, SEGMENT);
    }

    static Journal open(Path folder, Fsync fsync, Disk disk, int segmentBytes) throws LogException {
        Path real = DataFolder.prepare(folder);
        SnapshotLock lock;
        try {
            lock = SnapshotLock.take(real.resolve(LOCK), "data folder " + real);
        } catch (SnapshotException e) {
            throw new LogException(String.valueOf(e.getMessage()), e);
        }
        Journal journal = null;
        try {
            journal = new Journal(real, fsync, disk, lock, Segment.all(real, disk), segmentBytes);
            journal.takeLast();
            DataFolder.delete(disk, real.resolve(Spares.NAME));
            DataFolder.delete(disk, real.resolve(LARGE));
            return journal;
        } catch (LogException | RuntimeException | Error e) {
            if (journal != null) {
                journal.close();
            }
            lock.close();
            throw e;
        }
    }

    /** Locks the file that is written to, so that who deletes the lock's own file lets no second server in. It stays open: to close it would end the lock. */
    private void takeLast() throws LogException {
        Segment last = last();
        if (last == null) {
            return;
        }
        try {
            LogFile opened = disk.open(last.path);
            file = opened;
            // who writes has the next file before it lets go of this one
            if (!opened.tryLock() || !last.path.equals(Segment.newest(folder))) {
                throw new LogException("data folder " + folder + " is in use by another server, which has locked "
                        + last.path + " (its file " + LOCK
                        + " was deleted or replaced under it): give each server its own, or stop the other one");
            }
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw Segment.failed("lock", last.path, e);
        }
    }

    private @Nullable Segment last() {
        return segments.isEmpty() ? null : segments.get(segments.size() - 1);
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
        next = new JournalReader(disk, fsync, spares.size(), index, replay)
                .read(segments.subList(from, segments.size()), file);
        begin(index);
    }

    /** What has been read is on the disk: the next command is appended to the last segment, or begins one. */
    private void begin(long index) throws LogException {
        if (next < index) {
            throw new LogException("the log in " + folder + " ends with command " + (next - 1) + ", and an image holds "
                    + "those up to " + (index - 1)
                    + ": the end of the log is missing. Restore the folder from a backup, "
                    + "or begin an empty folder with that image (serve --data DIR --restore IMAGE)");
        }
        durable = next - 1;
        Segment last = last();
        if (last != null) {
            capacity = last.sealed ? 0 : spares.size();
            frame = new Frame(id, last.first);
            spares.wanted();
        }
        ready = true;
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
        checkOwned();
        syncNow();
        Segment s = new Segment(folder, id, next, false);
        goOnIn(s, spares.take(s.path, s.header()), spares.size());
        spares.wanted();
    }

    /** Makes a file that has its name, and is locked, the last one. */
    private void goOnIn(Segment s, LogFile fresh, long size) throws IOException {
        LogFile present = file;
        Segment last = last();
        segments.add(s);
        file = fresh;
        capacity = size;
        frame = new Frame(id, next);
        if (present != null && last != null) {
            byte[] follower = last.followedBy(s.first);
            Disk.write(present, follower, 0, follower.length, Segment.FOLLOWER);
            present.close();
        }
    }

    /** A segment for one record. It gets its name when it is whole. */
    private synchronized void appendSealed(RecordBuilder record, long length) throws IOException {
        checkOwned();
        syncNow();
        Segment s = new Segment(folder, id, next, true);
        Path made = folder.resolve(LARGE);
        disk.delete(made);
        LogFile fresh = disk.create(made);
        boolean done = false;
        try {
            if (!fresh.tryLock()) {
                throw new IOException("another process has locked " + made);
            }
            frame = new Frame(id, next);
            byte[] header = s.header();
            Disk.write(fresh, header, 0, header.length, 0);
            write(fresh, record, Segment.HEADER);
            fresh.sync();
            disk.rename(made, s.path);
            disk.syncFolder(folder);
            done = true;
        } finally {
            if (!done) {
                fresh.close();
            }
        }
        s.used = Segment.HEADER + length;
        // nothing more is written to it
        goOnIn(s, fresh, 0);
        durable = next + record.commands() - 1;
    }

    /** Fails if the folder's files are not this server's any more. */
    private void checkOwned() throws IOException {
        Segment last = last();
        if (last != null && !Files.exists(last.path)) {
            throw new FolderLostException("log file " + last.path + " was deleted or moved under this server");
        }
        try {
            if (lock.renew()) {
                log.warn(
                        "{} was deleted or replaced under this server, and is made again; leave it alone",
                        folder.resolve(LOCK));
            }
        } catch (SnapshotException e) {
            throw new FolderLostException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Brings what was written to the disk, and looks whether the folder is still this server's. May be called from another thread.
     *
     * @throws IOException if it is not, or that fails; the log cannot be used any more
     */
    synchronized void secure() throws IOException {
        if (!failed && !closed) {
            checkOwned();
            syncNow();
        }
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
            if (!failed && ready) {
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
            if (ready) {
                // else it may be another server's
                spares.close();
            }
            lock.close();
        }
    }
}
