package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Held;
import io.multiproc.client.Manager;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holds that one thread acquires and another closes: platform threads, and virtual ones where the JDK has them. */
@Tag("jdk")
@Timeout(60)
class HeldThreadsIT {
    private static final int LEAST_WITH_VIRTUAL_THREADS = 21;

    /** In a thread of its own, a virtual one if it can be. */
    private static <T> T elsewhere(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        if (Runtime.version().feature() >= LEAST_WITH_VIRTUAL_THREADS) {
            Object ignored =
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } else {
            new Thread(task, "elsewhere").start();
        }
        return task.get();
    }

    private record Kind(Callable<Held> hold, BooleanSupplier isFree) {}

    @Test
    void anyThreadMayCloseAnyHold() throws Exception {
        try (TestServer server = TestServer.start();
                Manager manager = server.connect();
                SharedValue<Integer> cell = SharedValue.create("i")) {
            var lock = manager.lock();
            var rlock = manager.rlock();
            var semaphore = manager.boundedSemaphore(1);
            var condition = manager.condition();
            var value = manager.value("i");
            SharedLock memory = SharedLock.create();
            Map<String, Kind> kinds = new LinkedHashMap<>();
            kinds.put("lock", new Kind(lock::hold, () -> !lock.isLocked()));
            kinds.put("reentrant lock", new Kind(rlock::hold, () -> !rlock.isLocked()));
            kinds.put("semaphore", new Kind(semaphore::hold, () -> semaphore.availablePermits() == 1));
            kinds.put(
                    "condition",
                    new Kind(condition::hold, () -> !condition.lock().isLocked()));
            kinds.put("value", new Kind(value::hold, () -> !value.getLock().isLocked()));
            kinds.put("lock in shared memory", new Kind(memory::hold, () -> !memory.isLocked()));
            kinds.put("lock of a value in shared memory", new Kind(cell.getLock()::hold, () -> !cell.getLock()
                    .isLocked()));
            kinds.put("hold as owner", new Kind(() -> lock.async().hold().get(), () -> !lock.isLocked()));
            for (Map.Entry<String, Kind> e : kinds.entrySet()) {
                Kind kind = e.getValue();
                Held here = kind.hold().call();
                assertFalse(kind.isFree().getAsBoolean(), e.getKey());
                boolean free = elsewhere(() -> {
                    here.close();
                    return kind.isFree().getAsBoolean();
                });
                assertTrue(free, e.getKey());
                here.close();
                Held there = elsewhere(kind.hold());
                assertFalse(kind.isFree().getAsBoolean(), e.getKey());
                there.close();
                assertTrue(kind.isFree().getAsBoolean(), e.getKey());
                elsewhere(() -> {
                    there.close();
                    return null;
                });
                assertTrue(kind.isFree().getAsBoolean(), e.getKey() + ", closed twice");
            }
            memory.close();
        }
    }

    @Test
    void aHoldInSharedMemoryIsOneLevel() throws Exception {
        SharedLock lock = SharedLock.create();
        Held outer = lock.hold();
        Held inner = lock.hold();
        elsewhere(() -> {
            inner.close();
            inner.close();
            return null;
        });
        assertTrue(lock.isHeldByCurrentThread());
        assertFalse((boolean) elsewhere(() -> lock.tryHold(Duration.ofMillis(1)) != null));
        outer.close();
        Held again = lock.tryHold(Duration.ofMillis(1));
        lock.unlock();
        Throwable gone = assertThrows(IllegalMonitorStateException.class, again::close);
        assertEquals("this thread does not hold the lock " + lock.name(), gone.getMessage());
        lock.close();
    }
}
