package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.BarrierProxy;
import io.multiproc.client.ConditionProxy;
import io.multiproc.client.CountDownLatchProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.ReadWriteLockProxy;
import io.multiproc.client.SemaphoreProxy;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SynchroniserContractIT extends Contract {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(1);

    // ---- event

    @Test
    void anEvent() throws Exception {
        String name = uniqueName();
        EventProxy event = manager.event(name);
        EventProxy twin = other.event(name);
        assertFalse(event.isSet());
        assertFalse(event.await(SHORT));
        assertFalse(event.await(1, TimeUnit.MILLISECONDS));
        Task<Boolean> waiting = start(() -> {
            event.await();
            return event.isSet();
        });
        await("it waits", () -> waiters(name) == 1);
        twin.set();
        assertTrue(waiting.get());
        assertTrue(event.await(LONG));
        twin.clear();
        assertFalse(event.isSet());
        Task<Boolean> interrupted = start(() -> event.await(LONG));
        await("it waits", () -> waiters(name) == 1);
        interrupted.thread().interrupt();
        assertThrows(InterruptedException.class, interrupted::get);
        assertEquals(0, waiters(name));
        Task<Boolean> deleted = start(() -> event.await(LONG));
        await("it waits", () -> waiters(name) == 1);
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, deleted::get);
        assertEquals("event", manager.event().typeId());
        assertEquals(event, event);
        assertNotEquals(event, manager.event());
    }

    @Test
    void anEventAsFutures() {
        EventProxy event = manager.event();
        CompletableFuture<Boolean> waiting = event.async().await();
        assertFalse(get(event.async().await(SHORT)));
        assertFalse(get(event.async().isSet()));
        get(event.async().set());
        assertTrue(get(waiting));
        get(event.async().clear());
        assertFalse(event.isSet());
    }

    // ---- latch

    @Test
    void aLatch() throws Exception {
        String name = uniqueName();
        CountDownLatchProxy latch = manager.countDownLatch(name, 3);
        assertThrows(IllegalArgumentException.class, () -> other.countDownLatch(name, 99));
        CountDownLatchProxy twin = other.countDownLatch(name, 3);
        assertEquals(3, twin.getCount());
        assertFalse(latch.await(SHORT));
        assertFalse(latch.await(1, TimeUnit.MILLISECONDS));
        Task<Object> waiting = start(() -> {
            latch.await();
            return null;
        });
        await("it waits", () -> waiters(name) == 1);
        twin.countDown();
        assertEquals(0, twin.countDown(2));
        waiting.get();
        assertTrue(latch.await(LONG));
        assertThrows(IllegalArgumentException.class, () -> latch.countDown(0));
        assertThrows(IllegalArgumentException.class, () -> manager.countDownLatch(-1));
        CountDownLatchProxy open = manager.countDownLatch(0);
        assertTrue(get(open.async().await()));
        assertTrue(get(open.async().await(SHORT)));
        assertEquals(0L, get(open.async().getCount()));
        assertEquals(0L, get(open.async().countDown(1)));
        assertNotEquals(open, latch);
        assertTrue(open.toString().startsWith("count_down_latch #"));
    }

    // ---- semaphores

    @Test
    void aSemaphore() throws Exception {
        String name = uniqueName();
        SemaphoreProxy semaphore = manager.semaphore(name, 3);
        assertThrows(IllegalArgumentException.class, () -> other.semaphore(name, 99));
        SemaphoreProxy twin = other.semaphore(name, 3);
        assertFalse(semaphore.isBounded());
        semaphore.acquire();
        semaphore.acquire(2);
        assertEquals(3, semaphore.getHeldPermits());
        assertEquals(0, twin.availablePermits());
        assertFalse(twin.tryAcquire());
        assertFalse(twin.tryAcquire(1, TimeUnit.MILLISECONDS));
        assertFalse(twin.tryAcquire(SHORT));
        assertFalse(twin.tryAcquire(2, 1, TimeUnit.MILLISECONDS));
        Task<Object> waiting = start(() -> {
            twin.acquire(2);
            return null;
        });
        await("it waits", () -> semaphore.getQueueLength() == 1);
        semaphore.release();
        assertFalse(waiting.future().isDone());
        assertFalse(semaphore.tryAcquire(), "nobody overtakes");
        semaphore.release();
        waiting.get();
        assertEquals(2, twin.getHeldPermits());
        twin.release(2);
        assertEquals(2, twin.drainPermits());
        Task<Object> interrupted = start(() -> {
            semaphore.acquire(1);
            return null;
        });
        await("it waits", () -> semaphore.getQueueLength() == 1);
        interrupted.thread().interrupt();
        assertThrows(InterruptedException.class, interrupted::get);
        other.close();
        await("the end of a session frees its permits", () -> semaphore.availablePermits() == 2);
        semaphore.acquireUninterruptibly(2);
        semaphore.release(5);
        assertEquals(5, semaphore.availablePermits());
        assertThrows(IllegalArgumentException.class, () -> semaphore.release(0));
        assertThrows(IllegalArgumentException.class, () -> semaphore.tryAcquire(-1));
        assertThrows(IllegalArgumentException.class, () -> manager.semaphore(-1));
    }

    @Test
    void aBoundedSemaphore() {
        SemaphoreProxy semaphore = manager.boundedSemaphore(2);
        assertTrue(semaphore.isBounded());
        assertMentions("released too many times", () -> semaphore.release(), IllegalStateException.class);
        assertThrows(IllegalArgumentException.class, () -> semaphore.tryAcquire(3));
        assertTrue(semaphore.tryAcquire(2));
        assertThrows(IllegalStateException.class, () -> semaphore.release(3));
        semaphore.release(2);
        assertEquals(2, semaphore.availablePermits());
        assertEquals("bounded_semaphore", semaphore.typeId());
        assertNotEquals(semaphore, manager.boundedSemaphore(uniqueName(), 1));
    }

    @Test
    void aSemaphoreAsFutures() {
        SemaphoreProxy semaphore = manager.semaphore(2);
        assertTrue(get(semaphore.async().acquire(2)));
        assertFalse(get(semaphore.async().tryAcquire(1)));
        assertFalse(get(semaphore.async().tryAcquire(1, SHORT)));
        CompletableFuture<Boolean> cancelled = semaphore.async().acquire(1);
        await("it waits", () -> get(semaphore.async().getQueueLength()) == 1);
        cancelled.cancel(false);
        await("nobody waits", () -> get(semaphore.async().getQueueLength()) == 0);
        assertEquals(2, get(semaphore.async().getHeldPermits()));
        get(semaphore.async().release(2));
        assertEquals(2, get(semaphore.async().availablePermits()));
        assertEquals(2, get(semaphore.async().drainPermits()));
    }

    // ---- barrier

    @Test
    void aBarrier() throws Exception {
        String name = uniqueName();
        BarrierProxy barrier = manager.barrier(name, 2);
        BarrierProxy twin = other.barrier(name, 2);
        assertEquals(2, barrier.getParties());
        for (int round = 0; round < 3; round++) {
            Task<Integer> first = start(() -> barrier.await());
            await("it waits", () -> barrier.getNumberWaiting() == 1);
            assertEquals(0, twin.await());
            assertEquals(1, first.get());
        }
        Task<Integer> broken = start(() -> barrier.await(LONG));
        await("it waits", () -> barrier.getNumberWaiting() == 1);
        twin.abort();
        assertThrows(BrokenBarrierException.class, broken::get);
        assertTrue(barrier.isBroken());
        assertThrows(BrokenBarrierException.class, () -> barrier.await());
        barrier.reset();
        assertFalse(barrier.isBroken());
        assertThrows(TimeoutException.class, () -> barrier.await(1, TimeUnit.MILLISECONDS));
        assertTrue(barrier.isBroken(), "who runs out of time breaks it");
        barrier.reset();
        Task<Integer> interrupted = start(() -> barrier.await());
        await("it waits", () -> barrier.getNumberWaiting() == 1);
        interrupted.thread().interrupt();
        assertThrows(InterruptedException.class, interrupted::get);
        assertTrue(barrier.isBroken(), "so does who is interrupted");
        barrier.reset();
        Task<Integer> survivor = start(() -> barrier.await());
        await("it waits", () -> barrier.getNumberWaiting() == 1);
        BarrierProxy third = manager.barrier(uniqueName(), 3);
        Task<Integer> left = start(() -> third.await());
        await("it waits", () -> third.getNumberWaiting() == 1);
        CompletableFuture<Integer> lost = ((BarrierProxy) java.util.Objects.requireNonNull(other.find(third(third))))
                .async()
                .await();
        await("both wait", () -> third.getNumberWaiting() == 2);
        other.close();
        assertThrows(BrokenBarrierException.class, left::get);
        assertTrue(!lost.isDone() || lost.isCompletedExceptionally());
        manager.barrier(name, 2).reset();
        assertThrows(BrokenBarrierException.class, survivor::get);
        assertThrows(IllegalArgumentException.class, () -> manager.barrier(0));
    }

    private String third(BarrierProxy barrier) {
        return manager.objects().stream()
                .filter(o -> o.id() == barrier.objectId())
                .map(o -> String.valueOf(o.name()))
                .findFirst()
                .orElseThrow();
    }

    /** The action of a barrier. */
    public static final class Rounds {
        private int rounds;

        public Rounds() {}

        public void next() {
            if (++rounds == 3) {
                throw new IllegalArgumentException("no third round");
            }
        }

        public int rounds() {
            return rounds;
        }
    }

    @Test
    void aBarrierWithAnAction() throws Exception {
        String type = uniqueName();
        manager.register(type, Rounds.class);
        var rounds = other.createInstance(type);
        String name = uniqueName();
        BarrierProxy barrier = manager.barrier(name, 2, rounds, "next");
        BarrierProxy twin = other.barrier(name, 2);
        for (int round = 1; round <= 2; round++) {
            Task<Integer> first = start(() -> barrier.await());
            await("it waits", () -> barrier.getNumberWaiting() == 1);
            assertEquals(0, twin.await(LONG));
            assertEquals(1, first.get());
            assertEquals(round, rounds.call("rounds"), "it ran before anybody went on");
        }
        Task<Integer> first = start(() -> barrier.await());
        await("it waits", () -> barrier.getNumberWaiting() == 1);
        assertMentions("no third round", () -> twin.await(), IllegalStateException.class);
        assertThrows(BrokenBarrierException.class, first::get);
        assertTrue(barrier.isBroken());
        barrier.reset();
        CompletableFuture<Integer> one = barrier.async().await();
        assertEquals(1, get(twin.async().await()) + get(one));
        assertEquals(0, get(manager.barrier(1, rounds, "next").async().await()));
        assertThrows(IllegalArgumentException.class, () -> manager.barrier(2, "no instance", "next"));
        assertThrows(IllegalArgumentException.class, () -> manager.barrier(2, barrier, "next"));
    }

    @Test
    void aBarrierAsFutures() {
        BarrierProxy barrier = manager.barrier(2);
        CompletableFuture<Integer> first = barrier.async().await();
        assertEquals(1, get(barrier.async().await(LONG)));
        assertEquals(0, get(first));
        failure(TimeoutException.class, barrier.async().await(SHORT));
        failure(BrokenBarrierException.class, barrier.async().await());
        assertTrue(get(barrier.async().isBroken()));
        get(barrier.async().reset());
        get(barrier.async().abort());
        assertEquals(0, get(barrier.async().getNumberWaiting()));
    }

    // ---- condition

    @Test
    void aConditionOfItsOwnLock() throws Exception {
        String name = uniqueName();
        ConditionProxy condition = manager.condition(name);
        ConditionProxy twin = other.condition(name);
        AtomicInteger state = new AtomicInteger();
        assertThrows(IllegalMonitorStateException.class, condition::signal);
        assertThrows(IllegalMonitorStateException.class, condition::await);
        assertThrows(IllegalMonitorStateException.class, condition::release);
        Task<Integer> waiting = start(() -> {
            condition.acquire();
            condition.lock().lock();
            try {
                condition.waitFor(() -> state.get() == 1);
                return condition.lock().getHoldCount();
            } finally {
                condition.release();
                condition.release();
            }
        });
        await("it waits", () -> twin.getWaitQueueLength() == 1);
        twin.acquire();
        assertEquals(1, twin.notify(5));
        twin.release();
        await("it waits again, as nothing has changed", () -> twin.getWaitQueueLength() == 1);
        twin.acquire();
        state.set(1);
        twin.signalAll();
        twin.release();
        assertEquals(2, waiting.get());
        condition.acquire();
        assertFalse(condition.await(SHORT));
        assertFalse(condition.await(1, TimeUnit.MILLISECONDS));
        assertTrue(condition.awaitNanos(1) <= 0);
        assertFalse(condition.awaitUntil(new java.util.Date(0)));
        assertFalse(condition.waitFor(() -> false, SHORT));
        assertTrue(condition.waitFor(() -> true, SHORT));
        assertThrows(IllegalArgumentException.class, () -> condition.notify(0));
        condition.signal();
        condition.release();
        Task<Object> patient = start(() -> {
            condition.acquire();
            condition.awaitUninterruptibly();
            condition.release();
            return null;
        });
        await("it waits", () -> twin.getWaitQueueLength() == 1);
        twin.acquire();
        twin.signal();
        twin.release();
        patient.get();
    }

    @Test
    void aConditionOfAGivenLock() throws Exception {
        LockProxy lock = manager.lock(uniqueName());
        ConditionProxy condition = manager.condition(lock);
        assertEquals(lock, condition.lock());
        String name = uniqueName();
        ConditionProxy named = manager.condition(name, lock);
        var dict = manager.dict(uniqueName());
        dict.put("condition", condition);
        ConditionProxy received = (ConditionProxy) dict.get("condition");
        assertEquals(condition, received);
        Task<Object> waiting = start(() -> {
            lock.lock();
            named.await();
            lock.unlock();
            return null;
        });
        await("it waits", () -> named.getWaitQueueLength() == 1);
        assertEquals(0, condition.getWaitQueueLength());
        lock.lock();
        condition.signalAll();
        lock.unlock();
        assertFalse(waiting.future().isDone());
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, waiting::get);
        assertFalse(lock.isLocked());
        assertThrows(NoSuchObjectException.class, () -> named.getWaitQueueLength());
    }

    // ---- read-write lock

    @Test
    void aReadWriteLock() throws Exception {
        String name = uniqueName();
        ReadWriteLockProxy lock = manager.readWriteLock(name);
        ReadWriteLockProxy twin = other.readWriteLock(name);
        lock.readLock().lock();
        twin.readLock().lockInterruptibly();
        assertEquals(2, lock.getReadLockCount());
        assertFalse(twin.isWriteLocked());
        assertThrows(IllegalStateException.class, () -> lock.writeLock().lock());
        assertFalse(lock.writeLock().tryLock());
        Task<Long> writer = start(() -> {
            lock.writeLock().lock();
            try {
                return lock.fencingToken();
            } finally {
                lock.writeLock().unlock();
            }
        });
        await("it waits", () -> lock.getQueueLength() == 1);
        assertFalse(start(() -> twin.tryReadLock(SHORT)).get(), "the writer came first");
        assertTrue(twin.readLock().tryLock(), "who reads may read again");
        assertEquals(2, twin.getReadHoldCount());
        twin.readLock().unlock();
        twin.readLock().unlock();
        lock.readLock().unlock();
        long token = writer.get();
        assertThrows(IllegalMonitorStateException.class, () -> lock.readLock().unlock());
        assertThrows(IllegalMonitorStateException.class, () -> lock.writeLock().unlock());
        assertThrows(IllegalMonitorStateException.class, () -> lock.fencingToken());
        assertTrue(twin.writeLock().tryLock(1, TimeUnit.SECONDS));
        assertTrue(twin.fencingToken() > token);
        assertTrue(twin.tryWriteLock(SHORT));
        assertEquals(2, twin.getWriteHoldCount());
        assertThrows(IllegalMonitorStateException.class, () -> lock.writeLock().unlock());
        twin.readLock().lock();
        twin.writeLock().unlock();
        twin.writeLock().unlock();
        assertTrue(lock.readLock().tryLock(), "the writer became a reader");
        lock.readLock().unlock();
        Task<Object> interrupted = start(() -> {
            lock.writeLock().lockInterruptibly();
            return null;
        });
        await("it waits", () -> lock.getQueueLength() == 1);
        interrupted.thread().interrupt();
        assertThrows(InterruptedException.class, interrupted::get);
        other.close();
        await("the end of a session ends its reading", () -> lock.getReadLockCount() == 0);
        assertThrows(UnsupportedOperationException.class, () -> lock.writeLock().newCondition());
        assertNotEquals(lock, manager.readWriteLock());
    }

    @Test
    void aReadWriteLockAsFutures() {
        ReadWriteLockProxy lock = manager.readWriteLock();
        var one = lock.async();
        var two = lock.async();
        assertTrue(get(one.readLock()));
        assertTrue(get(two.tryReadLock(SHORT)));
        get(two.unlockRead());
        assertNull(get(two.tryWriteLock(SHORT)));
        CompletableFuture<Long> waiting = two.writeLock();
        await("it waits", () -> lock.getQueueLength() == 1);
        get(one.unlockRead());
        assertTrue(get(waiting) > 0);
        failure(IllegalMonitorStateException.class, one.unlockWrite());
        get(two.unlockWrite());
        assertFalse(lock.isWriteLocked());
    }
}
