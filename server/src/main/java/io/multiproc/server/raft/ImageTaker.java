package io.multiproc.server.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Has images made: when enough of log has gathered, by the listener, written by a thread of their own. */
final class ImageTaker {
    private final RaftLog raft;
    private long bytes;
    private @Nullable Thread writer;
    private boolean asked;

    ImageTaker(RaftLog raft) {
        this.raft = raft;
    }

    void begin() {
        bytes = raft.store.bytesSinceImage();
    }

    void installed() {
        bytes = 0;
    }

    void applied(int length) {
        bytes += length;
        if (bytes > raft.options.imageBytes() && writer == null && !asked) {
            asked = true;
            raft.loop.submit(() -> {
                asked = false;
                CompletableFuture<?> unused = raft.node.takeSnapshot();
            });
        }
    }

    /** Makes an image of what was applied. If it cannot be now, the name stays without a file, and the log stays. */
    ImageRef take(long index) {
        ImageRef ref = ImageRef.pending(index);
        // after a change of members it is behind what the listener has
        if (writer == null && index >= raft.delivered) {
            raft.delivered = index;
            bytes = 0;
            ReplicatedLog.Image image = raft.listener.image();
            Thread thread = new Thread(() -> write(image, ref), "multiproc-raft-image");
            thread.setDaemon(true);
            writer = thread;
            thread.start();
        }
        return ref;
    }

    private void write(ReplicatedLog.Image image, ImageRef ref) {
        Path part = raft.store.images.part("new");
        try {
            java.nio.file.Files.deleteIfExists(part);
            image.writeTo(part);
            ImageRef file = Images.summed(ref.index, part);
            raft.store.images.finish(part, ref.index);
            raft.loop.submit(() -> {
                writer = null;
                try {
                    raft.store.imageWritten(ref, file);
                } catch (IOException e) {
                    // the log has failed
                    writer = null;
                }
            });
        } catch (IOException e) {
            raft.loop.submit(() -> raft.failed("write image " + part, e));
        } catch (InterruptedException e) {
            image.giveUp();
        }
    }

    void join() throws InterruptedException {
        Thread thread = writer;
        if (thread != null) {
            thread.interrupt();
            thread.join();
        }
    }
}
