package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ListProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListContractIT extends Contract {
    private String name;
    private ListProxy<Integer> list;
    private ListProxy<Integer> twin;

    @BeforeEach
    void open() {
        name = uniqueName();
        list = manager.list(name, Integer.class);
        twin = other.list(name, Integer.class);
    }

    private void fill(Integer... values) {
        list.clear();
        list.addAll(Arrays.asList(values));
    }

    @Test
    void elements() {
        assertTrue(list.isEmpty());
        assertTrue(list.add(1));
        list.append(2);
        list.add(1, 3);
        list.add(0, 0);
        list.add(4, 9);
        assertEquals(List.of(0, 1, 3, 2, 9), twin.snapshot());
        assertEquals(5, list.size());
        assertEquals(3, list.get(2));
        assertEquals(3, list.set(2, 30));
        assertEquals(30, twin.remove(2));
        assertTrue(list.remove(Integer.valueOf(9)));
        assertFalse(list.remove(Integer.valueOf(9)));
        assertEquals(List.of(0, 1, 2), list);
        list.clear();
        assertEquals(0, twin.size());
    }

    @Test
    void indices() {
        fill(1, 2, 3);
        for (int bad : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> list.get(bad));
            assertThrows(IndexOutOfBoundsException.class, () -> list.set(bad, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> list.remove(bad));
            assertThrows(IndexOutOfBoundsException.class, () -> list.listIterator(bad == 3 ? 4 : bad));
            if (bad != 3) {
                assertThrows(IndexOutOfBoundsException.class, () -> list.add(bad, 1));
                assertThrows(IndexOutOfBoundsException.class, () -> list.addAll(bad, List.of(1)));
            }
        }
        assertEquals(List.of(1, 2, 3), list.snapshot());
        assertEquals(3, list.at(-1));
        assertMentions("list index out of range", () -> list.at(3), IndexOutOfBoundsException.class);
        assertMentions("list index out of range", () -> list.at(-4), IndexOutOfBoundsException.class);
        assertEquals(1, list.pop(-3));
        assertEquals(3, list.pop());
        assertEquals(2, list.pop(0));
        assertMentions("pop from empty list", () -> list.pop(), IndexOutOfBoundsException.class);
        list.insert(100, 1);
        list.insert(-100, 0);
        list.insert(-1, 5);
        assertEquals(List.of(0, 5, 1), list.snapshot());
    }

    @Test
    void searching() {
        fill(1, 2, null, 2, 1);
        assertEquals(1, list.indexOf(2));
        assertEquals(3, list.lastIndexOf(2));
        assertEquals(2, list.indexOf(null));
        assertEquals(-1, list.indexOf(7));
        assertEquals(-1, list.lastIndexOf(7));
        assertTrue(list.contains(null));
        assertTrue(list.contains(2));
        assertFalse(list.contains(7));
        assertEquals(3, list.index(2, 2, 5));
        assertEquals(4, list.index(1, -2, 100));
        assertEquals(-1, list.index(1, 1, 4));
        assertEquals(2, list.count(1));
        assertEquals(1, list.count(null));
        assertEquals(0, list.count(8));
        assertTrue(list.containsAll(Arrays.asList(1, null)));
        assertTrue(list.containsAll(List.of()));
        assertFalse(list.containsAll(List.of(1, 7)));
        // numbers are equal whatever their width
        assertEquals(1, list.indexOf((Object) 2L));
        assertEquals(1, list.indexOf((Object) 2.0));
        assertTrue(list.remove((Object) 2.0));
        assertEquals(Arrays.asList(1, null, 2, 1), list.snapshot());
    }

    @Test
    void bulk() {
        assertTrue(list.addAll(List.of(1, 2, 3)));
        assertFalse(list.addAll(List.of()));
        assertTrue(list.addAll(1, List.of(8, 9)));
        assertFalse(list.addAll(1, List.of()));
        list.extend(List.of(1, 1));
        assertEquals(List.of(1, 8, 9, 2, 3, 1, 1), list.snapshot());
        assertTrue(list.removeAll(List.of(1, 100)));
        assertFalse(list.removeAll(List.of(100)));
        assertTrue(list.retainAll(List.of(8, 2, 3)));
        assertFalse(list.retainAll(List.of(8, 2, 3)));
        assertEquals(List.of(8, 2, 3), list.snapshot());
        assertTrue(list.removeIf(v -> v == 2));
        assertFalse(list.removeIf(v -> v == 2));
        list.replaceAll(v -> v * 2);
        assertEquals(List.of(16, 6), list.snapshot());
        assertTrue(list.addAll(manager.list(name, Integer.class)));
        assertEquals(List.of(16, 6, 16, 6), list.snapshot());
    }

    @Test
    void nullsAreElements() {
        list.add(null);
        list.add(0, null);
        assertNull(list.get(0));
        assertNull(list.set(0, 1));
        assertTrue(list.remove((Object) null));
        assertEquals(List.of(1), list.snapshot());
        assertThrows(NullPointerException.class, () -> list.addAll(null));
        assertThrows(NullPointerException.class, () -> list.removeAll(null));
    }

    @Test
    void iteration() {
        List<Integer> many = IntStream.range(0, 2500).boxed().toList();
        list.addAll(many);
        assertEquals(many, new ArrayList<>(list));
        List<Integer> seen = new ArrayList<>();
        for (Integer v : list) {
            seen.add(v);
        }
        assertEquals(many, seen);
        seen.clear();
        list.forEach(seen::add);
        assertEquals(many, seen);
        assertEquals(many, list.stream().toList());
        assertEquals(
                many.stream().mapToInt(v -> v).sum(),
                list.parallelStream().mapToInt(v -> v).sum());
        assertArrayEquals(many.toArray(), list.toArray());
        assertArrayEquals(many.toArray(new Integer[0]), list.toArray(new Integer[0]));
        assertArrayEquals(many.toArray(), list.toArray(Object[]::new));
        ListIterator<Integer> back = list.listIterator(2500);
        for (int i = 2499; i >= 0; i--) {
            assertEquals(i, back.previousIndex());
            assertTrue(back.hasPrevious());
            assertEquals(i, back.previous());
        }
        assertFalse(back.hasPrevious());
        assertThrows(NoSuchElementException.class, back::previous);
        Iterator<Integer> walk = list.iterator();
        while (walk.hasNext()) {
            if (walk.next() % 500 != 0) {
                continue;
            }
            walk.remove();
        }
        assertThrows(NoSuchElementException.class, walk::next);
        assertEquals(2495, list.size());
        assertFalse(list.contains(1000));
    }

    @Test
    void listIterators() {
        fill(1, 2, 3);
        ListIterator<Integer> it = list.listIterator();
        assertThrows(IllegalStateException.class, it::remove);
        assertThrows(IllegalStateException.class, () -> it.set(1));
        assertEquals(0, it.nextIndex());
        assertEquals(-1, it.previousIndex());
        assertEquals(1, it.next());
        it.set(10);
        assertEquals(10, it.previous());
        assertEquals(10, it.next());
        it.add(11);
        assertThrows(IllegalStateException.class, it::remove);
        assertThrows(IllegalStateException.class, () -> it.set(5));
        assertEquals(2, it.nextIndex());
        assertEquals(2, it.next());
        it.remove();
        assertThrows(IllegalStateException.class, it::remove);
        assertEquals(11, it.previous());
        it.remove();
        assertEquals(List.of(10, 3), twin.snapshot());
        assertEquals(3, it.next());
        assertFalse(it.hasNext());
        it.add(4);
        assertEquals(List.of(10, 3, 4), list.snapshot());
        assertEquals(2, list.listIterator(3).previousIndex());
        assertEquals(4, list.listIterator(2).next());
    }

    @Test
    void iteratorsAgainstArrayList() {
        long seed = System.nanoTime();
        System.out.println("ListContractIT.iterators seed " + seed);
        Random random = new Random(seed);
        List<Integer> model = new ArrayList<>(List.of(1, 2, 3, 4, 5));
        list.addAll(model);
        ListIterator<Integer> a = model.listIterator(2);
        ListIterator<Integer> b = list.listIterator(2);
        boolean fresh = false;
        for (int step = 0; step < 800; step++) {
            String where = "step " + step + ", seed " + seed;
            assertEquals(a.hasNext(), b.hasNext(), where);
            assertEquals(a.hasPrevious(), b.hasPrevious(), where);
            assertEquals(a.nextIndex(), b.nextIndex(), where);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    if (a.hasNext()) {
                        assertEquals(a.next(), b.next(), where);
                        fresh = true;
                    }
                }
                case 2, 3 -> {
                    if (a.hasPrevious()) {
                        assertEquals(a.previous(), b.previous(), where);
                        fresh = true;
                    }
                }
                case 4 -> {
                    if (fresh && random.nextBoolean()) {
                        a.set(step);
                        b.set(step);
                    } else if (fresh) {
                        a.remove();
                        b.remove();
                        fresh = false;
                    }
                }
                default -> {
                    if (model.size() < 12) {
                        a.add(step);
                        b.add(step);
                        fresh = false;
                    }
                }
            }
        }
        assertEquals(model, list.snapshot(), "seed " + seed);
    }

    @Test
    void aSubListHasTheSizeOfAllThreadsChanges() throws Exception {
        fill(0, 1, 2);
        List<Integer> sub = list.subList(1, 2);
        int each = 300;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                all.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        sub.add(i);
                        if (i % 3 == 0) {
                            sub.remove(0);
                        }
                    }
                }));
            }
            for (Future<?> f : all) {
                f.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1 + 4 * (each - each / 3), sub.size());
        assertEquals(sub.size() + 2, list.size());
        assertEquals(0, list.get(0));
        assertEquals(2, list.get(list.size() - 1));
    }

    @Test
    void subLists() {
        fill(0, 1, 2, 3, 4, 5);
        List<Integer> sub = list.subList(1, 4);
        assertEquals(List.of(1, 2, 3), sub);
        assertEquals(3, sub.size());
        assertEquals(2, sub.get(1));
        assertEquals(1, sub.indexOf(2));
        assertTrue(sub.contains(3));
        assertFalse(sub.contains(5));
        assertEquals(1, sub.set(0, 10));
        sub.add(99);
        sub.add(0, 98);
        assertEquals(List.of(0, 98, 10, 2, 3, 99, 4, 5), list.snapshot());
        assertEquals(2, sub.remove(2));
        assertEquals(List.of(98, 10, 3, 99), new ArrayList<>(sub));
        Iterator<Integer> walk = sub.iterator();
        walk.next();
        walk.remove();
        assertEquals(List.of(0, 10, 3, 99, 4, 5), list.snapshot());
        assertThrows(IndexOutOfBoundsException.class, () -> sub.get(3));
        assertThrows(IndexOutOfBoundsException.class, () -> list.subList(0, 7));
        assertThrows(IndexOutOfBoundsException.class, () -> list.subList(-1, 2));
        assertThrows(IllegalArgumentException.class, () -> list.subList(3, 2));
        assertEquals(List.of(3), sub.subList(1, 2));
        sub.clear();
        assertEquals(List.of(0, 4, 5), twin.snapshot());
        assertTrue(sub.isEmpty());
    }

    @Test
    void sorting() {
        fill(3, 1, 2);
        list.sort(false);
        assertEquals(List.of(1, 2, 3), list.snapshot());
        list.sort(true);
        assertEquals(List.of(3, 2, 1), list.snapshot());
        list.sort(null);
        assertEquals(List.of(1, 2, 3), list.snapshot());
        list.sort(Comparator.reverseOrder());
        assertEquals(List.of(3, 2, 1), list.snapshot());
        Collections.sort(list);
        assertEquals(List.of(1, 2, 3), list.snapshot());
        list.reverse();
        assertEquals(List.of(3, 2, 1), list.snapshot());
        ListProxy<Object> mixed = manager.list(List.of(1, "a"));
        assertMentions("not supported between instances", () -> mixed.sort(false), ClassCastException.class);
        assertEquals(List.of(1, "a"), mixed.snapshot());
        ListProxy<Object> tuples = manager.list(List.of(Tuple.of("b", 1), Tuple.of("a", 2), Tuple.of("a", 1.5)));
        tuples.sort(false);
        assertEquals(List.of(Tuple.of("a", 1.5), Tuple.of("a", 2), Tuple.of("b", 1)), tuples.snapshot());
    }

    @Test
    void rewritesThatAreOvertakenRunAgain() {
        fill(3, 1, 2);
        int[] runs = {0};
        list.replaceAll(v -> {
            if (runs[0]++ == 0) {
                twin.add(4);
            }
            return v + 1;
        });
        assertEquals(List.of(4, 2, 3, 5), list.snapshot());
        runs[0] = 0;
        assertTrue(list.removeIf(v -> {
            if (runs[0]++ == 0) {
                twin.add(2);
            }
            return v == 2;
        }));
        assertEquals(List.of(4, 3, 5), list.snapshot());
    }

    @Test
    void slices() {
        fill(0, 1, 2, 3, 4, 5);
        assertEquals(List.of(1, 2), list.slice(1, 3));
        assertEquals(List.of(0, 2, 4), list.slice(null, null, 2));
        assertEquals(List.of(5, 4, 3, 2, 1, 0), list.slice(null, null, -1));
        assertEquals(List.of(4, 5), list.slice(-2, null));
        assertEquals(List.of(), list.slice(4, 2));
        assertEquals(List.of(0, 1, 2, 3, 4, 5), list.slice(-100, 100));
        assertThrows(IllegalArgumentException.class, () -> list.slice(0, 1, 0));
        list.setSlice(1, 3, null, List.of(10, 20, 30));
        assertEquals(List.of(0, 10, 20, 30, 3, 4, 5), list.snapshot());
        list.setSlice(null, null, 3, List.of(-1, -2, -3));
        assertEquals(List.of(-1, 10, 20, -2, 3, 4, -3), list.snapshot());
        assertMentions(
                "attempt to assign sequence of size 1 to extended slice of size 4",
                () -> list.setSlice(null, null, 2, List.of(1)),
                IllegalArgumentException.class);
        list.deleteSlice(null, null, 2);
        assertEquals(List.of(10, -2, 4), list.snapshot());
        list.deleteSlice(1, null, null);
        list.repeat(3);
        assertEquals(List.of(10, 10, 10), list.snapshot());
        list.repeat(-1);
        assertTrue(list.isEmpty());
    }

    @Test
    void comparingAndSetting() {
        fill(1, null);
        assertFalse(list.compareAndSet(0, 2, 3));
        assertTrue(list.compareAndSet(0, 1, 3));
        assertTrue(list.compareAndSet(-1, null, 4));
        assertEquals(List.of(3, 4), list.snapshot());
        assertThrows(IndexOutOfBoundsException.class, () -> list.compareAndSet(2, 1, 1));
    }

    @Test
    void equalityIsThatOfLists() {
        fill(1, null, 3);
        assertEquals(Arrays.asList(1, null, 3), list);
        assertEquals(list, Arrays.asList(1, null, 3));
        assertEquals(list, twin);
        assertEquals(Arrays.asList(1, null, 3).hashCode(), list.hashCode());
        assertEquals("[1, null, 3]", list.toString());
        assertNotEquals(list, List.of(1));
        assertFalse(list.equals("x"));
        assertEquals(List.of(1, 2), manager.list(List.of(1, 2)));
        assertEquals("list", list.typeId());
    }

    @Test
    void futures() {
        var async = list.async();
        get(async.add(1));
        get(async.addAll(List.of(2, 3, 4)));
        assertEquals(4, get(async.size()));
        assertEquals(4, get(async.get(-1)));
        assertEquals(4, get(async.set(-1, 5)));
        get(async.insert(0, 0));
        assertEquals(List.of(0, 1, 2, 3, 5), get(async.snapshot()));
        assertEquals(5, get(async.pop()));
        assertEquals(0, get(async.pop(0)));
        assertTrue(get(async.remove(3)));
        assertEquals(0, get(async.indexOf(1)));
        assertEquals(1, get(async.lastIndexOf(2)));
        assertEquals(1, get(async.count(1)));
        assertTrue(get(async.containsAll(List.of(1, 2))));
        assertTrue(get(async.compareAndSet(0, 1, 7)));
        get(async.reverse());
        assertEquals(List.of(2, 7), get(async.slice(null, null, null)));
        get(async.sort(true));
        get(async.repeat(2));
        assertEquals(List.of(7, 2, 7, 2), list.snapshot());
        get(async.setSlice(0, 1, null, List.of(1, 1)));
        get(async.deleteSlice(-1, null, null));
        assertEquals(List.of(1, 1, 2, 7), list.snapshot());
        assertTrue(get(async.removeAll(List.of(7))));
        assertTrue(get(async.retainAll(List.of(1))));
        get(async.clear());
        failure(IndexOutOfBoundsException.class, async.get(0));
        failure(IndexOutOfBoundsException.class, async.pop());
    }

    @Test
    void deleted() {
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, () -> list.add(1));
        assertThrows(NoSuchObjectException.class, () -> list.iterator().hasNext());
    }

    @Test
    void likeAnArrayListUnderRandomOperations() {
        long seed = System.nanoTime();
        System.out.println("ListContractIT seed " + seed);
        Random random = new Random(seed);
        List<Integer> model = new ArrayList<>();
        for (int step = 0; step < 1500; step++) {
            ListProxy<Integer> l = random.nextBoolean() ? list : twin;
            Integer v = random.nextInt(5) == 0 ? null : (Integer) random.nextInt(5);
            int size = model.size();
            int i = size == 0 ? 0 : random.nextInt(size);
            List<Integer> some = Arrays.asList(random.nextInt(5), v);
            String where = "step " + step + ", seed " + seed;
            switch (random.nextInt(16)) {
                case 0, 1 -> assertEquals(model.add(v), l.add(v), where);
                case 2 -> {
                    model.add(i, v);
                    l.add(i, v);
                }
                case 3 -> {
                    if (size > 0) {
                        assertEquals(model.remove(i), l.remove(i), where);
                    }
                }
                case 4 -> {
                    if (size > 0) {
                        assertEquals(model.set(i, v), l.set(i, v), where);
                    }
                }
                case 5 -> assertEquals(model.remove(v), l.remove(v), where);
                case 6 -> assertEquals(model.indexOf(v), l.indexOf(v), where);
                case 7 -> assertEquals(model.lastIndexOf(v), l.lastIndexOf(v), where);
                case 8 -> assertEquals(model.containsAll(some), l.containsAll(some), where);
                case 9 -> assertEquals(model.addAll(i, some), l.addAll(i, some), where);
                case 10 -> {
                    if (size > 30) {
                        assertEquals(model.removeAll(some), l.removeAll(some), where);
                    }
                }
                case 11 -> {
                    if (size > 40) {
                        assertEquals(model.retainAll(some), l.retainAll(some), where);
                    }
                }
                case 12 -> {
                    int to = i + random.nextInt(size - i + 1);
                    assertEquals(model.subList(i, to), l.subList(i, to), where);
                    if (random.nextInt(4) == 0) {
                        model.subList(i, to).clear();
                        l.subList(i, to).clear();
                    }
                }
                case 13 -> {
                    Collections.reverse(model);
                    l.reverse();
                }
                case 14 -> assertEquals(size, l.size(), where);
                default -> assertEquals(model, l.snapshot(), where);
            }
        }
        assertEquals(model, new ArrayList<>(list), "seed " + seed);
    }
}
