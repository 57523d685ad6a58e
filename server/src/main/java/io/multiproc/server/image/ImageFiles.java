package io.multiproc.server.image;

import io.multiproc.server.snapshot.SnapshotFile;
import io.multiproc.server.state.SharedState;
import io.multiproc.server.state.StateImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Executor;

/** Images in files that somebody else names and keeps. */
public final class ImageFiles {
    private ImageFiles() {}

    /**
     * Writes an image, synced.
     *
     * @param version of this server
     * @param engineThread runs tasks on the engine's thread
     * @throws IllegalStateException if it was given up
     */
    public static void write(Path file, String version, StateImage image, Executor engineThread) throws IOException {
        new SnapshotFile(file, SnapshotFile.Kind.IMAGE, out -> out)
                .write(version, false, Instant.now(), out -> Images.write(image, engineThread, out));
    }

    /** Replaces a state by that of an image. */
    public static void read(Path file, SharedState into) throws IOException {
        SnapshotFile.Header unused = new SnapshotFile(file, SnapshotFile.Kind.IMAGE, out -> out).read(into::restore);
    }
}
