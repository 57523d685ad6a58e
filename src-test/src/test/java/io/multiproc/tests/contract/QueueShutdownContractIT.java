package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Outcome;
import io.multiproc.client.PriorityQueueProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.QueueShutDownException;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the clients of a queue that was shut down see. */
class QueueShutdownContractIT extends Contract {
    private final String name = uniqueName();

    private static void refused(Executable action) {
        QueueShutDownException e = assertThrows(QueueShutDownException.class, action);
        assertEquals(ErrorCode.QUEUE_SHUT_DOWN, e.code());
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
    }

    @Test
    void whatIsThereIsTakenAndNothingPut() throws Exception {
        QueueProxy<Integer> queue = manager.queue(name, Integer.class, 3);
        QueueProxy<Integer> twin = other.queue(name, Integer.class, 3);
        queue.addAll(List.of(1, 2, 3));
        assertFalse(twin.isShutdown());
        queue.shutdown(false);
        assertTrue(twin.isShutdown());
        refused(() -> twin.put(4));
        refused(() -> twin.offer(4));
        refused(() -> twin.offer(4, 1, TimeUnit.SECONDS));
        refused(() -> twin.offer(4, Duration.ofSeconds(1)));
        refused(() -> twin.add(4));
        refused(() -> twin.addAll(List.of(4)));
        failure(QueueShutDownException.class, twin.async().put(4));
        failure(QueueShutDownException.class, twin.async().addAll(List.of(4)));
        assertEquals(0, twin.remainingCapacity());
        assertEquals(List.of(1, 2, 3), twin.snapshot());
        assertEquals(1, twin.take());
        assertTrue(twin.remove((Object) 2));
        assertEquals(3, twin.poll());
        refused(() -> twin.take());
        refused(() -> twin.poll());
        refused(() -> twin.poll(Duration.ofSeconds(1)));
        refused(() -> twin.remove());
        failure(QueueShutDownException.class, twin.async().take());
        List<Integer> none = new ArrayList<>();
        assertEquals(0, twin.drainTo(none));
        assertNull(twin.peek());
        assertTrue(twin.isEmpty());
        assertMentions("queue '" + name + "' was shut down", () -> queue.offer(4), QueueShutDownException.class);
    }

    @Test
    void waitingTakersAreTold() throws Exception {
        QueueProxy<Integer> queue = manager.queue(name, Integer.class, 1);
        QueueProxy<Integer> twin = other.queue(name, Integer.class, 1);
        Task<Integer> take = start(() -> twin.take());
        Task<Integer> poll = start(() -> queue.poll(Duration.ofMinutes(1)));
        CompletableFuture<Integer> future = twin.async().take();
        await("three wait", () -> waiters(name) == 3);
        get(queue.async().shutdown(false));
        refused(take::get);
        refused(poll::get);
        failure(QueueShutDownException.class, future);
        assertTrue(get(twin.async().isShutdown()));
    }

    @Test
    void waitingPuttersAreToldAndPutNothing() throws Exception {
        QueueProxy<Integer> queue = manager.queue(name, Integer.class, 1);
        QueueProxy<Integer> twin = other.queue(name, Integer.class, 1);
        queue.put(1);
        Task<Void> put = start(() -> {
            twin.put(2);
            return null;
        });
        Task<Boolean> offer = start(() -> queue.offer(3, Duration.ofMinutes(1)));
        await("two wait", () -> waiters(name) == 2);
        twin.shutdown(false);
        refused(put::get);
        refused(offer::get);
        assertEquals(List.of(1), queue.snapshot());
    }

    @Test
    void anImmediateOneLetsJoinersGo() throws Exception {
        JoinableQueueProxy<String> queue = manager.joinableQueue(name, String.class, 0);
        JoinableQueueProxy<String> twin = other.joinableQueue(name, String.class, 0);
        queue.addAll(List.of("a", "b", "c"));
        assertEquals("a", twin.take());
        Task<Boolean> join = start(() -> queue.join(Duration.ofMinutes(1)));
        await("a join waits", () -> waiters(name) == 1);
        queue.shutdown(true);
        assertEquals(1, queue.unfinished());
        assertEquals(1, queue.inProgress());
        assertTrue(queue.isEmpty());
        refused(() -> twin.takeDelivery(Duration.ZERO));
        failure(QueueShutDownException.class, twin.takeDeliveryAsync());
        twin.taskDone();
        assertTrue(join.get());
        assertThrows(IllegalStateException.class, () -> twin.taskDone());
    }

    @Test
    void whatAConsumerLeavesBehindIsTakenByAnother() throws Exception {
        JoinableQueueProxy<String> queue = manager.joinableQueue(name, String.class, 0);
        JoinableQueueProxy<String> twin = other.joinableQueue(name, String.class, 0);
        queue.addAll(List.of("a", "b"));
        assertEquals("a", twin.take());
        assertEquals("b", twin.take());
        queue.shutdown(false);
        refused(() -> queue.poll());
        other.close();
        await("both are back", () -> queue.size() == 2);
        var again = queue.takeDelivery(Duration.ZERO);
        assertEquals("a", again.item());
        assertEquals(2, again.deliveries());
        assertTrue(queue.done(again));
        assertEquals("b", queue.take());
        queue.taskDone();
        queue.join();
        refused(() -> queue.take());
    }

    @Test
    void whatAConsumerLeavesBehindIsDroppedAfterAnImmediateOne() throws Exception {
        JoinableQueueProxy<String> queue = manager.joinableQueue(name, String.class, 0);
        JoinableQueueProxy<String> twin = other.joinableQueue(name, String.class, 0);
        queue.put("a");
        assertEquals("a", twin.take());
        queue.shutdown(true);
        assertFalse(queue.join(Duration.ZERO));
        other.close();
        queue.join();
        assertTrue(queue.isEmpty());
    }

    @Test
    void priorityAndSimpleQueues() throws Exception {
        PriorityQueueProxy<Integer> sorted = manager.priorityQueue(Integer.class, 0);
        sorted.addAll(List.of(3, 1, 2));
        sorted.shutdown(false);
        assertEquals(1, sorted.take());
        refused(() -> sorted.add(0));
        sorted.shutdown(true);
        refused(() -> sorted.take());

        SimpleQueueProxy<String> simple = manager.simpleQueue(name, String.class);
        SimpleQueueProxy<String> twin = other.simpleQueue(name, String.class);
        simple.put("a");
        assertFalse(twin.isShutdown());
        twin.shutdown(false);
        assertTrue(simple.isShutdown());
        refused(() -> simple.put("b"));
        failure(QueueShutDownException.class, simple.putAsync("b"));
        assertEquals("a", simple.get());
        refused(() -> simple.get());
        failure(QueueShutDownException.class, simple.getAsync());
        get(simple.shutdownAsync(true));
    }

    @Test
    void onlyDeletingOpensItAgain() throws Exception {
        QueueProxy<Integer> queue = manager.queue(name, Integer.class, 0);
        queue.shutdown(true);
        assertTrue(manager.objects().stream().anyMatch(row -> name.equals(row.name()) && row.shutdown()));
        assertTrue(other.queue(name, Integer.class, 0).isShutdown());
        assertTrue(manager.delete(name));
        assertThrows(NoSuchObjectException.class, () -> queue.shutdown(false));
        QueueProxy<Integer> next = manager.queue(name, Integer.class, 0);
        assertFalse(next.isShutdown());
        next.put(1);
        assertEquals(1, next.take());
    }
}
