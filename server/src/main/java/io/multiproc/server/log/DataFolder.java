package io.multiproc.server.log;

import io.multiproc.protocol.auth.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** The check and the making of a server's data folder. */
public final class DataFolder {
    private DataFolder() {}

    /** Makes a folder if it is not there, and returns its real path; fails if a server could not keep its log there. */
    public static Path prepare(Path folder) throws LogException {
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            if (Files.isSymbolicLink(absolute) && !Files.exists(absolute)) {
                throw new LogException("data folder " + absolute + " is a link to " + Files.readSymbolicLink(absolute)
                        + ", which is not there: create that, or name another folder");
            }
            if (!Files.exists(absolute)) {
                make(absolute);
            }
            if (!Files.isDirectory(absolute)) {
                throw new LogException("data folder " + absolute + " is a file: name a folder");
            }
            Path real = absolute.toRealPath();
            String fault = FileTrust.fault(real);
            if (fault != null) {
                throw new LogException("data folder " + real + " is refused: " + fault);
            }
            if (!Files.isWritable(real)) {
                throw new LogException(
                        "data folder " + real
                                + " cannot be written to: give this user the permission, mount it writable, or name another folder");
            }
            return real;
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw Segment.failed("use data folder", absolute, e);
        }
    }

    private static void make(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new LogException("there is no folder " + parent + " to make data folder " + folder.getFileName()
                    + " in: create it, or name another folder");
        }
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectory(
                folder,
                posix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                        }
                        : new FileAttribute<?>[0]);
        Disk.REAL.syncFolder(parent);
    }

    /** What a server left that ended while it made it. */
    static void delete(Disk disk, Path unused) throws LogException {
        try {
            disk.delete(unused);
        } catch (IOException e) {
            throw Segment.failed("delete", unused, e);
        }
    }
}
