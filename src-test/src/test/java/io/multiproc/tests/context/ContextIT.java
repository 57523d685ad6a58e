package io.multiproc.tests.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.BarrierProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.ProcessPoolExecutor;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import io.multiproc.tests.fixtures.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Context}, with real processes. */
@Tag("jdk")
@Timeout(120)
class ContextIT {
    private static void ends(ManagedProcess p) throws InterruptedException {
        assertTrue(p.join(Await.LONG), () -> p + " does not end");
        assertEquals(0, p.exitCode().getAsInt(), () -> p.failure().orElse("no failure"));
    }

    private static Set<Object> next(QueueProxy<Object> queue, int count) throws InterruptedException {
        Set<Object> items = new HashSet<>();
        for (int i = 0; i < count; i++) {
            items.add(queue.poll(Await.LONG));
        }
        return items;
    }

    @Test
    void processesShareWhatAContextMakes() throws Exception {
        Context context = Context.forkserver(1);
        try {
            QueueProxy<Object> queue = context.queue();
            EventProxy go = context.event();
            SharedLock lock = context.lock();
            SharedValue<Integer> counter = context.value("i");
            Set<ManagedProcess> processes = new HashSet<>();
            for (Context each : List.of(context, Context.spawn())) {
                ManagedProcess p =
                        each.process(Programs::work, queue, go, lock, counter).named(each.toString());
                p.start();
                processes.add(p);
            }
            go.set();
            Set<Object> names = next(queue, 2);
            assertEquals(Set.of(new Programs.Job("Context(FORKSERVER)"), new Programs.Job("Context(SPAWN)")), names);
            for (ManagedProcess p : processes) {
                ends(p);
            }
            assertEquals(200, counter.get());
            lock.close();
            counter.close();
        } finally {
            ManagedProcess.forkserver(0);
        }
    }

    @Test
    void childrenShareWithTheirParents() throws Exception {
        Context context = Context.of(StartMethod.SPAWN);
        QueueProxy<Object> queue = context.queue(Object.class, 0);
        BarrierProxy barrier = context.barrier(2);
        ManagedProcess p = context.process(Programs::child, queue, barrier);
        p.start();
        Set<Object> said = next(queue, 2);
        assertTrue(said.contains("grandchild from the child"), said::toString);
        assertTrue(said.stream().anyMatch(QueueProxy.class::isInstance), said::toString);
        int ignored = barrier.await();
        ends(p);
    }

    @Test
    void poolsAndExecutors() throws Exception {
        Context context = Context.spawn();
        QueueProxy<Object> queue = context.queue();
        SharedValue<Integer> counter = context.value("i", 10);
        try (Pool pool = context.pool(1)) {
            assertEquals(11, pool.apply(Programs::plusOne, counter, queue));
        }
        try (ProcessPoolExecutor executor = context.executor(1)) {
            assertEquals(
                    12,
                    executor.submit(Programs::plusOne, counter, queue)
                            .get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS));
        }
        assertEquals(List.of(11, 12), queue.snapshot());
        counter.close();
    }

    @Test
    void oneManagerForAll() throws Exception {
        Manager manager = Context.spawn().manager();
        assertSame(manager, Context.usual().manager());
        assertSame(manager, Manager.of(Context.spawn().condition()));
        assertThrows(IllegalStateException.class, () -> Context.allow(ManagerOptions.defaults()));
        Context context = Context.spawn();
        SemaphoreProxy semaphore = context.semaphore(1);
        semaphore.release();
        assertEquals(2, semaphore.availablePermits());
        assertThrows(RuntimeException.class, context.boundedSemaphore(1)::release);
        var joinable = context.joinableQueue();
        joinable.put(1);
        assertEquals(1, joinable.take());
        joinable.taskDone();
        joinable.join();
        assertTrue(context.simpleQueue().isEmpty());
        assertNotNull(context.joinableQueue(String.class, 1));
        try (var pipe = context.pipe(false)) {
            pipe.second().send(1);
            assertEquals(1, pipe.first().recv());
        }
        try (var zeros = context.array("i", Integer.class, 2);
                var given = context.array("d", Double.class, List.of(1.5))) {
            assertEquals(List.of(0, 0), zeros.toList());
            assertEquals(List.of(1.5), given.toList());
        }
        assertFalse(context.rlock().isLocked());
        assertEquals(StartMethod.SPAWN, ManagedProcess.getStartMethod());
        ManagedProcess.setStartMethod(StartMethod.FORKSERVER);
        try {
            assertEquals(StartMethod.FORKSERVER, Context.usual().startMethod());
            assertEquals(StartMethod.FORKSERVER, ManagedProcess.getStartMethod());
        } finally {
            ManagedProcess.setStartMethod(StartMethod.SPAWN);
        }
        assertThrows(UnsupportedOperationException.class, () -> Context.of(StartMethod.FORK));
        assertThrows(IllegalArgumentException.class, () -> Context.forkserver(-1));
    }

    @Test
    void aProgramWithADefaultManagerEnds() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Programs.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertTrue(program.waitFor(Await.LONG.toMillis(), TimeUnit.MILLISECONDS));
        assertEquals(0, program.exitValue());
        assertEquals(List.of("false false", "true false Context(SPAWN)"), said.subList(0, 2));
        String address = said.get(2);
        assertTrue(address.startsWith("unix://"), address);
        Path socket = Path.of(address.substring("unix://".length()));
        assertFalse(Files.exists(socket.getParent()), "nothing is left of it");
    }
}
