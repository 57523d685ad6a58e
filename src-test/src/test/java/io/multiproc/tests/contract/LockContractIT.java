package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.LockProxy;
import io.multiproc.client.NoSuchObjectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LockContractIT extends Contract {
    private String name;
    private LockProxy lock;
    private LockProxy twin;
    private LockProxy rlock;

    @BeforeEach
    void open() {
        name = uniqueName();
        lock = manager.lock(name);
        twin = other.lock(name);
        rlock = manager.rlock();
    }

    @Test
    void oneOwner() throws Exception {
        assertFalse(lock.isLocked());
        lock.lock();
        assertTrue(twin.isLocked());
        assertTrue(lock.isHeldByCurrentThread());
        assertFalse(twin.isHeldByCurrentThread());
        assertEquals(1, lock.getHoldCount());
        assertFalse(twin.tryLock());
        assertFalse(twin.tryLock(1, TimeUnit.MILLISECONDS));
        assertFalse(twin.tryLock(Duration.ofMillis(1)));
        assertFalse(start(() -> lock.tryLock()).get(), "another thread is another owner");
        assertMentions("held by another thread or process", () -> twin.unlock(), IllegalMonitorStateException.class);
        lock.unlock();
        assertMentions("not locked", () -> lock.unlock(), IllegalMonitorStateException.class);
        assertTrue(twin.tryLock());
        twin.unlock();
        assertTrue(lock.tryLock(1, TimeUnit.SECONDS));
        lock.unlock();
        lock.lockInterruptibly();
        lock.unlock();
        assertFalse(lock.isReentrant());
        assertEquals("lock", lock.typeId());
    }

    @Test
    void aPlainLockRefusesItsOwner() {
        lock.lock();
        assertThrows(IllegalStateException.class, () -> lock.lock());
        assertFalse(lock.tryLock());
        assertTrue(lock.isHeldByCurrentThread());
        lock.unlock();
        assertFalse(lock.isLocked());
    }

    @Test
    void aReentrantLockCounts() throws Exception {
        assertTrue(rlock.isReentrant());
        rlock.lock();
        rlock.lock();
        assertTrue(rlock.tryLock());
        assertEquals(3, rlock.getHoldCount());
        rlock.unlock();
        rlock.unlock();
        assertFalse(start(() -> rlock.tryLock()).get());
        rlock.unlock();
        assertEquals(0, rlock.getHoldCount());
        assertTrue(start(() -> {
                    boolean got = rlock.tryLock();
                    rlock.unlock();
                    return got;
                })
                .get());
        assertEquals("rlock", manager.rlock(uniqueName()).typeId());
    }

    @Test
    void waitersAreServedInOrderOfArrival() throws Exception {
        lock.lock();
        ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int me = i;
            LockProxy mine = i % 2 == 0 ? twin : lock;
            tasks.add(start(() -> {
                mine.lock();
                try {
                    order.add(me);
                } finally {
                    mine.unlock();
                }
                return null;
            }));
            int expected = i + 1;
            await("it waits", () -> lock.getQueueLength() == expected);
        }
        lock.unlock();
        for (Task<?> t : tasks) {
            t.get();
        }
        assertEquals(List.of(0, 1, 2, 3), new ArrayList<>(order));
        assertEquals(0, lock.getQueueLength());
    }

    @Test
    void mutualExclusion() throws Exception {
        var counter = manager.dict(uniqueName(), String.class, Integer.class);
        counter.set("n", 0);
        List<Task<?>> tasks = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            LockProxy mine = t % 2 == 0 ? lock : twin;
            tasks.add(start(() -> {
                for (int i = 0; i < 50; i++) {
                    mine.lock();
                    try {
                        counter.set("n", counter.get("n") + 1);
                    } finally {
                        mine.unlock();
                    }
                }
                return null;
            }));
        }
        for (Task<?> t : tasks) {
            t.get();
        }
        assertEquals(200, counter.get("n"));
    }

    @Test
    void interruptsEndWaits() throws Exception {
        lock.lock();
        Task<Object> waiting = start(() -> {
            twin.lockInterruptibly();
            return null;
        });
        await("it waits", () -> lock.getQueueLength() == 1);
        waiting.thread().interrupt();
        assertThrows(InterruptedException.class, waiting::get);
        Task<Boolean> timed = start(() -> twin.tryLock(30, TimeUnit.SECONDS));
        await("it waits", () -> lock.getQueueLength() == 1);
        timed.thread().interrupt();
        assertThrows(InterruptedException.class, timed::get);
        Task<Boolean> patient = start(() -> {
            twin.lock();
            boolean interrupted = Thread.interrupted();
            twin.unlock();
            return interrupted;
        });
        await("it waits", () -> lock.getQueueLength() == 1);
        patient.thread().interrupt();
        lock.unlock();
        assertTrue(patient.get(), "lock() keeps the interrupt");
        assertFalse(lock.isLocked());
    }

    @Test
    void fencingTokensGrow() throws Exception {
        assertThrows(IllegalMonitorStateException.class, () -> lock.fencingToken());
        long last = 0;
        for (int i = 0; i < 5; i++) {
            LockProxy mine = i % 2 == 0 ? lock : twin;
            mine.lock();
            long token = mine.fencingToken();
            assertTrue(token > last);
            last = token;
            mine.unlock();
        }
        rlock.lock();
        long token = rlock.fencingToken();
        rlock.lock();
        assertEquals(token, rlock.fencingToken());
        rlock.unlock();
        rlock.unlock();
    }

    @Test
    void theEndOfASessionReleasesItsLocks() throws Exception {
        twin.lock();
        Task<Boolean> waiting = start(() -> lock.tryLock(30, TimeUnit.SECONDS));
        await("it waits", () -> lock.getQueueLength() == 1);
        other.close();
        assertTrue(waiting.get());
    }

    @Test
    void deletionEndsWaits() {
        lock.lock();
        Task<Object> waiting = start(() -> {
            twin.lock();
            return null;
        });
        await("it waits", () -> lock.getQueueLength() == 1);
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, waiting::get);
        assertThrows(NoSuchObjectException.class, () -> lock.unlock());
    }

    @Test
    void conditions() throws Exception {
        Condition ours = lock.condition("full");
        assertThrows(IllegalMonitorStateException.class, ours::signal);
        assertThrows(IllegalMonitorStateException.class, ours::signalAll);
        assertThrows(IllegalMonitorStateException.class, ours::await);
        Task<Boolean> waiting = start(() -> {
            twin.lock();
            try {
                Condition theirs = twin.condition("full");
                theirs.await();
                return twin.isHeldByCurrentThread();
            } finally {
                twin.unlock();
            }
        });
        await("it waits on the condition", () -> waiters(name) == 1 && !lock.isLocked());
        lock.lock();
        lock.condition("other").signalAll();
        ours.signal();
        assertFalse(waiting.future().isDone());
        lock.unlock();
        assertTrue(waiting.get());
    }

    @Test
    void signalWakesOneSignalAllTheRest() throws Exception {
        List<Task<Boolean>> tasks = new ArrayList<>();
        Condition condition = rlock.newCondition();
        for (int i = 0; i < 3; i++) {
            tasks.add(start(() -> {
                rlock.lock();
                rlock.lock();
                try {
                    boolean signalled = condition.await(30, TimeUnit.SECONDS);
                    return signalled && rlock.getHoldCount() == 2;
                } finally {
                    rlock.unlock();
                    rlock.unlock();
                }
            }));
            int expected = i + 1;
            await("it waits", () -> anonymousWaiters("rlock") == expected);
        }
        rlock.lock();
        condition.signal();
        rlock.unlock();
        assertTrue(tasks.get(0).get());
        assertFalse(tasks.get(1).future().isDone());
        rlock.lock();
        condition.signalAll();
        rlock.unlock();
        assertTrue(tasks.get(1).get());
        assertTrue(tasks.get(2).get());
        assertNotEquals(rlock.newCondition(), condition);
    }

    private long anonymousWaiters(String type) {
        return manager.objects().stream()
                .filter(o -> type.equals(o.type()) && o.name() == null)
                .mapToLong(o -> o.waiters())
                .sum();
    }

    @Test
    void conditionsThatAreNotSignalledInTime() throws Exception {
        lock.lock();
        Condition condition = lock.newCondition();
        assertFalse(condition.await(1, TimeUnit.MILLISECONDS));
        assertTrue(condition.awaitNanos(1_000_000) <= 0);
        assertFalse(condition.awaitUntil(new Date(System.currentTimeMillis() + 2)));
        assertFalse(condition.awaitUntil(new Date(0)));
        assertTrue(lock.isHeldByCurrentThread());
        lock.unlock();
        Task<Boolean> interrupted = start(() -> {
            lock.lock();
            try {
                condition.await();
                return false;
            } catch (InterruptedException e) {
                return lock.isHeldByCurrentThread();
            } finally {
                lock.unlock();
            }
        });
        await("it waits", () -> waiters(name) == 1);
        interrupted.thread().interrupt();
        assertTrue(interrupted.get(), "the lock is held again when the interrupt is thrown");
        Task<Boolean> patient = start(() -> {
            lock.lock();
            condition.awaitUninterruptibly();
            lock.unlock();
            return Thread.interrupted();
        });
        await("it waits", () -> waiters(name) == 1);
        patient.thread().interrupt();
        lock.lock();
        condition.signal();
        lock.unlock();
        assertTrue(patient.get());
    }

    @Test
    void futures() {
        AsyncLock mine = lock.async();
        AsyncLock theirs = twin.async();
        long token = get(mine.lock());
        assertEquals(token, get(mine.fencingToken()));
        assertNull(get(theirs.fencingToken()));
        assertTrue(get(mine.isLocked()));
        assertEquals(1, get(mine.getHoldCount()));
        assertFalse(get(theirs.tryLock()));
        assertFalse(get(theirs.tryLock(Duration.ofMillis(1))));
        failure(IllegalMonitorStateException.class, theirs.unlock());
        CompletableFuture<Long> waiting = theirs.lock();
        await("it waits", () -> get(mine.getQueueLength()) == 1);
        CompletableFuture<Boolean> condition = mine.await("c", Duration.ofSeconds(30));
        assertTrue(get(waiting) > token);
        assertEquals(1, get(theirs.signal("c", -1)));
        get(theirs.unlock());
        assertTrue(get(condition));
        CompletableFuture<Long> cancelled = theirs.lock();
        await("it waits", () -> get(mine.getQueueLength()) == 1);
        cancelled.cancel(false);
        await("nobody waits", () -> get(mine.getQueueLength()) == 0);
        get(mine.unlock());
        assertFalse(lock.isLocked());
        failure(IllegalArgumentException.class, lockAndSignal(mine, 0));
    }

    private static CompletableFuture<Integer> lockAndSignal(AsyncLock lock, int count) {
        get(lock.lock());
        return lock.signal("c", count);
    }

    @Test
    void proxiesOfOneLockAreEqual() {
        assertEquals(lock, manager.lock(name));
        assertEquals(lock.hashCode(), manager.lock(name).hashCode());
        assertNotEquals(lock, rlock);
        assertTrue(lock.toString().startsWith("lock #"));
    }
}
