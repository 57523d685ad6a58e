package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Delivery;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.QueueProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JoinableQueueContractIT extends Contract {
    private String name;
    private JoinableQueueProxy<String> queue;
    private JoinableQueueProxy<String> twin;

    @BeforeEach
    void open() {
        name = uniqueName();
        queue = manager.joinableQueue(name, String.class, 0);
        twin = other.joinableQueue(name, String.class, 0);
    }

    @Test
    void joinWaitsForEveryItem() throws Exception {
        queue.join();
        assertTrue(queue.join(0, TimeUnit.SECONDS));
        queue.addAll(List.of("a", "b"));
        assertEquals(2, twin.unfinished());
        Task<Boolean> join = start(() -> {
            twin.join();
            return true;
        });
        await("a join waits", () -> waiters(name) == 1);
        CompletableFuture<Boolean> future = queue.joinAsync();
        assertEquals("a", queue.take());
        queue.taskDone();
        assertEquals(1, queue.unfinished());
        assertFalse(queue.join(1, TimeUnit.MILLISECONDS));
        assertFalse(queue.join(Duration.ofMillis(1)));
        assertFalse(future.isDone());
        assertEquals("b", twin.take());
        get(twin.taskDoneAsync());
        assertTrue(join.get());
        assertTrue(get(future));
        assertTrue(queue.join(Duration.ZERO));
        assertEquals(0, queue.unfinished());
    }

    @Test
    void tooManyReports() {
        assertMentions("task_done() called too many times", () -> queue.taskDone(), IllegalStateException.class);
        failure(IllegalStateException.class, queue.taskDoneAsync());
    }

    @Test
    void interruptsAndDeletionEndJoins() throws Exception {
        queue.put("a");
        Task<Object> join = start(() -> {
            queue.join();
            return null;
        });
        await("a join waits", () -> waiters(name) == 1);
        join.thread().interrupt();
        assertThrows(InterruptedException.class, join::get);
        Task<Boolean> again = start(() -> queue.join(30, TimeUnit.SECONDS));
        await("a join waits", () -> waiters(name) == 1);
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, again::get);
    }

    @Test
    void isAQueue() throws Exception {
        JoinableQueueProxy<String> bounded = manager.joinableQueue(String.class, 1);
        assertTrue(bounded.offer("x"));
        assertFalse(bounded.offer("y"));
        assertEquals("x", bounded.peek());
        assertEquals("x", bounded.poll());
        assertEquals("joinable_queue", bounded.typeId());
        assertEquals("joinable_queue", manager.joinableQueue().typeId());
        assertEquals("joinable_queue", manager.joinableQueue(name).typeId());
    }

    @Test
    void whatAnEndedProcessDidNotFinishIsDeliveredAgain() throws Exception {
        queue.addAll(List.of("a", "b", "c"));
        assertEquals("a", twin.take());
        assertEquals("b", twin.take());
        twin.taskDone();
        assertEquals(1, queue.inProgress());
        other.close();
        await("it is back", () -> queue.size() == 2);
        Delivery<String> first = queue.takeDelivery(Duration.ZERO);
        assertEquals("b", first.item());
        assertEquals(2, first.deliveries());
        assertTrue(first.isRedelivery());
        Delivery<String> second = get(queue.takeDeliveryAsync());
        assertEquals("c", second.item());
        assertEquals(1, second.deliveries());
        assertFalse(second.isRedelivery());
        assertNull(queue.takeDelivery(Duration.ofMillis(1)));
        assertTrue(queue.done(second));
        assertFalse(queue.done(second));
        assertFalse(get(queue.doneAsync(second.number())));
        assertEquals(1, queue.unfinished());
        assertTrue(get(queue.doneAsync(first.number())));
        assertTrue(queue.join(Duration.ZERO));
    }

    @Test
    void whatIsNotFinishedInTimeIsDeliveredAgainAndInTheEndPutAside() throws Exception {
        QueueProxy<String> letters = manager.queue(String.class, 0);
        queue.configure(Duration.ofMillis(20), 2, letters);
        queue.put("poison");
        assertEquals("poison", twin.take());
        Delivery<String> again = queue.takeDelivery(Duration.ofSeconds(30));
        assertEquals(2, again.deliveries());
        twin.taskDone(); // late: it is not the other's
        assertEquals("poison", letters.take());
        assertFalse(queue.done(again));
        queue.join();
        assertEquals(0, queue.inProgress());
        queue.configure(Duration.ZERO, 0, null);
        queue.put("slow");
        assertEquals("slow", twin.take());
        assertTrue(letters.isEmpty());
        assertThrows(IllegalArgumentException.class, () -> queue.configure(Duration.ofMillis(-1), 0, null));
        assertThrows(IllegalArgumentException.class, () -> queue.configure(Duration.ZERO, 1, null));
        assertThrows(IllegalArgumentException.class, () -> queue.configure(Duration.ZERO, 0, letters));
        assertThrows(IllegalArgumentException.class, () -> queue.configure(Duration.ZERO, 1, queue));
    }

    @Test
    void aTakerOfADeliveryWaits() throws Exception {
        Task<Delivery<String>> taker = start(() -> queue.takeDelivery(Duration.ofSeconds(30)));
        await("one waits", () -> waiters(name) == 1);
        CompletableFuture<Delivery<String>> cancelled = twin.takeDeliveryAsync();
        await("two wait", () -> waiters(name) == 2);
        cancelled.cancel(true);
        await("one waits", () -> waiters(name) == 1);
        twin.put("a");
        assertEquals("a", taker.get().item());
    }
}
