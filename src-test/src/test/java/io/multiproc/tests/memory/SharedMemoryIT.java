package io.multiproc.tests.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.memory.ShareableList;
import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedMemory;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.tests.fixtures.Await;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shared memory, values, arrays, lists and locks, with real processes. */
@Tag("jdk")
@Tag("alone")
@Timeout(240)
class SharedMemoryIT {
    private final List<ManagedProcess> processes = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (ManagedProcess p : processes) {
            if (p.isAlive()) {
                p.kill();
            }
            p.join();
        }
        for (AutoCloseable c : opened) {
            c.close();
        }
    }

    private <T extends AutoCloseable> T own(T resource) {
        opened.add(resource);
        return resource;
    }

    private SharedLock own(SharedLock lock) {
        opened.add(lock::close);
        return lock;
    }

    private ManagedProcess start(ManagedProcess p) {
        processes.add(p);
        p.start();
        return p;
    }

    private void joinAll() throws InterruptedException {
        for (ManagedProcess p : processes) {
            assertTrue(p.join(Await.LONG), p::toString);
            assertEquals(OptionalInt.of(0), p.exitCode(), () -> p.failure().orElse("no failure"));
        }
    }

    private static boolean exists(String block) throws Exception {
        try (SharedMemory m = SharedMemory.attach(block)) {
            return m.size() > 0;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    // ---- the documents' programs

    @Test
    void counterWithItsLock() throws Exception {
        SharedValue<Integer> counter = own(SharedValue.create("i", 0));
        for (int i = 0; i < 3; i++) {
            start(new ManagedProcess(Programs::increment, counter, 10_000));
        }
        joinAll();
        assertEquals(30_000, counter.get());
    }

    @Test
    void counterWithALockOfItsOwn() throws Exception {
        SharedLock lock = own(SharedLock.create());
        SharedValue<Long> counter = own(SharedValue.create("l", 0L, lock));
        start(new ManagedProcess(Programs::incrementUnder, lock, counter, 10_000));
        start(new ManagedProcess((c, n) -> Programs.incrementUnder(c.getLock(), c, n), counter, 10_000));
        Programs.incrementUnder(counter.getLock(), counter, 10_000);
        joinAll();
        assertEquals(30_000L, counter.get());
    }

    @Test
    void arraysAndAValue() throws Exception {
        SharedArray<Double> doubles = own(SharedArray.create("d", Double.class, List.of(1.0, 2.0, 3.0, 4.0)));
        SharedArray<Integer> result = own(SharedArray.create("i", Integer.class, 4));
        SharedValue<Integer> sum = own(SharedValue.create("i", 0));
        start(new ManagedProcess(Programs::doubled, doubles));
        start(new ManagedProcess(Programs::squares, List.of(1, 2, 3, 4), result, sum));
        joinAll();
        assertEquals(List.of(2.0, 4.0, 6.0, 8.0), doubles.toList());
        assertEquals(List.of(1, 4, 9, 16), result.toList());
        assertEquals(30, sum.get());
    }

    @Test
    void bank() throws Exception {
        SharedValue<Integer> balance = own(SharedValue.create("i", 100));
        start(new ManagedProcess(Programs::withdraw, balance, 10_000, 1));
        start(new ManagedProcess(Programs::withdraw, balance, 10_000, -1));
        joinAll();
        assertEquals(100, balance.get());
    }

    @Test
    void additionsWithoutALock() throws Exception {
        List<SharedArray<Integer>> arrays = new ArrayList<>();
        for (String code : List.of("h", "H", "i", "q", "d")) {
            arrays.add(own(SharedArray.createRaw(code, Integer.class, List.of(0, 0, 0))));
        }
        start(new ManagedProcess(Programs::addAtomically, arrays, 30_000));
        Programs.addAtomically(arrays, 30_000);
        joinAll();
        for (SharedArray<Integer> counters : arrays) {
            assertEquals(List.of(20_000, 20_000, 20_000), counters.toList(), counters::toString);
            assertThrows(IllegalStateException.class, counters::getLock);
        }
    }

    @Test
    void blocksAndListsTravel() throws Exception {
        SharedMemory memory = own(SharedMemory.create(16));
        ShareableList list = own(ShareableList.create(List.of("a text of some length", 1)));
        start(new ManagedProcess(Programs::edit, memory, list));
        joinAll();
        assertEquals(42, memory.buffer().getLong(8));
        assertEquals(List.of("seen by 16", 1L), list.toList());
        memory.unlink();
        list.unlink();
    }

    // ---- type codes

    @Test
    void everyTypeCodeKeepsToItsRange() {
        Object[][] rows = {
            {"b", -128, 127, -129, 128},
            {"B", 0, 255, -1, 256},
            {"h", -32768, 32767, -32769, 32768},
            {"H", 0, 65535, -1, 65536},
            {"i", Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE - 1L, Integer.MAX_VALUE + 1L},
            {"I", 0L, (1L << 32) - 1, -1, 1L << 32},
            {
                "l",
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                BigInteger.ONE.shiftLeft(63).negate().subtract(BigInteger.ONE),
                BigInteger.ONE.shiftLeft(63)
            },
            {"L", 0L, BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE), -1, BigInteger.ONE.shiftLeft(64)},
            {"q", Long.MIN_VALUE, Long.MAX_VALUE, 1.5, "1"},
            {"Q", 0L, BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE), -1, "1"},
            {"f", -1.5f, 1.5f, 1e300, "x"},
            {"d", -1e300, 1e300, "x", List.of()},
            {"?", false, true, 1, "true"},
            {"u", "a", "\ud83d\ude00", "ab", 1},
        };
        for (Object[] row : rows) {
            String code = (String) row[0];
            SharedArray<Object> a =
                    own(SharedArray.create(code, Object.class, List.of(row[1], row[1], row[2], row[1])));
            assertEquals(List.of(row[1], row[1], row[2], row[1]), a.toList(), code);
            for (int bad = 3; bad <= 4; bad++) {
                Object value = row[bad];
                assertThrows(IllegalArgumentException.class, () -> a.set(1, value), () -> code + " takes " + value);
            }
            assertFalse(a.compareAndSet(1, row[2], row[2]), code);
            assertTrue(a.compareAndSet(1, row[1], row[2]), code);
            assertEquals(List.of(row[1], row[2], row[2], row[1]), a.toList(), code);
            if (row[2] instanceof Integer || row[2] instanceof Long || row[2] instanceof BigInteger) {
                assertThrows(IllegalArgumentException.class, () -> a.add(2, 1), code);
                assertThrows(IllegalArgumentException.class, () -> a.addAndGet(0, -1), code);
                assertEquals(((Number) row[1]).longValue() + 1, a.add(0, 1), code);
            }
            assertEquals(row[2], a.get(2), code);
        }
        assertThrows(IllegalArgumentException.class, () -> SharedValue.create("x", 1));
        assertThrows(IllegalArgumentException.class, () -> SharedValue.create("i", List.of()));
        assertThrows(IllegalArgumentException.class, () -> SharedArray.create("i", Integer.class, -1));
        SharedArray<Integer> three = own(SharedArray.create("b", Integer.class, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> three.get(3));
        assertThrows(IndexOutOfBoundsException.class, () -> three.set(-1, 0));
    }

    @Test
    void valuesAreUpdatedAtomically() {
        SharedValue<Integer> v = own(SharedValue.create("h", 5));
        assertEquals(8, v.addAndGet(3));
        assertEquals(8, v.getAndSet(-2));
        assertEquals(4, v.update(x -> x * -2));
        assertEquals(4.0, v.getDouble());
        SharedValue<Double> d = own(SharedValue.create("d", 0.5));
        assertEquals(2.0, d.addAndGet(1.5));
        assertEquals(2, d.getLong());
        assertThrows(IllegalArgumentException.class, () -> d.setLong(3));
    }

    // ---- the lock

    @Test
    void theLockIsReentrantAndOwned() throws Exception {
        SharedLock lock = own(SharedLock.create());
        lock.lock();
        lock.lock();
        SharedLock same = SharedLock.attach(lock.name());
        Thread other = new Thread(() -> {
            assertFalse(same.tryLock());
            assertThrows(IllegalMonitorStateException.class, same::unlock);
        });
        List<Throwable> failures = new ArrayList<>();
        other.setUncaughtExceptionHandler((t, e) -> failures.add(e));
        other.start();
        Await.end(other);
        assertEquals(List.of(), failures);
        lock.unlock();
        assertTrue(lock.isLocked());
        lock.unlock();
        assertFalse(lock.isLocked());
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertThrows(UnsupportedOperationException.class, lock::newCondition);
    }

    @Test
    void theLockOfAKilledProcessIsTakenOver() throws Exception {
        SharedValue<Integer> value = own(SharedValue.create("i", 0));
        Pipe pipe = own(Pipe.open(true));
        ManagedProcess holder = start(new ManagedProcess(Programs::holdForEver, value, pipe.second()));
        assertEquals("holds", pipe.first().recv());
        assertFalse(value.getLock().tryLock());
        assertFalse(value.getLock().tryLock(Duration.ofMillis(120)));
        Thread waiter = new Thread(() -> {
            try {
                value.getLock().lockInterruptibly();
            } catch (InterruptedException e) {
                value.set(8);
            }
        });
        waiter.start();
        Await.until("it waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
        waiter.interrupt();
        Await.end(waiter);
        assertEquals(8, value.get());
        holder.kill();
        value.getLock().lock();
        assertEquals(8, value.get());
        value.getLock().unlock();
        assertTrue(value.getLock().tryLock(1, TimeUnit.SECONDS));
        value.getLock().unlock();
    }

    // ---- life and death

    @Test
    void namesAreUsedOnce() {
        SharedMemory m = SharedMemory.create("multiproc-test_1.x", 10);
        assertTrue(assertThrows(IllegalStateException.class, () -> SharedMemory.create("multiproc-test_1.x", 10))
                .getMessage()
                .contains("in use: multiproc-test_1.x"));
        SharedMemory same = SharedMemory.attach("multiproc-test_1.x");
        same.buffer().put(9, (byte) 3);
        assertEquals(3, m.buffer().get(9));
        same.close();
        assertThrows(IllegalStateException.class, same::buffer);
        m.unlink();
        m.unlink();
        assertThrows(IllegalStateException.class, () -> SharedMemory.attach("multiproc-test_1.x"));
        // who has it keeps it, and the name is free
        m.buffer().put(0, (byte) 1);
        SharedMemory anew = SharedMemory.create("multiproc-test_1.x", 5);
        assertEquals(0, anew.buffer().get(0));
        anew.unlink();
        for (String bad : List.of("", ".x", "a/b", "../x", "a b", "x".repeat(201))) {
            assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(bad, 1), bad);
            assertThrows(IllegalArgumentException.class, () -> SharedMemory.attach(bad), bad);
        }
        assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(0));
        assertThrows(IllegalArgumentException.class, () -> SharedMemory.create("x", -1));
    }

    @Test
    void aKilledParentLeavesNothing() throws Exception {
        Pipe pipe = own(Pipe.open(true));
        ManagedProcess parent = start(new ManagedProcess(Programs::takes, pipe.second(), 2, true));
        List<String> blocks =
                List.of((String) pipe.first().recv(), (String) pipe.first().recv());
        long child = (Long) pipe.first().recv();
        Path shm = folderOf(blocks.get(0));
        assertTrue(Files.exists(shm.resolve(blocks.get(1))));
        List<String> before = markers(shm);
        parent.kill();
        Await.until("the daemon has ended", () -> ProcessHandle.of(child).isEmpty());
        Await.until("its memory is gone", () -> blocks.stream().noneMatch(b -> Files.exists(shm.resolve(b))));
        // the two processes, the socket of the parent, and three blocks
        Await.until("no file is left", () -> markers(shm).size() <= before.size() - 6);
    }

    private static Path folderOf(String block) {
        return Stream.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))
                .filter(p -> Files.exists(p.resolve(block)))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> markers(Path shm) throws Exception {
        List<String> names = new ArrayList<>();
        try (Stream<Path> folders = Files.list(shm)) {
            for (Path folder : folders.filter(
                            f -> f.getFileName().toString().startsWith("multiproc-") && Files.isDirectory(f))
                    .toList()) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.forEach(f -> names.add(f.toString()));
                }
            }
        }
        return names;
    }

    @Test
    void aBlockOutlivesItsCreatorWhileSomebodyHasIt() throws Exception {
        Pipe pipe = own(Pipe.open(true));
        ManagedProcess creator = start(new ManagedProcess(Programs::createsOneThatStays, pipe.second()));
        SharedMemory m = (SharedMemory) pipe.first().recv();
        pipe.first().send("got it");
        assertTrue(creator.join(Await.LONG));
        assertEquals(5, m.buffer().get(0));
        assertTrue(exists(m.name()));
        m.unlink();
        assertFalse(exists(m.name()));
    }

    @Test
    void aFullFileSystemIsAnException(@TempDir Path folder) throws Exception {
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString())
                .redirectErrorStream(true)
                .start();
        mount.getInputStream().readAllBytes();
        Assumptions.assumeTrue(mount.waitFor() == 0, "only root can mount a small file system");
        String before = System.getProperty("multiproc.memory.dir");
        try {
            // this process chooses its folder before; the property travels to the child
            assertFalse(exists("none"));
            System.setProperty("multiproc.memory.dir", folder.toString());
            ManagedProcess p = new ManagedProcess(Programs::fillAndReport, folder.toString());
            start(p);
            assertTrue(p.join(Await.LONG));
            assertEquals(OptionalInt.of(0), p.exitCode(), () -> p.failure().orElse(""));
            Await.until("nothing is left", () -> {
                try (Stream<Path> files = Files.list(folder)) {
                    return files.findAny().isEmpty();
                }
            });
        } finally {
            if (before == null) {
                System.clearProperty("multiproc.memory.dir");
            } else {
                System.setProperty("multiproc.memory.dir", before);
            }
            assertEquals(
                    0, new ProcessBuilder("umount", folder.toString()).start().waitFor());
        }
    }

    // ---- lists

    @Test
    void listsOfFixedPlaces() {
        ShareableList list = own(ShareableList.create(Arrays.asList(
                "howdy", "bytes".getBytes(StandardCharsets.UTF_8), -273.154, 100, null, true, "gr\u00fc\u00dfe", 42L)));
        assertEquals(8, list.size());
        assertEquals("gr\u00fc\u00dfe", list.get(-2));
        assertArrayEquals("bytes".getBytes(StandardCharsets.UTF_8), (byte[]) list.get(1));
        list.set(0, "at most8");
        assertThrows(IllegalArgumentException.class, () -> list.set(0, "nine char"));
        assertEquals("at most8", list.get(0));
        list.set(2, null);
        list.set(4, false);
        list.set(3, "12345678");
        list.set(-1, 2.5f);
        list.set(6, 7);
        assertEquals(
                Arrays.asList(null, "12345678", false, true, 7L, 2.5),
                list.toList().subList(2, 8));
        assertEquals(2, list.indexOf(null));
        assertEquals(-1, list.indexOf("x"));
        assertEquals(1, list.count(7L));
        assertThrows(IndexOutOfBoundsException.class, () -> list.get(8));
        assertThrows(IndexOutOfBoundsException.class, () -> list.set(-9, 1));
        assertThrows(IllegalArgumentException.class, () -> list.set(0, List.of()));
        list.unlink();
        ShareableList none = own(ShareableList.create("multiproc-empty", List.of()));
        assertEquals(List.of(), ShareableList.attach("multiproc-empty").toList());
        none.unlink();
        SharedMemory other = own(SharedMemory.create(100));
        other.buffer().putLong(0, 1 << 20);
        assertThrows(IllegalStateException.class, () -> ShareableList.attach(other.name()));
        assertThrows(IllegalStateException.class, () -> SharedValue.attach(other.name(), Integer.class));
        assertThrows(IllegalStateException.class, () -> SharedLock.attach(other.name()));
        other.unlink();
    }
}
