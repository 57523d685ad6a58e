package io.multiproc.server.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.snapshot.SnapshotException;
import io.multiproc.server.snapshot.SnapshotFile;
import io.multiproc.server.state.SharedState;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files of images: written whole or not at all, and used only if they are sound. */
@Timeout(120)
class ImagesTest {
    @TempDir
    private Path folder;

    private final SharedState state = new SharedState();
    private Images images = new Images(Path.of(""), "test");
    private long session;
    private long dict;

    @BeforeEach
    void begin() {
        images = new Images(folder, "test");
        apply(0, new Command.Genesis(77, state.settings()));
        apply(0, new Command.SessionOpened("program", "test"));
        session = state.lastIndex();
        Reply reference = invoke(
                ManagerOp.OPEN, 0, Values.ofText("dict"), Values.ofText("d"), Values.container(Tag.LIST, List.of()));
        dict = Values.refId(reference.bytes(), reference.start());
        put(1);
    }

    private void apply(long by, Command command) {
        Reply unused = state.apply(new Entry(1_000, by, state.lastIndex(), command), (s, r, a) -> {});
    }

    private Reply invoke(Op op, long object, byte[]... args) {
        Command command = new Command.Invoke(op, object, Args.of(op, args));
        Reply reply = state.apply(new Entry(1_000, session, state.lastIndex(), command), (s, r, a) -> {});
        if (reply == null || reply.isError()) {
            throw new AssertionError(String.valueOf(reply));
        }
        return reply;
    }

    private void put(int value) {
        Reply unused = invoke(DictOp.SET, dict, Values.ofText("k"), Values.ofInteger(value));
    }

    private static byte[] bytes(SharedState of) {
        ByteWriter out = new ByteWriter();
        of.snapshot(out);
        return out.toByteArray();
    }

