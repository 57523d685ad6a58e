package io.multiproc.tests.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.EventProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.BrokenExecutorException;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.pool.ProcessPoolExecutor;
import io.multiproc.client.process.Task;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link ProcessPoolExecutor}, with real processes. */
@Tag("jdk")
@Timeout(240)
class ExecutorIT {
    private TestServer server;
    private Manager manager;
    private ProcessPoolExecutor executor;
    private int before;

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withGrace(Await.BRIEF));
        manager = server.connect();
        before = manager.numberOfObjects();
    }

    private ProcessPoolExecutor executor(PoolOptions options) {
        executor = new ProcessPoolExecutor(options.withManager(manager).withProcesses(2));
        return executor;
    }

    @AfterEach
    void stop() throws InterruptedException {
        var unused = executor.shutdownNow();
        assertTrue(executor.awaitTermination(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        Await.until(
                "nobody but this process is connected", () -> manager.sessions().size() == 1);
        server.close();
    }

    @Test
    void theDocumentsProgram() throws Exception {
        List<Integer> numbers = List.of(1_000, 2_000, 3_000, 4_000);
        List<Long> expected = numbers.stream().map(Jobs::compute).toList();
        try (ProcessPoolExecutor e = executor(PoolOptions.defaults())) {
            List<AsyncResult<Long>> futures = new ArrayList<>();
            for (int n : numbers) {
                futures.add(e.submit(Jobs::compute, n));
            }
            Set<Long> results = new TreeSet<>();
            for (AsyncResult<Long> f : ProcessPoolExecutor.asCompleted(futures)) {
                assertTrue(f.isDone());
                results.add(f.get());
            }
            assertEquals(expected, List.copyOf(results));
            List<Long> mapped = new ArrayList<>();
            e.map(Jobs::compute, numbers).forEachRemaining(mapped::add);
            assertEquals(expected, mapped);
        }
        assertTrue(executor.isTerminated());
        assertThrows(RejectedExecutionException.class, () -> executor.submit(Jobs::square, 1));
        Await.until("the objects are freed", () -> manager.numberOfObjects() == before);
    }

    @Test
    void workersAreStartedAsTheyAreNeeded() throws Exception {
        EventProxy go = manager.event();
        try (ProcessPoolExecutor e = executor(PoolOptions.defaults())) {
            assertEquals(List.of(), e.pool().pids());
            assertEquals(49, e.submit(Jobs::square, 7).get());
            long first = e.pool().pids().get(0);
            assertEquals(64, e.submit(Jobs::square, 8).get());
            assertEquals(List.of(first), e.pool().pids(), "the idle one is used again");
            QueueProxy<Object> started = manager.queue();
            AsyncResult<String> waiting = e.submit(Jobs::waitsFor, go, started);
            assertEquals(first, started.take());
            assertEquals(81, e.submit(Jobs::square, 9).get(), "one that is busy is not waited for");
            assertEquals(2, e.pool().pids().size());
            List<AsyncResult<Integer>> more = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                more.add(e.submit(Jobs::square, i));
            }
            go.set();
            waiting.get();
            for (int i = 0; i < 20; i++) {
                assertEquals(i * i, more.get(i).get());
            }
            assertEquals(2, e.pool().pids().size());
        }
    }

    private static Task.Of0<String> who(int n) {
        return () -> n + " " + ProcessHandle.current().pid();
    }

    @Test
    void javasWays() throws Exception {
        ProcessPoolExecutor e = executor(PoolOptions.defaults());
        String me = Long.toString(ProcessHandle.current().pid());
        List<Task.Of0<String>> tasks = List.of(who(0), who(1), who(2), who(3));
        int i = 0;
        for (Future<String> f : e.invokeAll(tasks)) {
            String[] words = f.get().split(" ");
            assertEquals(Integer.toString(i++), words[0]);
            assertFalse(words[1].equals(me));
        }
        assertFalse(e.invokeAny(tasks).endsWith(" " + me));
        ExecutorCompletionService<String> service = new ExecutorCompletionService<>(e);
        tasks.forEach(service::submit);
        Set<String> first = new TreeSet<>();
        for (int n = 0; n < 4; n++) {
            String[] words = service.take().get().split(" ");
            assertFalse(words[1].equals(me));
            first.add(words[0]);
        }
        assertEquals(Set.of("0", "1", "2", "3"), first);
        // as a Callable, a lambda, a method reference
        Callable<String> callable = who(5);
        assertTrue(e.submit(callable).get().startsWith("5 "));
        assertFalse(
                e.submit(() -> ProcessHandle.current().pid()).get().toString().equals(me));
        assertFalse(e.submit(Jobs::who).get().endsWith(me));
        assertEquals(
                82,
                CompletableFuture.supplyAsync(e.supplier(Jobs::square, 9), e)
                        .thenApply(n -> n + 1)
                        .get(60, TimeUnit.SECONDS));
        QueueProxy<Object> queue = manager.queue();
        e.execute(() -> queue.add("ran in " + ProcessHandle.current().pid()));
        assertFalse(String.valueOf(queue.poll(Await.LONG)).endsWith(me));
        assertEquals(null, e.submit(() -> queue.clear()).get());
        assertEquals(
                "no 7",
                assertThrows(ExecutionException.class, () -> e.submit(Jobs::fails, 7)
                                .get())
                        .getCause()
                        .getMessage());
        // what cannot travel by name
        Object local = new Object();
        Callable<Object> closed = () -> local;
        Runnable nothing = () -> {};
        assertTrue(assertThrows(RejectedExecutionException.class, () -> e.submit(closed))
                .getMessage()
                .contains("Task.Of0"));
        assertThrows(RejectedExecutionException.class, () -> e.execute(nothing));
        // cancelled before a worker has it
        EventProxy event = manager.event();
        List<AsyncResult<String>> busy =
                List.of(e.submit(Jobs::waitsFor, event, queue), e.submit(Jobs::waitsFor, event, queue));
        queue.take();
        queue.take();
        AsyncResult<Integer> dropped = e.submit(Jobs::square, 3);
        assertTrue(dropped.cancel(true));
        event.set();
        for (AsyncResult<String> b : busy) {
            assertEquals("done", b.get(Await.LONG));
        }
        assertTrue(dropped.isCancelled());
        e.shutdown();
        assertTrue(e.awaitTermination(60, TimeUnit.SECONDS) && e.isTerminated() && e.isShutdown());
    }

    @Test
    void breaksWhenAWorkerDies() throws Exception {
        ProcessPoolExecutor e = executor(PoolOptions.defaults().withBreakOnWorkerDeath(true));
        AsyncResult<Integer> waits = e.submit(Jobs::waitsForever);
        AsyncResult<Integer> dies = e.submit(Jobs::exits, 3);
        for (AsyncResult<Integer> r : List.of(waits, dies)) {
            assertInstanceOf(
                    BrokenExecutorException.class,
                    assertThrows(ExecutionException.class, () -> r.get(Await.LONG))
                            .getCause());
        }
        assertThrows(BrokenExecutorException.class, () -> e.submit(Jobs::square, 1));
    }

    @Test
    void retriesWhenAWorkerDies() throws Exception {
        ProcessPoolExecutor e = executor(PoolOptions.defaults());
        assertEquals(2, e.submit(Jobs::diesUntil, 2).get(Await.LONG));
    }
}
