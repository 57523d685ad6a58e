package io.multiproc.server.state;

import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.table.LongMap;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A state as it was between two entries, sessions and waits included: the bytes of {@link SharedState#snapshot}, written without
 * stopping those who change the state.
 *
 * <p>{@link SharedState#image} makes it on the engine's thread and takes the sessions with it. The objects follow a few at a time,
 * between entries, when {@link #writeTo} asks for them from another thread; one that is about to change is taken before. A small object is
 * taken as its bytes. Of a large one the tables are copied, and what they refer to, which never changes, is shared.
 */
public final class StateImage {
    /** For how long the engine's thread takes objects before it looks after its clients again. */
    private static final long SLICE_NANOS = 1_000_000;

    private final long index;
    private final long clusterId;
    private final Imaging imaging;
    private final int number;
    private final LongMap<ObjectState> objects;
    private final long nextId;
    private final SnapshotWriter writer;
    private final List<SnapshotWriter.Part> head;
    /** Ascending after {@link #head}. */
    private final long[] ids;

    // of the engine's thread
    private final LongMap<List<SnapshotWriter.Part>> early = new LongMap<>();
    private int next;
    private @Nullable Throwable failure;
    private long firstPause;
    private volatile long longestPause;

    /**
     * @param writer a collecting one, which has got what comes before the objects
     * @param objects the live ones
     * @param nextId all objects of the image have lower ids
     */
    StateImage(
            long index,
            long clusterId,
            Imaging imaging,
            SnapshotWriter writer,
            LongMap<ObjectState> objects,
            long nextId) {
        this.index = index;
        this.clusterId = clusterId;
        this.imaging = imaging;
        this.objects = objects;
        this.nextId = nextId;
        this.writer = writer;
        head = writer.take();
        ids = objects.keys();
        number = imaging.begin(this);
    }

    /** The index of the last entry that it shows. */
    public long index() {
        return index;
    }

    /** Of the state; 0 if it has none. */
    public long clusterId() {
        return clusterId;
    }

    /** For how long the engine's thread has been held up at once, at most; nanoseconds. May be read on any thread. */
    public long longestPauseNanos() {
        return longestPause;
    }

    /** For how long it was held up when the image began; nanoseconds. */
    public long firstPauseNanos() {
        return firstPause;
    }

    void begunAt(long start) {
        firstPause = System.nanoTime() - start;
        longestPause = firstPause;
    }

    private void pausedSince(long start) {
        longestPause = Math.max(longestPause, System.nanoTime() - start);
    }

    /** An object is about to change. On the engine's thread, in an entry. */
    void takeEarly(ObjectState object) {
        if (object.id() >= nextId) {
            return;
        }
        long start = System.nanoTime();
        try {
            take(object);
            List<SnapshotWriter.Part> unused = early.put(object.id(), writer.take());
        } catch (OutOfMemoryError e) {
            // the entry that is being applied is worth more than the image
            giveUp(e);
        }
        pausedSince(start);
    }

    private void take(ObjectState object) {
        ObjectDirectory.snapshot(writer, object);
        object.imaged = number;
    }

    /**
     * Ends it before it is whole; {@link #writeTo} fails then. On the engine's thread. Nothing happens to one that is whole.
     */
    public void giveUp(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
        writer.discard();
        early.clear();
        imaging.end(this);
    }

    /** What comes before the objects. On the thread that writes, first. */
    List<SnapshotWriter.Part> head() {
        Arrays.sort(ids);
        return head;
    }

    /** The next objects, up to so many; nothing at the end. On the engine's thread. */
    List<SnapshotWriter.Part> slice(int most) {
        Throwable reason = failure;
        if (reason != null) {
            throw new IllegalStateException("the image was given up: " + reason, reason);
        }
        long start = System.nanoTime();
        try {
            for (int n = 0; n < most && next < ids.length && System.nanoTime() - start < SLICE_NANOS; n++) {
                long id = ids[next++];
                List<SnapshotWriter.Part> before = early.remove(id);
                if (before == null) {
                    take(objects.present(id));
                } else {
                    writer.add(before);
                }
            }
            List<SnapshotWriter.Part> taken = writer.take();
            if (taken.isEmpty()) {
                imaging.end(this);
            }
            return taken;
        } catch (RuntimeException | Error e) {
            giveUp(e);
            throw e;
        } finally {
            pausedSince(start);
        }
    }

    /**
     * Writes what {@link SharedState#restore(java.io.InputStream)} reads. Once, on a thread that is not the engine's. If it fails, the
     * image is given up.
     *
     * @param engineThread runs tasks on the engine's thread, between entries
     * @throws UncheckedIOException if the stream fails, or the engine has ended
     * @throws InterruptedException if the thread is interrupted while it waits for the engine's
     * @throws IllegalStateException if the image was given up
     */
    public void writeTo(OutputStream stream, Executor engineThread) throws InterruptedException {
        boolean whole = false;
        try {
            SnapshotWriter out = new SnapshotWriter(stream);
            List<SnapshotWriter.Part> parts = head();
            while (!parts.isEmpty()) {
                for (SnapshotWriter.Part part : parts) {
                    part.writeTo(out);
                }
                parts = ask(engineThread);
            }
            out.flush();
            whole = true;
        } catch (RejectedExecutionException e) {
            throw new UncheckedIOException(new IOException("the server has ended"));
        } finally {
            if (!whole) {
                abandon(engineThread);
            }
        }
    }

    private List<SnapshotWriter.Part> ask(Executor engineThread) throws InterruptedException {
        FutureTask<List<SnapshotWriter.Part>> task = new FutureTask<>(() -> slice(Integer.MAX_VALUE));
        engineThread.execute(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutOfMemoryError error) {
                throw error;
            }
            throw new IllegalStateException("the state could not be copied: " + e.getCause(), e.getCause());
        }
    }

    private void abandon(Executor engineThread) {
        try {
            engineThread.execute(() -> giveUp(new IllegalStateException("its writer has stopped")));
        } catch (RejectedExecutionException e) {
            // nothing changes any more
        }
    }
}
