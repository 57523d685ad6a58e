package io.multiproc.server.raft;

import io.microraft.model.log.SnapshotChunk;
import io.multiproc.server.log.Disk;
import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.log.LogException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images in a node's folder: a file each, and a small one beside it with index, members and checksum, which is written when the image is on the disk. Two are
 * kept. Belongs to the log's thread, but for {@link #finish}.
 */
final class Images {
    private static final Logger log = LoggerFactory.getLogger(Images.class);

    private static final String NAME = "image-";
    private static final String ABOUT = ".about";
    private static final int PIECE = 256 << 10;

    final Path folder;
    private final Disk disk;
    /** The newest is the last. */
    private final List<SnapshotChunk> all = new ArrayList<>();

    Images(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    Path path(long index) {
        return folder.resolve(String.format(Locale.ROOT, "%s%020d", NAME, index));
    }

    private Path about(long index) {
        return folder.resolve(String.format(Locale.ROOT, "%s%020d%s", NAME, index, ABOUT));
    }

    /** Where an image is written until it is whole. */
    Path part(String whose) {
        return folder.resolve(NAME + whose + ".tmp");
    }

    static ImageRef ref(SnapshotChunk chunk) {
        return (ImageRef) chunk.getOperation();
    }

    void load() throws LogException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = java.nio.file.Files.newDirectoryStream(folder, NAME + "*" + ABOUT)) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw Files.cannot("read", folder, e);
        }
        found.sort(null);
        for (Path about : found) {
            try {
                SnapshotChunk chunk = read(about);
                if (chunk != null && isWhole(ref(chunk))) {
                    all.add(chunk);
                } else {
                    log.warn("image {} is damaged; the one before it is used, if there is one", about);
                }
            } catch (IOException e) {
                log.warn("{}", e.getMessage());
            }
        }
        while (all.size() > 2) {
            all.remove(0);
        }
    }

    private @Nullable SnapshotChunk read(Path about) throws LogException {
        byte[] b = Files.read(disk, about);
        if (b == null) {
            return null;
        }
        try {
            Bytes.In in = new Bytes.In(b);
            SnapshotChunk chunk = Entries.chunk(in);
            in.end();
            return chunk;
        } catch (BadMessageException e) {
            throw Files.damaged(about, String.valueOf(e.getMessage()));
        }
    }

    private boolean isWhole(ImageRef ref) throws IOException {
        Path path = path(ref.index);
        return java.nio.file.Files.exists(path) && ref.same(summed(ref.index, path));
    }

    /** Reads a file to its end for its length and checksum. */
    static ImageRef summed(long index, Path file) throws IOException {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        long length = 0;
        try (InputStream in = java.nio.file.Files.newInputStream(file)) {
            byte[] b = new byte[PIECE];
            int n;
            while ((n = in.read(b)) >= 0) {
                sha.update(b, 0, n);
                length += n;
            }
        }
        return ImageRef.of(index, length, sha.digest());
    }

    /** Gives a whole file its name. On any thread. */
    void finish(Path part, long index) throws IOException {
        try (LogFile file = disk.open(part)) {
            file.sync();
        }
        disk.rename(part, path(index));
        disk.syncFolder(folder);
    }

    /** An image of this node's is on the disk. */
    void written(SnapshotChunk chunk) throws IOException {
        note(chunk);
        all.add(chunk);
        while (all.size() > 2) {
            delete(ref(all.remove(0)).index);
        }
    }

    /** An image of another node's is on the disk. The log does not go on from older ones. */
    void installed(SnapshotChunk chunk) throws IOException {
        note(chunk);
        List<SnapshotChunk> old = new ArrayList<>(all);
        all.clear();
        all.add(chunk);
        for (SnapshotChunk c : old) {
            if (ref(c).index != ref(chunk).index) {
                delete(ref(c).index);
            }
        }
    }

    private void note(SnapshotChunk chunk) throws IOException {
        Bytes b = new Bytes(512);
        Entries.chunk(b, chunk);
        Files.replace(disk, about(ref(chunk).index), b.toArray());
    }

    private void delete(long index) {
        try {
            disk.delete(about(index));
            disk.delete(path(index));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Nullable
    SnapshotChunk newestChunk() {
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    @Nullable
    ImageRef newest() {
        SnapshotChunk c = newestChunk();
        return c == null ? null : ref(c);
    }

    @Nullable
    SnapshotChunk olderChunk() {
        return all.isEmpty() ? null : all.get(0);
    }

    /** The image with an index and a checksum, if it is still there. */
    @Nullable
    ImageRef find(ImageRef wanted) {
        for (SnapshotChunk c : all) {
            if (ref(c).index == wanted.index && java.util.Arrays.equals(ref(c).hash(), wanted.hash())) {
                return ref(c);
            }
        }
        return null;
    }
}
