package io.multiproc.server.raft;

import io.multiproc.server.log.Disk;
import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.log.LogException;
import io.multiproc.server.snapshot.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Small files with a checksum, which are there as a whole or not at all. */
final class Files {
    private static final int CRC = Integer.BYTES;
    private static final int MOST = 1 << 20;

    private Files() {}

    static int crc(byte[] b, int length) {
        CRC32C crc = new CRC32C();
        crc.update(b, 0, length);
        return (int) crc.getValue();
    }

    static void replace(Disk disk, Path file, byte[] content) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".tmp");
        disk.delete(part);
        byte[] b = Arrays.copyOf(content, content.length + CRC);
        ByteBuffer.wrap(b, content.length, CRC).putInt(crc(content, content.length));
        try (LogFile to = disk.create(part)) {
            Disk.write(to, b, 0, b.length, 0);
            to.sync();
        }
        disk.rename(part, file);
        disk.syncFolder(folder(file));
    }

    static Path folder(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no folder: " + file);
        }
        return parent;
    }

    /** The content, or null if there is no such file. */
    static byte @Nullable [] read(Disk disk, Path file) throws LogException {
        if (!java.nio.file.Files.exists(file)) {
            return null;
        }
        try (LogFile from = disk.open(file)) {
            int length = (int) Math.min(MOST, from.size());
            byte[] b = new byte[length];
            int n = Disk.read(from, b, length, 0) - CRC;
            if (n < 0 || ByteBuffer.wrap(b, n, CRC).getInt() != crc(b, n)) {
                throw damaged(file, "its checksum does not fit");
            }
            return Arrays.copyOf(b, n);
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw cannot("read", file, e);
        }
    }

    static LogException damaged(Path file, String what) {
        return new LogException("log file " + file + " is damaged: " + what
                + ". See to the disk; then remove this node from the cluster, empty its folder and add it again:"
                + " the other nodes have all of it");
    }

    static LogException cannot(String what, Path file, IOException e) {
        return new LogException("cannot " + what + " " + file + ": " + PrivateFiles.text(e), e);
    }
}
