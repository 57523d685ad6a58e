package io.multiproc.server.image;

import io.multiproc.server.snapshot.SnapshotException;
import io.multiproc.server.snapshot.SnapshotFile;
import io.multiproc.server.state.SharedState;
import io.multiproc.server.state.StateImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images in a data folder, each in a file that is named by the index of the last command in it. The two newest are kept. */
public final class Images {
    private static final Logger log = LoggerFactory.getLogger(Images.class);

    private static final String SUFFIX = ".image";
    private static final String DAMAGED = ".damaged";
    private static final int DIGITS = 20;
    private static final int KEPT = 2;

    private final Path folder;
    private final String version;
    private final UnaryOperator<OutputStream> disk;

    /**
     * @param folder which this server alone uses
     * @param version of this server
     */
    public Images(Path folder, String version) {
        this(folder, version, out -> out);
    }

    /** @param disk wraps what writes to the disk, for tests of failing disks */
    Images(Path folder, String version, UnaryOperator<OutputStream> disk) {
        this.folder = folder;
        this.version = version;
        this.disk = disk;
    }

    /** The indices of the images, from the newest on. */
    public List<Long> indices() throws IOException {
        List<Long> out = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("[0-9]{" + DIGITS + "}\\" + SUFFIX))
                    .forEach(name -> out.add(Long.parseLong(name.substring(0, DIGITS))));
        }
        out.sort(Comparator.reverseOrder());
        return out;
    }

    /** Whether a file of this name is an image, one that was set aside, or one that was begun. */
    public static boolean isOwn(String name) {
        return name.matches("[0-9]{" + DIGITS + "}\\" + SUFFIX + "(\\.tmp|\\" + DAMAGED + ")?");
    }

    Path path(long index) {
        return folder.resolve(String.format("%0" + DIGITS + "d", index) + SUFFIX);
    }

    private SnapshotFile file(Path path) {
        return new SnapshotFile(path, SnapshotFile.Kind.IMAGE, disk);
    }

    /**
     * Restores the newest image; the one before it, if that is damaged.
     *
     * @param into a state without content
     * @param logIsWhole whether the log holds all commands from the first on, so that no image is needed
     * @param logIsEmpty whether there is no log
     * @return the index that the log goes on from; 0 if there is no image that can be used, and none is needed
     * @throws SnapshotException if none can be used
     */
    public long restore(SharedState into, boolean logIsWhole, boolean logIsEmpty) throws IOException {
        List<Path> damaged = new ArrayList<>();
        for (long index : indices()) {
            long start = System.nanoTime();
            Path path = path(index);
            try {
                SnapshotFile.Header header = file(path).read(into::restore);
                if (into.lastIndex() != index || header == null) {
                    throw new SnapshotException("image " + path + " is of command " + into.lastIndex()
                            + ": it has another's name, so give it back its own");
                }
                if (logIsEmpty && !header.clean()) {
                    throw new SnapshotException("data folder " + folder + " has image " + path
                            + " and no log, which it had when that was written: put the log's files back, restore the folder from a backup,"
                            + " or begin an empty folder with the image (serve --data DIR --restore " + path + ")");
                }
                log.info(
                        "restored {} objects and {} sessions of {} from {} in {} ms",
                        into.numberOfObjects(),
                        into.numberOfSessions(),
                        header.time(),
                        path,
                        (System.nanoTime() - start) / 1_000_000);
                setAside(damaged);
                return index;
            } catch (SnapshotException e) {
                if (!e.isDamage()) {
                    throw e;
                }
                log.warn("{} is damaged; what came before it is tried, with the log from there on", path);
                damaged.add(path);
            }
        }
        if (!damaged.isEmpty() && (!logIsWhole || logIsEmpty)) {
            throw new SnapshotException("no image in data folder " + folder
                    + " can be used, and the log alone does not begin at the beginning: start with a backup in an empty folder"
                    + " (serve --data DIR --restore FILE)");
        }
        setAside(damaged);
        return 0;
    }

    /**
     * Restores what a log goes on from.
     *
     * @param first what an empty folder begins with, or null for what the folder holds
     * @param clusterId of a log that begins
     * @return the time of the state, which its clock goes on from; 0 if any will do
     */
    public long load(
            SharedState into, @Nullable FirstState first, boolean logIsWhole, boolean logIsEmpty, long clusterId)
            throws IOException {
        removeUnfinished();
        if (first != null) {
            // nobody waits in it: its clock need not go on
            first.load(folder, this, into, clusterId);
            return 0;
        }
        long unused = restore(into, logIsWhole, logIsEmpty);
        return into.lastTime();
    }

    /** So that they do not count as one of two that are kept. */
    private static void setAside(List<Path> damaged) throws IOException {
        for (Path path : damaged) {
            Path aside = path.resolveSibling(path.getFileName() + DAMAGED);
            Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
            log.warn("nothing is missing without {}; it is called {} now", path, aside.getFileName());
        }
    }

    /**
     * Writes an image, and removes those that it makes superfluous.
     *
     * @param engineThread runs tasks on the engine's thread
     * @return the size of its file, in bytes
     * @throws IOException if that fails; the others are as they were
     * @throws IllegalStateException if it was given up
     */
    public long write(StateImage image, Executor engineThread) throws IOException {
        return write(image, engineThread, false);
    }

    /** Writes the first image of a folder, which says that there was no log when it was written. On the engine's thread. */
    void writeFirst(StateImage image) throws IOException {
        long unused = write(image, Runnable::run, true);
    }

    private long write(StateImage image, Executor engineThread, boolean first) throws IOException {
        Path path = path(image.index());
        try {
            file(path).write(version, first, Instant.now(), out -> write(image, engineThread, out));
        } catch (IOException | RuntimeException | Error e) {
            giveUp(image, engineThread);
            throw e;
        }
        prune();
        return Files.size(path);
    }

    static void write(StateImage image, Executor engineThread, OutputStream out) {
        try {
            new ImageWriter(image, engineThread).writeTo(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("the server ends"));
        }
    }

    private static void giveUp(StateImage image, Executor engineThread) {
        try {
            engineThread.execute(() -> image.giveUp(new IllegalStateException("it could not be written")));
        } catch (RejectedExecutionException e) {
            // nothing changes any more
        }
    }

    private void prune() throws IOException {
        List<Long> all = indices();
        for (long index : all.subList(Math.min(KEPT, all.size()), all.size())) {
            Files.deleteIfExists(path(index));
        }
    }

    /** Removes what a server left behind that was killed while it wrote. */
    private void removeUnfinished() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(
                            f -> String.valueOf(f.getFileName()).matches("[0-9]{" + DIGITS + "}\\" + SUFFIX + "\\.tmp"))
                    .toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
