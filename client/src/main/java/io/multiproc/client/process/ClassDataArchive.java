package io.multiproc.client.process;

import io.multiproc.client.internal.code.SourceProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A class-data archive of the class path, with which children start faster. The first start of a program writes it in the background,
 * by a JVM in a training run; it is kept in the user's cache folder ({@code multiproc} in {@code $XDG_CACHE_HOME} or {@code ~/.cache}), the last
 * eight of them. Only for class paths of jar files: a JVM takes no others. {@code -Dmultiproc.process.archive=off} disables it.
 */
final class ClassDataArchive {
    /** The argument of the JVM that writes one. */
    static final String ARGUMENT = "archive";

    private static final int KEPT = 8;
    private static final long PATIENCE_SECONDS = 60;
    /** Runs what follows two names, and gives its file its name: a shell does so even if this process is killed meanwhile. */
    private static final List<String> FINISH = List.of(
            "/bin/sh", "-c", "p=$1; t=$2; shift 2; \"$@\" && mv \"$p\" \"$t\" || { rm -f \"$p\"; exit 1; }", "sh");

    private static final List<String> QUIET = List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off");

    private static boolean asked;
    private static @Nullable Path file;

    private ClassDataArchive() {}

    /** The flags that make a JVM use it, if it is there; else it is written for the next one. */
    static synchronized List<String> flags(List<String> inherited) {
        if (!asked) {
            asked = true;
            file = place(inherited);
            if (file != null && !Files.exists(file)) {
                Path to = file;
                Thread writer = new Thread(() -> write(to), "multiproc-archive");
                writer.setDaemon(true);
                writer.start();
            }
        }
        if (file == null || !Files.exists(file)) {
            return List.of();
        }
        List<String> flags = new ArrayList<>(QUIET);
        flags.add("-XX:SharedArchiveFile=" + file);
        return flags;
    }

    /** Where the archive of this JVM, its flags and its class path is, or null if there cannot be one. */
    private static @Nullable Path place(List<String> inherited) {
        String classes = System.getProperty("java.class.path", "");
        if ("off".equals(System.getProperty("multiproc.process.archive"))
                || System.getProperty("jdk.module.path") != null
                || ChildMain.class.getModule().isNamed()
                // whose children have a folder on their class path
                || SourceProgram.isRunning()
                || inherited.stream().anyMatch(a -> a.startsWith("-Xshare") || a.contains("SharedArchiveFile"))) {
            return null;
        }
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update((System.getProperty("java.home") + System.getProperty("java.vm.version") + inherited)
                    .getBytes(StandardCharsets.UTF_8));
            for (String entry : classes.split(java.io.File.pathSeparator)) {
                Path jar = Path.of(entry).toAbsolutePath();
                if (!Files.isRegularFile(jar)) {
                    return null;
                }
                hash.update((jar + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar))
                        .getBytes(StandardCharsets.UTF_8));
            }
            String cache = System.getenv("XDG_CACHE_HOME");
            String home = System.getenv("HOME");
            Path folder = cache != null && !cache.isEmpty()
                    ? Path.of(cache)
                    : Path.of(home == null || home.isEmpty() ? System.getProperty("user.home") : home, ".cache");
            String name = HexFormat.of().formatHex(hash.digest(), 0, 16) + ".jsa";
            return folder.resolve("multiproc").resolve(name);
        } catch (IOException | NoSuchAlgorithmException | java.nio.file.InvalidPathException e) {
            return null;
        }
    }

    private static void write(Path to) {
        Path folder = java.util.Objects.requireNonNull(to.getParent());
        Path part = to.resolveSibling(
                to.getFileName() + "." + ProcessHandle.current().pid());
        try {
            Files.createDirectories(folder);
            List<String> flags = new ArrayList<>(QUIET);
            flags.add("-XX:ArchiveClassesAtExit=" + part);
            List<String> command = new ArrayList<>(FINISH);
            command.add(part.toString());
            command.add(to.toString());
            command.addAll(Launcher.java(flags));
            command.add(ARGUMENT);
            Process writer = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            writer.getOutputStream().close();
            if (!writer.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                writer.descendants().forEach(ProcessHandle::destroyForcibly);
                boolean ignored = writer.toHandle().destroyForcibly();
            } else if (writer.exitValue() == 0) {
                forget(folder);
            }
        } catch (IOException e) {
            // no folder to write to: children start without
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                // as above
            }
        }
    }

    private static void forget(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.list(folder)) {
            all = new ArrayList<>(
                    files.filter(f -> f.toString().contains(".jsa")).toList());
        }
        all.sort(Comparator.comparing(ClassDataArchive::age).reversed());
        for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
            Files.deleteIfExists(old);
        }
    }

    private static FileTime age(Path f) {
        try {
            return Files.getLastModifiedTime(f);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }
}
