package io.multiproc.client.process;

import io.multiproc.client.internal.code.SourceProgram;
import io.multiproc.client.internal.log.EventLog;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A class-data archive of the class path, with which children start faster: a dynamic archive up to Java 24, an ahead-of-time cache from 25. The first start of
 * a program has one written by a JVM in the background ({@link ArchiveWriter}), into the user's cache folder: {@code multiproc} in {@code $XDG_CACHE_HOME} or {@code
 * ~/.cache}. {@code -Dmultiproc.process.archive=off} disables it.
 *
 * <p>A JVM takes archives for class paths of jars only, so the classes of folders are packed into jars beside it, which take the folders' places in the children's class path.
 * An archive counts for one {@link ClassPathListing}, which is made anew at each start: after any change children start without, from the folders.
 *
 * <p>A note, written last, says which files belong together, and their lengths and times: an archive of which anything is missing or otherwise is none.
 */
final class ClassDataArchive {
    /** How a child is to be started: flags before all others, and its class path, or null for this JVM's. */
    record Use(List<String> flags, @Nullable String classPath) {
        static final Use NONE = new Use(List.of(), null);
    }

    private static final int AHEAD_OF_TIME = 25;
    private static final int MAX_WRITERS = 3;

    /** A JVM that does not like an archive goes on without, and must not say so to the user. */
    static final List<String> QUIET = Runtime.version().feature() >= AHEAD_OF_TIME
            ? List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-Xlog:aot=off", "-Xlog:class+path=off")
            : List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-Xlog:class+path=off");

    private static final Set<String> WRITTEN = new HashSet<>();
    private static @Nullable ClassPathListing known;
    private static @Nullable String key;

    private ClassDataArchive() {}

    static boolean aheadOfTime() {
        return Runtime.version().feature() >= AHEAD_OF_TIME;
    }

    /** How a JVM with these flags uses the archive, if it is there; else one is written for the next. */
    static Use use(List<String> inherited, List<String> own) {
        String classes = System.getProperty("java.class.path", "");
        if ("off".equals(System.getProperty("multiproc.process.archive"))
                || classes.isEmpty()
                || System.getProperty("jdk.module.path") != null
                || ChildMain.class.getModule().isNamed()
                || ChildMain.class.getClassLoader() != ClassLoader.getSystemClassLoader()
                // whose children have a folder on their class path
                || SourceProgram.isRunning()
                || choosesItself(inherited)
                || choosesItself(own)) {
            return Use.NONE;
        }
        try {
            return use(classes, inherited);
        } catch (IOException | RuntimeException e) {
            EventLog.debug("children start without a class-data archive", e);
            return Use.NONE;
        }
    }

    private static boolean choosesItself(List<String> flags) {
        return flags.stream()
                .anyMatch(a -> a.startsWith("-Xshare") || a.contains("SharedArchiveFile") || a.startsWith("-XX:AOT"));
    }

    private static synchronized Use use(String classes, List<String> inherited) throws IOException {
        ClassPathListing now = ClassPathListing.of(classes);
        if (now == null) {
            return Use.NONE;
        }
        if (!now.equals(known)) {
            known = now;
            key = now.key(more(inherited));
        }
        String name = java.util.Objects.requireNonNull(key);
        Path folder = folder();
        Use found = now.isSettled() ? read(folder.resolve(name + ".use"), folder) : null;
        if (found != null) {
            return found;
        }
        if (WRITTEN.size() < MAX_WRITERS && WRITTEN.add(name)) {
            ArchiveWriter.start(folder, name, more(inherited));
        }
        return Use.NONE;
    }

    private static String more(List<String> inherited) {
        return System.getProperty("java.home") + " " + System.getProperty("java.vm.version") + " " + inherited;
    }

    /** The user's cache folder for archives; it need not exist. */
    private static Path folder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        String home = System.getenv("HOME");
        try {
            return (cache != null && !cache.isEmpty()
                            ? Path.of(cache)
                            : Path.of(
                                    home == null || home.isEmpty() ? System.getProperty("user.home") : home, ".cache"))
                    .toAbsolutePath()
                    .resolve("multiproc");
        } catch (InvalidPathException e) {
            throw new IllegalStateException("the cache folder's name is none", e);
        }
    }

    /** Makes the folder, if need be. Code is run from it: it must be this user's, and nobody else may write. */
    static void prepare(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(java.util.Objects.requireNonNull(folder.getParent()));
            try {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (java.nio.file.FileAlreadyExistsException e) {
                // another program was faster
            }
        }
        if (!isPrivate(folder)) {
            throw new IOException(folder + " belongs to another user, or others may write to it");
        }
    }

    private static boolean isPrivate(Path file) throws IOException {
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
        return Files.getAttribute(file, "unix:uid").equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                && !allowed.contains(PosixFilePermission.GROUP_WRITE)
                && !allowed.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /** The lines of a note: the class path, then the archive and the jars, each with its length and time. */
    static String note(String classPath, List<Path> files) throws IOException {
        StringBuilder out = new StringBuilder(classPath).append('\n');
        for (Path f : files) {
            out.append(line(f)).append('\n');
        }
        return out.toString();
    }

    private static String line(Path file) throws IOException {
        return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis() + " " + file.getFileName();
    }

    private static @Nullable Use read(Path note, Path folder) throws IOException {
        if (!Files.isRegularFile(note) || !isPrivate(folder)) {
            return null;
        }
        List<String> lines =
                List.of(Files.readString(note, StandardCharsets.UTF_8).split("\n"));
        if (lines.get(0).equals("none")) {
            return Use.NONE;
        }
        if (lines.size() < 2) {
            return null;
        }
        Path archive = null;
        for (String line : lines.subList(1, lines.size())) {
            Path file = folder.resolve(line.substring(line.lastIndexOf(' ') + 1));
            if (!Files.isRegularFile(file) || !line(file).equals(line)) {
                return null;
            }
            archive = archive == null ? file : archive;
        }
        List<String> flags = new ArrayList<>(QUIET);
        flags.add((aheadOfTime() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive);
        return new Use(flags, lines.get(0));
    }

    /** The class path with jars in the place of folders. */
    static String joined(List<Path> entries) {
        return String.join(
                File.pathSeparator, entries.stream().map(Path::toString).toList());
    }
}
