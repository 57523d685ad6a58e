package io.multiproc.engines;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.jgroups.Address;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.util.Util;

/**
 * The log of jgroups-raft in files of ours: {@code log} (frames with checksums in zeros that are on the disk already), {@code vote} (term and vote) and
 * {@code snapshot}. All that is asked to be kept is on the disk when a method returns; a write that fails ends the process. A {@code server.log.Journal}
 * cannot serve: it counts commands, has no terms, and never takes back what it has synced.
 *
 * <p>A new snapshot counts from {@link #truncate} or {@link #reinitializeTo} on, which tell its index.
 */
final class FileLog implements Log {
    static final int FAILED = 74;

    private static final int ZEROS = 4 << 20;

    private final Path folder;
    private FileChannel file;
    private long end;
    private long zeroed;
    /** The index of the first entry kept; what it holds is in the snapshot already, unless it is 0. */
    private long first;

    private final List<LogEntry> entries = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();
    private long term;
    private Address vote;
    private long commit;
    private byte[] snapshot;
    private byte[] pending;

    FileLog(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        loadVote();
        loadSnapshot();
        loadLog();
    }

    // what is in the files

    private void loadVote() throws IOException {
        byte[] b = whole("vote");
        if (b != null) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(b))) {
                term = in.readLong();
                vote = Util.readAddress(in);
            } catch (ClassNotFoundException e) {
                throw new IOException(e);
            }
        }
    }

    private void loadSnapshot() throws IOException {
        byte[] b = whole("snapshot");
        if (b != null) {
            ByteBuffer in = ByteBuffer.wrap(b);
            first = in.getLong();
            commit = first;
            entries.add(new LogEntry(in.getLong(), null));
            places.add(-1L);
            snapshot = new byte[in.remaining()];
            in.get(snapshot);
        }
    }

    /** A file's content without its checksum; null if there is no such file. */
    private byte[] whole(String name) throws IOException {
        Path path = folder.resolve(name);
        if (!Files.exists(path)) {
            return null;
        }
        byte[] b = Files.readAllBytes(path);
        int n = b.length - LogFrames.TAIL;
        if (n < 0 || ByteBuffer.wrap(b, n, LogFrames.TAIL).getInt() != LogFrames.crc(b, 0, n)) {
            throw new IOException("damaged: " + path);
        }
        return java.util.Arrays.copyOf(b, n);
    }

    private void loadLog() throws IOException {
        Path path = folder.resolve("log");
        byte[] b = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
        open(path);
        zeroed = b.length;
        int at = 0;
        int n;
        while ((n = LogFrames.frame(b, at)) > 0) {
            ByteBuffer in = ByteBuffer.wrap(b, at, n);
            long index = in.getLong();
            if (index > lastAppended() + 1) {
                throw new IOException("damaged: " + path + " goes on with " + index + " after " + lastAppended());
            }
            in.getLong();
            LogEntry e = LogFrames.entry(in);
            if (index > first) {
                entries.add(e);
                places.add((long) at);
            }
            at += n;
        }
        end = at;
        for (int p = at + 1; p < b.length - LogFrames.HEAD; p++) {
            if (b[p] != 0 || p + 8 < b.length && b[p + 7] != 0) {
                int m = LogFrames.frame(b, p);
                if (m > 0 && ByteBuffer.wrap(b, p + 8, 8).getLong() > lastAppended()) {
                    throw new IOException("damaged: " + path + ", byte " + at + ": entry " + (lastAppended() + 1)
                            + " is broken and was on the disk");
                }
            }
        }
        clearFrom(end);
    }

    private void open(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    // writing

    private interface Write {
        void run() throws IOException;
    }

    private static void sure(Write write) {
        try {
            write.run();
        } catch (IOException | RuntimeException e) {
            System.err.println("log: " + e);
            System.err.flush();
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static void write(FileChannel to, ByteBuffer bytes, long at) throws IOException {
        long place = at;
        while (bytes.hasRemaining()) {
            place += to.write(bytes, place);
        }
    }

    private void replace(String name, byte[] content) throws IOException {
        Path part = folder.resolve(name + ".part");
        ByteBuffer b = ByteBuffer.allocate(content.length + LogFrames.TAIL);
        b.put(content).putInt(LogFrames.crc(content, 0, content.length)).flip();
        try (FileChannel to = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(to, b, 0);
            to.force(true);
        }
        Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
    }

    private void syncFolder() throws IOException {
        try (FileChannel dir = FileChannel.open(folder, StandardOpenOption.READ)) {
            dir.force(true);
        }
    }

    /** Nothing stands behind a place any more. */
    private void clearFrom(long at) throws IOException {
        if (zeroed > at) {
            write(file, ByteBuffer.allocate((int) (zeroed - at)), at);
            file.force(false);
        }
    }

    private void reserve(long bytes) throws IOException {
        if (end + bytes > zeroed) {
            long more = Math.max(bytes, ZEROS);
            write(file, ByteBuffer.allocate((int) more), zeroed);
            zeroed += more;
            file.force(true);
        }
    }

    /** Writes all entries behind the first one into a new file. */
    private void rewrite() throws IOException {
        Path part = folder.resolve("log.part");
        Files.deleteIfExists(part);
        FileChannel old = file;
        open(part);
        old.close();
        end = 0;
        zeroed = 0;
        int from = first == 0 ? 0 : 1;
        for (int i = from; i < entries.size(); i++) {
            byte[] b = LogFrames.frameOf(indexOf(i), first, entries.get(i));
            reserve(b.length);
            write(file, ByteBuffer.wrap(b), end);
            places.set(i, end);
            end += b.length;
        }
        reserve(1);
        file.force(true);
        Files.move(part, folder.resolve("log"), StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
    }

    private long indexOf(int i) {
        return first == 0 ? i + 1 : first + i;
    }

    private int at(long index) {
        return (int) (first == 0 ? index - 1 : index - first);
    }

    private void keepSnapshot(long index, long ofTerm) throws IOException {
        byte[] content = pending;
        if (content != null) {
            ByteBuffer b = ByteBuffer.allocate(16 + content.length);
            b.putLong(index).putLong(ofTerm).put(content);
            replace("snapshot", b.array());
            snapshot = content;
            pending = null;
        }
    }

    // Log

    @Override
    public void init(String name, Map<String, String> args) {}

    @Override
    public Log useFsync(boolean f) {
        return this;
    }

    @Override
    public boolean useFsync() {
        return true;
    }

    @Override
    public void delete() {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized long currentTerm() {
        return term;
    }

    @Override
    public synchronized Log currentTerm(long next) {
        if (next > term) {
            term = next;
            vote = null;
            keepVote();
        }
        return this;
    }

    @Override
    public synchronized Address votedFor() {
        return vote;
    }

    @Override
    public synchronized Log votedFor(Address member) {
        vote = member;
        keepVote();
        return this;
    }

    private void keepVote() {
        sure(() -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeLong(term);
                Util.writeAddress(vote, out);
            }
            replace("vote", bytes.toByteArray());
        });
    }

    @Override
    public synchronized long commitIndex() {
        return commit;
    }

    @Override
    public synchronized Log commitIndex(long index) {
        commit = index;
        return this;
    }

    @Override
    public synchronized long firstAppended() {
        return first;
    }

    @Override
    public synchronized long lastAppended() {
        return entries.isEmpty() ? 0 : indexOf(entries.size() - 1);
    }

    @Override
    public synchronized void setSnapshot(ByteBuffer sn) {
        ByteBuffer b = sn.duplicate();
        pending = new byte[b.remaining()];
        b.get(pending);
    }

    @Override
    public synchronized ByteBuffer getSnapshot() {
        byte[] newest = pending != null ? pending : snapshot;
        return newest == null ? null : ByteBuffer.wrap(newest);
    }

    @Override
    public synchronized long append(long index, LogEntries more) {
        sure(() -> {
            if (index != lastAppended() + 1) {
                throw new IOException("append of " + index + " after " + lastAppended());
            }
            long durable = lastAppended();
            int bytes = 0;
            List<byte[]> frames = new ArrayList<>();
            for (LogEntry e : more) {
                byte[] b = LogFrames.frameOf(lastAppended() + 1, durable, e);
                places.add(end + bytes);
                entries.add(e);
                frames.add(b);
                bytes += b.length;
            }
            ByteBuffer all = ByteBuffer.allocate(bytes);
            frames.forEach(all::put);
            reserve(bytes);
            write(file, all.flip(), end);
            file.force(false);
            end += bytes;
        });
        return lastAppended();
    }

    @Override
    public synchronized LogEntry get(long index) {
        int i = at(index);
        return index <= 0 || i < 0 || i >= entries.size() ? null : entries.get(i);
    }

    @Override
    public synchronized void truncate(long indexExclusive) {
        long to = Math.min(indexExclusive, commit);
        LogEntry e = get(to);
        if (to <= first || e == null) {
            pending = null;
            return;
        }
        sure(() -> {
            keepSnapshot(to, e.term());
            int drop = at(to);
            entries.subList(0, drop).clear();
            places.subList(0, drop).clear();
            first = to;
            rewrite();
        });
    }

    @Override
    public synchronized void reinitializeTo(long index, LogEntry entry) {
        sure(() -> {
            keepSnapshot(index, entry.term());
            entries.clear();
            places.clear();
            entries.add(entry);
            places.add(-1L);
            first = index;
            commit = index;
            rewrite();
        });
        currentTerm(entry.term());
    }

    @Override
    public synchronized void deleteAllEntriesStartingFrom(long index) {
        int i = at(index);
        if (i < 0 || i >= entries.size()) {
            return;
        }
        if (index <= commit) {
            System.err.println(
                    "VIOLATION: committed entries from " + index + " on are to be deleted; commit " + commit);
        }
        sure(() -> {
            long from = places.get(i);
            entries.subList(i, entries.size()).clear();
            places.subList(i, places.size()).clear();
            clearFrom(from);
            end = from;
        });
    }

    @Override
    public synchronized void forEach(ObjLongConsumer<LogEntry> function, long from, long to) {
        for (long i = Math.max(from, Math.max(1, first)); i <= Math.min(to, lastAppended()); i++) {
            function.accept(get(i), i);
        }
    }

    @Override
    public synchronized void forEach(ObjLongConsumer<LogEntry> function) {
        forEach(function, 1, lastAppended());
    }

    @Override
    public synchronized long sizeInBytes() {
        return end;
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
