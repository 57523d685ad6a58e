package io.multiproc.server.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A lock that keeps a second server from using the same files. It is on a file beside them, which stays: the system ends the
 * lock with the process, however that ends, and a file that nobody removes cannot be removed under somebody else's lock.
 */
public final class SnapshotLock implements AutoCloseable {
    private final Path path;
    private final String what;
    private FileChannel channel;
    /** Which file it is; null where the system does not say. */
    private @Nullable Object file;

    private SnapshotLock(Path path, String what, FileChannel channel, @Nullable Object file) {
        this.path = path;
        this.what = what;
        this.channel = channel;
        this.file = file;
    }

    /**
     * Takes the lock of a file.
     *
     * @param path of the lock
     * @param what it is about, such as "snapshot file FILE"
     * @throws SnapshotException if another server has it, naming its process, or it cannot be taken
     */
    public static SnapshotLock take(Path path, String what) throws SnapshotException {
        FileChannel channel = null;
        try {
            if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
                PrivateFiles.createIfMissing(path);
            }
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            @Nullable FileLock lock = tryLock(channel);
            if (lock == null) {
                String owner = read(channel);
                channel.close();
                throw new SnapshotException(what + " is in use by another server"
                        + (owner.isEmpty() ? "" : " (process " + owner + ")")
                        + ": give each server its own, or stop the other one");
            }
            sign(channel);
            return new SnapshotLock(path, what, channel, file(path));
        } catch (SnapshotException e) {
            throw e;
        } catch (IOException e) {
            closeQuietly(channel);
            throw new SnapshotException("cannot lock " + path + ": " + PrivateFiles.text(e), e);
        }
    }

    /**
     * Takes the lock again if its file was deleted or replaced, so that nobody else gets it.
     *
     * @return whether that was so
     * @throws SnapshotException if another server has it, or it cannot be taken
     */
    public boolean renew() throws SnapshotException {
        try {
            if (Objects.equals(file(path), file)) {
                return false;
            }
        } catch (IOException e) {
            // it is not there
        }
        SnapshotLock again = take(path, what);
        closeQuietly(channel);
        channel = again.channel;
        file = again.file;
        return true;
    }

    private static @Nullable Object file(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // a server in this very process
        }
    }

    /** For the message that another server gives. A full disk keeps no server from its lock: what it writes later says so itself. */
    private static void sign(FileChannel channel) {
        try {
            channel.truncate(0);
            int unused = channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            // it is locked all the same
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer digits = ByteBuffer.allocate(20);
        int n = channel.read(digits, 0);
        return n <= 0 ? "" : new String(digits.array(), 0, n, StandardCharsets.US_ASCII);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // what matters is reported already
            }
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }
}
