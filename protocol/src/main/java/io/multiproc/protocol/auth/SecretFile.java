package io.multiproc.protocol.auth;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads files that hold secrets. They have to pass {@link FileTrust}, but for those that a container's platform provides. */
public final class SecretFile {
    /** A key file that is longer was named by mistake. */
    private static final int MOST_KEY = 4096;

    private static final Path CONTAINER_SECRETS = Path.of("/run/secrets");
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private SecretFile() {}

    /** Where containers find secrets: their owners and modes are the platform's, and nobody else is there. */
    private static boolean isPlatforms(Path file) {
        return file.startsWith(CONTAINER_SECRETS);
    }

    /**
     * The bytes of a file.
     *
     * @param what what the file is, for messages
     * @param most so many bytes at most
     * @throws IOException if it is missing, no plain file or too long, or if other users than this one and root own it or a folder above it, or may write to these
     */
    public static byte[] read(Path file, String what, int most) throws IOException {
        byte[] content;
        try {
            if (Files.isDirectory(file)) {
                throw new IOException(what + " " + file.toAbsolutePath() + " is a folder: name a file in it");
            }
            String fault = isPlatforms(file) ? null : FileTrust.fault(file);
            if (fault != null) {
                throw new IOException(what + " " + file + " is refused: " + fault);
            }
            try (var in = Files.newInputStream(file)) {
                content = in.readNBytes(most + 1);
            }
        } catch (NoSuchFileException e) {
            throw new IOException(what + " " + file + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException(what + " " + file + " may not be read by this user", e);
        } catch (FileSystemException e) {
            throw new IOException(what + " " + file + " cannot be read: " + reason(file, e), e);
        }
        if (content.length > most) {
            Arrays.fill(content, (byte) 0);
            throw new IOException(what + " " + file + " is longer than " + most + " bytes: is it the right file?");
        }
        return content;
    }

    /**
     * The key in a file, without a newline at its end.
     *
     * @throws IOException as {@link #read}, or if it is empty
     */
    public static byte[] key(Path file) throws IOException {
        byte[] content = read(file, "authkey file", MOST_KEY);
        int end = content.length;
        if (end > 0 && content[end - 1] == '\n') {
            end--;
            if (end > 0 && content[end - 1] == '\r') {
                end--;
            }
        }
        if (end == 0) {
            throw new IOException(
                    "authkey file " + file + " is empty: an authkey has at least one byte, better 32 random ones");
        }
        byte[] key = Arrays.copyOf(content, end);
        Arrays.fill(content, (byte) 0);
        return key;
    }

    /** A sentence for the log if others can read the file; null if not, or if that is the platform's business. */
    public static @Nullable String warning(Path file, String what) throws IOException {
        if (isPlatforms(file)) {
            return null;
        }
        Set<PosixFilePermission> found;
        try {
            // not by asking for the file's store first: that reads the table of all mounts at each connect
            found = new HashSet<>(Files.getPosixFilePermissions(file));
        } catch (UnsupportedOperationException e) {
            return null; // a file system without modes
        }
        found.retainAll(OTHERS);
        return found.isEmpty()
                ? null
                : what + " " + file + " can be read by other users of this machine: run chmod 600 " + file;
    }

    /** What failed, in words: the text of many an {@link IOException} is only a path. */
    public static String reason(Path file, IOException e) {
        if (!(e instanceof FileSystemException failed)) {
            return String.valueOf(e.getMessage());
        }
        String at = failed.getFile();
        String where = at == null || at.equals(file.toString()) ? "" : at + ": ";
        String said = failed.getReason();
        return where
                + (said != null
                        ? said
                        : e instanceof NoSuchFileException
                                ? "it does not exist"
                                : e instanceof AccessDeniedException
                                        ? "this user has no permission"
                                        : e instanceof FileAlreadyExistsException
                                                ? "it is there and no folder"
                                                : "it cannot be used");
    }
}
