package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.BarrierProxy;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.SetProxy;
import io.multiproc.client.WrongTypeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the JDK's interfaces promise, where others use the same object at the same time. */
class JdkContractIT extends Contract {
    /** No codec takes it. */
    private static final class Foreign {}

    @Test
    void whoIsInterruptedBeforeABarrierBreaksIt() throws Exception {
        String name = uniqueName();
        BarrierProxy barrier = manager.barrier(name, 2);
        BarrierProxy twin = other.barrier(name, 2);
        Task<?> waits = start(() -> twin.await());
        await("the other party waits", () -> barrier.getNumberWaiting() == 1);
        Task<?> interrupted = start(() -> {
            Thread.currentThread().interrupt();
            InterruptedException e = assertThrows(InterruptedException.class, barrier::await);
            assertFalse(Thread.currentThread().isInterrupted(), e::getMessage);
            Thread.currentThread().interrupt();
            assertThrows(BrokenBarrierException.class, () -> barrier.await(1, TimeUnit.SECONDS));
            assertTrue(Thread.interrupted(), "a broken barrier says so first, and leaves the interrupt");
            return null;
        });
        interrupted.get();
        assertThrows(BrokenBarrierException.class, waits::get);
        assertTrue(barrier.isBroken());
    }

    @Test
    void aReplacementByNullIsRefused() {
        DictProxy<String, Integer> dict = manager.dict(String.class, Integer.class);
        dict.putAll(Map.of("a", 1));
        assertThrows(NullPointerException.class, () -> dict.replaceAll((k, v) -> null));
        assertEquals(Map.of("a", 1), dict.snapshot());
    }

    @Test
    void functionsThatAreNullAreNoticed() {
        DictProxy<String, Integer> dict = manager.dict(String.class, Integer.class);
        SetProxy<String> set = manager.set(String.class);
        dict.set("a", 1);
        assertThrows(NullPointerException.class, () -> dict.computeIfAbsent("a", null));
        assertThrows(NullPointerException.class, () -> dict.computeIfPresent("b", null));
        assertThrows(NullPointerException.class, () -> dict.compute("a", null));
        assertThrows(NullPointerException.class, () -> dict.merge("b", 1, null));
        dict.clear();
        assertThrows(NullPointerException.class, () -> dict.replaceAll(null));
        assertThrows(NullPointerException.class, () -> dict.keySet().removeIf(null));
        assertThrows(NullPointerException.class, () -> dict.values().removeIf(null));
        assertThrows(NullPointerException.class, () -> dict.entrySet().removeIf(null));
        assertThrows(NullPointerException.class, () -> set.removeIf(null));
        assertEquals(Map.of(), dict.snapshot());
    }

    @Test
    void bulkRemovalLosesNoUpdate() {
        String name = uniqueName();
        DictProxy<String, Integer> dict = manager.dict(name, String.class, Integer.class);
        DictProxy<String, Integer> twin = other.dict(name, String.class, Integer.class);
        List<Runnable> removals = List.of(
                () -> dict.entrySet().removeIf(e -> overtaken(twin, e.getValue())),
                () -> dict.values().removeIf(v -> overtaken(twin, v)),
                () -> dict.values().removeAll(new OvertakenSet(twin, 1)),
                () -> dict.values().retainAll(new OvertakenSet(twin, 2)),
                () -> dict.entrySet().removeAll(new OvertakenEntries(twin)));
        for (int i = 0; i < removals.size(); i++) {
            dict.set("a", 1);
            removals.get(i).run();
            assertEquals(Map.of("a", 2), dict.snapshot(), "removal " + i);
            dict.set("a", 1);
            assertTrue(dict.values().removeIf(v -> v == 1));
            assertTrue(dict.isEmpty());
        }
        dict.putAll(Map.of("a", 1, "b", 2, "c", 3));
        assertTrue(dict.values().remove(2));
        assertFalse(dict.values().remove(2));
        assertTrue(dict.values().retainAll(Set.of(1)));
        assertFalse(dict.entrySet().retainAll(Set.of(Map.entry("a", 1))));
        assertTrue(dict.entrySet().removeAll(Set.of(Map.entry("a", 1))));
        assertEquals(Map.of(), dict.snapshot());
    }

    private static boolean overtaken(DictProxy<String, Integer> twin, int value) {
        if (value == 1) {
            twin.set("a", 2);
        }
        return value == 1;
    }

