package io.multiproc.client;

import io.multiproc.protocol.auth.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finder of authkeys: given bytes, else a given file, else the file of {@code MULTIPROC_AUTHKEY_FILE}, else the text of
 * {@code MULTIPROC_AUTHKEY}, else the user's own key file, which the user's first server creates. A key is the bytes of its
 * text, as CPython's {@code authkey=b"…"}; a newline that ends a file is not part of it. Keys never appear in messages.
 * Thread-safe.
 */
public final class Authkeys {
    /** The variable that names a file holding the key. */
    public static final String FILE_VARIABLE = "MULTIPROC_AUTHKEY_FILE";
    /** The variable that holds the key itself. */
    public static final String KEY_VARIABLE = "MULTIPROC_AUTHKEY";

    private static final int RANDOM_BYTES = 32;

    private static final String REMEDY = ". Name a key file with --authkey-file or " + FILE_VARIABLE
            + ", or a folder of this user's own with XDG_CONFIG_HOME";

    /** A key, where it was found, and what is questionable about that. */
    public static final class Authkey {
        private final byte[] key;
        private final String source;
        private final @Nullable String warning;
        private final boolean made;

        private Authkey(byte[] key, String source, @Nullable String warning) {
            this(key, source, warning, false);
        }

        private Authkey(byte[] key, String source, @Nullable String warning, boolean made) {
            this.key = key.clone();
            this.source = source;
            this.warning = warning;
            this.made = made;
        }

        private Authkey because(String reason) {
            return new Authkey(key, source + reason, warning);
        }

        private Authkey made(boolean here) {
            return new Authkey(key, source, warning, here);
        }

        /** {@return a copy of the key's bytes} */
        public byte[] bytes() {
            return key.clone();
        }

        /**
         * Where the key was found, for messages: "file /etc/key", "file /etc/key, which MULTIPROC_AUTHKEY_FILE names", "variable
         * MULTIPROC_AUTHKEY".
         *
         * @return the place, as a text
         */
        public String source() {
            return source;
        }

        /** {@return a sentence for the log if others can read the file} */
        public Optional<String> warning() {
            return Optional.ofNullable(warning);
        }

        /** {@return whether {@link #createForUser} made the key just now, and no other process did} */
        public boolean isMade() {
            return made;
        }

        /** The source; never the key. */
        @Override
        public String toString() {
            return "Authkey[" + source + "]";
        }
    }

    private final Map<String, String> environment;
    private final Path home;

    /** For the process's own environment and home folder. */
    public Authkeys() {
        this(System.getenv(), home());
    }

    /**
     * For an environment and home folder of the caller's choice.
     *
     * @param environment the variables
     * @param home the user's home folder
     */
    public Authkeys(Map<String, String> environment, Path home) {
        this.environment = Map.copyOf(environment);
        this.home = home;
    }

    /** {@code HOME}, as every other program of the user reads it: {@code user.home} is from the system's list of users. */
    private static Path home() {
        String home = System.getenv("HOME");
        return home != null && Path.of(home).isAbsolute()
                ? Path.of(home)
                : Path.of(System.getProperty("user.home", "."));
    }

    /**
     * {@return the folder of the user's own files, {@code multiproc} in {@code $XDG_CONFIG_HOME} or {@code ~/.config}} It need not be there.
     */
    public Path userFolder() {
        return Objects.requireNonNull(userFile().getParent());
    }

    /** {@return the user's own key file: {@code multiproc/authkey} in {@code $XDG_CONFIG_HOME} or {@code ~/.config}} */
    public Path userFile() {
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        // the XDG specification: a path that is not absolute is to be ignored
        Path base = config.isEmpty() || !Path.of(config).isAbsolute() ? home.resolve(".config") : Path.of(config);
        return base.resolve("multiproc").resolve("authkey");
    }

    /**
     * {@return the key from the first source that exists}
     *
     * @param explicit the key given by the program, or null
     * @param file the file
     * @throws IOException if a source was named but cannot be read, is empty or is too long: it is never skipped
     */
    public Optional<Authkey> find(byte @Nullable [] explicit, @Nullable Path file) throws IOException {
        if (explicit != null) {
            return Optional.of(
                    new Authkey(nonEmpty(explicit, "the given authkey"), "the bytes given by the program", null));
        }
        if (file != null) {
            return Optional.of(read(file));
        }
        String named = environment.get(FILE_VARIABLE);
        if (named != null) {
            if (named.isEmpty()) {
                throw new IOException("variable " + FILE_VARIABLE + " is empty: name a file, or unset it");
            }
            return Optional.of(read(Path.of(named)).because(", which " + FILE_VARIABLE + " names"));
        }
        String text = environment.get(KEY_VARIABLE);
        if (text != null) {
            byte[] key = nonEmpty(text.getBytes(StandardCharsets.UTF_8), "variable " + KEY_VARIABLE);
            return Optional.of(new Authkey(key, "variable " + KEY_VARIABLE, null));
        }
        Path own = userFile();
        return isThere(own) ? Optional.of(read(own)) : Optional.empty();
    }

