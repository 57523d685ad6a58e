package io.multiproc.client.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is on a class path: each jar and what its manifest brings, and each file of a folder, with its length, its times and its number in the file system. Two listings that are equal are of
 * the same classes: whoever writes to a file or replaces it changes the time of its last change (ctime), which no program can set. Within one tick of the file
 * system's clock it stays, so a listing tells when it is settled: some time after the last change.
 */
final class ClassPathListing {
    /** Longer than a tick of any file system's clock: FAT has 2 seconds. */
    static final Duration SETTLING = Duration.ofMillis(2_500);

    /** Listing more than this takes longer than an archive saves. */
    private static final int MAX_FILES = 5_000;

    private static final String ATTRIBUTES = "unix:size,lastModifiedTime,ctime,ino,isRegularFile";

    private final List<Path> entries;
    private final String text;
    private final Instant lastChange;

    private ClassPathListing(List<Path> entries, String text, Instant lastChange) {
        this.entries = entries;
        this.text = text;
        this.lastChange = lastChange;
    }

    /** That of a class path, or null if it cannot be listed: an entry is missing, the system has no such times, or there are too many files. */
    static @Nullable ClassPathListing of(String classPath) {
        try {
            Builder b = new Builder();
            for (String entry : classPath.split(File.pathSeparator)) {
                Path path = Path.of(entry).toAbsolutePath();
                b.entries.add(path);
                b.add(path);
            }
            return new ClassPathListing(b.entries, b.text.toString(), b.lastChange);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return null;
        }
    }

    private static final class Builder {
        final List<Path> entries = new ArrayList<>();
        final StringBuilder text = new StringBuilder();
        private final Set<Path> seen = new HashSet<>();
        Instant lastChange = Instant.EPOCH;
        private int files;

        void add(Path entry) throws IOException {
            text.append(entry);
            if (!seen.add(entry)) {
                return;
            }
            if (!Files.isDirectory(entry)) {
                int from = text.length();
                file(entry);
                for (Path brought : ManifestClassPath.of(entry, text.substring(from))) {
                    if (Files.exists(brought)) {
                        add(brought);
                    } else {
                        text.append(brought).append("\0-\0");
                    }
                }
                return;
            }
            List<Path> found = new ArrayList<>();
            Files.walkFileTree(
                    entry, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes ignored) throws IOException {
                            found.add(file);
                            if (++files > MAX_FILES) {
                                throw new IOException("too many files");
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
            Collections.sort(found);
            for (Path f : found) {
                text.append(entry.relativize(f));
                file(f);
            }
        }

        private void file(Path file) throws IOException {
            Map<String, Object> a = Files.readAttributes(file, ATTRIBUTES);
            if (!Boolean.TRUE.equals(a.get("isRegularFile"))) {
                throw new IOException("no file");
            }
            FileTime written = (FileTime) a.get("lastModifiedTime");
            FileTime changed = (FileTime) a.get("ctime");
            text.append('\0').append(a.get("size")).append(' ').append(a.get("ino"));
            for (FileTime t : List.of(written, changed)) {
                Instant i = t.toInstant();
                text.append(' ').append(i.getEpochSecond()).append('.').append(i.getNano());
                lastChange = i.isAfter(lastChange) && t == changed ? i : lastChange;
            }
            text.append('\0');
        }
    }

    /** The jars and folders of the class path itself, as absolute paths. */
    List<Path> entries() {
        return entries;
    }

    /** How long to wait until nothing can have changed unseen; zero or less if that is so. */
    Duration unsettled() {
        return Duration.between(Instant.now(), lastChange.plus(SETTLING));
    }

    boolean isSettled() {
        Duration d = unsettled();
        return d.isNegative() || d.isZero();
    }

    /** A name for it, together with what else counts. */
    String key(String more) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(more.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash.digest(text.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof ClassPathListing other && text.equals(other.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
