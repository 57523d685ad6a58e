package io.multiproc.server.image;

import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.state.StateImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/** The writing of an image on a thread that is not the engine's, and asks that for a few objects at a time. */
public final class ImageWriter {
    /** For how long the engine's thread takes objects before it looks after its clients again. */
    private static final long SLICE_NANOS = 1_000_000;

    private final StateImage image;
    private final Executor engineThread;

    /** @param engineThread runs tasks on the engine's thread, between entries */
    public ImageWriter(StateImage image, Executor engineThread) {
        this.image = image;
        this.engineThread = engineThread;
    }

    /**
     * Writes what {@link io.multiproc.server.state.SharedState#restore(java.io.InputStream)} reads. Once. If it fails, the image has to be given up.
     *
     * @throws UncheckedIOException if the stream fails, or the engine has ended
     * @throws InterruptedException if the thread is interrupted while it waits for the engine's
     * @throws IllegalStateException if the image was given up
     */
    public void writeTo(OutputStream stream) throws InterruptedException {
        try {
            SnapshotWriter out = new SnapshotWriter(stream);
            List<SnapshotWriter.Part> parts = image.head();
            while (!parts.isEmpty()) {
                for (SnapshotWriter.Part part : parts) {
                    part.writeTo(out);
                }
                parts = ask();
            }
            out.flush();
        } catch (RejectedExecutionException e) {
            throw new UncheckedIOException(new IOException("the server has ended", e));
        }
    }

    private List<SnapshotWriter.Part> slice() {
        long end = System.nanoTime() + SLICE_NANOS;
        return image.slice(() -> System.nanoTime() - end < 0);
    }

    private List<SnapshotWriter.Part> ask() throws InterruptedException {
        FutureTask<List<SnapshotWriter.Part>> task = new FutureTask<>(this::slice);
        engineThread.execute(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String reason = cause instanceof IllegalStateException ? cause.getMessage() : String.valueOf(cause);
            throw new IllegalStateException("the state could not be copied: " + reason, e);
        }
    }
}
