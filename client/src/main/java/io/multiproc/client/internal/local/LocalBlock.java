package io.multiproc.client.internal.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A block of memory that this process has attached to: once, whoever of its objects uses it. Thread-safe. */
public final class LocalBlock {
    /** The byte of a marker that whoever has attached holds, shared. */
    static final long ATTACHED = 1L << 40;
    /** The byte of a marker that is held while something is done to the block. */
    static final long GATE = ATTACHED + 1;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");
    private static final int CHUNK = 1 << 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Under the monitor of {@link LocalHome}. */
    private static final Set<LocalBlock> HELD = new HashSet<>();

    private final String name;
    private final Path data;
    private final Path marker;
    private final @Nullable Object key;
    private final FileChannel channel;
    private final MappedByteBuffer memory;
    private final ThreadLock threads = new ThreadLock();

    private LocalBlock(
            String name, Path data, Path marker, @Nullable Object key, FileChannel channel, MappedByteBuffer memory) {
        this.name = name;
        this.data = data;
        this.marker = marker;
        this.key = key;
        this.channel = channel;
        this.memory = memory;
    }

    public String name() {
        return name;
    }

    /** All of it, zeroed when it was created. Position and limit are the caller's not to touch. */
    public MappedByteBuffer memory() {
        return memory;
    }

    /** Between the threads of this process, what the word at the block's start is between processes. */
    public ThreadLock threads() {
        return threads;
    }

    static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Whether a path still names the file that it named before. */
    static boolean isAt(@Nullable Object key, Path file) throws IOException {
        try {
            return Objects.equals(key, key(file));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a block is 1 to 200 of A-Z a-z 0-9 _ - . and does not begin"
                    + " with a dot: '" + name + "'");
        }
        return name;
    }

    /**
     * A new block of zeros.
     *
     * @param name null for one of its own
     * @throws FileAlreadyExistsException if there is one of that name
     * @throws IOException if there is no room for it, or anything else
     */
    public static LocalBlock create(@Nullable String name, int size) throws IOException {
        LocalHome home = LocalHome.get();
        String n = name == null ? "mp_" + HexFormat.of().toHexDigits(RANDOM.nextLong()) : checked(name);
        synchronized (LocalHome.MONITOR) {
            return LocalHome.calmly(() -> {
                try {
                    return open(home, n, size);
                } catch (FileAlreadyExistsException e) {
                    // what is in the way may be of a process that was killed
                    home.sweep();
                    return open(home, n, size);
                }
            });
        }
    }

    /**
     * A block that is there, of this library's or of Python's.
     *
     * @throws NoSuchFileException if there is none
     */
    public static LocalBlock attach(String name) throws IOException {
        LocalHome home = LocalHome.get();
        checked(name);
        synchronized (LocalHome.MONITOR) {
            return LocalHome.calmly(() -> open(home, name, -1));
        }
    }

    private static LocalBlock open(LocalHome home, String name, int size) throws IOException {
        Path data = home.base().resolve(name);
        Path marker = home.folder().resolve("m-" + name);
        while (true) {
            if (size < 0 && !Files.exists(data)) {
                throw new NoSuchFileException(data.toString());
            }
            try {
                Files.createFile(marker);
            } catch (FileAlreadyExistsException e) {
                // of the block that is there, or of one that is coming or going
            }
            Object key;
            try {
                key = key(marker);
            } catch (NoSuchFileException e) {
                continue;
            }
            for (LocalBlock b : HELD) {
                if (b.marker.equals(marker) && Objects.equals(b.key, key)) {
                    if (size >= 0) {
                        throw new FileAlreadyExistsException(data.toString());
                    }
                    return b;
                }
            }
            LocalBlock b = open(name, data, marker, key, size);
            if (b != null) {
                HELD.add(b);
                return b;
            }
        }
    }

    /** Null if the marker was removed meanwhile. */
    private static @Nullable LocalBlock open(String name, Path data, Path marker, @Nullable Object key, int size)
            throws IOException {
        FileChannel c;
        try {
            c = FileChannel.open(marker, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return null;
        }
        boolean done = false;
        try {
            FileLock gate = c.lock(GATE, 1, false);
            if (!isAt(key, marker)) {
                return null;
            }
            MappedByteBuffer memory = size < 0 ? map(data) : make(data, size);
            if (size >= 0) {
                c.write(ByteBuffer.wrap(new byte[] {1}), 0);
            }
            if (c.tryLock(ATTACHED, 1, true) == null) {
                throw new IOException("the marker " + marker + " is locked by a stranger");
            }
            gate.release();
            done = true;
            return new LocalBlock(name, data, marker, key, c, memory);
        } finally {
            if (!done) {
                c.close();
            }
        }
    }

    private static MappedByteBuffer map(Path data) throws IOException {
        try (FileChannel c = FileChannel.open(data, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (c.size() > Integer.MAX_VALUE) {
                throw new IOException(
                        "the block " + data.getFileName() + " has " + c.size() + " bytes, more than a buffer can");
            }
            return c.map(FileChannel.MapMode.READ_WRITE, 0, c.size());
        }
    }

    private static MappedByteBuffer make(Path data, int size) throws IOException {
        if (Files.getFileStore(data.getParent()).supportsFileAttributeView("posix")) {
            Files.createFile(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(data);
        }
        boolean done = false;
        try (FileChannel c = FileChannel.open(data, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // written, not only sized: a file system that is full says so now, and not by a fault at the first access
            ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(Math.max(size, 1), CHUNK));
            for (long at = 0; at < size; ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
                at += c.write(zeros, at);
            }
            MappedByteBuffer memory = c.map(FileChannel.MapMode.READ_WRITE, 0, size);
            done = true;
            return memory;
        } finally {
            if (!done) {
                Files.deleteIfExists(data);
            }
        }
    }

    /** Removes the name; who has attached goes on with the memory. False if somebody else had removed it. */
    public boolean unlink() throws IOException {
        synchronized (LocalHome.MONITOR) {
            if (!HELD.remove(this)) {
                return false;
            }
            return LocalHome.calmly(() -> {
                try (channel) {
                    FileLock ignored = channel.lock(GATE, 1, false);
                    boolean here = isAt(key, marker);
                    // a name that the system keeps, as Windows does while the block is in use, the last process's sweep
                    // removes
                    if (here && Sweep.remove(data)) {
                        boolean unused = Sweep.remove(marker);
                    }
                    return here;
                }
            });
        }
    }

    /** After use: stops holding what somebody else has unlinked meanwhile, so that no descriptors pile up. */
    public void released() throws IOException {
        synchronized (LocalHome.MONITOR) {
            if (HELD.contains(this) && !isAt(key, marker)) {
                HELD.remove(this);
                channel.close();
            }
        }
    }

    /** The markers that this process holds. The caller has the monitor. */
    static Set<String> heldMarkers() {
        Set<String> names = new HashSet<>();
        for (LocalBlock b : HELD) {
            names.add("m-" + b.name);
        }
        return names;
    }

    /** At the end of the process, before it sweeps. The caller has the monitor. */
    static void releaseAll() throws IOException {
        for (LocalBlock b : HELD) {
            b.channel.close();
        }
        HELD.clear();
    }
}
