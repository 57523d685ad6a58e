package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ArrayProxy;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.Handles;
import io.multiproc.client.IteratorProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.PriorityQueueProxy;
import io.multiproc.client.SetProxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.ValueProxy;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.op.ValueOp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("jdk")
class TypedContractIT extends Contract {
    @Test
    void aValue() {
        String name = uniqueName();
        ValueProxy<Integer> value = manager.value(name, "i", 5);
        ValueProxy<Integer> twin = other.value(name, "i", 99);
        assertEquals(5, twin.get());
        value.set(7);
        assertEquals(7, twin.getAndSet(8));
        assertTrue(value.compareAndSet(8, 9));
        assertFalse(value.compareAndSet(8, 10));
        assertEquals(12, twin.addAndGet(3));
        assertEquals(24, value.update(n -> n * 2));
        assertEquals("i", value.typeCodeSymbol());
        assertMentions("out of range", () -> value.addAndGet(Integer.MAX_VALUE), () -> value.addAndGet(1L << 40));
        assertThrows(WrongTypeException.class, () -> manager.value("i", 1).addAndGet(0.5));
        assertEquals(24, value.get());
        assertEquals(value.getLock(), value.getLock());
        value.getLock().lock();
        assertFalse(twin.getLock().tryLock());
        value.getLock().unlock();
        assertThrows(IllegalArgumentException.class, () -> manager.value("x", 1));
        assertThrows(IllegalArgumentException.class, () -> manager.value("B", 256));
        assertThrows(NullPointerException.class, () -> value.set(null));
        assertEquals(25, get(value.async().addAndGet(1)));
        assertEquals(25, get(value.async().get()));
        get(value.async().set(1));
        assertEquals(1, get(value.async().getAndSet(2)));
        assertTrue(get(value.async().compareAndSet(2, 3)));
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, value::get);
        assertEquals("x", manager.value("u", "x").get());
        assertEquals(true, manager.value("?", true).get());
        assertEquals(0.5, manager.value("d", 0.5).get());
        assertNotEquals(manager.value("i", 1), manager.value("i", 1));
    }

    @Test
    void aValueThatIsSetToAnything() {
        ValueProxy<Integer> value = manager.value("i", 5);
        for (Object any : List.of("idle", 1L << 40, List.of(1))) {
            Handles.of(value).call(ValueOp.SET_ANY, any);
            assertEquals(any, Handles.of(value).call(ValueOp.GET_ANY));
            Class<? extends Exception> refusal =
                    any instanceof Long ? IllegalArgumentException.class : WrongTypeException.class;
            assertMentions("set it to one of its type code", value::get, refusal);
            assertMentions("set it to one of its type code", () -> value.addAndGet(1), refusal);
        }
        value.set(7);
        assertEquals(7, value.get());
        assertEquals(7, Handles.of(value).call(ValueOp.GET_ANY));
    }

    private static void assertMentions(String text, Runnable first, Runnable second) {
        for (Runnable r : List.of(first, second)) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, r::run);
            assertTrue(e.getMessage().contains(text), e::getMessage);
        }
    }

    @Test
    void updatesAreNotLost() throws Exception {
        ValueProxy<Long> value = manager.value("q", 0L);
        List<Task<Object>> tasks = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            tasks.add(start(() -> {
                for (int i = 0; i < 50; i++) {
                    value.update(n -> n + 1);
                }
                return null;
            }));
        }
        for (Task<Object> t : tasks) {
            t.get();
        }
        assertEquals(200L, value.get());
    }

    @Test
    void anArray() {
        String name = uniqueName();
        ArrayProxy<Double> array = manager.array(name, "d", Double.class, 4);
        assertThrows(IllegalArgumentException.class, () -> other.array(name, "d", Double.class, 99));
        ArrayProxy<Double> twin = other.array(name, "d", Double.class, 4);
        assertEquals(4, twin.length());
        array.setAll(List.of(1.0, 2.0, 3.0, 4.0));
        assertEquals(List.of(1.0, 2.0, 3.0, 4.0), twin.getAll());
        array.set(-1, 5.0);
        assertEquals(5.0, twin.get(3));
        assertEquals(List.of(2.0, 3.0), array.slice(1, 3));
        assertEquals(List.of(5.0, 2.0), array.slice(null, null, -2));
        array.setSlice(0, 2, null, List.of(7.0, 8.0));
        assertEquals(7.5, array.addAndGet(0, 0.5));
        assertTrue(array.compareAndSet(0, 7.5, 1.0));
        assertFalse(array.compareAndSet(0, 7.5, 1.0));
        assertEquals("d", array.typeCodeSymbol());
        assertThrows(IndexOutOfBoundsException.class, () -> array.get(4));
        assertThrows(IndexOutOfBoundsException.class, () -> array.set(-5, 1.0));
        assertThrows(IllegalArgumentException.class, () -> array.setAll(List.of(1.0)));
        assertThrows(IllegalArgumentException.class, () -> manager.array("d", Double.class, -1));
        List<Double> walked = new ArrayList<>();
        array.forEach(walked::add);
        assertEquals(array.getAll(), walked);
        assertEquals(array.getLock(), twin.getLock() == null ? null : array.getLock());
        ArrayProxy<Integer> bytes = manager.array("B", Integer.class, List.of(1, 2, 255));
        assertThrows(IllegalArgumentException.class, () -> bytes.addAndGet(2, 1));
        assertThrows(IllegalArgumentException.class, () -> bytes.setAll(List.of(9, 9, 256)));
        assertEquals(List.of(1, 2, 255), bytes.getAll());
        assertEquals(3, get(bytes.async().length()));
        get(bytes.async().set(0, 4));
        assertEquals(4, get(bytes.async().get(0)));
        assertEquals(5, get(bytes.async().addAndGet(0, 1)));
        assertTrue(get(bytes.async().compareAndSet(0, 5, 6)));
        get(bytes.async().setAll(List.of(7, 8, 9)));
        assertEquals(List.of(7, 8, 9), get(bytes.async().getAll()));
        assertNotEquals(array, bytes);
    }

    @Test
    void aSet() {
        String name = uniqueName();
        SetProxy<String> set = manager.set(name, String.class);
        SetProxy<String> twin = other.set(name, String.class);
        assertTrue(set.isEmpty());
        assertTrue(set.add("a"));
        assertFalse(twin.add("a"));
        assertTrue(twin.addAll(List.of("b", "c", "d")));
        assertEquals(4, set.size());
        assertTrue(set.contains("b"));
        assertTrue(set.containsAll(Set.of("a", "d")));
        assertFalse(set.containsAll(Set.of("a", "x")));
        assertTrue(set.remove("b"));
        assertFalse(set.remove("b"));
        assertTrue(set.removeAll(List.of("c", "x")));
        assertEquals(List.of("a", "d"), new ArrayList<>(set));
        assertEquals(Set.of("a", "d"), set.snapshot());
        assertEquals(2, set.toArray().length);
        assertEquals(2, set.toArray(new String[0]).length);
        assertEquals("d", set.pop());
        assertTrue(set.retainAll(List.of("x")));
        assertThrows(NoSuchElementException.class, set::pop);
        set.addAll(IntStream.range(0, 2500).mapToObj(i -> "e" + i).toList());
        assertEquals(2500, set.stream().distinct().count());
        Iterator<String> walk = set.iterator();
        walk.next();
        walk.remove();
        assertThrows(IllegalStateException.class, walk::remove);
        assertEquals(2499, set.size());
        assertTrue(set.removeIf(e -> e.endsWith("7")));
        set.clear();
        assertThrows(WrongTypeException.class, () -> manager.set().add(List.of(1)));
        assertThrows(NullPointerException.class, () -> set.add(null));
        SetProxy<Object> numbers = manager.set(List.of(1, 1L, 1.0, 2));
        assertEquals(2, numbers.size());
        assertEquals(2, get(numbers.async().size()));
        assertTrue(get(numbers.async().contains(1)));
        assertTrue(get(numbers.async().containsAll(List.of(1, 2))));
        assertTrue(get(numbers.async().add(3)));
        assertTrue(get(numbers.async().addAll(List.of(4, 5))));
        assertTrue(get(numbers.async().remove(4)));
        assertTrue(get(numbers.async().removeAll(List.of(5))));
        assertTrue(get(numbers.async().retainAll(List.of(1, 2))));
        assertEquals(2, get(numbers.async().snapshot()).size());
        assertEquals(2L, ((Number) get(numbers.async().pop())).longValue());
        get(numbers.async().clear());
        assertNull(get(numbers.async().pop()));
        assertEquals(set, manager.set(name));
    }

    @Test
    void aCounter() {
        String name = uniqueName();
        CounterProxy counter = manager.counter(name);
        CounterProxy twin = other.counter(name);
        assertEquals(1, counter.incrementAndGet());
        assertEquals(1, twin.getAndIncrement());
        assertEquals(1, twin.decrementAndGet());
        assertEquals(1, twin.getAndAdd(4));
        assertEquals(5, counter.get());
        counter.set(10);
        assertEquals(10, twin.getAndSet(11));
        assertTrue(counter.compareAndSet(11, 12));
        assertFalse(counter.compareAndSet(11, 12));
        assertEquals(13L, get(counter.async().addAndGet(1)));
        get(counter.async().set(Long.MAX_VALUE));
        assertEquals(Long.MIN_VALUE, counter.addAndGet(1));
        assertEquals(Long.MIN_VALUE, get(counter.async().getAndSet(0)));
        assertTrue(get(counter.async().compareAndSet(0, 1)));
        assertEquals(1L, get(counter.async().get()));
        assertNotEquals(counter, manager.counter());
    }

    @Test
    void aPriorityQueue() throws Exception {
        PriorityQueueProxy<Tuple> jobs = manager.priorityQueue(uniqueName(), Tuple.class, 0);
        jobs.put(Tuple.of(2, "later"));
        jobs.put(Tuple.of(1, "now"));
        jobs.put(Tuple.of(2, "last"));
        assertThrows(ClassCastException.class, () -> jobs.put(Tuple.of("x", "no number")));
        assertEquals(3, jobs.size());
        assertEquals("now", jobs.take().get(1));
        assertEquals("later", jobs.take().get(1));
        assertEquals("last", jobs.poll().get(1));
        assertNull(jobs.poll());
        PriorityQueueProxy<String> texts = manager.priorityQueue(String.class, 2);
        assertTrue(texts.offer("b"));
        assertTrue(texts.offer("a"));
        assertFalse(texts.offer("c"));
        assertEquals("a", texts.peek());
        assertEquals("priority_queue", texts.typeId());
    }

    @Test
    void anIterator() {
        var list = manager.list(List.of("a", "b", "c", "d"));
        IteratorProxy<String> mine = manager.iterator(list, String.class);
        var dict = manager.dict(uniqueName());
        dict.put("i", mine);
        @SuppressWarnings("unchecked")
        IteratorProxy<Object> theirs = (IteratorProxy<Object>)
                other.dict(manager.names().get(manager.names().size() - 1)).get("i");
        assertEquals("a", mine.next());
        assertEquals("b", theirs.next());
        assertTrue(mine.hasNext());
        assertTrue(mine.hasNext());
        assertEquals(List.of("d"), theirs.next(5));
        assertEquals("c", mine.next());
        assertFalse(mine.hasNext());
        assertThrows(NoSuchElementException.class, mine::next);
        assertEquals(List.of(), get(mine.nextAsync(3)));
        var set = manager.set(List.of(1, 2));
        IteratorProxy<Object> ofSet = manager.iterator(set);
        ofSet.next();
        set.add(3);
        assertThrows(IllegalStateException.class, ofSet::next);
        assertThrows(IllegalArgumentException.class, () -> manager.iterator(manager.lock()));
    }
}
