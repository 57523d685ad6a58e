package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockInfo;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plain locks and permits of Python processes that ended without releasing them. */
@Timeout(240)
class PythonOrphansIT {
    private static final Duration NEVER_IN_A_TEST = Duration.ofHours(1);

    private TestServer server;
    private Manager manager;
    private LockProxy lock;
    private SemaphoreProxy pool;

    private void start(Duration lease) {
        server = TestServer.start(o -> o.withOrphanLease(lease));
        manager = server.connect();
        lock = manager.lock("lock");
        pool = manager.boundedSemaphore("pool", 2);
        DictProxy<String, Object> shared = manager.dict("orphans", String.class, Object.class);
        shared.put("lock", lock);
        shared.put("pool", pool);
        shared.put("condition", manager.condition(lock));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Python.Running run(Python python, String word) {
        String[] at = Python.at(server);
        return python.start("orphans.py", at[0], at[1], at[2], word);
    }

    private void hold(Python python) throws InterruptedException {
        try (Python.Running holder = run(python, "hold")) {
            assertEquals("True True True", holder.output());
        }
        Await.until("both are orphans", () -> orphaned("lock") == 1 && orphaned("pool") == 2);
    }

    /** How much of an object is orphaned, as the operators' list says. */
    private long orphaned(String name) {
        for (LockInfo lock : manager.locks()) {
            if (name.equals(lock.name())) {
                return lock.owners().get(0).orphaned();
            }
        }
        return 0;
    }

    @Test
    void aWaiterGetsThemAfterTheLease() throws Exception {
        start(Duration.ofMillis(300));
        for (Python python : Python.extremes()) {
            hold(python);
            try (Python.Running waiter = run(python, "wait")) {
                assertEquals("True True", waiter.output(), "a Python client that waits");
            }
            assertTrue(lock.tryLock(Await.LONG), "a Java client that waits");
            assertTrue(pool.tryAcquire(Await.LONG));
            lock.unlock();
            pool.release();
            // the Python waiter has ended with its permit
            assertTrue(pool.tryAcquire(Await.LONG));
            pool.release();
        }
    }

    @Test
    void untilThenAnybodyMayReleaseThem() throws Exception {
        start(NEVER_IN_A_TEST);
        hold(Python.newest());
        assertFalse(lock.tryLock(Duration.ofMillis(50)));
        try (Python.Running other = run(Python.newest(), "release")) {
            assertEquals("None True None", other.output());
        }
        assertEquals(0, orphaned("lock"));
        assertTrue(lock.tryLock());
        lock.unlock();
    }

    @Test
    void aKilledWaiterOnAConditionDoesNotGetTheLockBack() throws Exception {
        start(NEVER_IN_A_TEST);
        for (Python python : Python.extremes()) {
            try (Python.Running waiter = run(python, "condition")) {
                waiter.heard("waiting");
                Await.until("it waits", () -> !lock.isLocked());
                waiter.kill();
            }
            Await.until("the wait is forgotten", () -> waiters() == 0);
            assertTrue(lock.tryLock(Duration.ofMillis(1)), "nobody got the lock for it");
            lock.unlock();
        }
    }

    @Test
    void aKilledWaiterForAPermitLeavesTheOtherWaiting() throws Exception {
        start(NEVER_IN_A_TEST);
        pool.acquire();
        pool.acquire();
        try (Python.Running killed = run(Python.newest(), "permit");
                Python.Running other = run(Python.newest(), "permit")) {
            Await.until("both wait", () -> waiters() == 2);
            killed.kill();
            Await.until("one wait is forgotten", () -> waiters() < 2);
            pool.release();
            assertEquals("True None", other.output());
        }
    }

    private long waiters() {
        return manager.objects().stream().mapToLong(o -> o.waiters()).sum();
    }
}