    /** A collection that changes the dict when it is asked for 1. */
    private static final class OvertakenSet extends HashSet<Object> {
        private final transient DictProxy<String, Integer> twin;

        OvertakenSet(DictProxy<String, Integer> twin, int only) {
            super(Set.of(only));
            this.twin = twin;
        }

        @Override
        public boolean contains(Object value) {
            boolean answer = super.contains(value);
            boolean unused = overtaken(twin, (Integer) value);
            return answer;
        }
    }

    private static final class OvertakenEntries extends HashSet<Object> {
        private final transient DictProxy<String, Integer> twin;

        OvertakenEntries(DictProxy<String, Integer> twin) {
            super(Set.of(Map.entry("a", 1)));
            this.twin = twin;
        }

        @Override
        public boolean contains(Object entry) {
            boolean answer = super.contains(entry);
            boolean unused = overtaken(twin, (Integer) ((Map.Entry<?, ?>) entry).getValue());
            return answer;
        }
    }

    @Test
    void streamsGoOnWhileOthersWrite() {
        DictProxy<Integer, Integer> dict = manager.dict(Integer.class, Integer.class);
        SetProxy<Integer> set = manager.set(Integer.class);
        QueueProxy<Integer> queue = manager.queue(Integer.class, 0);
        ListProxy<Integer> list = manager.list(Integer.class);
        for (Collection<?> c : List.of(dict.keySet(), dict.values(), dict.entrySet(), set, queue, list)) {
            dict.clear();
            set.clear();
            queue.clear();
            list.clear();
            dict.set(1, 1);
            set.add(1);
            queue.add(1);
            list.add(1);
            Spliterator<?> all = c.spliterator();
            assertFalse(all.hasCharacteristics(Spliterator.SIZED), c.getClass().getName());
            Stream<?> stream = c.stream();
            assertEquals(
                    1,
                    stream.peek(e -> {
                                dict.set(2, 2);
                                set.add(2);
                                queue.add(2);
                                list.add(2);
                            })
                            .limit(1)
                            .toArray()
                            .length);
            assertEquals(2, c.parallelStream().toList().size(), c.getClass().getName());
        }
    }

    @Test
    void aProxyIsASourceOfItsContents() {
        DictProxy<Object, Object> dict = other.dict(Map.of("a", 1));
        ListProxy<Object> list = other.list(List.of(1, 2));
        DictProxy<Object, Object> copy = manager.dict(dict);
        assertEquals(Map.of("a", 1), copy.snapshot());
        dict.set("b", 2);
        copy.putAll(dict);
        assertEquals(Map.of("a", 1, "b", 2), copy.snapshot());
        dict.set("c", 3);
        copy.update(dict);
        assertEquals(3, copy.size());
        dict.set("d", 3);
        get(copy.async().putAll(dict));
        assertEquals(dict, copy);
        assertEquals(List.of(1, 2), manager.list(list).snapshot());
        ListProxy<Integer> numbers = other.list(uniqueName(), Integer.class);
        numbers.addAll(List.of(3, 4));
        var array = manager.array("i", Integer.class, numbers);
        assertEquals(List.of(3, 4), array.getAll());
        numbers.set(0, 5);
        array.setAll(numbers);
        assertEquals(List.of(5, 4), array.getAll());
        numbers.set(0, 6);
        get(array.async().setAll(numbers));
        array.setSlice(0, 2, null, numbers);
        assertEquals(List.of(6, 4), array.getAll());
        list.extend(numbers);
        list.setSlice(0, 1, null, numbers);
        assertEquals(List.of(6, 4, 2, 6, 4), list.snapshot());
        SetProxy<Object> set = manager.set(list);
        assertEquals(Set.of(6, 4, 2), set.snapshot());
        set.addAll(manager.set(List.of(9)));
        QueueProxy<Object> queue = manager.queue(Object.class, 0);
        assertTrue(queue.addAll(list));
        assertEquals(list.snapshot(), queue.snapshot());
    }

