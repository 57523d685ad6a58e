package io.multiproc.tests.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ArrayProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.BrokenExecutorException;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.pool.TaskFailedException;
import io.multiproc.client.pool.TaskIterator;
import io.multiproc.client.pool.WorkerDiedException;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Pool}, with real processes. Each test also shows that nothing stays: no object on the manager, no worker. */
@Tag("jdk")
@Timeout(240)
class PoolIT {
    private TestServer server;
    private Manager manager;
    private final List<Pool> pools = new ArrayList<>();
    private final Set<Long> pids = new HashSet<>();
    private int before;

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withMaxFrame(4 << 20).withGrace(Await.BRIEF));
        manager = server.connect();
        before = manager.numberOfObjects();
    }

    @AfterEach
    void stop() throws Exception {
        for (Pool p : pools) {
            pids.addAll(p.pids());
            p.terminate();
            assertTrue(p.join(Await.LONG), p::toString);
        }
        for (long pid : pids) {
            assertTrue(ProcessHandle.of(pid).isEmpty(), () -> "worker " + pid + " lives");
        }
        Await.until(
                "nobody but this process is connected", () -> manager.sessions().size() == 1);
        assertEquals(List.of(), manager.names());
        server.close();
    }

    private PoolOptions options(int processes) {
        return PoolOptions.defaults().withManager(manager).withProcesses(processes);
    }

    private Pool pool(PoolOptions options) {
        Pool p = new Pool(options);
        pools.add(p);
        return p;
    }

    private static List<Integer> upTo(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    @Test
    void theDocumentsPrograms() throws Exception {
        try (Pool pool = pool(options(2))) {
            assertEquals(List.of(0, 1, 4, 9, 16, 25, 36, 49, 64, 81), pool.map(Jobs::square, upTo(10)));
            assertEquals(
                    List.of(3, 7, 11),
                    pool.starmap(Jobs::add, List.of(Tuple.of(1, 2), Tuple.of(3, 4), Tuple.of(5, 6))));
            assertEquals(List.of(6), pool.starmap(Jobs::sum, List.of(List.of(1, 2, 3))));
            assertEquals(100, pool.applyAsync(Jobs::square, 10).get());
            assertEquals(
                    List.of(0, 1, 4, 9, 16),
                    pool.mapAsync(Jobs::square, upTo(5)).get());
            assertEquals(49, pool.apply((Integer x, Integer y) -> x * y, 7, 7));
            List<Integer> numbers = List.of(1_000_000, 1_000_000, 1_000_000, 1_000_000);
            assertEquals(numbers.stream().map(Jobs::compute).toList(), pool.map(Jobs::compute, numbers));
            // proxies are live in workers
            ArrayProxy<Integer> array = manager.array("i", Integer.class, List.of(0, 1, 2, 3, 4));
            pool.starmap(
                    Jobs::squareIn,
                    Stream.of(0, 1, 2, 3, 4).map(i -> Tuple.of(i, array)).toList());
            assertEquals(List.of(0, 1, 4, 9, 16), array.slice(0, 5));
            array.close();
            // objects of the code's package, captured values, nulls, more results than fit into one chunk
            assertEquals(new Jobs.Point(2, 1), pool.apply(Jobs::mirrored, new Jobs.Point(1, 2)));
            int seven = 7;
            assertEquals(
                    IntStream.range(0, 5_000).map(n -> n + seven).boxed().toList(),
                    pool.map((Integer n) -> n + seven, upTo(5_000)));
            assertEquals(java.util.Arrays.asList(null, null), pool.map((Integer n) -> null, upTo(2)));
            assertEquals(List.of(), pool.map(Jobs::square, List.<Integer>of()));
            assertEquals(List.of(0, 1, 4), pool.map(Jobs::square, upTo(3), 2));
            pids.addAll(pool.pids());
            assertEquals(2, pids.size());
        }
        Await.until("the objects are freed", () -> manager.numberOfObjects() == before);
    }

    @Test
    void aPoolOfItsOwn() throws Exception {
        // as in the documents: initializer, close, join, and a manager within this process
        Pool pool = pool(PoolOptions.defaults().withProcesses(2).withInitializer(Jobs::setPrefix, "started "));
        List<String> out = pool.map(Jobs::prefixed, List.of("a", "b", "c"));
        pool.shutdown();
        pool.join();
        assertEquals(List.of("started a", "started b", "started c"), out);
        assertTrue(assertThrows(IllegalStateException.class, () -> pool.apply(Jobs::square, 1))
                .getMessage()
                .contains("closed"));
        assertFalse(pool.isOpen());
    }

    @Test
    void resultsThatCome() throws Exception {
        Pool pool = pool(options(2));
        BlockingQueue<Object> said = new LinkedBlockingQueue<>();
        // a callback may use the pool
        pool.applyAsync(Jobs::square, 3).callback(n -> {
            try {
                said.add(pool.apply(Jobs::square, n));
            } catch (InterruptedException e) {
                said.add(e);
            }
        });
        assertEquals(81, said.poll(60, TimeUnit.SECONDS));
        pool.applyAsync(Jobs::fails, 7).callback(said::add).errorCallback(e -> said.add(e.getMessage()));
        assertEquals("no 7", said.poll(60, TimeUnit.SECONDS));
        // both workers are busy: nothing of the map is done before somebody looks
        EventProxy go = manager.event();
        QueueProxy<Object> busy = manager.queue();
        for (int i = 0; i < 2; i++) {
            AsyncResult<String> unused = pool.applyAsync(Jobs::waitsFor, go, busy);
            busy.take();
        }
        List<Integer> progress = java.util.Collections.synchronizedList(new ArrayList<>());
        AsyncResult<List<Integer>> squares =
                pool.mapAsync(Jobs::square, upTo(100), 5).onProgress((done, total) -> progress.add(done));
        go.set();
        assertEquals(100, squares.get(Await.LONG).size());
        assertEquals(0, progress.get(0));
        assertEquals(100, progress.get(progress.size() - 1));
        assertEquals(progress.stream().sorted().toList(), progress);

        EventProxy event = manager.event();
        QueueProxy<Object> started = manager.queue();
        AsyncResult<String> waits = pool.applyAsync(Jobs::waitsFor, event, started);
        started.take();
        assertFalse(waits.ready());
        assertThrows(IllegalStateException.class, waits::successful);
        assertThrows(TimeoutException.class, () -> waits.get(Duration.ofMillis(20)));
        assertFalse(waits.await(Duration.ofMillis(1)));
        assertEquals(
                "set then done",
                pool.applyAsync(Jobs::sets, event)
                        .thenCombine(waits, (a, b) -> a + " then " + b)
                        .get(60, TimeUnit.SECONDS));
        assertTrue(waits.await(Await.LONG) && waits.ready() && waits.successful());
        AsyncResult<Integer> failed = pool.applyAsync(Jobs::fails, 7);
        assertTrue(failed.await(Await.LONG));
        assertFalse(failed.successful());
    }

    @Test
    void oneAfterTheOther() throws Exception {
        Pool pool = pool(options(2));
        List<Integer> all = new ArrayList<>();
        for (int n : pool.imap(Jobs::square, upTo(200))) {
            all.add(n);
        }
        assertEquals(upTo(200).stream().map(n -> n * n).toList(), all);
        List<Integer> some = new ArrayList<>();
        pool.imapUnordered(Jobs::square, upTo(200), 3).forEachRemaining(some::add);
        assertEquals(all, some.stream().sorted().toList());
        // without end, and not read ahead without bound
        int[] read = {0};
        try (TaskIterator<Integer> endless = pool.imap(
                Jobs::fails,
                () -> IntStream.iterate(0, n -> n + 1).peek(n -> read[0]++).iterator())) {
            for (int i = 0; i < 7; i++) {
                assertEquals(i, endless.next());
            }
            assertEquals(
                    "no 7",
                    assertThrows(IllegalArgumentException.class, endless::next).getMessage());
            assertEquals(8, endless.next(Await.LONG));
            assertTrue(read[0] < 400, () -> read[0] + " items were read");
        }
        // what cannot travel, later than the first that are sent, fails in its turn and takes nothing with it
        List<Object> mixed = new ArrayList<>(upTo(2_000));
        mixed.set(1_000, new Object());
        try (TaskIterator<Object> it = pool.imap(Jobs::same, mixed, 10)) {
            int refused = 0;
            for (int i = 0; i < 2_000; i++) {
                try {
                    assertEquals(i, it.next(Await.LONG));
                } catch (SerializationException e) {
                    assertTrue(e.getMessage().contains("item 1000"), e.getMessage());
                    refused++;
                }
            }
            assertEquals(10, refused);
            assertFalse(it.hasNext());
        }
        TaskIterator<Integer> short1 = pool.imap(Jobs::square, List.of(1));
        assertEquals(1, short1.next());
        assertFalse(short1.hasNext());
        assertThrows(NoSuchElementException.class, short1::next);
        for (int size : new int[] {0, -1}) {
            assertThrows(IllegalArgumentException.class, () -> pool.map(Jobs::square, upTo(3), size));
            assertThrows(IllegalArgumentException.class, () -> pool.imap(Jobs::square, upTo(3), size));
        }
    }

    @Test
    void exceptions() throws Exception {
        Pool pool = pool(options(2));
        // the first in order, whatever came first
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> pool.map(Jobs::fails, upTo(40)));
        assertEquals("no 7", e.getMessage());
        TaskFailedException remote = assertInstanceOf(TaskFailedException.class, e.getCause());
        assertEquals(IllegalArgumentException.class.getName(), remote.remoteType());
        assertTrue(remote.remoteStackTrace().contains("Jobs.fails"), remote::remoteStackTrace);
        assertTrue(remote.getMessage().startsWith("in worker PoolWorker-"), remote::getMessage);
        assertInstanceOf(
                IOException.class,
                assertThrows(CompletionException.class, () -> pool.apply(Jobs::failsChecked, 1))
                        .getCause());
        Throwable own = assertThrows(ExecutionException.class, () -> pool.applyAsync(Jobs::failsChecked, 2)
                        .get())
                .getCause();
        assertEquals("luck 2", assertInstanceOf(Jobs.NoLuckException.class, own).getMessage());

        // what cannot travel is named, before anything runs
        Thread me = Thread.currentThread();
        assertNames("item 1 of", () -> pool.map(x -> x, List.of("a", me)));
        assertNames("argument 2 of", () -> pool.apply((a, b) -> a, 1, me));
        assertNames("captured value 1 (java.lang.Thread)", () -> pool.apply(() -> me.getName()));
        // and what cannot travel back
        String back = assertThrows(RuntimeException.class, () -> pool.apply(Jobs::untransportable))
                .getMessage();
        assertTrue(back.contains("the result (java.lang.Thread) cannot travel"), back);
        // sizes: the server takes 4 MiB
        String tooLarge = assertThrows(RuntimeException.class, () -> pool.apply(Jobs::large, 5))
                .getMessage();
        assertTrue(tooLarge.contains("the server takes at most"), tooLarge);
        // too large together: each by itself is not
        assertEquals(
                Collections.nCopies(8, 1 << 20),
                pool.map(Jobs::large, Collections.nCopies(8, 1), 8).stream()
                        .map(b -> b.length)
                        .toList());
        assertEquals(2, pool.map(Jobs::large, List.of(3, 3), 2).size());
        assertThrows(RuntimeException.class, () -> pool.apply((byte[] b) -> b.length, new byte[5 << 20]));
        Manager other = server.connect();
        QueueProxy<Object> foreign = other.queue();
        assertNames("argument 1 of", () -> pool.apply(x -> x, foreign));
        other.close();
        assertEquals(16, pool.apply(Jobs::square, 4));
    }

    private static void assertNames(String part, org.junit.jupiter.api.function.Executable call) {
        String text = assertThrows(SerializationException.class, call).getMessage();
        assertTrue(text.contains(part), text);
    }

    @Test
    void aWorkerWithoutTheClass() throws Exception {
        String classes = System.getProperty("java.class.path");
        try {
            System.setProperty(
                    "java.class.path",
                    Stream.of(classes.split(File.pathSeparator))
                            .filter(e -> !e.contains("test-classes"))
                            .collect(Collectors.joining(File.pathSeparator)));
            Pool poor = pool(options(1));
            String text = assertThrows(RuntimeException.class, () -> poor.map(Jobs::square, List.of(1, 2)))
                    .getMessage();
            assertTrue(text.contains("class " + PoolIT.class.getName() + " is not on this JVM's class path"), text);
            // the worker goes on
            long worker = poor.pids().get(0);
            assertThrows(RuntimeException.class, () -> poor.apply(Jobs::square, 1));
            assertEquals(List.of(worker), poor.pids());
        } finally {
            System.setProperty("java.class.path", classes);
        }
    }

    @Test
    void workersThatDie() throws Exception {
        Pool pool = pool(options(1).withMaxAttempts(2));
        assertEquals(2, pool.apply(Jobs::diesUntil, 2));
        // one that ends every worker fails, the others do not fail with it
        AsyncResult<Integer> fatal = pool.applyAsync(Jobs::exits, 5);
        List<AsyncResult<Integer>> innocent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            innocent.add(pool.applyAsync(Jobs::square, i));
        }
        WorkerDiedException died = assertInstanceOf(
                WorkerDiedException.class,
                assertThrows(ExecutionException.class, () -> fatal.get(Await.LONG))
                        .getCause());
        assertEquals(2, died.attempts());
        for (int i = 0; i < 20; i++) {
            assertEquals(i * i, innocent.get(i).get(Await.LONG));
        }
        Throwable memory = assertThrows(ExecutionException.class, () -> pool.applyAsync(Jobs::memory)
                        .get(Await.LONG))
                .getCause();
        assertInstanceOf(OutOfMemoryError.class, memory);
        assertEquals(16, pool.applyAsync(Jobs::square, 4).get(Await.LONG));
    }

    @Test
    void atMostOnce() throws Exception {
        Pool pool = pool(options(1).withMaxAttempts(1));
        assertEquals(
                1,
                assertInstanceOf(
                                WorkerDiedException.class,
                                assertThrows(ExecutionException.class, () -> pool.applyAsync(Jobs::diesUntil, 2)
                                                .get(Await.LONG))
                                        .getCause())
                        .attempts());
        assertEquals(9, pool.applyAsync(Jobs::square, 3).get(Await.LONG));
    }

    @Test
    void aLongTaskHoldsNobodyUp() throws Exception {
        Pool pool = pool(options(2));
        EventProxy event = manager.event();
        QueueProxy<Object> started = manager.queue();
        // teaches the pool that this code is quick, so that it sends batches
        pool.map((Integer n) -> act(n, event, started), upTo(4_000), 1);
        List<AsyncResult<Integer>> all = new ArrayList<>();
        for (int n = -1; n < 2_000; n++) {
            all.add(pool.applyAsync((Integer x) -> act(x, event, started), n));
        }
        // only after all others are done does the first one return
        for (AsyncResult<Integer> r : all.subList(1, all.size())) {
            assertTrue(r.get(Await.LONG) >= 0);
        }
        assertFalse(all.get(0).ready());
        event.set();
        assertEquals(-1, all.get(0).get(Await.LONG));
    }

    private static int act(int n, EventProxy event, QueueProxy<Object> started) throws InterruptedException {
        if (n < 0) {
            started.put(n);
            event.await();
        }
        return n;
    }

    @Test
    void processesAreReplacedAfterSoManyTasks() throws Exception {
        Pool pool = pool(options(1).withMaxTasksPerChild(3));
        List<Long> by = pool.map(Jobs::pid, upTo(9), 1);
        assertEquals(3, new HashSet<>(by).size(), by::toString);
        for (int i = 0; i < 9; i += 3) {
            assertEquals(1, new HashSet<>(by.subList(i, i + 3)).size(), by::toString);
        }
        pids.addAll(by);
    }

    @Test
    void brokenPools() throws Exception {
        Pool failing = pool(options(2).withInitializer(Jobs::failsToStart, "no licence"));
        AsyncResult<Integer> waits = failing.applyAsync(Jobs::square, 1);
        BrokenExecutorException e = assertInstanceOf(
                BrokenExecutorException.class,
                assertThrows(ExecutionException.class, () -> waits.get(Await.LONG))
                        .getCause());
        assertTrue(e.getMessage().contains("no licence"), e::getMessage);
        assertThrows(BrokenExecutorException.class, () -> failing.applyAsync(Jobs::square, 1));
        assertTrue(failing.join(Await.LONG));

        Pool ending = pool(options(1).withInitializer(Jobs::exits, 3));
        AsyncResult<Integer> never = ending.applyAsync(Jobs::square, 1);
        String text = assertThrows(ExecutionException.class, () -> never.get(Await.LONG))
                .getMessage();
        assertTrue(text.contains("3 workers in a row") && text.contains("exit code 3"), text);

        Manager mine = server.connect();
        Pool orphan = pool(options(1).withManager(mine));
        assertEquals(4, orphan.apply(Jobs::square, 2));
        pids.addAll(orphan.pids());
        AsyncResult<Integer> lost = orphan.applyAsync(Jobs::waitsForever);
        mine.close();
        assertInstanceOf(
                BrokenExecutorException.class,
                assertThrows(ExecutionException.class, () -> lost.get(Await.LONG))
                        .getCause());
        assertTrue(orphan.join(Await.LONG));
    }

    @Test
    void terminateAndCancel() throws Exception {
        Pool pool = pool(options(1));
        EventProxy event = manager.event();
        QueueProxy<Object> started = manager.queue();
        AsyncResult<String> runs = pool.applyAsync(Jobs::waitsFor, event, started);
        pids.add((Long) started.take());
        AsyncResult<Integer> behind = pool.applyAsync(Jobs::square, 2);
        AsyncResult<Integer> next = pool.applyAsync(Jobs::square, 3);
        assertTrue(behind.cancel(true));
        assertThrows(CancellationException.class, behind::get);
        assertThrows(IllegalStateException.class, pool::join);
        pool.terminate();
        assertTrue(pool.join(Await.LONG));
        assertThrows(CancellationException.class, runs::get);
        assertThrows(CancellationException.class, next::get);
        assertThrows(IllegalStateException.class, () -> pool.apply(Jobs::square, 1));
        assertThrows(IllegalArgumentException.class, () -> new Pool(0));
        assertThrows(IllegalArgumentException.class, () -> options(-1));
    }
}
