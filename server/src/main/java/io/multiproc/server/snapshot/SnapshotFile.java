package io.multiproc.server.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One file with a snapshot or an image of a state: header, payload, trailer. Numbers are big-endian.
 *
 * <pre>
 * magic           8 bytes   "MPSNAP\r\n" or "MPIMAG\r\n"
 * format          i32       1
 * time            i64       milliseconds since 1970
 * clean           u8        1 if the server ended after writing it
 * server version  u16, UTF-8
 * payload                   what DurableSnapshot or StateImage writes
 * length          i64       of the payload
 * SHA-256         32 bytes  of everything before it
 * </pre>
 *
 * <p>It is replaced as a whole: the new content is written to {@code FILE.tmp}, forced to the disk and renamed. Whatever
 * happens before the rename leaves the previous file as it was.
 */
public final class SnapshotFile {
    /** What a file holds. */
    public enum Kind {
        /** What outlives a server without a log. */
        SNAPSHOT("MPSNAP", "snapshot", "snapshot file", "put back a good copy, or move it away to start empty"),
        /** Everything, as servers with a log keep it and a backup gives it. */
        IMAGE("MPIMAG", "backup", "image", "use another backup");

        private final byte[] magic;
        private final String noun;
        private final String file;
        private final String advice;

        Kind(String magic, String noun, String file, String advice) {
            this.magic = (magic + "\r\n").getBytes(StandardCharsets.US_ASCII);
            this.noun = noun;
            this.file = file;
            this.advice = advice;
        }
    }

    private static final int MAGIC = 8;
    private static final int FORMAT = 1;
    private static final int HASH = 32;
    private static final int TRAILER = 8 + HASH;
    private static final int LEAST_HEADER = 8 + 4 + 8 + 1 + 2;
    private static final int BUFFER = 64 << 10;

    /**
     * What the header says.
     *
     * @param bytes the header's own size
     */
    public record Header(Instant time, boolean clean, String version, int bytes) {}

    private final Path path;
    private final Kind kind;
    private final Path temporary;
    private final UnaryOperator<OutputStream> disk;

    SnapshotFile(Path path) {
        this(path, Kind.SNAPSHOT, out -> out);
    }

    /**
     * A file, which need not be there.
     *
     * @param path absolute
     * @param disk wraps what writes to the disk, for tests of failing disks
     */
    public SnapshotFile(Path path, Kind kind, UnaryOperator<OutputStream> disk) {
        this.path = path;
        this.kind = kind;
        this.temporary = path.resolveSibling(path.getFileName() + ".tmp");
        this.disk = disk;
    }

    Path path() {
        return path;
    }

    /**
     * Replaces the file.
     *
     * @param payload writes the payload; may throw {@link UncheckedIOException}
     * @throws IOException if that fails; the previous file is as it was then
     */
    public void write(String version, boolean clean, Instant time, Consumer<OutputStream> payload) throws IOException {
        Files.deleteIfExists(temporary); // of a server that was killed while writing
        try {
            // not opened by its name again, which could be somebody else's link by then
            try (FileChannel file = PrivateFiles.create(temporary)) {
                writeTo(disk.apply(Channels.newOutputStream(file)), version, clean, time, payload);
                file.force(true);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            PrivateFiles.syncFolder(folder());
        } catch (UncheckedIOException e) {
            deleteTemporary();
            throw e.getCause();
        } catch (IOException | RuntimeException | Error e) {
            deleteTemporary();
            throw e;
        }
    }

    private void deleteTemporary() {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // the next write tries again
        }
    }

    private void writeTo(OutputStream disk, String version, boolean clean, Instant time, Consumer<OutputStream> payload)
            throws IOException {
        MessageDigest hash = sha256();
        DigestOutputStream out = new DigestOutputStream(disk, hash);
        byte[] header = header(version, clean, time);
        out.write(header);
        Counter counter = new Counter(out);
        payload.accept(counter);
        DataOutputStream trailer = new DataOutputStream(out);
        trailer.writeLong(counter.count);
        trailer.flush();
        disk.write(hash.digest());
        disk.flush();
    }