    @Test
    void whatCannotBeThereIsNot() {
        DictProxy<Object, Object> dict = manager.dict(Map.of("a", 1));
        ListProxy<Object> list = manager.list(List.of(1, 2));
        SetProxy<Object> set = manager.set(List.of(1, 2));
        QueueProxy<Object> queue = manager.queue(Object.class, 0);
        queue.addAll(List.of(1, 2));
        for (Object o : List.of(new Foreign(), List.of(new Foreign()), List.of(1), new HashMap<>())) {
            assertFalse(dict.containsKey(o));
            assertFalse(dict.containsValue(o));
            assertNull(dict.get(o));
            assertEquals(7, dict.getOrDefault(o, 7));
            assertNull(dict.remove(o));
            assertFalse(dict.remove(o, 1));
            assertFalse(dict.remove("a", o));
            assertFalse(dict.keySet().contains(o));
            assertFalse(dict.keySet().remove(o));
            assertFalse(dict.values().contains(o));
            assertFalse(dict.values().remove(o));
            assertFalse(dict.entrySet().contains(Map.entry(o, o)));
            assertFalse(dict.entrySet().contains(Map.entry("a", o)));
            assertFalse(dict.entrySet().remove(Map.entry(o, o)));
            for (Collection<Object> c : List.<Collection<Object>>of(list, set, queue)) {
                assertFalse(c.contains(o));
                assertFalse(c.remove(o));
                assertFalse(c.containsAll(List.of(1, o)));
                assertFalse(c.removeAll(List.of(o)));
                assertFalse(c.retainAll(List.of(1, 2, o)));
            }
            assertEquals(-1, list.indexOf(o));
            assertEquals(-1, list.lastIndexOf(o));
            assertEquals(0, list.count(o));
            assertEquals(-1, list.index(o, 0, 2));
            Map<Object, Object> map = new HashMap<>();
            map.put(o, 1);
            assertNotEquals(map, dict);
            assertNotEquals(new HashSet<>(List.of(1, o)), set);
            assertNotEquals(new ArrayList<>(List.of(1, o)), list);
        }
        assertThrows(WrongTypeException.class, () -> dict.put(List.of(1), 1));
        assertThrows(WrongTypeException.class, () -> set.add(List.of(1)));
        assertTrue(set.removeAll(List.of(new Foreign(), 1)));
        assertTrue(list.retainAll(List.of(new Foreign(), 1)));
        assertTrue(queue.removeAll(List.of(new Foreign(), 1)));
        assertEquals(Set.of(2), set.snapshot());
        assertEquals(List.of(1), list.snapshot());
        assertEquals(List.of(2), queue.snapshot());
    }

    @Test
    void aListIteratorChangesTheElementItReturned() {
        String name = uniqueName();
        ListProxy<String> list = manager.list(name, String.class);
        ListProxy<String> twin = other.list(name, String.class);
        list.addAll(List.of("a", "b", "c", "d"));
        ListIterator<String> i = list.listIterator();
        assertEquals("a", i.next());
        assertEquals("b", i.next());
        twin.add(0, "new");
        i.remove();
        assertEquals(List.of("new", "a", "c", "d"), twin.snapshot());
        assertEquals("c", i.next());
        twin.remove(0);
        i.set("C");
        i.set("CC");
        assertEquals(List.of("a", "CC", "d"), twin.snapshot());
        assertEquals("CC", i.previous());
        i.set("c");
        assertEquals(List.of("a", "c", "d"), twin.snapshot());
        ListIterator<String> atTheEnd = list.listIterator();
        while (atTheEnd.hasNext()) {
            atTheEnd.next();
        }
        atTheEnd.remove();
        twin.add("d");
        twin.clear();
        assertThrows(ConcurrentModificationException.class, () -> i.set("lost"));
        i.remove();
        assertThrows(IllegalStateException.class, i::remove);
        assertEquals(List.of(), twin.snapshot());
    }

    @Test
    void anIteratorChangesTheLastOfAChunk() {
        List<Integer> numbers = IntStream.range(0, 1001).boxed().toList();
        ListProxy<Integer> list = manager.list(uniqueName(), Integer.class);
        QueueProxy<Integer> queue = manager.queue(uniqueName(), Integer.class, 0);
        list.addAll(numbers);
        queue.addAll(numbers);
        ListIterator<Integer> i = list.listIterator();
        Iterator<Integer> q = queue.iterator();
        for (int n = 0; n < 1000; n++) {
            i.next();
            q.next();
        }
        assertTrue(i.hasNext() && q.hasNext());
        i.set(-1);
        i.remove();
        q.remove();
        assertFalse(list.contains(-1) || list.contains(999) || queue.contains(999));
        assertEquals(1000, i.next());
        assertEquals(1000, q.next());
        assertEquals(1000, list.size());
    }

