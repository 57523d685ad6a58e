package io.multiproc.server.image;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Backups;
import io.multiproc.server.engine.ImageStats;
import io.multiproc.server.snapshot.PrivateFiles;
import io.multiproc.server.state.StateImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images of a node's state: those that its log asks for and keeps, and those of backups. A state has one image at a time: the log's come first, and a backup is begun
 * anew after one.
 */
public final class NodeImages implements Backups {
    private static final Logger log = LoggerFactory.getLogger(NodeImages.class);
    private static final int MOST_TRIES = 20;
    private static final long LOOK_SECONDS = 5;

    /** An image that is to be written. */
    public interface Taken {
        /** Writes it, synced. On a thread that may wait. */
        void writeTo(Path file) throws IOException;

        /** It is not needed. On any thread. */
        void giveUp();
    }

    private final Path folder;
    private final String version;
    private final Supplier<StateImage> state;
    private final Executor engine;
    private final LinkedBlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "multiproc-backup");

    /** While the log's image is being written. */
    private volatile @Nullable CountDownLatch logs;

    // of the engine's thread
    private @Nullable StateImage ofBackup;

    // of the backup's thread
    private long lastBackup;
    private @Nullable Backup backup;

    private volatile ImageStats stats = ImageStats.NONE;
    private volatile long writtenAt = System.nanoTime();

    /**
     * @param folder gets the file of a backup while that is read
     * @param version of this server
     * @param state makes an image, on the engine's thread
     * @param engine runs tasks on the engine's thread; may refuse when that has ended
     */
    public NodeImages(Path folder, String version, Supplier<StateImage> state, Executor engine) {
        this.folder = folder;
        this.version = version;
        this.state = state;
        this.engine = engine;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Ends; a backup that is being made is given up. After the engine's thread has ended. */
    public void close() {
        thread.interrupt();
    }

    /** An image for the log. On the engine's thread. */
    public Taken take() {
        StateImage other = ofBackup;
        if (other != null) {
            ofBackup = null;
            other.giveUp(new IllegalStateException("the log needs an image"));
        }
        long begun = System.nanoTime();
        StateImage image = state.get();
        CountDownLatch done = new CountDownLatch(1);
        logs = done;
        return new Taken() {
            @Override
            public void writeTo(Path file) throws IOException {
                try {
                    ImageFiles.write(file, version, image, engine);
                    stats = new ImageStats(
                            image.index(), Files.size(file), 0, System.nanoTime() - begun, image.longestPauseNanos());
                    writtenAt = begun;
                } catch (IOException | RuntimeException | Error e) {
                    forget(image, "it could not be written");
                    throw e;
                } finally {
                    done.countDown();
                }
            }

            @Override
            public void giveUp() {
                forget(image, "it is not needed");
                done.countDown();
            }
        };
    }

    private void forget(StateImage image, String why) {
        try {
            engine.execute(() -> image.giveUp(new IllegalStateException(why)));
        } catch (RejectedExecutionException e) {
            // nothing changes any more
        }
    }

    @Override
    public ImageStats stats() {
        ImageStats s = stats;
        return new ImageStats(s.index(), s.bytes(), System.nanoTime() - writtenAt, s.nanos(), s.pauseNanos());
    }

    // ---- backups

    private void run() {
        try {
            while (true) {
                Runnable job = jobs.poll(LOOK_SECONDS, TimeUnit.SECONDS);
                Backup b = backup;
                if (job != null) {
                    job.run();
                } else if (b != null && b.isIdle()) {
                    closeBackup();
                }
            }
        } catch (InterruptedException e) {
            closeBackup();
        }
    }

    @Override
    public void begin(Consumer<Reply> then) {
        jobs.add(() -> answer(then, beginBackup()));
    }

    private Reply beginBackup() {
        closeBackup();
        Path file = folder.resolve("backup.tmp");
        try {
            StateImage image = write(file);
            Backup opened = Backup.open(++lastBackup, file, image.index());
            backup = opened;
            Files.delete(file);
            return opened.described();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            String why = e instanceof IOException io ? PrivateFiles.text(io) : String.valueOf(e.getMessage());
            log.error("no image for a backup could be written: {}", why);
            return Reply.error(ErrorCode.ILLEGAL_STATE, "no image could be written: " + why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.error(ErrorCode.SHUTTING_DOWN, "the server is ending");
        }
    }

    /** Writes an image of the state as it is now, however often the log comes in between. */
    private StateImage write(Path file) throws IOException, InterruptedException {
        for (int n = 0; ; n++) {
            CountDownLatch other = logs;
            if (other != null) {
                other.await();
            }
            StateImage image = ask();
            try {
                if (image != null) {
                    ImageFiles.write(file, version, image, engine);
                    finished(image);
                    return image;
                }
            } catch (IllegalStateException e) {
                log.debug("the backup begins anew: {}", e.getMessage());
            } catch (IOException | RuntimeException | Error e) {
                forget(image, "it could not be written");
                throw e;
            }
            if (n == MOST_TRIES) {
                throw new IOException("the log is in the way; try again when less is written");
            }
        }
    }

    private void finished(StateImage image) {
        engine.execute(() -> {
            if (ofBackup == image) {
                ofBackup = null;
            }
        });
    }

    /** An image, or null while the log's is being taken. */
    private @Nullable StateImage ask() throws IOException, InterruptedException {
        FutureTask<@Nullable StateImage> task = new FutureTask<>(() -> {
            CountDownLatch other = logs;
            if (other != null && other.getCount() > 0) {
                return null;
            }
            StateImage image = state.get();
            ofBackup = image;
            return image;
        });
        try {
            engine.execute(task);
            return task.get();
        } catch (RejectedExecutionException e) {
            throw new IOException("the server has ended", e);
        } catch (ExecutionException e) {
            throw new IOException("the state cannot be copied: " + e.getCause(), e);
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
