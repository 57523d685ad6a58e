package io.multiproc.server.log;

import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.snapshot.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that is the next segment: full of zeros that are on the disk, so that a sync of what is written over them changes nothing but these bytes. It is made by a
 * thread of its own, ahead of its use.
 */
public final class Spares {
    private static final Logger log = LoggerFactory.getLogger(Spares.class);

    public static final String NAME = "next.tmp";

    private final Path folder;
    private final Path path;
    private final Disk disk;
    private final int size;
    private @Nullable FutureTask<Void> making;

    public Spares(Path folder, Disk disk, int size) {
        this.folder = folder;
        this.path = folder.resolve(NAME);
        this.disk = disk;
        this.size = size;
    }

    public int size() {
        return size;
    }

    /** The next one will be needed. */
    public void wanted() {
        FutureTask<Void> task = new FutureTask<>(this::make, null);
        making = task;
        Thread thread = new Thread(task, "multiproc-log");
        thread.setDaemon(true);
        thread.start();
    }

    private void make() {
        try {
            fill();
        } catch (IOException e) {
            // it is tried again when it is needed, and fails then
            log.warn(
                    "cannot make the next log file {}: {}; without it the server will stop",
                    path,
                    PrivateFiles.text(e));
            try {
                disk.delete(path);
            } catch (IOException again) {
                // it is deleted when it is made again
            }
        }
    }

    private void fill() throws IOException {
        disk.delete(path);
        try (LogFile file = disk.create(path)) {
            byte[] zeros = new byte[Disk.CHUNK];
            for (int at = 0; at < size; at += zeros.length) {
                Disk.write(file, zeros, 0, Math.min(zeros.length, size - at), at);
            }
            file.sync();
        }
    }

    /** Makes it a segment, with its header and name on the disk. */
    public LogFile take(Path segment, byte[] header) throws IOException {
        await();
        LogFile file;
        try {
            file = disk.open(path);
        } catch (IOException e) {
            fill();
            file = disk.open(path);
        }
        try {
            // before it has its name: there is no moment at which a second server could have it
            if (!file.tryLock()) {
                throw new IOException("another process has locked " + path);
            }
            Disk.write(file, header, 0, header.length, 0);
            file.sync();
            disk.rename(path, segment);
            disk.syncFolder(folder);
            return file;
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private void await() throws IOException {
        FutureTask<Void> task = making;
        making = null;
        boolean interrupted = false;
        while (task != null) {
            try {
                task.get();
                task = null;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw new IOException("cannot make " + path, e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Removes what was made and not used. */
    public void close() {
        try {
            await();
            disk.delete(path);
        } catch (IOException e) {
            log.debug("{} stays: {}", path, e.toString());
        }
    }
}
