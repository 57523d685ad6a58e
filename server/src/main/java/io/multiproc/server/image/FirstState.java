package io.multiproc.server.image;

import io.multiproc.server.engine.EngineClock;
import io.multiproc.server.snapshot.PrivateFiles;
import io.multiproc.server.snapshot.SnapshotException;
import io.multiproc.server.snapshot.SnapshotFile;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A file whose content becomes the first state of an empty data folder: a backup of any server with a log, or the snapshot of one without. */
public record FirstState(Path file, SnapshotFile.Kind kind) {
    /**
     * Reads the file into a state and writes that as the folder's first image.
     *
     * @param into a state without content
     * @param clusterId what a state from a backup is called from now on; one from a snapshot is given a name as a new one is
     * @throws SnapshotException if the folder is not empty, or the file cannot be used; the folder is as it was
     */
    public void load(Path folder, Images images, SharedState into, long clusterId) throws IOException {
        String option = kind == SnapshotFile.Kind.IMAGE ? "--restore" : "--import";
        if (holdsAny(folder)) {
            throw new SnapshotException("data folder " + folder + " holds a state already, so " + option + " " + file
                    + " would replace it: name an empty folder, or start without " + option
                    + " to go on with what the folder holds");
        }
        SnapshotFile.Header header =
                new SnapshotFile(file.toAbsolutePath().normalize(), kind, out -> out).read(into::restore);
        if (header == null) {
            throw new SnapshotException("there is no file " + file + " for " + option + ": name one that is there");
        }
        if (kind == SnapshotFile.Kind.IMAGE) {
            into.renew(clusterId, new EngineClock().getAsLong());
        } else if (!header.clean()) {
            into.leap();
        }
        try {
            images.writeFirst(into.image(System::nanoTime));
        } catch (IOException e) {
            throw new SnapshotException(
                    "the content of " + file + " cannot be written to data folder " + folder + ": "
                            + PrivateFiles.text(e) + "; make room on that disk, and start again with " + option,
                    e);
        }
    }

    private static boolean holdsAny(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(f -> String.valueOf(f.getFileName()).matches("[0-9]+\\.(log|image|image\\.damaged)"));
        }
    }
}
