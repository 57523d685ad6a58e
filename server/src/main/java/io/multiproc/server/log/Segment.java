package io.multiproc.server.log;

import io.multiproc.server.log.Disk.LogFile;
import io.multiproc.server.snapshot.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of a log: a header, and frames one after the other. It is named by the index of its first command.
 *
 * <p>Header: {@code MPLOG\r\n\0}, format (i32, 1), kind (i32), the log's id (i64), the first index (i64), the checksum of these (u32), and zeros up to
 * {@link #HEADER} bytes. In place of these the next file, once that has its name, leaves its first index (i64) and a checksum (u32), without a sync: so that one that is
 * missing later is missed.
 */
final class Segment {
    static final int HEADER = 64;
    static final int FORMAT = 1;
    /** Preallocated with zeros; records are added. */
    static final int GROWING = 0;
    /** Holds one record that is larger than others have room for, and was whole before the file got its name. */
    static final int SEALED = 1;

    private static final byte[] MAGIC = "MPLOG\r\n\0".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKED = MAGIC.length + 4 + 4 + 8 + 8;
    /** Where the header says which file follows, and how long that is. */
    static final int FOLLOWER = CHECKED + 4;

    private static final int FOLLOWER_LENGTH = 8 + 4;
    private static final String SUFFIX = ".log";

    final Path path;
    final long id;
    final long first;
    final boolean sealed;
    /** The first index of the file that followed it; 0 if none is known. */
    private long follower;

    /** Where its records end, once that is known. */
    long used = HEADER;

    Segment(Path folder, long id, long first, boolean sealed) {
        this.path = folder.resolve(name(first));
        this.id = id;
        this.first = first;
        this.sealed = sealed;
    }

    private static String name(long first) {
        return String.format("%020d", first) + SUFFIX;
    }

    /** Fails if a file is known to have followed this one, which is the last that is there. */
    void checkIsLast() throws LogException {
        if (follower != 0) {
            throw new LogException("log file " + path.resolveSibling(name(follower))
                    + " is missing: it followed " + path
                    + ", and what it held was answered: put it back, or restore the folder from a backup");
        }
    }

    /** What the header says of a file that follows, for {@link #FOLLOWER}. */
    byte[] followedBy(long index) {
        byte[] out = header();
        return Arrays.copyOfRange(followedBy(out, index), FOLLOWER, FOLLOWER + FOLLOWER_LENGTH);
    }

    private static byte[] followedBy(byte[] header, long index) {
        ByteBuffer.wrap(header).putLong(FOLLOWER, index);
        CRC32C crc = new CRC32C();
        crc.update(header, 0, FOLLOWER + 8);
        ByteBuffer.wrap(header).putInt(FOLLOWER + 8, (int) crc.getValue());
        return header;
    }

    /** The first index in the name of a file, or -1 if it is no segment's. */
    static long named(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.matches("[0-9]{20}\\.log") && name.compareTo("0" + Long.MAX_VALUE + SUFFIX) <= 0
                ? Long.parseLong(name.substring(0, 20))
                : -1;
    }

    byte[] header() {
        ByteBuffer out = ByteBuffer.allocate(HEADER);
        out.put(MAGIC)
                .putInt(FORMAT)
                .putInt(sealed ? SEALED : GROWING)
                .putLong(id)
                .putLong(first);
        out.putInt(checksum(out.array()));
        return out.array();
    }

    private static int checksum(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, CHECKED);
        return (int) crc.getValue();
    }

    /**
     * Reads the header of a file that is named as a segment.
     *
     * @throws LogException if it is none, of another format, or damaged
     */
    static Segment read(Path path, LogFile file) throws IOException {
        byte[] header = new byte[HEADER];
        int n = Disk.read(file, header, HEADER, 0);
        ByteBuffer in = ByteBuffer.wrap(header);
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        int format = in.getInt();
        int kind = in.getInt();
        long id = in.getLong();
        long first = in.getLong();
        boolean whole = n == HEADER && in.getInt() == checksum(header) && Arrays.equals(magic, MAGIC);
        if (whole && format != FORMAT) {
            throw new LogException("log file " + path + " is of format " + format + ", which this version, of format "
                    + FORMAT + ", does not read: use the version that wrote it");
        }
        if (whole && first != named(path)) {
            throw new LogException("log file " + path + " holds the log from command " + first
                    + " on, which its name does not say: give it back its own, " + name(first));
        }
        if (!whole || (kind != GROWING && kind != SEALED)) {
            throw damaged(path, 0, "it does not begin as a file of a log", null);
        }
        Path folder = path.getParent();
        Segment s = new Segment(folder == null ? Path.of("") : folder, id, first, kind == SEALED);
        long follower = in.getLong(FOLLOWER);
        if (Arrays.equals(followedBy(header.clone(), follower), header)) {
            s.follower = follower;
        }
        return s;
    }

    /**
     * The segments of a folder, in order.
     *
     * @throws LogException if one is damaged, or they are of two logs
     */
    static List<Segment> all(Path folder, Disk disk) throws LogException {
        List<Segment> found = new ArrayList<>();
        Path at = folder;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : files.filter(f -> named(f) >= 0).sorted().toList()) {
                at = path;
                try (LogFile opened = disk.open(path)) {
                    found.add(read(path, opened));
                }
            }
        } catch (LogException e) {
            throw e;
        } catch (IOException e) {
            throw failed("read", at, e);
        }
        for (Segment s : found) {
            if (s.id != found.get(0).id) {
                throw new LogException("log files " + found.get(0).path + " and " + s.path
                        + " are of two logs: restore the folder from a backup");
            }
        }
        return found;
    }

    /** The file with the highest first index, or null if there is none. */
    static @Nullable Path newest(Path folder) throws LogException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> named(f) >= 0)
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        } catch (IOException e) {
            throw failed("read", folder, e);
        }
    }

    static LogException damaged(Path path, long offset, String how, @Nullable Throwable cause) {
        String text = "log file " + path + " is damaged at byte " + offset + ": " + how
                + "; what it held there was answered, so nothing is started without it: restore the folder from a backup";
        return cause == null ? new LogException(text) : new LogException(text, cause);
    }

    static LogException failed(String what, Path path, IOException e) {
        return new LogException("cannot " + what + " " + path + ": " + PrivateFiles.text(e), e);
    }
}
