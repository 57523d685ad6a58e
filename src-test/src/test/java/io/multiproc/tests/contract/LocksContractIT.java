package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.LockInfo;
import io.multiproc.client.LockProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.WrongTypeException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who owns what and waits for it, and circles of waits. */
class LocksContractIT extends Contract {
    private List<LockInfo.Owner> owners(String name) {
        return manager.locks().stream()
                .filter(l -> name.equals(l.name()))
                .map(LockInfo::owners)
                .findFirst()
                .orElse(List.of());
    }

    private List<LockInfo.Waiter> waiting(String name) {
        return manager.locks().stream()
                .filter(l -> name.equals(l.name()))
                .map(LockInfo::waiting)
                .findFirst()
                .orElse(List.of());
    }

    @Test
    void ownersAndWaitersAreListedInOrder() throws Exception {
        String name = uniqueName();
        LockProxy lock = manager.lock(name);
        assertEquals(List.of(), owners(name));
        lock.lock();
        Task<Boolean> first = start(() -> other.lock(name).tryLock(30, TimeUnit.SECONDS));
        await("it waits", () -> lock.getQueueLength() == 1);
        Task<Boolean> second = start(() -> lock.tryLock(30, TimeUnit.SECONDS));
        await("it waits", () -> lock.getQueueLength() == 2);
        assertEquals(1, owners(name).size());
        assertEquals(owners(name).get(0).session(), waiting(name).get(1).session());
        assertNotEquals(waiting(name).get(0).session(), waiting(name).get(1).session());
        assertTrue(waiting(name).stream().allMatch(w -> w.since().isAfter(Instant.EPOCH) && w.levels() == 1));
        assertTrue(manager.deadlocks().stream().noneMatch(c -> c.toString().contains(name)));
        assertTrue(manager.forceRelease(lock), "taken from its owner");
        assertTrue(first.get());
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertTrue(manager.forceRelease(lock));
        assertTrue(second.get());
        String semaphore = uniqueName();
        other.semaphore(semaphore, 2).acquire(2);
        assertEquals(2L, owners(semaphore).get(0).levels());
        assertTrue(manager.forceRelease(manager.semaphore(semaphore, 2)));
        assertEquals(2, manager.semaphore(semaphore, 2).availablePermits());
        assertFalse(manager.forceRelease(manager.semaphore(semaphore, 2)));
        var rw = manager.readWriteLock(uniqueName());
        rw.readLock().lock();
        assertTrue(other.forceRelease(rw));
        assertEquals(0, rw.getReadLockCount());
        assertThrows(WrongTypeException.class, () -> manager.forceRelease(manager.dict()));
        var gone = manager.lock(uniqueName() + " gone");
        manager.names().stream().filter(n -> n.endsWith(" gone")).forEach(manager::delete);
        assertThrows(NoSuchObjectException.class, () -> manager.forceRelease(gone));
    }

    @Test
    void aCircleOfWaitsIsFound() throws Exception {
        String a = uniqueName();
        String b = uniqueName();
        CountDownLatch both = new CountDownLatch(2);
        Task<Boolean> one = start(() -> {
            manager.lock(a).lock();
            both.countDown();
            both.await();
            return manager.lock(b).tryLock(30, TimeUnit.SECONDS);
        });
        Task<Boolean> two = start(() -> {
            other.rlock(b + "r").lock();
            other.lock(b).lock();
            both.countDown();
            both.await();
            return other.lock(a).tryLock(30, TimeUnit.SECONDS);
        });
        await("they wait for one another", () -> manager.deadlocks().stream()
                .anyMatch(c -> c.size() == 2
                        && c.toString().contains(a)
                        && c.toString().contains(b)));
        manager.forceRelease(manager.lock(a));
        assertTrue(two.get(), "one of them was helped");
        await("the circle is open", () -> manager.deadlocks().stream()
                .noneMatch(c -> c.toString().contains(a)));
        other.close();
        assertTrue(one.get());
    }
}
