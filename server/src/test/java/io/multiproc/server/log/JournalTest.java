package io.multiproc.server.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordBuilder;
import io.multiproc.server.snapshot.SnapshotLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs that are cut, bent and lost in parts are what they were, or refused. */
@Timeout(60)
class JournalTest {
    private static final int SEGMENT = 4096;

    @TempDir
    Path folder;

    private Path data() {
        return folder.resolve("data");
    }

    /** A command with a number that can be found again. */
    private static Command command(long n, int size) {
        byte[] value = Values.ofText("x".repeat(size));
        return new Command.Invoke(DictOp.SET, 7, Args.of(DictOp.SET, Values.ofInteger(n), value));
    }

    /** Appends a record of commands that are numbered by their index. */
    private static void append(Journal journal, int commands, int size) throws IOException {
        RecordBuilder record = new RecordBuilder(Frame.HEAD);
        for (int i = 0; i < commands; i++) {
            int at = record.add(new LoggedCommand(3, journal.next() + i, command(journal.next() + i, size)));
            assertTrue(at > 0);
        }
        record.finish(1000 + journal.next(), 0);
        journal.append(record);
    }

    private static Journal opened(Path at, Disk disk, List<Long> found) throws LogException {
        Journal journal = Journal.open(at, Fsync.ALWAYS, disk, SEGMENT);
        try {
            journal.replayFrom(1, (first, record, skip, done, all) -> {
                long index = first;
                for (LoggedCommand c : record.commands()) {
                    Command.Invoke invoke = (Command.Invoke) c.command();
                    assertEquals(index, invoke.args().integer(0), "a wrong command");
                    assertEquals(index, c.request());
                    found.add(index++);
                }
                assertEquals(1000 + first, record.time());
            });
        } catch (LogException | RuntimeException | Error e) {
            journal.close();
            throw e;
        }
        return journal;
    }

    private static int readAll(Path at) throws LogException {
        List<Long> found = new ArrayList<>();
        try (Journal journal = opened(at, new FailingDisk(), found)) {
            assertEquals(found.size() + 1, journal.next());
        }
        for (int i = 0; i < found.size(); i++) {
            assertEquals(i + 1, found.get(i));
        }
        return found.size();
    }

    private static List<Path> files(Path at) throws IOException {
        try (Stream<Path> files = Files.list(at)) {
            return files.filter(f -> Segment.named(f) >= 0).sorted().toList();
        }
    }

    /** A copy of a folder, in which files can be bent. */
    private Path copy(String name) throws IOException {
        Path to = folder.resolve(name);
        Files.createDirectories(to);
        try (Stream<Path> old = Files.list(to)) {
            for (Path f : old.toList()) {
                Files.delete(f);
            }
        }
        for (Path f : files(data())) {
            Files.copy(f, to.resolve(f.getFileName()));
        }
        return to;
    }

