package io.multiproc.client.internal.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program that the JDK runs from its source file ({@code java Program.java}). Its classes are in the memory of that JVM only, so they are compiled once more, into a
 * folder that children have on their class path. The folders are kept in the user's cache ({@code multiproc} in {@code $XDG_CACHE_HOME} or {@code ~/.cache}), named by a
 * hash of the sources and the JDK; those that nobody has used for a week are deleted.
 */
public final class SourceProgram {
    private static final String FILE = "jdk.launcher.sourcefile";
    /** From here on the JDK takes other source files of the program from beside it. */
    private static final int WITH_OTHER_FILES = 22;

    private static final int MOST_SOURCES = 1_000;
    private static final Duration KEPT = Duration.ofDays(7);
    private static final String PREFIX = "source-";
    private static final Pattern PACKAGE =
            Pattern.compile("(?:\\A|[\\n;])\\s*package\\s+([\\p{L}\\p{N}_$.]+)\\s*;", Pattern.UNICODE_CHARACTER_CLASS);

    private static @Nullable Path folder;

    private SourceProgram() {}

    /** Whether this JVM runs one. */
    public static boolean isRunning() {
        return System.getProperty(FILE) != null;
    }

    /**
     * The folder of its classes; null for other programs. The first call compiles it, unless that has been done before.
     *
     * @throws IllegalStateException if this Java has no compiler, or it finds errors
     */
    static synchronized @Nullable Path classes() {
        String file = System.getProperty(FILE);
        if (file != null && folder == null) {
            try {
                folder = compiled(
                        Path.of(file).toAbsolutePath(),
                        cache(),
                        SourceCompiler.system(),
                        Runtime.version().feature() >= WITH_OTHER_FILES);
            } catch (IOException e) {
                throw new UncheckedIOException("the program " + file + " cannot be compiled for its children", e);
            }
        }
        return folder;
    }

    private static Path cache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        String home = System.getenv("HOME");
        Path base = cache != null && !cache.isEmpty()
                ? Path.of(cache)
                : Path.of(home == null || home.isEmpty() ? System.getProperty("user.home") : home, ".cache");
        return base.resolve("multiproc");
    }

    /** The folder of a source file's classes. */
    static Path compiled(Path source, Path cache, @Nullable SourceCompiler compiler, boolean others)
            throws IOException {
        String text = Files.readString(source);
        Path root = others ? root(source, text) : null;
        String name = PREFIX + key(source, root);
        Path known = cache.resolve(name);
        if (isOwn(known)) {
            Path ignored = Files.setLastModifiedTime(known, FileTime.from(Instant.now()));
            return known;
        }
        if (compiler == null) {
            throw new IllegalStateException(
                    "the children of " + source.getFileName()
                            + " need its classes in files, and this Java has no compiler: run it with a JDK, or compile it with javac and run the class");
        }
        Path part = temporary(cache);
        boolean done = false;
        try {
            compiler.compile(source, root, part);
            done = true;
        } finally {
            if (!done) {
                delete(part);
            }
        }
        try {
            Path ignored = Files.move(part, known, StandardCopyOption.ATOMIC_MOVE);
            forget(cache);
            return known;
        } catch (AtomicMoveNotSupportedException e) {
            return untilTheEnd(part);
        } catch (FileSystemException e) {
            // somebody was faster, or it is somebody else's
            Path kept = untilTheEnd(part);
            return isOwn(known) ? known : kept;
        }
    }

    /** A new folder that only this user reads: in the cache, or where temporary files are. */
    private static Path temporary(Path cache) throws IOException {
        try {
            return Files.createTempDirectory(Files.createDirectories(cache), "part-");
        } catch (IOException e) {
            return Files.createTempDirectory("multiproc-source-");
        }
    }

    /** What others could have written must not run in this program's children. */
    private static boolean isOwn(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return true;
        }
        Set<PosixFilePermission> all = Files.getPosixFilePermissions(folder);
        return !all.contains(PosixFilePermission.GROUP_WRITE)
                && !all.contains(PosixFilePermission.OTHERS_WRITE)
                && (!Files.exists(Path.of("/proc/self"))
                        || Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self"))));
    }

    private static Path untilTheEnd(Path folder) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "multiproc-source-end"));
        return folder;
    }

    private static Path root(Path source, String text) {
        Matcher m = PACKAGE.matcher(text.replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", " "));
        Path root = source.getParent();
        for (int levels = m.find() ? m.group(1).split("\\.").length : 0; levels > 0 && root != null; levels--) {
            root = root.getParent();
        }
        return root == null ? source.getRoot() : root;
    }

    /** A hash of what the classes depend on. */
    private static String key(Path source, @Nullable Path root) throws IOException {
        MessageDigest hash;
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        hash.update((Runtime.version() + "\0" + System.getProperty("java.class.path") + "\0" + source + "\0")
                .getBytes(StandardCharsets.UTF_8));
        hash.update(Files.readAllBytes(source));
        if (root != null) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java"))
                        .limit(MOST_SOURCES)
                        .sorted()
                        .toList()) {
                    hash.update((file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file) + "\0")
                            .getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return HexFormat.of().formatHex(hash.digest(), 0, 16);
    }

    private static void forget(Path cache) throws IOException {
        FileTime limit = FileTime.from(Instant.now().minus(KEPT));
        try (Stream<Path> all = Files.list(cache)) {
            for (Path old : all.filter(f -> f.getFileName().toString().startsWith(PREFIX))
                    .toList()) {
                if (Files.getLastModifiedTime(old).compareTo(limit) < 0) {
                    delete(old);
                }
            }
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // it is swept later
        }
    }
}
