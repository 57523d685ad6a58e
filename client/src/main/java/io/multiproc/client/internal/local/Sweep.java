package io.multiproc.client.internal.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Removes what processes that are gone have left. Knows nothing beyond the JDK: it is also the watcher's main class. */
public final class Sweep {
    private Sweep() {}

    public static void main(String[] args) throws IOException {
        Path base = Path.of(args[0]);
        try {
            last(base, LocalHome.folder(base));
        } catch (NoSuchFileException e) {
            // another sweep was faster
        }
    }

    /** Sweeps, but for files that this process holds. The caller has the monitor of {@link LocalHome}. */
    static void of(Path base, Path folder, Set<String> held) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var all = Files.newDirectoryStream(folder)) {
            all.forEach(files::add);
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (held.contains(name)) {
                continue;
            }
            try {
                if (name.startsWith("p-")) {
                    process(file);
                } else if (name.startsWith("m-")) {
                    block(base.resolve(name.substring(2)), file);
                }
            } catch (NoSuchFileException e) {
                // another sweep was faster
            }
        }
    }

    /** At the end of a process: the last one takes the folder with it. */
    static void last(Path base, Path folder) throws IOException {
        of(base, folder, Set.of());
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // others live
        }
    }

    /**
     * Removes a file. False if the system does not do so, as Windows while somebody has it open or mapped: a later sweep does.
     *
     * @throws NoSuchFileException if another sweep was faster
     */
    static boolean remove(Path file) throws IOException {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            return false;
        }
    }

    private static void process(Path file) throws IOException {
        try (FileChannel c = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (c.tryLock(0, 1, false) != null) {
                Files.deleteIfExists(
                        file.resolveSibling("s-" + file.getFileName().toString().substring(2)));
                remove(file);
            }
        }
    }

    private static void block(Path data, Path marker) throws IOException {
        Object key = LocalBlock.key(marker);
        try (FileChannel c = FileChannel.open(marker, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (c.tryLock(LocalBlock.GATE, 1, false) != null
                    && c.tryLock(LocalBlock.ATTACHED, 1, false) != null
                    && LocalBlock.isAt(key, marker)) {
                // a block of Python's that was only looked at is Python's to remove
                if (c.size() == 0 || remove(data)) {
                    remove(marker);
                }
            }
        }
    }
}