    @Test
    void whatIsAppendedIsThereAndGoesOn() throws Exception {
        for (int round = 0; round < 3; round++) {
            List<Long> found = new ArrayList<>();
            try (Journal journal = opened(data(), Disk.REAL, found)) {
                assertEquals(round == 0, journal.isEmpty());
                assertEquals(30L * round, found.size());
                for (int i = 0; i < 10; i++) {
                    append(journal, 3, 100);
                    journal.sync();
                }
                assertEquals(30, journal.stats().commands());
                assertTrue(journal.stats().syncs() >= 10);
            }
        }
        assertEquals(90, readAll(data()));
        assertTrue(files(data()).size() > 2, "several segments");
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data())));
        for (Path f : files(data())) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(f)));
        }
        assertFalse(Files.exists(data().resolve(Spares.NAME)));
    }

    @Test
    void aRecordLargerThanASegmentHasAFileOfItsOwn() throws Exception {
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            append(journal, 1, 10);
            append(journal, 2, 3000);
            append(journal, 1, 10);
            append(journal, 1, 9000);
            append(journal, 1, 9000);
            journal.sync();
        }
        assertEquals(6, readAll(data()));
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            append(journal, 1, 10);
        }
        assertEquals(7, readAll(data()));
        Path large = data().resolve(String.format("%020d.log", 5));
        byte[] bytes = Files.readAllBytes(large);
        bytes[5000] ^= 1;
        Files.write(large, bytes);
        LogException e = assertThrows(LogException.class, () -> readAll(data()));
        assertTrue(e.getMessage().contains(large + " is damaged at byte 64"), e.getMessage());
    }

    /** A file that has only zeros from any byte on holds the whole records before it, and can be appended to; one that ends there was cut off by others. */
    @Test
    void aLogThatIsCutAtAnyByteHoldsTheRecordsBeforeIt() throws Exception {
        List<Long> ends = new ArrayList<>();
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            for (int i = 1; i <= 6; i++) {
                append(journal, i, 20);
                journal.sync();
                ends.add(journal.bytes());
            }
        }
        Path whole = files(data()).get(0);
        byte[] bytes = Files.readAllBytes(whole);
        long end = ends.get(ends.size() - 1);
        for (int cut = Segment.HEADER; cut <= end; cut++) {
            int commands = 0;
            for (int i = 0; i < ends.size() && ends.get(i) <= cut; i++) {
                commands += i + 1;
            }
            Path to = copy("cut");
            Path file = to.resolve(whole.getFileName());
            Files.write(file, Arrays.copyOf(bytes, cut));
            LogException e = assertThrows(LogException.class, () -> readAll(to));
            assertTrue(
                    e.getMessage().contains(file + " is damaged at byte " + cut)
                            && e.getMessage().contains("has " + SEGMENT + " bytes when it is whole"),
                    e.getMessage());
            Files.write(file, Arrays.copyOf(Arrays.copyOf(bytes, cut), bytes.length));
            assertEquals(commands, readAll(to), "cut at " + cut);
            if (cut % 5 == 0) {
                // shorter than what was cut, and then longer: nothing of it comes back
                for (int size : new int[] {1, 40}) {
                    try (Journal journal = opened(to, new FailingDisk(), new ArrayList<>())) {
                        append(journal, 1, size);
                    }
                }
                assertEquals(commands + 2, readAll(to), "cut at " + cut + ", appended to");
            }
        }
    }

    /** Each file says which one followed it, so the last one is missed, too. */
    @Test
    void theLastFileIsMissed() throws Exception {
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            for (int i = 0; i < 40; i++) {
                append(journal, 2, i % 10 == 5 ? 5000 : 100);
            }
        }
        List<Path> files = files(data());
        for (int left = files.size() - 1; left > 0; left--) {
            Path to = copy("short");
            for (Path f : files.subList(left, files.size())) {
                Files.delete(to.resolve(f.getFileName()));
            }
            LogException e = assertThrows(LogException.class, () -> readAll(to));
            Path missing = to.resolve(files.get(left).getFileName());
            assertTrue(e.getMessage().contains(missing + " is missing"), e.getMessage());
        }
    }

    /** A lock whose file was deleted keeps a second server out all the same, and is made again. */
    @Test
    void theLockHoldsWithoutItsFile() throws Exception {
        Path lock = data().resolve("lock");
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            append(journal, 1, 10);
            for (int i = 0; i < 10; i++) {
                Files.delete(lock);
                FailingDisk disk = new FailingDisk();
                LogException e =
                        assertThrows(LogException.class, () -> Journal.open(data(), Fsync.ALWAYS, disk, SEGMENT));
                assertTrue(e.getMessage().contains("is in use by another server"), e.getMessage());
                assertFalse(disk.steps.contains("delete " + Spares.NAME), "what the other one has made stays");
                append(journal, 2, i % 5 == 3 ? 9000 : 600);
            }
            Files.delete(lock);
            journal.secure();
            assertTrue(Files.exists(lock));
            LogException e = assertThrows(LogException.class, () -> Journal.open(data(), Fsync.ALWAYS));
            assertTrue(
                    e.getMessage()
                            .contains("(process " + ProcessHandle.current().pid()),
                    e.getMessage());
        }
        assertEquals(21, readAll(data()));
    }

    @Test
    void aServerWhoseFilesWereTakenAwayStops() throws Exception {
        Path lock = data().resolve("lock");
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            append(journal, 1, 10);
            Files.delete(lock);
            try (SnapshotLock other = SnapshotLock.take(lock, "it")) {
                assertFalse(other.renew());
                IOException e = assertThrows(FolderLostException.class, journal::secure);
                String line = LogFailure.line("sync", journal, e);
                assertTrue(line.contains("is not this server's any more"), line);
                assertTrue(line.contains("in use by another server"), line);
            }
            journal.secure();
            Path moved = Files.move(files(data()).get(0), folder.resolve("moved"));
            IOException e = assertThrows(FolderLostException.class, journal::secure);
            assertTrue(e.getMessage().contains("was deleted or moved under this server"), e.getMessage());
            assertTrue(Files.exists(moved));
        }
    }

    /** Two records were never synced, and the disk has all of the second and a part of the first: what is written in its place has the same length. */
    @Test
    void whatFollowedADroppedRecordDoesNotComeBack() throws Exception {
        long broken;
        try (Journal journal = opened(data(), new FailingDisk(), new ArrayList<>())) {
            append(journal, 1, 20);
            journal.sync();
            long from = journal.bytes();
            append(journal, 2, 20);
            broken = (from + journal.bytes()) / 2;
            append(journal, 3, 20);
        }
        Path file = files(data()).get(0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) broken] ^= 1;
        Files.write(file, bytes);
        assertEquals(1, readAll(data()));
        try (Journal journal = opened(data(), new FailingDisk(), new ArrayList<>())) {
            append(journal, 2, 20);
            journal.sync();
        }
        assertEquals(3, readAll(data()));
    }

    @Test
    void aBitThatIsFlippedIsFoundOrWasInTheLastRecord() throws Exception {
        int records = 60;
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            for (int i = 0; i < records; i++) {
                append(journal, 2, 100);
                journal.sync();
            }
        }
        List<Path> files = files(data());
        assertTrue(files.size() > 2);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            Path to = copy("bent");
            Path file = to.resolve(files.get(random.nextInt(files.size())).getFileName());
            byte[] bytes = Files.readAllBytes(file);
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bytes);
            String where = "seed " + seed + ", byte " + at + " of " + file;
            try {
                int found = readAll(to);
                assertTrue(found == 2 * records || found == 2 * records - 2, where + ": " + found);
                assertTrue(
                        found == 2 * records
                                || file.equals(
                                        to.resolve(files.get(files.size() - 1).getFileName())),
                        where);
            } catch (LogException e) {
                refused++;
                assertTrue(e.getMessage().contains(file.toString()), where + ": " + e.getMessage());
                assertTrue(e.getMessage().contains("damaged at byte"), where + ": " + e.getMessage());
            }
        }
        assertTrue(refused > 500, "seed " + seed + ": " + refused);
    }

    @Test
    void aFileThatIsMissingOrOfAnotherLogIsNoticed() throws Exception {
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            for (int i = 0; i < 40; i++) {
                append(journal, 2, 100);
            }
        }
        List<Path> files = files(data());
        Path to = copy("gap");
        Files.delete(to.resolve(files.get(1).getFileName()));
        assertTrue(
                assertThrows(LogException.class, () -> readAll(to)).getMessage().contains("damaged at byte"));
        Path first = copy("first");
        Files.delete(first.resolve(files.get(0).getFileName()));
        assertTrue(assertThrows(LogException.class, () -> readAll(first))
                .getMessage()
                .contains("begins at command"));
        Path other = copy("other");
        try (Journal journal = opened(folder.resolve("two"), Disk.REAL, new ArrayList<>())) {
            append(journal, 1, 1);
        }
        Files.copy(
                files(folder.resolve("two")).get(0),
                other.resolve(String.format("%020d.log", 1)),
                StandardCopyOption.REPLACE_EXISTING);
        assertTrue(assertThrows(LogException.class, () -> readAll(other))
                .getMessage()
                .contains("of two logs"));
        Path newer = copy("newer");
        byte[] bytes = Files.readAllBytes(newer.resolve(files.get(0).getFileName()));
        Segment made = new Segment(newer, 1, 1, false);
        byte[] header = made.header();
        header[11] = 2;
        System.arraycopy(header, 0, bytes, 0, header.length);
        CRC32C crc = new CRC32C();
        crc.update(header, 0, 32);
        ByteBuffer.wrap(bytes).putInt(32, (int) crc.getValue());
        Files.write(newer.resolve(files.get(0).getFileName()), bytes);
        assertTrue(assertThrows(LogException.class, () -> readAll(newer))
                .getMessage()
                .contains("is of format 2"));
    }

    /** After a power cut all that was synced is there, whatever became of what was written after it. */
    @Test
    void whatWasSyncedSurvivesAPowerCut() throws Exception {
        for (int round = 0; round < 100; round++) {
            long seed = System.nanoTime();
            Random random = new Random(seed);
            Path at = folder.resolve("power" + round);
            FailingDisk disk = new FailingDisk();
            disk.most = 1 + random.nextInt(2000);
            long synced = 0;
            Journal journal = opened(at, disk, new ArrayList<>());
            int bursts = 1 + random.nextInt(8);
            for (int i = 0; i < bursts; i++) {
                for (int r = random.nextInt(4); r >= 0; r--) {
                    append(journal, 1 + random.nextInt(3), random.nextInt(random.nextInt(10) == 0 ? 6000 : 700));
                }
                if (i + 1 < bursts || random.nextBoolean()) {
                    journal.sync();
                    synced = journal.next() - 1;
                }
            }
            long written = journal.next() - 1;
            // it fails, so its end does not sync
            disk.failing = "write";
            Journal dead = journal;
            assertThrows(IOException.class, () -> append(dead, 1, 1));
            journal.close();
            disk.loseUnsynced(random);
            int found = readAll(at);
            assertTrue(
                    found >= synced && found <= written,
                    "seed " + seed + ": " + synced + " of " + written + ", found " + found);
        }
    }

    @Test
    void aDiskThatFailsAtAnyStepLeavesWhatWasSynced() throws Exception {
        FailingDisk whole = new FailingDisk();
        runUntilFailure(folder.resolve("whole"), whole);
        int failures = 0;
        for (String step : whole.steps.stream().distinct().toList()) {
            Path at = folder.resolve("f" + failures++);
            FailingDisk disk = new FailingDisk();
            disk.failing = step;
            long synced = runUntilFailure(at, disk);
            int found = Files.isDirectory(at) ? readAll(at) : 0;
            assertTrue(found >= synced, step + ": " + found + " of " + synced);
        }
        assertTrue(failures > 8, whole.steps.toString());
        for (int room = 0; room < 5 * SEGMENT; room += 97) {
            Path at = folder.resolve("room" + room);
            FailingDisk disk = new FailingDisk();
            disk.room.set(room);
            long synced = runUntilFailure(at, disk);
            int found = readAll(at);
            assertTrue(found >= synced, room + " bytes: " + found + " of " + synced);
        }
    }

    /** Appends until something fails; returns how many commands were synced. */
    private static long runUntilFailure(Path at, FailingDisk disk) {
        long synced = 0;
        try (Journal journal = opened(at, disk, new ArrayList<>())) {
            try {
                for (int i = 0; i < 12; i++) {
                    append(journal, 2, i == 7 ? 5000 : 400);
                    journal.sync();
                    synced = journal.next() - 1;
                }
            } catch (IOException e) {
                assertThrows(IllegalStateException.class, () -> append(journal, 1, 1));
            }
        } catch (LogException e) {
            // at the start
        }
        return synced;
    }

    @Test
    void whatIsInAnImageIsTrimmedAndNotReadAgain() throws Exception {
        try (Journal journal = opened(data(), Disk.REAL, new ArrayList<>())) {
            for (int i = 0; i < 60; i++) {
                append(journal, 2, 100);
            }
            int before = files(data()).size();
            journal.trimBefore(70);
            assertTrue(files(data()).size() < before);
            assertTrue(Segment.named(files(data()).get(0)) <= 70);
        }
        assertThrows(LogException.class, () -> readAll(data()));
        List<Long> found = new ArrayList<>();
        try (Journal journal = Journal.open(data(), Fsync.ALWAYS, Disk.REAL, SEGMENT)) {
            journal.replayFrom(70, (first, record, skip, done, all) -> {
                for (int i = skip; i < record.commands().size(); i++) {
                    found.add(first + i);
                }
                assertTrue(done <= all);
            });
            assertEquals(121, journal.next());
        }
        assertEquals(51, found.size());
        assertEquals(70, found.get(0));
        // an image that is ahead of a log whose end is missing
        try (Journal journal = Journal.open(data(), Fsync.ALWAYS, Disk.REAL, SEGMENT)) {
            LogException e = assertThrows(
                    LogException.class, () -> journal.replayFrom(500, (first, record, skip, done, all) -> {}));
            assertTrue(e.getMessage().contains("ends with command 120"), e.getMessage());
            assertTrue(e.getMessage().contains("those up to 499"), e.getMessage());
        }
    }

    @Test
    void aFolderThatIsOfNoUseIsSaidToBe() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        refused(file, "is a file");
        refused(folder.resolve("no/where"), "there is no folder");
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(open, "chmod go-w");
        try (Journal journal = Journal.open(data(), Fsync.ALWAYS)) {
            assertTrue(journal.isEmpty());
            LogException e = assertThrows(LogException.class, () -> Journal.open(data(), Fsync.ALWAYS));
            assertTrue(
                    e.getMessage()
                            .contains("is in use by another server (process "
                                    + ProcessHandle.current().pid()),
                    e.getMessage());
            assertThrows(IllegalStateException.class, () -> append(journal, 1, 1));
        }
        Files.write(data().resolve(String.format("%020d.log", 1)), new byte[100]);
        refused(data(), "does not begin as a file of a log");
    }

    private static void refused(Path path, String why) {
        try {
            Journal.open(path, Fsync.ALWAYS).close();
            fail("it is used: " + path);
        } catch (LogException e) {
            assertTrue(e.getMessage().contains(why), e.getMessage());
        }
    }
}
