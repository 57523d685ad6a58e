package io.multiproc.client.internal.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThreadLockTest {
    private final ThreadLock lock = new ThreadLock();

    private static <T> T elsewhere(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        new Thread(task).start();
        return task.get();
    }

    private void unlock(Thread owner) {
        if (lock.takeLevel(owner)) {
            lock.end();
        }
    }

    @Test
    void levels() throws Exception {
        Thread me = Thread.currentThread();
        lock.lock();
        assertTrue(lock.tryLock());
        assertTrue(lock.tryLock(0));
        assertEquals(3, lock.getHoldCount());
        assertFalse((boolean) elsewhere(lock::tryLock));
        assertFalse((boolean) elsewhere(() -> lock.tryLock(1_000)));
        assertFalse((boolean) elsewhere(lock::isHeldByCurrentThread));
        assertEquals(0, elsewhere(lock::getHoldCount));
        unlock(me);
        elsewhere(() -> {
            unlock(me);
            return null;
        });
        assertEquals(1, lock.getHoldCount());
        assertTrue(lock.takeLevel(me));
        assertFalse(lock.isHeldByCurrentThread());
        assertFalse((boolean) elsewhere(lock::tryLock), "not before the end");
        lock.end();
        assertThrows(IllegalMonitorStateException.class, () -> lock.takeLevel(me));
        assertTrue((boolean) elsewhere(lock::tryLock));
    }

    /** Levels that end elsewhere while their owner makes new ones: no two threads are ever inside, and nobody waits for ever. */
    @Test
    void levelsThatEndElsewhere() throws Exception {
        int rounds = 20_000;
        LinkedBlockingQueue<Thread> held = new LinkedBlockingQueue<>();
        int[] inside = {0};
        List<FutureTask<Void>> owners = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            FutureTask<Void> owner = new FutureTask<>(() -> {
                for (int i = 0; i < rounds; i++) {
                    lock.lock();
                    inside[0]++;
                    if (i % 3 == 0) {
                        lock.lock();
                        held.add(Thread.currentThread());
                    }
                    unlock(Thread.currentThread());
                }
                return null;
            });
            owners.add(owner);
            new Thread(owner).start();
        }
        FutureTask<Void> closer = new FutureTask<>(() -> {
            for (int i = 0; i < 3 * ((rounds + 2) / 3); i++) {
                unlock(held.take());
            }
            return null;
        });
        new Thread(closer).start();
        for (FutureTask<Void> owner : owners) {
            owner.get();
        }
        closer.get();
        assertTrue(lock.tryLock());
        assertEquals(3 * rounds, inside[0]);
    }
}
