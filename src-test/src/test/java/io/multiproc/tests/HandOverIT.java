package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Relay;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lock goes from thread to thread of one process without a word from the server, and to others in their turn. */
@Timeout(120)
class HandOverIT {
    private final TestServer server = TestServer.start(o -> o.withGrace(Duration.ofSeconds(30)));
    private final Relay cable = new Relay(server.uri());
    private final Manager near = server.connect(server.options().withAddress(cable.uri()));
    private final Manager other = server.connect();

    @AfterEach
    void close() {
        cable.close();
        server.close();
    }

    private interface Body {
        void run() throws Exception;
    }

    private static final class Caller {
        final FutureTask<Boolean> task;
        final Thread thread;

        Caller(Body body) {
            task = new FutureTask<>(() -> {
                body.run();
                return true;
            });
            thread = new Thread(task, "caller");
            thread.setDaemon(true);
            thread.start();
        }

        void end() throws Exception {
            assertTrue(task.get());
        }
    }

    /** Starts a thread that takes the lock, says so, and releases it when it is told to; returns when it waits, known to its process. */
    private static final class Owner {
        final Caller caller;
        final AtomicInteger got = new AtomicInteger();
        private volatile boolean told;

        Owner(LockProxy lock, boolean interruptibly) {
            int before = lock.getQueueLength();
            caller = new Caller(() -> {
                if (interruptibly) {
                    lock.lockInterruptibly();
                } else {
                    lock.lock();
                }
                got.incrementAndGet();
                while (!told) {
                    Thread.onSpinWait();
                }
                lock.unlock();
            });
            // what the server said of the wait comes before this reply
            Await.until("it waits", () -> lock.getQueueLength() == before + 1);
        }

        void release() throws Exception {
            told = true;
            caller.end();
        }

        boolean owns() {
            return got.get() == 1;
        }
    }

    @Test
    void theNextThreadOfTheProcessNeedsNoServer() throws Exception {
        LockProxy lock = near.lock("l");
        lock.lock();
        Owner second = new Owner(lock, false);
        Owner third = new Owner(lock, true);
        cable.freeze();
        lock.unlock();
        Await.until("the second owns it", second::owns);
        assertFalse(third.owns());
        second.release();
        Await.until("the third owns it", third::owns);
        assertTrue(other.lock("l").isLocked());
        assertFalse(other.lock("l").tryLock());
    }

    @Test
    void theServerLearnsOfIt() throws Exception {
        LockProxy lock = near.lock("l");
        lock.lock();
        long token = lock.fencingToken();
        Owner second = new Owner(lock, false);
        lock.unlock();
        Await.until("it owns it", second::owns);
        Await.until("nobody waits", () -> other.lock("l").getQueueLength() == 0);
        assertFalse(other.lock("l").isCurrent(token));
        assertTrue(other.lock("l").isLocked());
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        assertThrows(IllegalMonitorStateException.class, lock::fencingToken);
        second.release();
        assertFalse(other.lock("l").isLocked());
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
    }

    @Test
    void whoWasInterruptedIsPassedOver() throws Exception {
        LockProxy lock = near.lock("l");
        lock.lock();
        Owner second = new Owner(lock, true);
        Owner third = new Owner(lock, false);
        second.caller.thread.interrupt();
        ExecutionException e = assertThrows(ExecutionException.class, () -> second.caller.end());
        assertEquals(InterruptedException.class, e.getCause().getClass());
        lock.unlock();
        Await.until("the third owns it", third::owns);
        third.release();
        assertFalse(other.lock("l").isLocked());
        assertEquals(0, second.got.get());
    }

    @Test
    void othersHaveTheirTurn() throws Exception {
        LockProxy lock = near.lock("l");
        lock.lock();
        Owner stranger = new Owner(other.lock("l"), false);
        Owner second = new Owner(lock, false);
        lock.unlock();
        Await.until("the stranger owns it", stranger::owns);
        assertFalse(second.owns());
        stranger.release();
        Await.until("the second owns it", second::owns);
        second.release();
    }

    @Test
    void eachLevelOfAReentrantLockIsReleased() throws Exception {
        LockProxy lock = near.rlock("r");
        lock.lock();
        lock.lock();
        Owner second = new Owner(lock, false);
        lock.lock();
        lock.unlock();
        lock.unlock();
        assertEquals(1, lock.getHoldCount());
        assertFalse(second.owns());
        cable.freeze();
        lock.unlock();
        Await.until("the second owns it", second::owns);
    }

    @Test
    void manyThreadsOfTwoProcessesWhileConnectionsBreak() throws Exception {
        long seed = System.nanoTime();
        System.out.println("HandOverIT seed " + seed);
        AtomicInteger inside = new AtomicInteger();
        AtomicLong last = new AtomicLong();
        AtomicInteger entered = new AtomicInteger();
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            LockProxy lock = (i < 8 ? near : other).lock("many");
            Random random = new Random(seed + i);
            callers.add(new Caller(() -> {
                for (int n = 0; n < 150; n++) {
                    int kind = random.nextInt(8);
                    if (kind == 0) {
                        if (!lock.tryLock(Duration.ofMillis(random.nextInt(20)))) {
                            continue;
                        }
                    } else if (kind == 1) {
                        Thread.currentThread().interrupt();
                        lock.lock();
                        assertTrue(Thread.interrupted());
                    } else if (kind == 2) {
                        lock.lockInterruptibly();
                    } else {
                        lock.lock();
                    }
                    assertEquals(1, inside.incrementAndGet());
                    entered.incrementAndGet();
                    if (random.nextInt(4) == 0) {
                        long token = lock.fencingToken();
                        assertTrue(last.getAndSet(token) < token);
                    }
                    inside.decrementAndGet();
                    lock.unlock();
                }
            }));
        }
        for (int cuts = 0; cuts < 5; cuts++) {
            int mark = entered.get();
            Await.until(
                    "some are done",
                    () -> entered.get() >= mark + 100 || callers.stream().allMatch(c -> c.task.isDone()));
            cable.cut();
        }
        for (Caller c : callers) {
            c.end();
        }
        assertFalse(other.lock("many").isLocked());
        assertEquals(0, other.lock("many").getQueueLength());
    }
}
