package io.multiproc.server.cli;

import io.multiproc.client.Backup;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.Manager;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.server.cli.Input.Kind;
import io.multiproc.server.snapshot.PrivateFiles;
import io.multiproc.server.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Copies all that a running manager holds into a file. */
final class Backups extends Inspect.Base {
    Backups() {
        super(
                "backup",
                "Copies all that a manager with a data folder holds at one moment into a file; clients go on meanwhile.",
                "'serve --data DIR --restore FILE' begins an empty folder with it.");
    }

    private final Input<Path> to = inputs.required(
            "to",
            "FILE",
            Kind.PATH,
            Path.of(""),
            "The file, readable by you only. One of that name is replaced when the new one is whole.");

    @Override
    void act(Manager manager, PrintStream out) throws IOException {
        Path file = to.get().toAbsolutePath().normalize();
        Path folder = file.getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new IOException(file + " is a folder: name a file in it");
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is no plain file, and would be replaced: name another one");
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no folder " + folder + " for the backup: create it, or name another file");
        }
        if (isDataFolder(folder)) {
            throw new IOException(folder
                    + " is the data folder of a manager, whose files a backup could replace: name another folder");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            long size;
            try (FileChannel channel = PrivateFiles.create(part)) {
                size = copy(manager, channel);
                channel.force(true);
            }
            new SnapshotFile(part, SnapshotFile.Kind.IMAGE, bytes -> bytes).check();
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            PrivateFiles.syncFolder(folder);
            out.println("wrote " + size + " bytes to " + file);
        } catch (ConnectionLostException | SessionExpiredException e) {
            throw new IOException("no backup was written to " + file + ": " + Outages.reason(e), e);
        } catch (IllegalStateException e) {
            throw new IOException("no backup was written to " + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException("no backup was written to " + file + ": " + PrivateFiles.text(e), e);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean isDataFolder(Path folder) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "[0-9]*.log")) {
            return Files.exists(folder.resolve("lock")) && logs.iterator().hasNext();
        }
    }

    private static long copy(Manager manager, FileChannel to) throws IOException {
        Backup backup = manager.beginBackup();
        boolean shows = Screen.ofTerminal() != null;
        long done = 0;
        while (done < backup.size()) {
            byte[] bytes = backup.read(done);
            if (bytes.length == 0) {
                throw new IOException("the manager's image ended after " + done + " of " + backup.size() + " bytes");
            }
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                int unused = to.write(left);
            }
            done += bytes.length;
            if (shows) {
                System.err.print("\r" + 100 * done / backup.size() + " % of " + (backup.size() >> 20) + " MiB");
            }
        }
        if (shows) {
            System.err.println();
        }
        return done;
    }
}
