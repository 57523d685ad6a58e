package io.multiproc.server.snapshot;

import static org.junit.jupiter.api.Assertions.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The file is whole or refused, and replaced or left alone. */
@Timeout(60)
class SnapshotFileTest {
    private static final Instant TIME = Instant.ofEpochMilli(1_800_000_000_123L);

    @TempDir
    Path folder;

    private Path path;
    private SnapshotFile file;

    @BeforeEach
    void name() {
        path = folder.resolve("objects.snap");
        file = new SnapshotFile(path);
    }

    private static void write(SnapshotFile file, String content) throws IOException {
        file.write("1.2.3", false, TIME, out -> print(out, content));
    }

    private static void print(OutputStream out, String content) {
        try {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable String read() throws SnapshotException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        SnapshotFile.Header header = file.read(in -> copy(in, content));
        return header == null ? null : content.toString(StandardCharsets.UTF_8);
    }

    private static void copy(InputStream in, OutputStream out) {
        try {
            in.transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsPutInPlaceOfTheTemporaryFileIsNotWrittenTo() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "untouched");
        SnapshotFile raced = new SnapshotFile(path, SnapshotFile.Kind.SNAPSHOT, out -> {
            try {
                Path temporary = folder.resolve("objects.snap.tmp");
                Files.delete(temporary);
                Files.createSymbolicLink(temporary, victim);
                return out;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        write(raced, "content");
        assertEquals("untouched", Files.readString(victim));
    }

    private void refused(String... words) throws IOException {
        byte[] content = Files.readAllBytes(path);
        SnapshotException e = assertThrows(
                SnapshotException.class, () -> file.read(in -> fail("content of a refused file was used")));
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
        assertArrayEquals(content, Files.readAllBytes(path));
    }

    private void onlyTheFileIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertNull(read());
        write(file, "first");
        assertEquals("first", read());
        file.write("1.2.4", true, TIME, out -> print(out, "second"));
        SnapshotFile.Header header = file.read(in -> {});
        assertEquals(new SnapshotFile.Header(TIME, true, "1.2.4", 28), header);
        onlyTheFileIsLeft();
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(path),
                "others may not read it");
    }

    @Test
    void whatIsReadIsOneFileEvenWhileItIsReplaced() throws Exception {
        List<String> contents = List.of("short", "l" + "o".repeat(5_000) + "ng");
        write(file, contents.get(0));
        AtomicBoolean enough = new AtomicBoolean();
        FutureTask<Integer> writer = new FutureTask<>(() -> {
            int n = 0;
            while (!enough.get()) {
                write(new SnapshotFile(path), contents.get(++n % 2));
            }
            return n;
        });
        Thread thread = new Thread(writer, "writer");
        thread.start();
        try {
            for (int i = 0; i < 2_000; i++) {
                String got = read();
                assertTrue(contents.contains(got), got);
            }
        } finally {
            enough.set(true);
        }
        assertTrue(writer.get() > 1);
    }

    @Test
    void aFlippedBitAnywhereIsRefused() throws IOException {
        write(file, "the content of a file");
        byte[] good = Files.readAllBytes(path);
        for (int i = 0; i < good.length; i++) {
            for (int bit : new int[] {0x01, 0x80, 0xff}) {
                byte[] bad = good.clone();
                bad[i] ^= (byte) bit;
                Files.write(path, bad);
                refused();
            }
        }
        Files.write(path, good);
        assertEquals("the content of a file", read());
    }

    @Test
    void aFileCutAnywhereOrContinuedIsRefused() throws IOException {
        write(file, "the content of a file");
        byte[] good = Files.readAllBytes(path);
        for (int length = 0; length < good.length; length++) {
            Files.write(path, Arrays.copyOf(good, length));
            refused(length < 8 && length > 0 ? "not a snapshot" : "damaged", "move");
        }
        for (int more : new int[] {1, 8, 40, 100_000}) {
            Files.write(path, Arrays.copyOf(good, good.length + more));
            refused("damaged");
        }
    }

    @Test
    void foreignAndNewerFilesAreRefused() throws IOException {
        Files.writeString(path, "{\"some\": \"json\", \"that\": \"is long enough to hold a header and a trailer\"}");
        refused("not a snapshot of multiproc", "name another file");
        write(file, "x");
        byte[] newer = Files.readAllBytes(path);
        newer[11] = 2;
        Files.write(path, newer);
        refused("format 2", "format 1", "run the version that wrote it");
    }

    @Test
    void aFolderIsRefused() throws IOException {
        Files.createDirectory(path);
        SnapshotException e = assertThrows(SnapshotException.class, () -> file.read(in -> {}));
        assertTrue(e.getMessage().contains("is not a file"), e.getMessage());
    }

    @Test
    void aPayloadThatIsNotUnderstoodIsRefusedWithItsVersion() throws IOException {
        write(file, "x");
        SnapshotException e = assertThrows(
                SnapshotException.class,
                () -> file.read(in -> {
                    throw new IllegalArgumentException("a snapshot of version 9, not 2");
                }));
        assertTrue(e.getMessage().contains("written by multiproc 1.2.3"), e.getMessage());
        assertTrue(e.getMessage().contains("a snapshot of version 9, not 2"), e.getMessage());
    }

    @Test
    void whatAKilledServerLeftBehindDoesNotMatter() throws IOException {
        write(file, "good");
        byte[] whole = Files.readAllBytes(path);
        Path temporary = folder.resolve("objects.snap.tmp");
        for (int length = 0; length <= whole.length; length++) {
            Files.write(temporary, Arrays.copyOf(whole, length));
            assertEquals("good", read());
            write(file, "good");
            assertEquals("good", read());
            onlyTheFileIsLeft();
        }
    }

    @Test
    void aFullDiskLeavesThePreviousFile() throws IOException {
        write(file, "previous");
        long size = Files.size(path);
        for (long room = 0; room < size; room++) {
            SnapshotFile full = new SnapshotFile(path, SnapshotFile.Kind.SNAPSHOT, new FailingDisk(room));
            IOException e = assertThrows(IOException.class, () -> write(full, "previous"));
            assertEquals("No space left on device", e.getMessage());
            assertEquals("previous", read());
            onlyTheFileIsLeft();
        }
        write(new SnapshotFile(path, SnapshotFile.Kind.SNAPSHOT, new FailingDisk(size)), "replaced");
        assertEquals("replaced", read());
    }

    @Test
    void anErrorWhileWritingLeavesThePreviousFile() throws IOException {
        write(file, "previous");
        assertThrows(
                OutOfMemoryError.class,
                () -> file.write("1", false, TIME, out -> {
                    print(out, "half");
                    throw new OutOfMemoryError("test");
                }));
        assertEquals("previous", read());
        onlyTheFileIsLeft();
    }
}
