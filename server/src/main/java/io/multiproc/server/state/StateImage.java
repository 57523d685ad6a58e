package io.multiproc.server.state;

import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.table.LongMap;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A state as it was between two entries, sessions and waits included: the bytes of {@link SharedState#snapshot}.
 *
 * <p>{@link SharedState#image} makes it on the engine's thread and takes the sessions with it. The objects follow a few at a time,
 * between entries; one that is about to change is taken before. A small object is
 * taken as its bytes. Of a large one the tables are copied, and what they refer to, which never changes, is shared.
 */
public final class StateImage {
    private final long index;
    private final long clusterId;
    private final Imaging imaging;
    private final int number;
    private final LongMap<ObjectState> objects;
    private final long nextId;
    private final SnapshotWriter writer;
    private final LongSupplier nanoTime;
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
            long nextId,
            LongSupplier nanoTime) {
        this.index = index;
        this.clusterId = clusterId;
        this.imaging = imaging;
        this.objects = objects;
        this.nextId = nextId;
        this.writer = writer;
        this.nanoTime = nanoTime;
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
        firstPause = nanoTime.getAsLong() - start;
        longestPause = firstPause;
    }

    private void pausedSince(long start) {
        longestPause = Math.max(longestPause, nanoTime.getAsLong() - start);
    }

    /** An object is about to change. On the engine's thread, in an entry. */
    void takeEarly(ObjectState object) {
        if (object.id() >= nextId) {
            return;
        }
        long start = nanoTime.getAsLong();
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
     * Ends it before it is whole. On the engine's thread. Nothing happens to one that is whole.
     *
     * @param reason the cause of what {@link #slice} throws from then on
     */
    public void giveUp(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
        writer.discard();
        early.clear();
        imaging.end(this);
    }

    /** What comes before the objects. Once, before the first call of {@link #slice}; on any thread, and it takes time. */
    public List<SnapshotWriter.Part> head() {
        Arrays.sort(ids);
        return head;
    }

    /**
     * The next objects: at least one, and more for as long as there is time; nothing at the end. On the engine's thread, between entries.
     *
     * @throws IllegalStateException if the image was given up
     */
    public List<SnapshotWriter.Part> slice(BooleanSupplier hasTime) {
        Throwable reason = failure;
        if (reason != null) {
            throw new IllegalStateException("the image was given up: " + reason, reason);
        }
        long start = nanoTime.getAsLong();
        try {
            boolean goesOn = true;
            while (goesOn && next < ids.length) {
                long id = ids[next++];
                List<SnapshotWriter.Part> before = early.remove(id);
                if (before == null) {
                    take(objects.present(id));
                } else {
                    writer.add(before);
                }
                goesOn = hasTime.getAsBoolean();
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
}