    @Test
    void aQueueIteratorRemovesTheItemItReturned() {
        String name = uniqueName();
        QueueProxy<Integer> queue = manager.queue(name, Integer.class, 0);
        queue.addAll(List.of(1, 2, 1, 3));
        Iterator<Integer> i = queue.iterator();
        for (int n = 0; n < 3; n++) {
            i.next();
        }
        i.remove();
        assertThrows(IllegalStateException.class, i::remove);
        assertEquals(List.of(1, 2, 3), queue.snapshot());
        assertEquals(3, i.next());
        assertEquals(1, other.queue(name, Integer.class, 0).poll());
        i.remove();
        assertEquals(List.of(2), queue.snapshot());
        queue.clear();
        queue.addAll(List.of(5, 6, 5, 6, 5));
        assertTrue(queue.removeIf(n -> n == 5));
        assertEquals(List.of(6, 6), queue.snapshot());
    }

    @Test
    void aQueueIsNotDrainedIntoNothingOrItself() {
        String name = uniqueName();
        QueueProxy<Integer> queue = manager.queue(name, Integer.class, 0);
        QueueProxy<Integer> twin = other.queue(name, Integer.class, 0);
        queue.addAll(List.of(1, 2));
        assertThrows(NullPointerException.class, () -> queue.drainTo(null));
        assertThrows(NullPointerException.class, () -> queue.drainTo(null, 0));
        assertThrows(IllegalArgumentException.class, () -> queue.drainTo(queue));
        assertThrows(IllegalArgumentException.class, () -> queue.drainTo(twin));
        assertThrows(IllegalArgumentException.class, () -> queue.addAll(twin));
        assertEquals(List.of(1, 2), queue.snapshot());
        assertEquals(2, queue.drainTo(other.queue(uniqueName(), Integer.class, 0)));
    }

    @Test
    void aTimeLongAgoIsNotWaitedFor() throws Exception {
        LockProxy lock = manager.lock(uniqueName());
        Condition condition = lock.newCondition();
        Task<?> waits = start(() -> {
            lock.lock();
            try {
                assertFalse(condition.awaitUntil(new Date(Long.MIN_VALUE)));
                assertFalse(condition.awaitUntil(new Date(0)));
                assertTrue(condition.awaitNanos(Long.MIN_VALUE) <= 0);
                assertFalse(condition.await(Long.MIN_VALUE, TimeUnit.DAYS));
            } finally {
                lock.unlock();
            }
            return null;
        });
        waits.get();
    }

    @Test
    void setsAreEqualByContents() {
        SetProxy<Integer> set = manager.set(uniqueName(), Integer.class);
        SetProxy<Integer> same = other.set(uniqueName(), Integer.class);
        set.addAll(List.of(1, 2));
        same.addAll(List.of(2, 1));
        assertEquals(set, same);
        assertEquals(set.hashCode(), same.hashCode());
        assertEquals(set, Set.of(1, 2));
        assertEquals(Set.of(1, 2), set);
        assertEquals("[1, 2]", set.toString());
        same.add(3);
        assertNotEquals(set, same);
    }

    @Test
    void anEntryIsThereIfItCanBeRemoved() {
        DictProxy<Object, Object> dict = manager.dict(Map.of("a", 1));
        for (Object one : List.<Object>of(1L, 1.0)) {
            assertTrue(dict.entrySet().contains(Map.entry("a", one)));
            assertTrue(dict.entrySet().remove(Map.entry("a", one)));
            assertFalse(dict.entrySet().contains(Map.entry("a", one)));
            dict.set("a", 1);
        }
    }

    @Test
    void countersAndSemaphoresHaveWhatTheJdksHave() {
        CounterProxy counter = manager.counter(uniqueName());
        assertEquals(0, counter.getAndDecrement());
        assertEquals(-1, counter.getAndUpdate(n -> n * 10));
        assertEquals(-9, counter.updateAndGet(n -> n + 1));
        assertEquals(-9, counter.getAndAccumulate(5, Long::max));
        assertEquals(8, counter.accumulateAndGet(3, Long::sum));
        SemaphoreProxy semaphore = manager.semaphore(uniqueName(), 1);
        semaphore.acquireUninterruptibly();
        assertFalse(semaphore.hasQueuedThreads());
        assertTrue(semaphore.isFair());
        semaphore.release();
    }

    @Test
    void namespacesKnowTheirNames() {
        NamespaceProxy namespace = manager.namespace(uniqueName());
        namespace.set("a", 1);
        assertTrue(namespace.has("a"));
        assertFalse(namespace.has("b"));
    }
}
