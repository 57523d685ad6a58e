package io.multiproc.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A disk that fails when it is told to, writes less than it is asked to, and remembers what has been synced: {@link #loseUnsynced} makes the files what they may be
 * after a power cut. It does not sync the disk below.
 */
final class FailingDisk implements Disk {
    /** Bytes that a power cut keeps or loses together. */
    private static final int SECTOR = 512;

    /** Each step that the disk was asked for, also by the thread that makes files ahead of their use. */
    final List<String> steps = new CopyOnWriteArrayList<>();
    /** The step, as in {@link #steps}, that fails from now on; null for none. */
    volatile @Nullable String failing;

    volatile String reason = "Input/output error";
    /** How many bytes may be written before the disk is full. */
    final AtomicLong room = new AtomicLong(Long.MAX_VALUE);
    /** What a sync waits for: once when it begins, and once until it may end; null for no wait. */
    volatile @Nullable CyclicBarrier slow;
    /** The most bytes of one write. */
    volatile int most = Integer.MAX_VALUE;

    private final Map<Path, List<Write>> unsynced = new ConcurrentHashMap<>();
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();

    /** What stood where something was written after the last sync. */
    private record Write(long position, byte[] before) {}

    private synchronized void step(String what, Path path) throws IOException {
        String step = what + " " + path.getFileName();
        steps.add(step);
        if (step.equals(failing) || what.equals(failing)) {
            throw new IOException(reason);
        }
    }

    @Override
    public LogFile create(Path path) throws IOException {
        step("create", path);
        REAL.create(path).close();
        // to be read, too
        return new Watched(path, REAL.open(path));
    }

    @Override
    public LogFile open(Path path) throws IOException {
        step("open", path);
        return new Watched(path, REAL.open(path));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step("rename", from);
        REAL.rename(from, to);
        for (Watched w : watched) {
            if (w.path.equals(from)) {
                w.path = to;
            }
        }
        List<Write> moved = unsynced.remove(from);
        if (moved != null) {
            unsynced.put(to, moved);
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        step("delete", path);
        REAL.delete(path);
        unsynced.remove(path);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        step("syncFolder", folder);
    }

    /** Of the sectors that were written after the last sync of their file some come to be what they were before. */
    void loseUnsynced(Random random) throws IOException {
        for (Map.Entry<Path, List<Write>> e : unsynced.entrySet()) {
            try (LogFile file = REAL.open(e.getKey())) {
                Map<Long, Boolean> lost = new HashMap<>();
                List<Write> writes = e.getValue();
                // from the last one, so that a sector gets what it was at the sync
                for (int i = writes.size() - 1; i >= 0; i--) {
                    Write w = writes.get(i);
                    for (int at = 0; at < w.before.length; at++) {
                        long position = w.position + at;
                        if (lost.computeIfAbsent(position / SECTOR, s -> random.nextBoolean())) {
                            Disk.write(file, w.before, at, 1, position);
                        }
                    }
                }
            }
        }
        unsynced.clear();
    }

    private final class Watched implements LogFile {
        private volatile Path path;
        private final LogFile file;

        Watched(Path path, LogFile file) {
            this.path = path;
            this.file = file;
            watched.add(this);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public int write(ByteBuffer bytes, long position) throws IOException {
            step("write", path);
            if (room.get() <= 0) {
                throw new IOException("No space left on device");
            }
            int n = (int) Math.min(Math.min(bytes.remaining(), most), room.get());
            byte[] before = new byte[n];
            Disk.read(file, before, n, position);
            unsynced.computeIfAbsent(path, p -> new ArrayList<>()).add(new Write(position, before));
            int limit = bytes.limit();
            bytes.limit(bytes.position() + n);
            int done = file.write(bytes, position);
            bytes.limit(limit);
            room.addAndGet(-done);
            return done;
        }

        @Override
        public void sync() throws IOException {
            step("sync", path);
            waitAsToldTo();
            unsynced.remove(path);
        }

        @Override
        public boolean tryLock() throws IOException {
            step("lock", path);
            return file.tryLock();
        }

        private void waitAsToldTo() throws IOException {
            CyclicBarrier barrier = slow;
            if (barrier != null) {
                try {
                    barrier.await();
                    barrier.await();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IOException(e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            watched.remove(this);
            file.close();
        }
    }
}
