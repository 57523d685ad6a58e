package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Held;
import io.multiproc.client.LockProxy;
import io.multiproc.client.ReadWriteLockProxy;
import io.multiproc.client.SemaphoreProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What try-with-resources releases. */
class HeldContractIT extends Contract {
    @Test
    void aLockIsReleasedWhereItsBlockEnds() throws Exception {
        String name = uniqueName();
        LockProxy lock = manager.rlock(name);
        LockProxy theirs = other.rlock(name);
        try (Held outer = lock.hold();
                Held inner = lock.hold()) {
            assertNotNull(outer);
            assertEquals(2, lock.getHoldCount());
            assertNull(start(() -> theirs.tryHold(Duration.ofMillis(1))).get());
            inner.close();
            inner.close();
            assertEquals(1, lock.getHoldCount(), "a second close does nothing");
        }
        assertFalse(lock.isLocked());
        try (Held held = theirs.tryHold(Duration.ofSeconds(5))) {
            assertNotNull(held);
            assertTrue(lock.isLocked());
        }
        assertFalse(lock.isLocked());
    }

    @Test
    void anotherThreadMayCloseIt() throws Exception {
        LockProxy lock = manager.lock();
        Held held = lock.hold();
        start(() -> {
                    held.close();
                    return true;
                })
                .get();
        assertFalse(lock.isLocked());
        held.close();
    }

    @Test
    void whoHasLostItIsTold() {
        LockProxy lock = manager.lock();
        Held held = lock.hold();
        assertTrue(manager.forceRelease(lock));
        assertThrows(IllegalMonitorStateException.class, held::close);
    }

    @Test
    void permitsGoBackTogether() throws Exception {
        SemaphoreProxy semaphore = manager.boundedSemaphore(3);
        try (Held held = semaphore.hold(2);
                Held one = semaphore.hold()) {
            assertEquals(0, semaphore.availablePermits());
            assertNotNull(held);
            assertNotNull(one);
            assertNull(semaphore.tryHold(1, Duration.ofMillis(1)));
        }
        assertEquals(3, semaphore.availablePermits());
    }

    @Test
    void readersAndWriters() throws Exception {
        ReadWriteLockProxy lock = manager.readWriteLock();
        try (Held write = lock.holdWrite();
                Held read = lock.holdRead()) {
            assertNotNull(write);
            assertNotNull(read);
            assertTrue(lock.isWriteLocked());
            assertNull(start(() -> lock.tryHoldRead(Duration.ofMillis(1))).get());
        }
        assertEquals(0, lock.getReadLockCount());
        assertFalse(lock.isWriteLocked());
        try (Held read = lock.tryHoldRead(Duration.ofSeconds(5))) {
            assertNotNull(read);
            assertNull(start(() -> lock.tryHoldWrite(Duration.ofMillis(1))).get());
        }
        assertEquals(0, lock.getReadLockCount());
    }

    @Test
    void conditionsValuesAndArraysHaveALock() {
        var condition = manager.condition();
        try (Held held = condition.hold()) {
            assertNotNull(held);
            condition.signalAll();
        }
        assertThrows(IllegalMonitorStateException.class, condition::signalAll);
        var value = manager.value("i", 1);
        try (Held held = value.hold()) {
            assertNotNull(held);
            assertTrue(value.getLock().isHeldByCurrentThread());
        }
        assertFalse(value.getLock().isLocked());
        var array = manager.array("i", Integer.class, List.of(1));
        try (Held held = array.hold()) {
            assertNotNull(held);
            assertTrue(array.getLock().isHeldByCurrentThread());
        }
        assertFalse(array.getLock().isLocked());
    }

    @Test
    void aHoldIsAnOwnerOfItsOwn() throws Exception {
        LockProxy lock = manager.rlock();
        Held first = get(lock.async().hold());
        CompletableFuture<Held> second = lock.async().hold();
        assertFalse(lock.tryLock(), "this thread is not the owner");
        assertFalse(second.isDone(), "even of a reentrant lock");
        first.close();
        first.close();
        get(second).close();
        assertFalse(lock.isLocked());
        try (Held held = get(lock.async().hold())) {
            assertNotNull(held);
            CompletableFuture<Held> cancelled = lock.async().hold();
            assertTrue(cancelled.cancel(false));
        }
        await("the lock is free", () -> !lock.isLocked());
    }
}
