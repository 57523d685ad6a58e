package io.multiproc.tests.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.BrokenExecutorException;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.pool.ProcessPoolExecutor;
import io.multiproc.client.pool.TaskIterator;
import io.multiproc.client.pool.WorkerDiedException;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import io.multiproc.tests.fixtures.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pools and executors without a manager: their workers are at the ends of pipes. */
@Tag("jdk")
@Timeout(120)
class PipedPoolIT {
    private static final int LINES_AT_THE_END = 300;

    static boolean hasManager() {
        return ManagedProcess.currentManager().isPresent();
    }

    /** The server's classes, which nobody needs. */
    static boolean hasServer() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().startsWith("multiproc-loop"));
    }

    static byte[] reversed(byte[] bytes) {
        byte[] out = new byte[bytes.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = bytes[out.length - 1 - i];
        }
        return out;
    }

    /** Says that it runs, and writes a file when its process ends in peace. */
    static int leaves(String folder) throws Exception {
        Path file = Path.of(folder, "left");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Files.writeString(file, "in peace");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
        Files.writeString(Path.of(folder, "runs"), "");
        Thread.sleep(Long.MAX_VALUE);
        return 0;
    }

    /** Has a shutdown hook that takes the disk's time for its lines. */
    static int writesAtItsEnd(String file) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try (FileChannel out = FileChannel.open(
                    Path.of(file),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SYNC)) {
                for (int i = 0; i < LINES_AT_THE_END; i++) {
                    out.write(ByteBuffer.wrap("a line\n".getBytes(StandardCharsets.UTF_8)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
        return 1;
    }

    /** A program that has a pool: sends the process ids of its workers. */
    static void owns(Connection c) throws Exception {
        Pool pool = new Pool(2);
        c.send(pool.map(Jobs::pid, List.of(1, 2), 1));
        Await.until("both work", () -> pool.workers() == 2);
        c.send(List.copyOf(pool.pids()));
        Thread.sleep(Long.MAX_VALUE);
    }

    /** Of the last one, and of one that is replaced. */
    @Test
    void workersThatLeaveRunTheirHooks(@TempDir Path folder) throws Exception {
        List<String> files =
                List.of(folder.resolve("a").toString(), folder.resolve("b").toString());
        try (Pool pool = new Pool(PoolOptions.defaults().withProcesses(1).withMaxTasksPerChild(1))) {
            assertEquals(List.of(1, 1), pool.map(PipedPoolIT::writesAtItsEnd, files, 1));
        }
        for (String file : files) {
            assertEquals(LINES_AT_THE_END, Files.readAllLines(Path.of(file)).size(), file);
        }
    }

    @Test
    void tasksAndWhatTheyGive() throws Exception {
        assertFalse(hasServer());
        try (Pool pool = new Pool(2)) {
            assertFalse(pool.apply(PipedPoolIT::hasManager));
            assertEquals(
                    IntStream.range(0, 1_000).map(n -> n * n).boxed().toList(),
                    pool.map(Jobs::square, IntStream.range(0, 1_000).boxed().toList()));
            assertEquals(new Jobs.Point(2, 1), pool.apply(Jobs::mirrored, new Jobs.Point(1, 2)));
            assertEquals(Arrays.asList(null, null), pool.map((Integer n) -> null, List.of(1, 2)));
            // more than a socket holds, both ways and for both at once
            byte[] large = new byte[5 << 20];
            large[0] = 1;
            for (byte[] back : pool.map(PipedPoolIT::reversed, List.of(large, large), 1)) {
                assertArrayEquals(reversed(large), back);
            }
            assertEquals(
                    "no 7",
                    assertThrows(IllegalArgumentException.class, () -> pool.apply(Jobs::fails, 7))
                            .getMessage());
            AsyncResult<Thread> thread = pool.applyAsync(Jobs::untransportable);
            assertTrue(assertThrows(ExecutionException.class, () -> thread.get(Await.LONG))
                    .getCause()
                    .getMessage()
                    .contains("cannot travel"));
        }
        assertFalse(hasServer());
        try (Manager other = Manager.inProcess();
                Pool pool = new Pool(1)) {
            String text = assertThrows(RuntimeException.class, () -> pool.apply(Jobs::sets, other.event()))
                    .toString();
            assertTrue(text.contains("the pool has no manager"), text);
        }
    }

    @Test
    void workersThatDie() throws Exception {
        try (Pool pool = new Pool(PoolOptions.defaults().withProcesses(1).withMaxAttempts(2))) {
            assertEquals(2, pool.apply(Jobs::diesUntil, 2));
            WorkerDiedException died = assertInstanceOf(
                    WorkerDiedException.class,
                    assertThrows(ExecutionException.class, () -> pool.applyAsync(Jobs::exits, 3)
                                    .get(Await.LONG))
                            .getCause());
            assertEquals(2, died.attempts());
            assertEquals(3, died.exitCode().orElseThrow());
            String text = String.valueOf(died.getMessage());
            assertTrue(text.contains("PoolWorker-3 (pid " + died.pid().orElseThrow() + ", exit code 3) died"), text);
            assertEquals(25, pool.apply(Jobs::square, 5));
        }
        ProcessPoolExecutor fragile =
                new ProcessPoolExecutor(PoolOptions.defaults().withProcesses(2).withBreakOnWorkerDeath(true));
        BrokenExecutorException broken = assertInstanceOf(
                BrokenExecutorException.class,
                assertThrows(ExecutionException.class, () -> fragile.submit(Jobs::exits, 4)
                                .get(60, TimeUnit.SECONDS))
                        .getCause());
        assertEquals(4, broken.exitCode().orElseThrow());
        assertTrue(String.valueOf(broken.getMessage())
                .contains("(pid " + broken.pid().orElseThrow() + ", exit code 4)"));
        BrokenExecutorException later =
                assertThrows(BrokenExecutorException.class, () -> fragile.submit(Jobs::square, 1));
        assertEquals(4, later.exitCode().orElseThrow());
        fragile.close();
        try (Pool pool = new Pool(PoolOptions.defaults().withProcesses(1).withInitializer(Jobs::failsToStart, "no"))) {
            BrokenExecutorException e = assertInstanceOf(
                    BrokenExecutorException.class,
                    assertThrows(ExecutionException.class, () -> pool.applyAsync(Jobs::square, 1)
                                    .get(Await.LONG))
                            .getCause());
            assertTrue(String.valueOf(e.getMessage()).contains("its initializer failed"), e::toString);
            assertTrue(e.pid().isEmpty() && e.exitCode().isEmpty());
        }
    }

    @Test
    void aStoppedWorkerStopsNobody() throws Exception {
        Pool pool = new Pool(1);
        long pid = pool.apply(Jobs::pid, 0);
        assertEquals(
                0,
                new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor());
        List<AsyncResult<byte[]>> none = Stream.of(1, 2, 3)
                .map(n -> pool.applyAsync(PipedPoolIT::reversed, new byte[2 << 20]))
                .toList();
        pool.terminate();
        assertTrue(pool.join(Await.LONG));
        none.forEach(r -> assertThrows(CancellationException.class, () -> r.get(Await.LONG)));
        assertTrue(ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void workersEndWithTheirOwner() throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess owner = new ManagedProcess(PipedPoolIT::owns, pipe.second());
        owner.start();
        List<?> ran = (List<?>) pipe.first().recv();
        assertEquals(2, ran.size());
        List<?> pids = (List<?>) pipe.first().recv();
        assertEquals(2, pids.size());
        owner.kill();
        owner.join();
        for (Object p : pids) {
            Await.until("worker " + p + " has ended", () -> ProcessHandle.of((Long) p)
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
        }
    }

    @Test
    void theEndOfAllWorkers(@TempDir Path gentle, @TempDir Path hard) throws Exception {
        for (boolean kill : new boolean[] {false, true}) {
            Path folder = kill ? hard : gentle;
            ProcessPoolExecutor e = new ProcessPoolExecutor(1);
            AsyncResult<Integer> runs = e.submit(PipedPoolIT::leaves, folder.toString());
            Await.until("it runs", () -> Files.exists(folder.resolve("runs")));
            List<AsyncResult<Integer>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(e.submit(Jobs::square, i));
            }
            if (kill) {
                e.killWorkers();
            } else {
                e.terminateWorkers();
            }
            assertTrue(e.isShutdown());
            BrokenExecutorException broken = assertInstanceOf(
                    BrokenExecutorException.class,
                    assertThrows(ExecutionException.class, () -> runs.get(Await.LONG))
                            .getCause());
            assertTrue(String.valueOf(broken.getMessage()).contains(kill ? "killed" : "terminated"), broken::toString);
            assertThrows(CancellationException.class, () -> waiting.get(2).get(Await.LONG));
            assertThrows(RejectedExecutionException.class, () -> e.submit(Jobs::square, 1));
            assertTrue(e.awaitTermination(60, TimeUnit.SECONDS));
            assertEquals(!kill, Files.exists(folder.resolve("left")));
            // both again: nothing is left to do
            e.killWorkers();
            e.terminateWorkers();
        }
    }

    @Test
    void aBufferOfChunks() {
        AtomicInteger drawn = new AtomicInteger();
        Iterable<Integer> endless = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                return drawn.getAndIncrement();
            }
        };
        try (ProcessPoolExecutor e = new ProcessPoolExecutor(1)) {
            assertThrows(IllegalArgumentException.class, () -> e.map(Jobs::square, endless, 1, 0));
            assertThrows(IllegalArgumentException.class, () -> e.map(Jobs::square, endless, 0, 1));
            assertEquals(0, drawn.get());
            try (TaskIterator<Integer> results = e.map(Jobs::square, endless, 2, 3)) {
                assertEquals(6, drawn.get());
                for (int i = 0; i < 20; i++) {
                    assertEquals(i * i, results.next());
                    assertTrue(drawn.get() <= i + 1 + 6, "after " + (i + 1) + " results " + drawn + " are drawn");
                }
                assertTrue(drawn.get() >= 24);
            }
        }
    }

    @Test
    void theReserveIsTaken() throws Exception {
        ManagedProcess.forkserver(2);
        try {
            Await.until("they wait", () -> ManagedProcess.forkserverReserve() == 2);
            List<Long> waiting =
                    ProcessHandle.current().children().map(ProcessHandle::pid).toList();
            try (Pool pool = new Pool(2)) {
                Await.until("both work", () -> pool.workers() == 2);
                assertTrue(waiting.containsAll(pool.pids()), () -> waiting + " are not " + pool.pids());
            }
            Await.until("they wait", () -> ManagedProcess.forkserverReserve() == 2);
            try (Pool pool = new Pool(PoolOptions.defaults().withProcesses(1).withStartMethod(StartMethod.SPAWN))) {
                assertEquals(4, pool.apply(Jobs::square, 2));
                assertEquals(2, ManagedProcess.forkserverReserve());
            }
        } finally {
            ManagedProcess.forkserver(0);
        }
    }
}