    /** Not by {@link Files#exists}, which takes what may not be looked at for absent. */
    private static boolean isThere(Path own) throws IOException {
        try {
            BasicFileAttributes unused =
                    Files.readAttributes(own, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            checkFolders(own);
            return false;
        } catch (IOException e) {
            throw new IOException(
                    "cannot look for the authkey file " + own + ": " + SecretFile.reason(own, e) + REMEDY, e);
        }
    }

    /** A file in the place of a folder is no absence, as newer versions of Java say. */
    private static void checkFolders(Path own) throws IOException {
        Path at = own.getParent();
        while (at != null && !Files.exists(at)) {
            at = at.getParent();
        }
        if (at != null && !Files.isDirectory(at)) {
            throw new IOException("cannot look for the authkey file " + own + ": Not a directory" + REMEDY);
        }
    }

    /**
     * As {@link #find}, for clients, which need a key.
     *
     * @param explicit the key given by the program, or null
     * @param file the file
     * @return as {@link #find}
     * @throws IOException if there is none; the message names the places that were tried
     */
    public Authkey require(byte @Nullable [] explicit, @Nullable Path file) throws IOException {
        Optional<Authkey> found = find(explicit, file);
        if (found.isEmpty()) {
            throw new IOException("no authkey: give one, or name its file with --authkey-file or " + FILE_VARIABLE
                    + ", or set " + KEY_VARIABLE + ", or start a server as this user, which creates " + userFile());
        }
        return found.get();
    }

    /**
     * {@return the key in the user's own file, created with a random key if it is not there} Readable by the user only. Of two processes
     * that do this at once, both get the same key, and nobody ever sees half of a file.
     *
     * @throws IOException if the file cannot be created or read
     */
    public Authkey createForUser() throws IOException {
        Path file = userFile();
        boolean here = false;
        if (!isThere(file)) {
            try {
                Path folder = parent(file);
                Files.createDirectories(parent(folder));
                createFolder(folder);
                here = write(file, folder);
            } catch (FileSystemException e) {
                throw new IOException(
                        "cannot make an authkey for this user in " + file + ": " + SecretFile.reason(file, e) + REMEDY,
                        e);
            }
        }
        return read(file).made(here);
    }

    private static Path parent(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IOException("no folder for " + file);
        }
        return parent;
    }

    private static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, mode(folder, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /** Whether this process's key is the one that is there now. */
    private static boolean write(Path file, Path folder) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        // no newline: a program that takes the file's bytes as they are has the key, too
        String text = HexFormat.of().formatHex(random);
        Path draft = folder.resolve(".authkey-" + HexFormat.of().toHexDigits(new SecureRandom().nextLong()));
        try {
            try (var out = Files.newByteChannel(
                    draft,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    mode(folder, "rw-------"))) {
                var bytes = java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            return publish(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Gives the finished file its name unless another process was first; a rename would replace the other's key. */
    private static boolean publish(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false; // the other process's key is as good
        } catch (UnsupportedOperationException | IOException e) {
            // a file system without links: moving without REPLACE_EXISTING checks first, which leaves a gap of
            // microseconds
            if (Files.exists(file)) {
                return false;
            }
            Files.move(draft, file);
            return true;
        }
    }

    private static FileAttribute<?>[] mode(Path folder, String permissions) throws IOException {
        Path existing = Files.exists(folder) ? folder : parent(folder);
        return Files.getFileStore(existing).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * {@return the key in a file}
     *
     * @param file the file
     * @throws IOException if it is missing, no plain file, empty or longer than 4096 bytes, or if other users than this one and root own it or a folder above it, or may write to these
     */
    public static Authkey read(Path file) throws IOException {
        return new Authkey(
                SecretFile.key(file), "file " + file.toAbsolutePath(), SecretFile.warning(file, "authkey file"));
    }

    private static byte[] nonEmpty(byte[] key, String source) throws IOException {
        if (key.length == 0) {
            throw new IOException(source + " is empty: an authkey has at least one byte, better 32 random ones");
        }
        return key;
    }
}