    private long write() throws IOException {
        return images.write(state.image(System::nanoTime), Runnable::run);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(f -> String.valueOf(f.getFileName())).sorted().toList();
        }
    }

    @Test
    void anImageBringsBackEverything() throws IOException {
        long size = write();
        Path file = images.path(state.lastIndex());
        assertEquals(size, Files.size(file));
        assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
        SharedState restored = new SharedState();
        assertEquals(state.lastIndex(), images.restore(restored, false, false));
        assertArrayEquals(bytes(state), bytes(restored));
        assertEquals(1, restored.numberOfSessions());
        assertEquals(77, restored.clusterId());
    }

    @Test
    void anEmptyFolderHasNone() throws IOException {
        assertEquals(0, images.restore(new SharedState(), true, false));
        assertEquals(List.of(), images.indices());
    }

    @Test
    void theTwoNewestAreKeptAndADamagedOneDoesNotCount() throws IOException {
        byte[][] states = new byte[4][];
        long[] indices = new long[4];
        for (int i = 0; i < 4; i++) {
            put(i);
            write();
            states[i] = bytes(state);
            indices[i] = state.lastIndex();
        }
        assertEquals(List.of(indices[3], indices[2]), images.indices());
        Path newest = images.path(indices[3]);
        byte[] content = Files.readAllBytes(newest);
        content[content.length / 2] ^= 4;
        Files.write(newest, content);
        SharedState restored = new SharedState();
        assertEquals(indices[2], images.restore(restored, false, false));
        assertArrayEquals(states[2], bytes(restored));
        assertEquals(List.of(indices[2]), images.indices());
        assertTrue(files().contains(newest.getFileName() + ".damaged"), files().toString());
        put(9);
        write();
        assertEquals(List.of(state.lastIndex(), indices[2]), images.indices());
    }

    @Test
    void withoutAnySoundImageOnlyAWholeLogWillDo() throws IOException {
        write();
        Path file = images.path(state.lastIndex());
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> images.restore(new SharedState(), false, false));
        assertTrue(e.getMessage().contains(folder.toString()) && e.getMessage().contains("--restore"), e.getMessage());
        assertTrue(Files.exists(file), "it is left for people to look at");
        assertEquals(0, images.restore(new SharedState(), true, false));
    }

    @Test
    void anImageWithoutItsLogIsRefusedUnlessThereWasNone() throws IOException {
        write();
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> images.restore(new SharedState(), true, true));
        assertTrue(e.getMessage().contains(images.path(state.lastIndex()) + " and no log"), e.getMessage());
        Path file = images.path(state.lastIndex());
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        assertThrows(SnapshotException.class, () -> images.restore(new SharedState(), true, true));
        assertTrue(Files.exists(file));
        Files.delete(file);
        assertEquals(0, images.restore(new SharedState(), true, true));
        // the log of a restored backup begins later
        put(3);
        write();
        Path data = Files.createDirectory(folder.resolve("data"));
        Images others = new Images(data, "test");
        SharedState restored = new SharedState();
        new FirstState(images.path(state.lastIndex()), SnapshotFile.Kind.IMAGE).load(data, others, restored, 78);
        assertEquals(restored.lastIndex(), others.restore(new SharedState(), true, true));
    }

    @Test
    void anImageOfAnotherVersionIsNotTakenForDamage() throws IOException {
        write();
        put(2);
        new SnapshotFile(images.path(state.lastIndex()), SnapshotFile.Kind.IMAGE, out -> out)
                .write("9.9", false, Instant.EPOCH, out -> {
                    try {
                        out.write(200);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> images.restore(new SharedState(), false, false));
        assertTrue(e.getMessage().contains("written by multiproc 9.9"), e.getMessage());
    }

    @Test
    void aCutAtEveryByteAndAThousandFlippedBitsAreRefused() throws IOException {
        long size = write();
        Path file = images.path(state.lastIndex());
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < size; length++) {
            refused(file, Arrays.copyOf(good, length), "cut at " + length);
        }
        long seed = new Random().nextLong();
        System.out.println("flipped bits: seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            byte[] bad = good.clone();
            int bit = random.nextInt(8 * bad.length);
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            refused(file, bad, "bit " + bit + ", seed " + seed);
        }
        Files.write(file, good);
        assertEquals(state.lastIndex(), images.restore(new SharedState(), false, false));
    }

    private void refused(Path file, byte[] content, String what) throws IOException {
        Files.write(file, content);
        SharedState untouched = new SharedState();
        assertThrows(SnapshotException.class, () -> images.restore(untouched, false, false), what);
        assertEquals(0, untouched.lastIndex(), what);
    }

    @Test
    void aFullDiskLeavesTheOthersAndNothingElse() throws IOException {
        long size = write();
        List<String> before = files();
        put(2);
        for (long room = 0; room < size - 40; room += 7) {
            long left = room;
            Images full = new Images(folder, "test", out -> new Full(out, left));
            assertThrows(IOException.class, () -> full.write(state.image(System::nanoTime), Runnable::run));
            assertEquals(before, files());
        }
        write();
        assertEquals(2, files().size());
    }

    /** A disk with room for so many bytes. */
    private static final class Full extends FilterOutputStream {
        private long left;

        Full(OutputStream out, long room) {
            super(out);
            left = room;
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            left -= length;
            if (left < 0) {
                throw new IOException("No space left on device");
            }
            out.write(b, from, length);
        }
    }

    @Test
    void aServerThatEndsLeavesNothing() throws IOException {
        IOException e = assertThrows(
                IOException.class,
                () -> images.write(state.image(System::nanoTime), task -> {
                    throw new RejectedExecutionException();
                }));
        assertTrue(e.getMessage().contains("ended"), e.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void aBackupBeginsAnEmptyFolderAsAnotherClusterWithoutSessions() throws IOException {
        write();
        Path backup = images.path(state.lastIndex());
        Path data = Files.createDirectory(folder.resolve("data"));
        Images others = new Images(data, "test");
        SharedState restored = new SharedState();
        FirstState first = new FirstState(backup, SnapshotFile.Kind.IMAGE);
        first.load(data, others, restored, 78);
        assertEquals(78, restored.clusterId());
        assertEquals(0, restored.numberOfSessions());
        assertTrue(restored.isNamed("d"));
        assertTrue(restored.lastIndex() > state.lastIndex() + 1_000_000, "numbers given since are not given again");
        assertEquals(List.of(restored.lastIndex()), others.indices());
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> first.load(data, others, new SharedState(), 79));
        assertTrue(e.getMessage().contains("holds a state already"), e.getMessage());
    }

    @Test
    void whatIsNoBackupIsRefusedWithWhatItIs() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path snapshot = folder.resolve("snapshot");
        new SnapshotFile(snapshot, SnapshotFile.Kind.SNAPSHOT, out -> out)
                .write("1", true, Instant.EPOCH, out -> state.durableSnapshot().writeTo(out));
        Path text = Files.writeString(
                folder.resolve("text"), "no backup, and longer than a header and a trailer".repeat(3));
        refused(data, new FirstState(snapshot, SnapshotFile.Kind.IMAGE), "--import");
        refused(data, new FirstState(text, SnapshotFile.Kind.IMAGE), "not a backup");
        refused(data, new FirstState(folder.resolve("none"), SnapshotFile.Kind.IMAGE), "no file");
        refused(data, new FirstState(data, SnapshotFile.Kind.IMAGE), "is not a file");
        SharedState imported = new SharedState();
        new FirstState(snapshot, SnapshotFile.Kind.SNAPSHOT).load(data, new Images(data, "test"), imported, 80);
        assertTrue(imported.isNamed("d"));
        assertEquals(0, imported.clusterId(), "it is given one by the first command of the log");
        write();
        refused(
                Files.createDirectory(folder.resolve("other")),
                new FirstState(images.path(state.lastIndex()), SnapshotFile.Kind.SNAPSHOT),
                "--restore");
    }

    private static void refused(Path data, FirstState first, String word) throws IOException {
        SnapshotException e = assertThrows(
                SnapshotException.class, () -> first.load(data, new Images(data, "test"), new SharedState(), 1));
        assertTrue(e.getMessage().contains(word), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        try (Stream<Path> files = Files.list(data)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
