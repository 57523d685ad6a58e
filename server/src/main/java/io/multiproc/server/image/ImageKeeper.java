package io.multiproc.server.image;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Backups;
import io.multiproc.server.engine.ImageStats;
import io.multiproc.server.snapshot.PrivateFiles;
import io.multiproc.server.state.StateImage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an image written when the log has grown by so much, or after a while with anything in the log, and when a client wants a backup; has the log trimmed behind it. One
 * thread writes, one image at a time. A failure is logged once until it is over: the log, which stays, holds everything.
 */
public final class ImageKeeper implements Backups {
    private static final Logger log = LoggerFactory.getLogger(ImageKeeper.class);

    private static final long LOG_BYTES = 64 << 20;
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long LOOK_MILLIS = 1_000;

    /** The log that images go along with. */
    public interface Logs {
        /** Brings all that was written so far to the disk: no image is ahead of its log. On the writer's thread. */
        default void secure() throws IOException {}

        /**
         * Removes what images make superfluous. On the engine's thread.
         *
         * @param index of the first command that has to stay
         * @param kept how many bytes stay in any case
         */
        void trimBefore(long index, long kept) throws IOException;
    }

    private final Images images;
    private final Supplier<StateImage> state;
    private final LongSupplier logged;
    private final Logs logs;
    private final LinkedBlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::run, "multiproc-snapshot");
    private volatile boolean ending;
    private Executor engine = task -> {};

    // of the writer
    private long madeAt = System.nanoTime();
    private long loggedThen;
    private long lastBackup;
    private @Nullable Backup backup;

    private volatile Made made;
    private volatile @Nullable String error;

    /** An image that was written. */
    private record Made(long index, long bytes, long nanos, long pauseNanos, long at) {}

    /**
     * A keeper that has not begun.
     *
     * @param state makes an image, on the engine's thread
     * @param logged how many bytes of log were written so far; on any thread
     * @param since how many of them are not in the newest image
     */
    public ImageKeeper(Images images, Supplier<StateImage> state, LongSupplier logged, long since, Logs logs)
            throws IOException {
        this.images = images;
        this.state = state;
        this.logged = logged;
        this.logs = logs;
        this.loggedThen = logged.getAsLong() - since;
        List<Long> present = images.indices();
        this.made = new Made(present.isEmpty() ? 0 : present.get(0), 0, 0, 0, System.nanoTime());
        writer.setDaemon(true);
    }

    /**
     * Begins to write.
     *
     * @param engineThread runs tasks on the engine's thread; may refuse when that has ended
     */
    public void start(Executor engineThread) {
        engine = engineThread;
        writer.start();
    }

    /** Ends; an image that is being written is given up. After the engine's thread has ended. */
    public void finish() throws InterruptedException {
        ending = true;
        writer.interrupt();
        writer.join();
        closeBackup();
    }

    @Override
    public ImageStats stats() {
        Made m = made;
        return new ImageStats(m.index, m.bytes, System.nanoTime() - m.at, m.nanos, m.pauseNanos);
    }

    /** What {@code manager.info} tells. */
    public Map<String, @Nullable Object> facts() {
        ImageStats m = stats();
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        out.put("image_index", m.index());
        out.put("image_age_ms", TimeUnit.NANOSECONDS.toMillis(m.ageNanos()));
        out.put("image_bytes", m.bytes());
        out.put("image_ms", TimeUnit.NANOSECONDS.toMillis(m.nanos()));
        out.put("image_pause_us", TimeUnit.NANOSECONDS.toMicros(m.pauseNanos()));
        out.put("image_error", error);
        return out;
    }

    private void run() {
        try {
            while (!ending) {
                Runnable job = jobs.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (job != null) {
                    job.run();
                } else {
                    look();
                }
            }
        } catch (InterruptedException e) {
            // by finish
        }
    }

    private void look() {
        long since = logged.getAsLong() - loggedThen;
        if (since >= LOG_BYTES || (since > 0 && System.nanoTime() - madeAt >= INTERVAL_NANOS)) {
            try {
                make();
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                fail(e);
            }
        }
        Backup b = backup;
        if (b != null && b.isIdle()) {
            closeBackup();
        }
    }

    /** Makes an image of the state as it is now, unless there is one; returns its index. */
    private long make() throws IOException {
        long begun = System.nanoTime();
        long then = logged.getAsLong();
        StateImage image = ask();
        // whatever comes of it: it is tried again after an interval, or as much of log
        madeAt = begun;
        loggedThen = then;
        if (image == null) {
            return made.index;
        }
        secure(image);
        long bytes = images.write(image, engine);
        long nanos = System.nanoTime() - begun;
        made = new Made(image.index(), bytes, nanos, image.longestPauseNanos(), begun);
        if (error != null) {
            error = null;
            log.info("images work again: wrote that of command {}", image.index());
        }
        log.debug("wrote the image of command {}, {} bytes, in {} ms", image.index(), bytes, nanos / 1_000_000);
        trimLog();
        return image.index();
    }

    private void secure(StateImage image) throws IOException {
        boolean done = false;
        try {
            logs.secure();
            done = true;
        } finally {
            if (!done) {
                engine.execute(() -> image.giveUp(new IllegalStateException("its log has failed")));
            }
        }
    }

    /** An image, or null if nothing has happened since the last one. */
    private @Nullable StateImage ask() throws IOException {
        FutureTask<@Nullable StateImage> task = new FutureTask<>(() -> {
            StateImage image = state.get();
            if (image.index() == made.index && made.bytes > 0) {
                image.giveUp(new IllegalStateException("there is one"));
                return null;
            }
            return image;
        });
        try {
            engine.execute(task);
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server ends", e);
        } catch (RejectedExecutionException e) {
            throw new IOException("the server has ended", e);
        } catch (ExecutionException e) {
            throw new IOException("the state cannot be copied: " + e.getCause(), e);
        }
    }

    private void trimLog() throws IOException {
        List<Long> kept = images.indices();
        long oldest = kept.get(kept.size() - 1);
        if (kept.size() < 2) {
            return;
        }
        engine.execute(() -> {
            try {
                logs.trimBefore(oldest + 1, LOG_BYTES);
            } catch (IOException e) {
                log.error("cannot remove log that images have made superfluous: {}", PrivateFiles.text(e));
            }
        });
    }

    private void fail(Throwable cause) {
        if (ending) {
            return;
        }
        String why = cause instanceof IOException e ? PrivateFiles.text(e) : String.valueOf(cause);
        if (error == null) {
            log.error("cannot write an image: {}; the log holds everything, and it is tried again", why);
        }
        error = why;
    }

    @Override
    public void begin(Consumer<Reply> then) {
        jobs.add(() -> answer(then, beginBackup()));
    }

    private Reply beginBackup() {
        closeBackup();
        try {
            long index = make();
            Backup opened = Backup.open(++lastBackup, images.path(index), index);
            backup = opened;
            return opened.described();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            fail(e);
            return Reply.error(
                    ErrorCode.ILLEGAL_STATE,
                    "no image could be written: "
                            + (e instanceof IOException io ? PrivateFiles.text(io) : e.getMessage()));
        }
    }

    @Override
    public void read(long id, long offset, int most, Consumer<Reply> then) {
        jobs.add(() -> {
            Backup b = backup;
            answer(then, b == null ? Backup.gone() : b.read(id, offset, most));
        });
    }

    private void answer(Consumer<Reply> then, Reply reply) {
        try {
            engine.execute(() -> then.accept(reply));
        } catch (RejectedExecutionException e) {
            // nobody is there to be answered
        }
    }

    private void closeBackup() {
        Backup b = backup;
        backup = null;
        if (b != null) {
            b.close();
        }
    }
}
