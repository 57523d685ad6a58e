package io.multiproc.client.internal.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** This process's place in the folder that the processes of its user share. Thread-safe. */
public final class LocalHome {
    private static final String PROPERTY = "multiproc.memory.dir";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    /** Held by whoever opens a file of the folder: closing one ends all locks that this process has on it. */
    static final Object MONITOR = new Object();

    private static @Nullable LocalHome instance;

    private final Path base;
    private final Path folder;
    private final long id;
    private final FileChannel life;
    private final Watcher watcher;

    private LocalHome(Path base) throws IOException {
        this.base = base;
        long candidate;
        @Nullable FileChannel held = null;
        Path place;
        SecureRandom random = new SecureRandom();
        do {
            // 0 means nobody
            candidate = random.nextLong() >>> 1 | 1;
            place = base;
            try {
                place = folder(base);
                held = claim(place.resolve(processFile(candidate)));
            } catch (NoSuchFileException e) {
                if (!Files.isDirectory(base)) {
                    throw e;
                }
                // the last process has just taken the folder with it
            }
        } while (held == null);
        folder = place;
        id = candidate;
        life = held;
        watcher = Watcher.of(base);
        Runtime.getRuntime().addShutdownHook(new Thread(this::leave, "multiproc-leave"));
        Sweep.of(base, folder, Set.of(processFile(id)));
    }

    /** Goes through what {@link #get} will do, and leaves nothing: a process that waits may as well load the classes. */
    public static void prepare() throws IOException, ClassNotFoundException {
        for (Class<?> c : new Class<?>[] {LocalBlock.class, Sweep.class, Watcher.class, ProcessBuilder.class}) {
            Class<?> ignored = Class.forName(c.getName(), true, c.getClassLoader());
        }
        Path base = defaultBase();
        Path none = base.resolve(processFile(new SecureRandom().nextLong()) + user());
        boolean ignored = Files.getFileStore(base).supportsFileAttributeView("posix")
                && Files.getOwner(base).equals(Files.getOwner(base, LinkOption.NOFOLLOW_LINKS))
                && Files.getPosixFilePermissions(base).equals(PRIVATE);
        try (var all = Files.newDirectoryStream(base);
                FileChannel c = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE)) {
            FileLock lock = c.tryLock(0, 1, false);
            ignored |= lock != null && all.iterator().hasNext();
        }
        Files.deleteIfExists(none);
    }

    /** The one of this process; opened at first use. */
    public static LocalHome get() {
        synchronized (MONITOR) {
            LocalHome known = instance;
            if (known == null) {
                try {
                    known = calmly(() -> new LocalHome(defaultBase()));
                } catch (IOException e) {
                    throw new UncheckedIOException("the folder that local processes share cannot be used: " + e, e);
                }
                instance = known;
            }
            return known;
        }
    }

    private static Path defaultBase() {
        String chosen = System.getProperty(PROPERTY);
        if (chosen != null) {
            return Path.of(chosen).toAbsolutePath();
        }
        Path shm = Path.of("/dev/shm");
        return Files.isDirectory(shm) && Files.isWritable(shm) ? shm : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static String user() {
        try {
            return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        }
    }

    /** The folder beside the blocks, made if need be; somebody else's is refused. */
    static Path folder(Path base) throws IOException {
        Path folder = base.resolve("multiproc-" + user());
        boolean posix = Files.getFileStore(base).supportsFileAttributeView("posix");
        try {
            if (posix) {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
            } else {
                Files.createDirectory(folder);
            }
        } catch (FileAlreadyExistsException e) {
            // another process made it
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is no folder");
        }
        if (posix) {
            Path probe = Files.createTempFile(folder, "t-", "");
            boolean own = Files.getOwner(probe).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
            Files.delete(probe);
            if (!own || !Files.getPosixFilePermissions(folder).equals(PRIVATE)) {
                throw new IOException(folder + " belongs to another user or is open to others");
            }
        }
        return folder;
    }

    static String processFile(long id) {
        return "p-" + HexFormat.of().toHexDigits(id);
    }

    static String socketFile(long id) {
        return "s-" + HexFormat.of().toHexDigits(id);
    }

    /** A new file, locked; null if a sweep was faster. */
    private static @Nullable FileChannel claim(Path file) throws IOException {
        FileChannel c = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileLock lock = c.tryLock(0, 1, false);
        if (lock == null || !Files.exists(file)) {
            c.close();
            return null;
        }
        return c;
    }

    /** Where blocks are. */
    Path base() {
        return base;
    }

    Path folder() {
        return folder;
    }

    /** This process, as others can ask about it; never 0. */
    public long id() {
        return id;
    }

    /** Where the process of an id listens, if it does. */
    public Path socket(long process) {
        return folder.resolve(socketFile(process));
    }

    /** Whether a process still lives. */
    public boolean isAlive(long process) {
        if (process == id) {
            return true;
        }
        synchronized (LocalHome.MONITOR) {
            Path file = folder.resolve(processFile(process));
            try {
                return calmly(() -> {
                    try (FileChannel c = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        return c.tryLock(0, 1, false) == null;
                    } catch (NoSuchFileException e) {
                        return false;
                    }
                });
            } catch (IOException e) {
                // not known now; who asks asks again
                return true;
            }
        }
    }

    /** An interrupt would close the channel at hand: it is kept for later. */
    static <T> T calmly(Callable<T> action) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            return action.call();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Removes what dead processes left. The caller has the monitor of this class. */
    void sweep() throws IOException {
        Set<String> held = LocalBlock.heldMarkers();
        held.add(processFile(id));
        Sweep.of(base, folder, held);
    }

    private void leave() {
        synchronized (LocalHome.MONITOR) {
            try {
                LocalBlock.releaseAll();
                Files.deleteIfExists(socket(id));
                Files.deleteIfExists(folder.resolve(processFile(id)));
                life.close();
                Sweep.last(base, folder);
                watcher.dismiss();
            } catch (IOException | RuntimeException e) {
                // the watcher was not dismissed: it sweeps
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