    private byte[] header(String version, boolean clean, Instant time) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(kind.magic);
        out.writeInt(FORMAT);
        out.writeLong(time.toEpochMilli());
        out.writeBoolean(clean);
        byte[] name = version.getBytes(StandardCharsets.UTF_8);
        out.writeShort(name.length);
        out.write(name);
        return bytes.toByteArray();
    }

    /**
     * Checks the whole file, then reads it. It is opened once: what is read is what was checked, even if the file is replaced meanwhile.
     *
     * @param payload gets a stream that ends with the payload
     * @return null if there is no such file
     * @throws SnapshotException if it is not a whole and sound snapshot of a known format, or cannot be read; the file is not
     *     changed
     */
    public @Nullable Header read(Consumer<InputStream> payload) throws SnapshotException {
        if (!Files.exists(path)) {
            return null;
        }
        if (!Files.isRegularFile(path)) {
            throw new SnapshotException(path + " is not a file: name a file for the " + kind.noun);
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            Header header = readHeader(file);
            long length = file.size() - header.bytes - TRAILER;
            checkHash(file, length);
            read(file, header, length, payload);
            return header;
        } catch (SnapshotException e) {
            throw e;
        } catch (IOException e) {
            throw new SnapshotException("cannot read " + kind.file + " " + path + ": " + PrivateFiles.text(e), e);
        }
    }

    /**
     * Checks that the file is there, whole and sound, without using its content.
     *
     * @throws SnapshotException if it is not
     */
    public void check() throws SnapshotException {
        if (read(content -> {}) == null) {
            throw new SnapshotException("there is no file " + path);
        }
    }

    private static InputStream from(FileChannel file, long position) throws IOException {
        return Channels.newInputStream(file.position(position));
    }

    private void read(FileChannel file, Header header, long length, Consumer<InputStream> payload)
            throws SnapshotException {
        try {
            payload.accept(new Part(from(file, header.bytes), length));
        } catch (IOException | UncheckedIOException e) {
            throw new SnapshotException("cannot read " + kind.file + " " + path + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new SnapshotException(
                    kind.file + " " + path + ", written by multiproc " + header.version
                            + ", cannot be understood (" + e.getMessage() + "): use that version, or "
                            + (kind == Kind.SNAPSHOT ? "move the file away to start empty" : kind.advice),
                    e);
        }
    }

    private Header readHeader(FileChannel file) throws IOException {
        DataInputStream in = new DataInputStream(from(file, 0));
        byte[] magic = in.readNBytes(MAGIC);
        if (magic.length == 0) {
            throw damaged("it is empty");
        }
        if (!Arrays.equals(magic, kind.magic)) {
            throw foreign(magic);
        }
        if (file.size() < LEAST_HEADER + TRAILER) {
            throw damaged("it is cut off");
        }
        int format = in.readInt();
        if (format != FORMAT) {
            throw new SnapshotException(
                    kind.file + " " + path + " has format " + format + ", and this multiproc knows format " + FORMAT
                            + ": run the version that wrote it, or "
                            + (kind == Kind.SNAPSHOT ? "move the file away to start empty" : kind.advice),
                    !isHashRight(file));
        }
        Instant time = Instant.ofEpochMilli(in.readLong());
        boolean clean = in.readBoolean();
        int length = in.readUnsignedShort();
        if (file.size() < LEAST_HEADER + length + TRAILER) {
            throw damaged("it is cut off");
        }
        String version = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Header(time, clean, version, LEAST_HEADER + length);
    }

    private void checkHash(FileChannel file, long length) throws IOException {
        long told = length(file);
        if (told != length) {
            throw damaged("it is cut off, or its length is wrong");
        }
        if (!isHashRight(file)) {
            throw damaged("its checksum does not match its content");
        }
    }

    private static long length(FileChannel file) throws IOException {
        return new DataInputStream(from(file, file.size() - TRAILER)).readLong();
    }

    /** The checksum is at the end of files of every format. */
    private static boolean isHashRight(FileChannel file) throws IOException {
        MessageDigest hash = sha256();
        InputStream all = from(file, 0);
        DataInputStream in = new DataInputStream(new DigestInputStream(all, hash));
        byte[] buffer = new byte[BUFFER];
        long left = file.size() - HASH;
        while (left > 0) {
            int n = (int) Math.min(left, buffer.length);
            in.readFully(buffer, 0, n);
            left -= n;
        }
        return MessageDigest.isEqual(hash.digest(), all.readNBytes(HASH));
    }

    private SnapshotException damaged(String how) {
        return new SnapshotException(kind.file + " " + path + " is damaged: " + how + "; " + kind.advice, true);
    }

    private SnapshotException foreign(byte[] magic) {
        if (kind == Kind.SNAPSHOT) {
            return new SnapshotException(
                    Arrays.equals(magic, Kind.IMAGE.magic)
                            ? path + " is a backup, not a snapshot: start with it by --data DIR --restore FILE"
                            : path
                                    + " is not a snapshot of multiproc: name another file, or move this one away to start"
                                    + " empty");
        }
        boolean isSnapshot = Arrays.equals(magic, Kind.SNAPSHOT.magic);
        return new SnapshotException(
                isSnapshot
                        ? path + " is a snapshot, not a backup: take it over by --import FILE"
                        : path + " is not a backup of multiproc (backup --to FILE makes one)",
                !isSnapshot);
    }

    Path folder() {
        Path folder = path.getParent();
        if (folder == null) {
            throw new IllegalStateException("not an absolute path: " + path);
        }
        return folder;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Counts what goes through. */
    private static final class Counter extends OutputStream {
        private final OutputStream out;
        private long count;

        Counter(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            out.write(b, from, length);
            count += length;
        }
    }

    /** The next so many bytes of a stream. */
    private static final class Part extends InputStream {
        private final InputStream in;
        private long left;

        Part(InputStream in, long length) {
            this.in = in;
            left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] b, int from, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int n = in.read(b, from, (int) Math.min(left, length));
            left -= Math.max(0, n);
            return n;
        }
    }
}
