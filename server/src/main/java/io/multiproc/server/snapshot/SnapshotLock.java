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
import org.jspecify.annotations.Nullable;

/**
 * A lock that keeps a second server from using the same snapshot file. It is on a file beside it, which stays: the system ends the
 * lock with the process, however that ends, and a file that nobody removes cannot be removed under somebody else's lock.
 */
final class SnapshotLock implements AutoCloseable {
    private final FileChannel channel;

    private SnapshotLock(FileChannel channel) {
        this.channel = channel;
    }

    static SnapshotLock take(Path file) throws SnapshotException {
        Path path = file.resolveSibling(file.getFileName() + ".lock");
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
                throw new SnapshotException("snapshot file " + file + " is in use by another server"
                        + (owner.isEmpty() ? "" : " (process " + owner + ")")
                        + ": give each server a file of its own, or stop the other one");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new SnapshotLock(channel);
        } catch (SnapshotException e) {
            throw e;
        } catch (IOException e) {
            closeQuietly(channel);
            throw new SnapshotException("cannot lock " + path + ": " + PrivateFiles.text(e), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // a server in this very process
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
