package io.multiproc.server.snapshot;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.Await;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.state.SharedState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the file is written, and what happens when it cannot be. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotsTest {
    private static final Duration AT_THE_END = Duration.ZERO;
    private static final Duration OFTEN = Duration.ofMillis(5);

    @TempDir
    Path folder;

    private Path path;
    private final FailingDisk disk = new FailingDisk(Long.MAX_VALUE);
    private final ExecutorService engine = Executors.newSingleThreadExecutor();

    @BeforeEach
    void name() {
        path = folder.resolve("s");
    }

    @AfterEach
    void end() {
        engine.shutdownNow();
    }

    private Snapshots open(Duration interval, SharedState state) throws SnapshotException {
        return Snapshots.open(path, interval, "test", state, disk);
    }

    /** Makes a named dict. */
    private void add(SharedState state, String name) {
        Entry opens = new Entry(1, 0, 0, new Command.SessionOpened("c", "a"));
        Reply id = state.apply(opens, (s, r, reply) -> {});
        assertNotNull(id);
        long session = Values.integer(id.bytes(), id.start());
        byte[] none = Values.container(Tag.LIST, List.of());
        Args args = Args.of(ManagerOp.OPEN, Values.ofText("dict"), Values.ofText(name), none);
        state.apply(new Entry(1, session, 1, new Command.Invoke(ManagerOp.OPEN, 0, args)), (s, r, reply) -> {});
    }

    private void stop(Snapshots snapshots) throws Exception {
        engine.submit(snapshots::takeLast).get();
        snapshots.finish();
    }

    private int savedObjects() throws SnapshotException {
        SharedState state = new SharedState();
        new SnapshotFile(path).read(state::restore);
        return state.numberOfObjects();
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        Await.until("it is saved, or the failure known", condition);
    }

    private static void untilSavedAfter(Snapshots snapshots, long nanos) throws Exception {
        until(() -> {
            long elapsed = (System.nanoTime() - nanos) / 1_000_000; // read before the age, which it must exceed
            return (long) snapshots.facts().get("snapshot_age_ms") < elapsed;
        });
    }

    @Test
    void theEndIsSavedAndRestored() throws Exception {
        SharedState state = new SharedState();
        Snapshots snapshots = open(AT_THE_END, state);
        assertEquals(0, savedObjects(), "written at the start");
        snapshots.start(engine);
        add(state, "d");
        stop(snapshots);
        assertTrue(snapshots.isSaved());
        SharedState next = new SharedState();
        Snapshots again = open(AT_THE_END, next);
        assertEquals(1, next.numberOfObjects());
        assertEquals(state.lastIndex(), next.lastIndex(), "a clean end needs no leap");
        again.close();
    }

    @Test
    void numbersLeapAfterACrashEachTime() throws Exception {
        long last = 0;
        for (int crash = 0; crash < 4; crash++) {
            SharedState state = new SharedState();
            Snapshots snapshots = open(AT_THE_END, state);
            assertTrue(crash == 0 || state.lastIndex() > last + 1_000_000_000L);
            snapshots.start(engine);
            add(state, "lost" + crash);
            last = state.lastIndex();
            snapshots.close(); // no last image: as if killed
        }
        assertEquals(0, savedObjects());
    }

    @Test
    void theIntervalSaves() throws Exception {
        SharedState state = new SharedState();
        Snapshots snapshots = open(OFTEN, state);
        snapshots.start(engine);
        engine.submit(() -> add(state, "a")).get();
        long added = System.nanoTime();
        untilSavedAfter(snapshots, added);
        assertEquals(1, savedObjects());
        stop(snapshots);
    }

    @Test
    void aServerWithNothingToDoWritesNothing() throws Exception {
        Snapshots snapshots = open(OFTEN, new SharedState());
        Object written = Files.readAttributes(path, "unix:ino").get("ino");
        long start = System.nanoTime();
        snapshots.start(engine);
        untilSavedAfter(snapshots, start);
        assertEquals(written, Files.readAttributes(path, "unix:ino").get("ino"));
        stop(snapshots);
    }

    @Test
    void aFullDiskIsToldAndSurvived() throws Exception {
        SharedState state = new SharedState();
        Snapshots snapshots = open(OFTEN, state);
        snapshots.start(engine);
        engine.submit(() -> add(state, "a")).get();
        disk.room = 10;
        engine.submit(() -> add(state, "b")).get();
        until(() -> snapshots.facts().get("snapshot_error") != null);
        String error = String.valueOf(snapshots.facts().get("snapshot_error"));
        assertTrue(error.contains(path.toString()) && error.contains("No space left on device"), error);
        savedObjects();
        disk.room = Long.MAX_VALUE;
        engine.submit(() -> add(state, "c")).get();
        until(() -> snapshots.facts().get("snapshot_error") == null);
        // the first save that succeeds may have come before the third object
        until(() -> savedObjects() >= 3);
        disk.room = 10;
        stop(snapshots);
        assertFalse(snapshots.isSaved());
        assertEquals(3, savedObjects());
    }

    @Test
    void aDiskThatIsFullAtTheStartIsRefused() throws Exception {
        Snapshots first = open(AT_THE_END, new SharedState());
        first.close();
        byte[] before = Files.readAllBytes(path);
        disk.room = 10;
        SnapshotException e = assertThrows(SnapshotException.class, () -> open(AT_THE_END, new SharedState()));
        assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        assertArrayEquals(before, Files.readAllBytes(path));
        disk.room = Long.MAX_VALUE;
        open(AT_THE_END, new SharedState()).close();
    }

    @Test
    void twoServersDoNotShareAFile() throws Exception {
        Snapshots first = open(AT_THE_END, new SharedState());
        SnapshotException e = assertThrows(SnapshotException.class, () -> open(AT_THE_END, new SharedState()));
        assertTrue(e.getMessage().contains("in use by another server"), e.getMessage());
        assertTrue(e.getMessage().contains("" + ProcessHandle.current().pid()), e.getMessage());
        Path link = Files.createSymbolicLink(folder.resolve("link"), path);
        assertThrows(
                SnapshotException.class,
                () -> Snapshots.open(link, AT_THE_END, "test", new SharedState()),
                "the same file by another name");
        first.close();
        open(AT_THE_END, new SharedState()).close();
        Snapshots.open(link, AT_THE_END, "test", new SharedState()).close();
        assertTrue(Files.isSymbolicLink(link));
    }

    @Test
    void foldersThatAreMissingOrRefuseAreNamed() {
        Path missing = folder.resolve("no/such/s");
        SnapshotException e = assertThrows(
                SnapshotException.class, () -> Snapshots.open(missing, AT_THE_END, "test", new SharedState()));
        assertTrue(e.getMessage().contains(missing.getParent().toString()), e.getMessage());
        Path refusing = Path.of("/proc/self/s");
        SnapshotException f = assertThrows(
                SnapshotException.class, () -> Snapshots.open(refusing, AT_THE_END, "test", new SharedState()));
        assertTrue(f.getMessage().contains("/proc/") && !f.getMessage().contains("\n"), f.getMessage());
    }

    @Test
    void aDamagedFileIsNotTouchedAndNotHeld() throws Exception {
        Files.writeString(path, "MPSNAP\r\nand then nonsense");
        assertThrows(SnapshotException.class, () -> open(AT_THE_END, new SharedState()));
        assertEquals("MPSNAP\r\nand then nonsense", Files.readString(path));
        Files.delete(path);
        open(AT_THE_END, new SharedState()).close();
    }

    @Test
    void anEndWithoutALastImageIsAFailure() throws Exception {
        SharedState state = new SharedState();
        Snapshots snapshots = open(AT_THE_END, state);
        snapshots.start(task -> {
            throw new IllegalStateException("never asked");
        });
        // never told to take its last image
        snapshots.finish();
        assertFalse(snapshots.isSaved());
    }
}
