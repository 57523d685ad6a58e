package io.multiproc.server.snapshot;

import io.multiproc.protocol.auth.FileTrust;
import io.multiproc.server.state.DurableSnapshot;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keeper of a server's snapshot file: restores it, writes it at the start, on an interval and at the end. The snapshot is
 * taken on the engine's thread, the file is written by a thread of its own, one at a time. A failure is logged once until it
 * is over, and leaves the previous file.
 */
public final class Snapshots implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

    private final SnapshotFile file;
    private final SnapshotLock lock;
    private final Duration interval;
    private final String version;
    private final Supplier<DurableSnapshot> state;
    private final LinkedBlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::run, "multiproc-snapshot");

    private volatile Instant savedAt = Instant.EPOCH;
    private volatile long savedAtNanos;
    private volatile @Nullable String error;
    private volatile boolean ending;
    private volatile boolean finished;
    private long savedIndex; // of the writer
    private boolean cleanFile; // likewise
    private Executor engine = task -> {};

    /** An image to write, or why there is none. */
    private record Job(@Nullable DurableSnapshot snapshot, @Nullable Throwable failure, long taken, boolean last) {}

    private Snapshots(
            SnapshotFile file, SnapshotLock lock, Duration interval, String version, Supplier<DurableSnapshot> state) {
        this.file = file;
        this.lock = lock;
        this.interval = interval;
        this.version = version;
        this.state = state;
        writer.setDaemon(true);
    }

    /**
     * Takes the file for this server, restores it if there is one, and writes it anew, which shows that it can be written.
     *
     * @param interval from one write to the next; zero for the end only
     * @param version of this server
     * @param state a state without content; not yet in use
     * @throws SnapshotException if the file is in use, damaged or cannot be written: the file is as it was
     */
    public static Snapshots open(Path path, Duration interval, String version, SharedState state)
            throws SnapshotException {
        return open(path, interval, version, state, out -> out);
    }

    static Snapshots open(
            Path path, Duration interval, String version, SharedState state, UnaryOperator<OutputStream> disk)
            throws SnapshotException {
        Path real = real(path);
        SnapshotFile file = new SnapshotFile(real, SnapshotFile.Kind.SNAPSHOT, disk);
        Path folder = file.folder();
        if (!Files.isDirectory(folder)) {
            throw new SnapshotException("there is no folder " + folder + " for snapshot file " + real.getFileName()
                    + ": create it, or name another file");
        }
        checkTrust(folder, real);
        SnapshotLock lock =
                SnapshotLock.take(real.resolveSibling(real.getFileName() + ".lock"), "snapshot file " + real);
        Snapshots snapshots = new Snapshots(file, lock, interval, version, state::durableSnapshot);
        try {
            snapshots.restore(state);
            snapshots.writeFirst();
            return snapshots;
        } catch (OutOfMemoryError e) {
            lock.close();
            throw new SnapshotException(
                    "snapshot file " + real + " of " + mib(real.toFile().length())
                            + " MiB does not fit into this server's heap of "
                            + mib(Runtime.getRuntime().maxMemory())
                            + " MiB: start it with more memory (java -Xmx, or the container's limit)",
                    e);
        } catch (SnapshotException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static long mib(long bytes) {
        return bytes >> 20;
    }

    /** Whoever can change the file, or replace it, decides what the server holds. */
    private static void checkTrust(Path folder, Path file) throws SnapshotException {
        try {
            String fault = FileTrust.fault(Files.exists(file) ? file : folder);
            if (fault != null) {
                throw new SnapshotException("snapshot file " + file + " is refused: " + fault);
            }
        } catch (IOException e) {
            throw new SnapshotException("cannot look at snapshot file " + file + ": " + PrivateFiles.text(e), e);
        }
    }

    /** Links are followed once, so that the file is replaced and not the link. */
    private static Path real(Path path) throws SnapshotException {
        try {
            return Files.exists(path)
                    ? path.toRealPath()
                    : path.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new SnapshotException("cannot find snapshot file " + path + ": " + PrivateFiles.text(e), e);
        }
    }

    private void restore(SharedState into) throws SnapshotException {
        long start = System.nanoTime();
        SnapshotFile.@Nullable Header header = file.read(into::restore);
        if (header == null) {
            log.info("no snapshot file {} yet, starting empty", file.path());
            return;
        }
        if (!header.clean()) {
            into.leap();
        }
        log.info(
                "restored {} objects of {} from {} in {} ms{}",
                into.numberOfObjects(),
                header.time(),
                file.path(),
                (System.nanoTime() - start) / 1_000_000,
                header.clean() ? "" : "; the server did not end by itself then, so what came later is lost");
    }

    private void writeFirst() throws SnapshotException {
        try {
            write(state.get(), false, System.nanoTime());
        } catch (IOException e) {
            throw new SnapshotException(
                    "cannot write snapshot file " + file.path() + ": " + PrivateFiles.text(e)
                            + "; its folder must be writable, with room for a second copy of the file (in a container,"
                            + " mount the folder, not the file)",
                    e);
        }
    }

    /**
     * Begins to write on the interval.
     *
     * @param engineThread runs tasks on the engine's thread; may refuse when that has ended
     */
    public void start(Executor engineThread) {
        engine = engineThread;
        writer.start();
    }

    /** Takes the last image, on the engine's thread; nothing may change the state afterwards. */
    public void takeLast() {
        if (!ending) {
            ending = true;
            take(true);
        }
    }

    /**
     * Waits until the file of {@link #takeLast} is written, or that has failed, and lets go of the file.
     */
    public synchronized void finish() throws InterruptedException {
        if (finished) {
            return;
        }
        if (ending) {
            writer.join();
        } else {
            // the server never got to its end
            ending = true;
            writer.interrupt();
            writer.join();
            fail("the server ended without its last snapshot", null);
        }
        finished = true;
        lock.close();
    }

    /** After {@link #finish}: whether the last snapshot was written. */
    public boolean isSaved() {
        return finished && error == null;
    }

    /** Lets go of the file without writing, for servers that do not get as far as {@link #start}. */
    @Override
    public void close() {
        finished = true;
        lock.close();
    }

    /** Whether the file has been let go. */
    public boolean isFinished() {
        return finished;
    }

    /** What {@code manager.info} tells: the file, how old the state in it is, the failure since. */
    public Map<String, @Nullable Object> facts() {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        out.put("snapshot_file", file.path().toString());
        out.put("snapshot_age_ms", (System.nanoTime() - savedAtNanos) / 1_000_000);
        out.put("snapshot_error", error);
        return out;
    }

    private void run() {
        try {
            while (true) {
                Job job = interval.isZero() ? jobs.take() : jobs.poll(interval.toMillis(), TimeUnit.MILLISECONDS);
                if (job == null) {
                    ask();
                } else if (job.last || !ending) {
                    handle(job);
                }
                if (job != null && job.last) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // by finish, which reports it
        }
    }

    private void ask() {
        try {
            engine.execute(() -> {
                if (!ending) {
                    take(false);
                }
            });
        } catch (RejectedExecutionException e) {
            // the engine has ended: the last image is on its way
        }
    }

    private void take(boolean last) {
        // before the image: the age of the file is never told too small
        long taken = System.nanoTime();
        try {
            jobs.add(new Job(state.get(), null, taken, last));
        } catch (RuntimeException | OutOfMemoryError e) {
            jobs.add(new Job(null, e, taken, last));
        }
    }

    private void handle(Job job) {
        DurableSnapshot snapshot = job.snapshot;
        if (snapshot == null) {
            fail("cannot copy the state", job.failure);
            return;
        }
        if (snapshot.index() == savedIndex && cleanFile == job.last) {
            savedAtNanos = job.taken; // nothing has happened since
            return;
        }
        try {
            write(snapshot, job.last, job.taken);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (!ending || job.last) {
                fail("cannot write " + file.path(), e);
            }
        }
    }

    private void write(DurableSnapshot snapshot, boolean last, long taken) throws IOException {
        Instant time = Instant.now().minusNanos(System.nanoTime() - taken);
        file.write(version, last, time, out -> snapshot.writeTo(new Abortable(out, last)));
        savedIndex = snapshot.index();
        cleanFile = last;
        savedAtNanos = taken;
        savedAt = time;
        long millis = (System.nanoTime() - taken) / 1_000_000;
        if (error != null) {
            error = null;
            log.info("snapshots work again: wrote {} in {} ms", file.path(), millis);
        } else if (last) {
            log.info("wrote {} in {} ms", file.path(), millis);
        } else {
            log.debug("wrote {} in {} ms", file.path(), millis);
        }
    }

    private void fail(String what, @Nullable Throwable cause) {
        String why = cause == null ? "" : ": " + (cause instanceof IOException e ? PrivateFiles.text(e) : cause);
        if (error == null || ending) {
            log.error("{}{}; the file of {} stays{}", what, why, savedAt, ending ? "" : ", and it is tried again");
        }
        error = what + why;
    }

    /** Gives up the file of an interval when the last one is due. */
    private final class Abortable extends OutputStream {
        private final OutputStream out;
        private final boolean last;

        Abortable(OutputStream out, boolean last) {
            this.out = out;
            this.last = last;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            if (ending && !last) {
                throw new UncheckedIOException(new IOException("the last snapshot is due"));
            }
            out.write(b, from, length);
        }
    }
}
