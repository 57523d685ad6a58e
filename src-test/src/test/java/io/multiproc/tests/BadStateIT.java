package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;

/** What has ended or is in the wrong state, and waits that end early: each has an exception and a text of its own. */
class BadStateIT extends Misuse {
    // ---- state

    @Test
    void closedManager() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        Background taker = new Background(queue::take);
        CompletableFuture<Object> future = queue.async().take();
        untilWaiting(2);
        manager.close();
        endsWith(ManagerClosedException.class, "closed", taker);
        assertEquals(
                ManagerClosedException.class,
                assertThrowsExactly(CompletionException.class, future::join)
                        .getCause()
                        .getClass());
        fails(ManagerClosedException.class, "closed", () -> queue.put(1));
        fails(ManagerClosedException.class, "closed", () -> manager.dict());
        assertFalse(manager.isOpen());
        untilWaiting(0);
        assertDoesNotThrow(manager::close);
        queue.close();
    }

    @Test
    void locksOfOthers() throws Exception {
        LockProxy lock = manager.lock("lock");
        fails(IllegalMonitorStateException.class, "not locked", lock::unlock);
        lock.lock();
        fails(IllegalMonitorStateException.class, "held by another", other.lock("lock")::unlock);
        endsWith(IllegalMonitorStateException.class, "held by another", new Background(action(lock::unlock)));
        Condition condition = lock.condition("c");
        endsWith(IllegalMonitorStateException.class, "held by another", new Background(action(condition::await)));
        endsWith(IllegalMonitorStateException.class, "held by another", new Background(action(condition::signal)));
        fails(IllegalMonitorStateException.class, "does not hold", () -> other.lock("lock")
                .fencingToken());
        fails(IllegalStateException.class, "already holds", lock::lock);
        assertFalse(lock.tryLock());
        assertEquals(1, lock.getHoldCount());
        lock.unlock();
        assertFalse(lock.isLocked());
    }

    @Test
    void deletedObjects() throws Exception {
        DictProxy<Object, Object> dict = manager.dict("dict");
        QueueProxy<Object> queue = manager.queue("queue");
        QueueProxy<Object> full = manager.queue("full", Object.class, 1);
        full.put(1);
        JoinableQueueProxy<Object> jobs = manager.joinableQueue("jobs");
        jobs.put(1);
        LockProxy lock = other.lock("lock");
        lock.lock();
        List<Background> waiting = List.of(
                new Background(queue::take),
                new Background(action(() -> full.put(2))),
                new Background(action(jobs::join)),
                new Background(action(manager.lock("lock")::lock)));
        untilWaiting(4);
        for (String name : List.of("dict", "queue", "full", "jobs", "lock")) {
            assertTrue(other.delete(name));
            assertFalse(other.delete(name));
        }
        for (Background b : waiting) {
            endsWith(NoSuchObjectException.class, "deleted", b);
        }
        fails(NoSuchObjectException.class, "deleted", () -> dict.get("k"));
        fails(NoSuchObjectException.class, "deleted", lock::unlock);
        assertNull(manager.find("dict"));
        // the name is free for another type
        assertEquals(0, manager.list("dict").size());
    }

    @Test
    void closedProxies() {
        DictProxy<Object, Object> dict = manager.dict();
        dict.close();
        dict.close();
        fails(NoSuchObjectException.class, "does not exist", () -> dict.put(1, 1));
    }

    @Test
    void queueOverfull() throws Exception {
        QueueProxy<Object> queue = manager.queue(Object.class, 2);
        queue.add(1);
        queue.add(2);
        fails(IllegalStateException.class, "Queue full", () -> queue.add(3));
        fails(IllegalStateException.class, "Queue full", () -> queue.addAll(List.of(3, 4)));
        fails(IllegalArgumentException.class, "itself", () -> queue.drainTo(queue));
        assertFalse(queue.offer(3));
        assertFalse(queue.offer(3, Duration.ofMillis(5)));
        assertEquals(List.of(1, 2), queue.snapshot());
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.queue().remove());
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.queue().element());
    }

    @Test
    void taskDoneTooOften() throws Exception {
        JoinableQueueProxy<Object> jobs = manager.joinableQueue();
        fails(IllegalStateException.class, "task_done", jobs::taskDone);
        jobs.put(1);
        jobs.taskDone();
        assertThrowsExactly(IllegalStateException.class, jobs::taskDone);
        jobs.join();
    }

    @Test
    void missing() {
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.dict().pop("k"));
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.dict().popItem());
        fails(
                java.util.NoSuchElementException.class,
                "'Namespace' object has no attribute 'x'",
                () -> manager.namespace().get("x"));
        assertNull(manager.describe("nothing"));
        assertFalse(manager.delete("nothing"));
    }

    // ---- waiting

    private void interrupted(Call call) throws InterruptedException {
        Background b = new Background(call);
        untilWaiting(1);
        b.thread.interrupt();
        Await.end(b.thread);
        assertEquals(InterruptedException.class, b.failure.get().getClass(), () -> "" + b.failure.get());
        untilWaiting(0);
    }

    @Test
    void interruptedTakeAndPut() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue", Object.class, 1);
        interrupted(queue::take);
        interrupted(() -> queue.poll(Duration.ofHours(1)));
        queue.put(1);
        interrupted(action(() -> queue.put(2)));
        interrupted(() -> queue.offer(2, Duration.ofHours(1)));
        assertEquals(1, queue.take());
        assertNull(queue.poll());
        interrupted(manager.simpleQueue("simple", Object.class)::get);
        JoinableQueueProxy<Object> jobs = manager.joinableQueue("jobs");
        jobs.put(1);
        interrupted(action(jobs::join));
    }

    @Test
    void interruptedLocksAndConditions() throws Exception {
        LockProxy lock = manager.lock("lock");
        lock.lock();
        interrupted(action(lock::lockInterruptibly));
        interrupted(() -> lock.tryLock(Duration.ofHours(1)));
        lock.unlock();
        assertFalse(lock.isLocked());
        AtomicReference<Boolean> held = new AtomicReference<>();
        interrupted(() -> {
            lock.lock();
            try {
                lock.condition("c").await();
                return "woken";
            } finally {
                // the contract: who leaves await, by whatever way, holds the lock
                held.set(lock.isHeldByCurrentThread());
                lock.unlock();
            }
        });
        assertEquals(true, held.get());
        assertFalse(lock.isLocked());
        Thread.currentThread().interrupt();
        lock.lock();
        assertTrue(Thread.interrupted(), "lock() keeps the interrupt for later");
        lock.unlock();
    }

    @Test
    void cancelledFutures() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        CompletableFuture<Object> take = queue.async().take();
        untilWaiting(1);
        assertTrue(take.cancel(true));
        untilWaiting(0);
        assertThrowsExactly(CancellationException.class, take::join);
        queue.put("kept");
        assertEquals("kept", queue.take());
        // and when the item is on its way already
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Object> f = queue.async().take();
            other.queue("queue").put(i);
            Object taken = f.cancel(true) ? queue.take() : f.join();
            assertEquals(i, taken);
        }
        assertTrue(queue.isEmpty());

        LockProxy lock = manager.lock("lock");
        lock.lock();
        AsyncLock view = lock.async();
        CompletableFuture<Long> granted = view.lock();
        untilWaiting(1);
        assertTrue(granted.cancel(true));
        untilWaiting(0);
        lock.unlock();
        assertFalse(lock.isLocked());
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Long> f = view.lock();
            if (!f.cancel(true)) {
                f.join();
                view.unlock().join();
            }
            Await.until("the lock is free", () -> !lock.isLocked());
        }
    }

    @Test
    void theServerEndsWhileClientsWait() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        LockProxy lock = other.lock("lock");
        lock.lock();
        Background taker = new Background(queue::take);
        Background locker = new Background(action(manager.lock("lock")::lock));
        CompletableFuture<Object> future = queue.async().take();
        untilWaiting(3);
        server.stop();
        ConnectionLostException e = endsWith(ConnectionLostException.class, server.uri(), taker);
        assertTrue(e.getMessage().contains("ended the session"), e::getMessage);
        endsWith(ConnectionLostException.class, "ended the session", locker);
        try {
            future.join();
            fail("the future completed");
        } catch (CompletionException x) {
            assertEquals(ConnectionLostException.class, x.getCause().getClass());
        }
        fails(ConnectionLostException.class, "ended the session", () -> queue.put(1));
        assertFalse(manager.isOpen());
        // nothing was on its way from this one: it learns the reason with its next call
        fails(ConnectionLostException.class, "ended the session", () -> other.dict());
        assertFalse(other.isOpen());
    }

    @Test
    void aServerThatForbidsShutdown() {
        try (TestServer strict = TestServer.start(o -> o.withAllowShutdown(false))) {
            Manager m = strict.connect();
            RequestRejectedException e = assertThrowsExactly(RequestRejectedException.class, m::shutdownServer);
            assertEquals(ErrorCode.FORBIDDEN, e.code());
            assertEquals(0, m.dict("d").size());
        }
    }
}
