package io.multiproc.client.internal.os;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An operating system, as far as the client depends on one.
 *
 * @param name as the property {@code os.name}
 * @param root above {@code dev}, {@code proc} and {@code bin}
 * @param temporary the folder for temporary files
 * @param search the folders of programs, as the variable {@code PATH}
 */
public record Platform(String name, Path root, Path temporary, String search) {
    private static final Platform CURRENT = new Platform(
            System.getProperty("os.name", ""),
            Path.of("/"),
            Path.of(System.getProperty("java.io.tmpdir", "/tmp")),
            System.getenv().getOrDefault("PATH", ""));

    /** This one. */
    public static Platform current() {
        return CURRENT;
    }

    public boolean isLinux() {
        return name.toLowerCase(Locale.ROOT).startsWith("linux");
    }

    public boolean isWindows() {
        return name.toLowerCase(Locale.ROOT).startsWith("windows");
    }

    /** The folder whose files are memory; where there is none, that for temporary files. */
    public Path sharedFolder() {
        Path shm = root.resolve("dev/shm");
        return !isWindows() && Files.isDirectory(shm) && Files.isWritable(shm) ? shm : temporary;
    }

    /** What the system tells of processes, or null if it tells nothing there. */
    public @Nullable Path proc() {
        Path self = root.resolve("proc/self");
        return isLinux() && Files.exists(self) ? root.resolve("proc") : null;
    }

    /** A POSIX shell, or null. */
    public @Nullable Path shell() {
        Path shell = root.resolve("bin/sh");
        return !isWindows() && Files.isExecutable(shell) ? shell : null;
    }

    /** A program that is searched for, or null. */
    public @Nullable Path program(String program) {
        String file = isWindows() ? program + ".exe" : program;
        for (String folder : search.split(File.pathSeparator)) {
            try {
                Path found = Path.of(folder).resolve(file);
                if (!folder.isEmpty() && Files.isExecutable(found)) {
                    return found;
                }
            } catch (InvalidPathException e) {
                // not a folder
            }
        }
        return null;
    }

    /**
     * As {@link #program}.
     *
     * @throws UnsupportedOperationException if there is none; the text says what needs it
     */
    public String require(String program, String what) {
        Path found = program(program);
        if (found == null) {
            throw new UnsupportedOperationException(what + " needs the program " + program
                    + ", which is not on the PATH of this system (" + name + ")");
        }
        return found.toString();
    }
}
