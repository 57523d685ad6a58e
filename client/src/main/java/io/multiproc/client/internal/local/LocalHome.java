package io.multiproc.client.internal.local;

import io.multiproc.client.internal.os.Platform;
import java.io.Closeable;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final List<Closeable> inside = new CopyOnWriteArrayList<>();
    private final Thread leaving = new Thread(this::leave, "multiproc-leave");

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
        watcher = Watcher.of(base, this::sweepFirst);
        Runtime.getRuntime().addShutdownHook(leaving);
    }

    /** What the dead have left: in the background, because whose name is taken by such a thing sweeps anyway. */
    private void sweepFirst() {
        try {
            synchronized (MONITOR) {
                sweep();
            }
        } catch (IOException e) {
            // the next process does
        }
    }

    /**
     * Does something with a home and gives that up again: a process that waits may as well load the classes. Only where nobody else uses one yet.
     */
    public static void trainingRun(Callable<?> action) throws Exception {
        LocalHome home = get();
        try {
            Object ignored = action.call();
        } finally {
            boolean ignored = Runtime.getRuntime().removeShutdownHook(home.leaving);
            home.leave();
            synchronized (MONITOR) {
                instance = null;
            }
        }
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
        return Platform.current().sharedFolder();
    }

    /** The number of this process's user; null where files have none, or there is no such folder. */
    private static @Nullable Object uid(Platform platform) throws IOException {
        Path proc = platform.proc();
        return proc != null
                        && proc.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(proc.resolve("self"), "unix:uid")
                : null;
    }

    /** The folder beside the blocks, made if need be; somebody else's is refused. */
    static Path folder(Path base) throws IOException {
        return folder(base, Platform.current());
    }

    static Path folder(Path base, Platform platform) throws IOException {
        Object uid = uid(platform);
        String user = uid == null
                ? System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_")
                : uid.toString();
        Path folder = base.resolve("multiproc-" + user);
        boolean posix = base.getFileSystem().supportedFileAttributeViews().contains("posix");
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
        if (posix
                && !(isOwn(folder, uid) && Files.getPosixFilePermissions(folder).equals(PRIVATE))) {
            throw new IOException(folder + " belongs to another user or is open to others");
        }
        return folder;
    }

    private static boolean isOwn(Path folder, @Nullable Object uid) throws IOException {
        if (uid != null) {
            return uid.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        }
        Path probe = Files.createTempFile(folder, "t-", "");
        try {
            return Files.getOwner(probe).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
        } finally {
            Files.delete(probe);
        }
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

    /** Something of this process that ends with its place here. */
    public void closesWith(Closeable c) {
        inside.add(c);
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
        try {
            synchronized (LocalHome.MONITOR) {
                for (Closeable c : inside) {
                    c.close();
                }
                LocalBlock.releaseAll();
                Files.deleteIfExists(socket(id));
                Files.deleteIfExists(folder.resolve(processFile(id)));
                life.close();
                Sweep.last(base, folder);
            }
            // without the monitor: its thread may wait for that
            watcher.dismiss();
        } catch (IOException | RuntimeException e) {
            // the watcher was not dismissed: it sweeps
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
