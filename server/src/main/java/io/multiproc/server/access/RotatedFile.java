package io.multiproc.server.access;

import io.multiproc.protocol.auth.FileTrust;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of its user's that is only added to, and that others may move away while it is in use, as logrotate does: then a new one is made in its place. For one
 * thread; each write is looked at, so it should be a whole line.
 */
final class RotatedFile extends OutputStream {
    private final Path file;
    private OutputStream out;
    /** What tells this file from others at the same path; null where the system has no such thing. */
    private @Nullable Object key;

    /** @throws IOException if it cannot be written, or others could change it */
    RotatedFile(Path file) throws IOException {
        this.file = file;
        out = open();
        key = key();
    }

    private OutputStream open() throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new IOException("the audit file " + file + " is a folder: name a file in it");
        }
        String fault = FileTrust.fault(Files.exists(file) || parent == null ? file : parent);
        if (fault != null) {
            throw new IOException("the audit file " + file + " is refused: " + fault);
        }
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, mode(parent));
            }
            return Files.newOutputStream(file, new OpenOption[] {StandardOpenOption.WRITE, StandardOpenOption.APPEND});
        } catch (IOException e) {
            throw new IOException("the audit file " + file + " cannot be written: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException
                ? "there is no such folder"
                : e instanceof AccessDeniedException ? "permission denied" : e.toString();
    }

    private static FileAttribute<?>[] mode(@Nullable Path folder) throws IOException {
        return folder != null && Files.getFileStore(folder).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private @Nullable Object key() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return "none";
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (!Objects.equals(key, key())) {
            OutputStream next = open();
            out.close();
            out = next;
            key = key();
        }
        out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
