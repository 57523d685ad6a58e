package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ManagerException;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.QueueProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueueContractIT extends Contract {
    private String name;
    private QueueProxy<Integer> queue;
    private QueueProxy<Integer> twin;

    @BeforeEach
    void open() {
        name = uniqueName();
        queue = manager.queue(name, Integer.class, 3);
        twin = other.queue(name, Integer.class, 3);
    }

    @Test
    void firstInFirstOut() throws Exception {
        queue.put(1);
        assertTrue(queue.offer(2));
        assertTrue(queue.add(3));
        assertEquals(3, twin.size());
        assertEquals(0, twin.remainingCapacity());
        assertEquals(1, twin.peek());
        assertEquals(1, twin.element());
        assertEquals(1, twin.take());
        assertEquals(2, twin.poll());
        assertEquals(3, twin.remove());
        assertTrue(queue.isEmpty());
        assertEquals(3, queue.remainingCapacity());
        queue.put(4);
        assertEquals(4, queue.get());
    }

    @Test
    void emptyAndFull() throws Exception {
        assertNull(queue.poll());
        assertNull(queue.peek());
        assertNull(queue.poll(1, TimeUnit.MILLISECONDS));
        assertNull(queue.poll(Duration.ofNanos(1)));
        assertNull(queue.poll(-5, TimeUnit.DAYS));
        assertThrows(NoSuchElementException.class, () -> queue.remove());
        assertThrows(NoSuchElementException.class, () -> queue.element());
        queue.addAll(List.of(1, 2, 3));
        assertFalse(queue.offer(4));
        assertFalse(queue.offer(4, 1, TimeUnit.MILLISECONDS));
        assertFalse(queue.offer(4, Duration.ofMillis(1)));
        assertThrows(IllegalStateException.class, () -> queue.add(4));
        assertEquals(List.of(1, 2, 3), queue.snapshot());
        assertEquals(Integer.MAX_VALUE, manager.queue().remainingCapacity());
        assertEquals(Integer.MAX_VALUE, manager.queue(Integer.class, -1).remainingCapacity());
    }

    @Test
    void nullsAreRefused() {
        assertThrows(NullPointerException.class, () -> queue.put(null));
        assertThrows(NullPointerException.class, () -> queue.offer(null));
        assertThrows(NullPointerException.class, () -> queue.offer(null, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> queue.add(null));
        assertThrows(NullPointerException.class, () -> queue.addAll(Arrays.asList(1, null)));
        assertTrue(queue.isEmpty());
        assertFalse(queue.contains(null));
        assertFalse(queue.remove(null));
        var async = queue.async();
        assertThrows(NullPointerException.class, () -> async.put(null));
        assertThrows(NullPointerException.class, () -> async.offer(null));
        assertThrows(NullPointerException.class, () -> async.addAll(Arrays.asList(1, null)));
        assertTrue(queue.isEmpty());
    }

    @Test
    void allOrNothing() {
        assertTrue(queue.addAll(List.of(1, 2)));
        assertFalse(queue.addAll(List.of()));
        assertMentions("Queue full", () -> queue.addAll(List.of(3, 4)), IllegalStateException.class);
        assertEquals(List.of(1, 2), queue.snapshot());
        Collection<Integer> self = queue;
        assertThrows(IllegalArgumentException.class, () -> queue.addAll(self));
    }

    @Test
    void takersAreServedInOrderOfArrival() throws Exception {
        Task<Integer> first = start(() -> queue.take());
        await("one waits", () -> waiters(name) == 1);
        Task<Integer> second = start(() -> twin.poll(30, TimeUnit.SECONDS));
        await("two wait", () -> waiters(name) == 2);
        CompletableFuture<Integer> third = queue.async().take();
        await("three wait", () -> waiters(name) == 3);
        twin.addAll(List.of(1, 2, 3));
        assertEquals(1, first.get());
        assertEquals(2, second.get());
        assertEquals(3, get(third));
        assertTrue(queue.isEmpty());
    }

    @Test
    void puttersWaitForRoom() throws Exception {
        queue.addAll(List.of(1, 2, 3));
        Task<Void> put = start(() -> {
            twin.put(4);
            return null;
        });
        await("a put waits", () -> waiters(name) == 1);
        Task<Boolean> offer = start(() -> queue.offer(5, 30, TimeUnit.SECONDS));
        await("an offer waits", () -> waiters(name) == 2);
        assertEquals(List.of(1, 2, 3), queue.snapshot());
        assertEquals(1, queue.take());
        put.get();
        assertEquals(2, queue.take());
        assertTrue(offer.get());
        assertEquals(List.of(3, 4, 5), queue.snapshot());
    }

    @Test
    void interruptsEndWaits() throws Exception {
        Task<Integer> take = start(() -> queue.take());
        await("a take waits", () -> waiters(name) == 1);
        take.thread().interrupt();
        assertThrows(InterruptedException.class, take::get);
        await("nobody waits", () -> waiters(name) == 0);
        queue.put(1);
        assertEquals(1, queue.poll());
        queue.addAll(List.of(1, 2, 3));
        Task<Void> put = start(() -> {
            queue.put(4);
            return null;
        });
        await("a put waits", () -> waiters(name) == 1);
        put.thread().interrupt();
        assertThrows(InterruptedException.class, put::get);
        assertEquals(List.of(1, 2, 3), queue.snapshot());
        Task<Object> before = start(() -> {
            Thread.currentThread().interrupt();
            return queue.take();
        });
        assertThrows(InterruptedException.class, before::get);
        assertEquals(3, queue.size());
    }

    @Test
    void cancelledFuturesTakeNothing() {
        CompletableFuture<Integer> take = queue.async().take();
        await("a take waits", () -> waiters(name) == 1);
        assertTrue(take.cancel(false));
        await("nobody waits", () -> waiters(name) == 0);
        queue.add(1);
        assertEquals(List.of(1), queue.snapshot());
    }

    @Test
    void deletionEndsWaits() {
        Task<Integer> take = start(() -> queue.take());
        await("a take waits", () -> waiters(name) == 1);
        assertTrue(other.delete(name));
        assertThrows(NoSuchObjectException.class, take::get);
        assertThrows(NoSuchObjectException.class, () -> queue.offer(1));
    }

    @Test
    void closingEndsWaits() throws Exception {
        Task<Integer> take = start(() -> twin.take());
        await("a take waits", () -> waiters(name) == 1);
        other.close();
        assertThrows(ManagerException.class, take::get);
        await("nobody waits", () -> waiters(name) == 0);
        queue.add(1);
        assertEquals(1, queue.poll());
    }

    @Test
    void draining() {
        queue.addAll(List.of(1, 2, 3));
        List<Object> into = new ArrayList<>(List.of("x"));
        assertEquals(2, queue.drainTo(into, 2));
        assertEquals(0, queue.drainTo(into, 0));
        assertEquals(0, queue.drainTo(into, -1));
        assertEquals(1, twin.drainTo(into));
        assertEquals(0, queue.drainTo(into));
        assertEquals(List.of("x", 1, 2, 3), into);
        assertThrows(IllegalArgumentException.class, () -> queue.drainTo(queue));
        assertThrows(NullPointerException.class, () -> queue.drainTo(null));
    }

    @Test
    void searchingAndRemoving() {
        QueueProxy<Integer> q = manager.queue(Integer.class, 0);
        q.addAll(List.of(1, 2, 3, 2, 1));
        assertTrue(q.contains(3));
        assertTrue(q.contains((Object) 3L));
        assertFalse(q.contains(9));
        assertTrue(q.containsAll(List.of(1, 2)));
        assertTrue(q.remove((Object) 2));
        assertFalse(q.remove((Object) 9));
        assertEquals(List.of(1, 3, 2, 1), q.snapshot());
        assertTrue(q.removeAll(List.of(1)));
        assertFalse(q.removeAll(List.of(1)));
        assertTrue(q.retainAll(List.of(3)));
        assertTrue(q.removeIf(v -> v == 3));
        q.addAll(List.of(1, 2));
        q.clear();
        assertTrue(q.isEmpty());
    }

    @Test
    void iteration() {
        QueueProxy<Integer> q = manager.queue(Integer.class, 0);
        List<Integer> many = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            many.add(i);
        }
        q.addAll(many);
        assertEquals(many, new ArrayList<>(q));
        assertEquals(many, q.stream().toList());
        assertArrayEquals(many.toArray(), q.toArray());
        assertArrayEquals(many.toArray(new Integer[0]), q.toArray(new Integer[0]));
        Iterator<Integer> walk = q.iterator();
        assertThrows(IllegalStateException.class, walk::remove);
        List<Integer> seen = new ArrayList<>();
        while (walk.hasNext()) {
            int v = walk.next();
            seen.add(v);
            if (v % 3 == 0) {
                walk.remove();
                assertThrows(IllegalStateException.class, walk::remove);
            }
        }
        assertEquals(many, seen);
        assertThrows(NoSuchElementException.class, walk::next);
        many.removeIf(v -> v % 3 == 0);
        assertEquals(many, q.snapshot());
        assertEquals("queue", q.typeId());
    }

    @Test
    void nothingIsLostOrDoubledBetweenManyThreads() throws Exception {
        List<Task<?>> producers = new ArrayList<>();
        List<Task<Set<Integer>>> consumers = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int base = t * 1000;
            QueueProxy<Integer> mine = t == 0 ? queue : twin;
            producers.add(start(() -> {
                for (int i = 0; i < 300; i++) {
                    mine.put(base + i);
                }
                return null;
            }));
            consumers.add(start(() -> {
                Set<Integer> got = new HashSet<>();
                for (int i = 0; i < 300; i++) {
                    assertTrue(got.add(mine.take()));
                }
                return got;
            }));
        }
        for (Task<?> p : producers) {
            p.get();
        }
        Set<Integer> all = new HashSet<>();
        for (Task<Set<Integer>> c : consumers) {
            all.addAll(c.get());
        }
        assertEquals(600, all.size());
        assertTrue(queue.isEmpty());
    }

    @Test
    void futures() {
        var async = queue.async();
        assertTrue(get(async.put(1)));
        assertTrue(get(async.offer(2)));
        assertTrue(get(async.offer(3, Duration.ofSeconds(1))));
        assertFalse(get(async.offer(4)));
        assertFalse(get(async.offer(4, Duration.ofMillis(1))));
        assertFalse(get(async.addAll(List.of(5))));
        assertEquals(3, get(async.size()));
        assertEquals(0, get(async.remainingCapacity()));
        assertEquals(1, get(async.peek()));
        assertTrue(get(async.contains(2)));
        assertTrue(get(async.remove(2)));
        assertEquals(List.of(1, 3), get(async.snapshot()));
        assertEquals(1, get(async.poll()));
        assertEquals(3, get(async.take()));
        assertNull(get(async.poll()));
        assertNull(get(async.poll(Duration.ofMillis(1))));
        assertTrue(get(async.addAll(List.of(1, 2, 3))));
        assertTrue(get(async.removeAll(List.of(1))));
        assertTrue(get(async.retainAll(List.of(2))));
        assertEquals(List.of(2), get(async.drain(5)));
        get(async.clear());
        CompletableFuture<Boolean> last = null;
        for (int i = 0; i < 4; i++) {
            last = async.put(i);
        }
        assertFalse(last.isDone());
        assertEquals(0, queue.poll());
        assertTrue(get(last));
    }

    @Test
    void likeALinkedBlockingQueueUnderRandomOperations() throws Exception {
        long seed = System.nanoTime();
        System.out.println("QueueContractIT seed " + seed);
        Random random = new Random(seed);
        LinkedBlockingQueue<Integer> model = new LinkedBlockingQueue<>(3);
        for (int step = 0; step < 1200; step++) {
            QueueProxy<Integer> q = random.nextBoolean() ? queue : twin;
            int v = random.nextInt(4);
            String where = "step " + step + ", seed " + seed;
            switch (random.nextInt(13)) {
                case 0, 1, 2 -> assertEquals(model.offer(v), q.offer(v), where);
                case 3, 4 -> assertEquals(model.poll(), q.poll(), where);
                case 5 -> assertEquals(model.peek(), q.peek(), where);
                case 6 -> assertEquals(model.size(), q.size(), where);
                case 7 -> assertEquals(model.remainingCapacity(), q.remainingCapacity(), where);
                case 8 -> assertEquals(model.contains(v), q.contains(v), where);
                case 9 -> assertEquals(model.remove(v), q.remove((Object) v), where);
                case 10 -> assertEquals(model.removeAll(List.of(v)), q.removeAll(List.of(v)), where);
                case 11 -> {
                    List<Integer> a = new ArrayList<>();
                    List<Integer> b = new ArrayList<>();
                    assertEquals(model.drainTo(a, 2), q.drainTo(b, 2), where);
                    assertEquals(a, b, where);
                }
                default -> assertEquals(new ArrayList<>(model), q.snapshot(), where);
            }
        }
    }
}
