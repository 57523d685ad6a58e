package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Outcome;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.WrongTypeException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DictContractIT extends Contract {
    private String name;
    private DictProxy<String, Integer> dict;
    private DictProxy<String, Integer> twin;

    @BeforeEach
    void open() {
        name = uniqueName();
        dict = manager.dict(name, String.class, Integer.class);
        twin = other.dict(name, String.class, Integer.class);
    }

    @Test
    void reading() {
        assertTrue(dict.isEmpty());
        assertNull(dict.get("a"));
        assertEquals(7, dict.getOrDefault("a", 7));
        assertNull(dict.put("a", 1));
        assertEquals(1, twin.put("a", 2));
        assertEquals(2, dict.get("a"));
        assertEquals(2, dict.getOrDefault("a", 7));
        assertEquals(1, dict.size());
        assertFalse(dict.isEmpty());
        assertTrue(dict.containsKey("a"));
        assertFalse(dict.containsKey("b"));
        assertTrue(dict.containsValue(2));
        assertFalse(dict.containsValue(1));
    }

    @Test
    void writing() {
        dict.set("a", 1);
        assertEquals(1, dict.putIfAbsent("a", 2));
        assertNull(dict.putIfAbsent("b", 2));
        assertEquals(1, dict.replace("a", 10));
        assertNull(dict.replace("c", 3));
        assertFalse(dict.containsKey("c"));
        assertTrue(dict.replace("a", 10, 11));
        assertFalse(dict.replace("a", 10, 12));
        assertFalse(dict.replace("c", 1, 2));
        assertFalse(dict.remove("a", 12));
        assertTrue(dict.remove("a", 11));
        assertFalse(dict.remove("a", 11));
        assertEquals(2, dict.remove("b"));
        assertNull(dict.remove("b"));
        dict.set("x", 1);
        dict.clear();
        assertTrue(twin.isEmpty());
    }

    @Test
    void manyAtOnce() {
        Map<String, Integer> pairs = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            pairs.put("k" + i, i);
        }
        dict.putAll(pairs);
        twin.update(Map.of("k0", -1));
        pairs.put("k0", -1);
        assertEquals(pairs, dict.snapshot());
        assertEquals(
                new ArrayList<>(pairs.keySet()), new ArrayList<>(dict.snapshot().keySet()));
        assertEquals(Map.of("k1", 1, "k2", 2), dict.getAll(List.of("k1", "none", "k2")));
        assertEquals(Map.of(), dict.getAll(List.of()));
        dict.putAll(Map.of());
        assertThrows(NullPointerException.class, () -> dict.getAll(Arrays.asList("a", null)));
        dict.putAll(dict.snapshot());
        assertEquals(100, dict.size());
    }

    @Test
    void pythonsNames() {
        assertEquals(5, dict.setDefault("a", 5));
        assertEquals(5, dict.setDefault("a", 6));
        assertEquals(5, dict.pop("a"));
        assertMentions("no such key: a", () -> dict.pop("a"), NoSuchElementException.class);
        assertEquals(9, dict.pop("a", 9));
        dict.set("b", 1);
        assertEquals(1, dict.pop("b", 9));
        assertMentions("dictionary is empty", () -> dict.popItem(), NoSuchElementException.class);
        dict.set("x", 1);
        dict.set("y", 2);
        dict.set("x", 3);
        assertEquals(Map.entry("y", 2), dict.popItem());
        assertEquals(Map.entry("x", 3), dict.popItem());
    }

    @Test
    void additionIsExact() {
        assertEquals(2, dict.add("n", 2));
        assertEquals(-1, dict.add("n", -3));
        DictProxy<String, Object> any = manager.dict(uniqueName(), String.class, Object.class);
        any.set("max", Long.MAX_VALUE);
        assertEquals(BigInteger.ONE.shiftLeft(63), any.add("max", 1));
        assertEquals(2.5, any.add("half", 2.5));
        assertEquals(3.5, any.add("half", 1));
        any.set("text", "a");
        assertThrows(WrongTypeException.class, () -> any.add("text", 1));
        assertEquals("a", any.get("text"));
        dict.set("i", Integer.MAX_VALUE);
        assertEquals(
                Outcome.APPLIED,
                assertThrows(SerializationException.class, () -> dict.add("i", 1))
                        .outcome());
        assertEquals(1L << 31, manager.dict(name).get("i"));
    }

    @Test
    void concurrentAdditionsAreAllCounted() throws Exception {
        List<Task<?>> tasks = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            DictProxy<String, Integer> mine = t % 2 == 0 ? dict : twin;
            tasks.add(start(() -> {
                for (int i = 0; i < 100; i++) {
                    mine.add("sum", 1);
                    mine.merge("merged", 1, Integer::sum);
                    mine.compute("computed", (k, v) -> v == null ? 1 : v + 1);
                }
                return null;
            }));
        }
        for (Task<?> t : tasks) {
            t.get();
        }
        assertEquals(Map.of("sum", 400, "merged", 400, "computed", 400), dict.snapshot());
    }

    @Test
    void computing() {
        assertNull(dict.computeIfPresent("a", (k, v) -> 1));
        assertEquals(1, dict.computeIfAbsent("a", String::length));
        assertEquals(1, dict.computeIfAbsent("a", k -> 2));
        assertNull(dict.computeIfAbsent("none", k -> null));
        assertFalse(dict.containsKey("none"));
        assertEquals(3, dict.computeIfPresent("a", (k, v) -> v + 2));
        assertNull(dict.computeIfPresent("a", (k, v) -> null));
        assertFalse(dict.containsKey("a"));
        assertEquals(1, dict.compute("a", (k, v) -> v == null ? 1 : -1));
        assertEquals(-1, dict.compute("a", (k, v) -> v == null ? 1 : -1));
        assertNull(dict.compute("a", (k, v) -> null));
        assertNull(dict.compute("a", (k, v) -> null));
        assertEquals(5, dict.merge("a", 5, Integer::sum));
        assertEquals(11, dict.merge("a", 6, Integer::sum));
        assertNull(dict.merge("a", 1, (x, y) -> null));
        assertTrue(dict.isEmpty());
        assertThrows(
                IllegalStateException.class,
                () -> dict.compute("a", (k, v) -> {
                    throw new IllegalStateException("mine");
                }));
        dict.putAll(Map.of("x", 1, "y", 2));
        dict.replaceAll((k, v) -> v * 10);
        assertEquals(Map.of("x", 10, "y", 20), dict.snapshot());
        Map<String, Integer> seen = new HashMap<>();
        dict.forEach(seen::put);
        assertEquals(dict.snapshot(), seen);
    }

    @Test
    void aComputationThatIsOvertakenRunsAgain() {
        dict.set("a", 1);
        AtomicInteger runs = new AtomicInteger();
        assertEquals(101, dict.compute("a", (k, v) -> {
            if (runs.incrementAndGet() == 1) {
                twin.set("a", 100);
            }
            return v + 1;
        }));
        assertEquals(2, runs.get());
        runs.set(0);
        assertEquals(1, dict.computeIfAbsent("b", k -> {
            twin.set("b", 1);
            return 2;
        }));
        assertEquals(
                6,
                dict.merge("c", 5, (x, y) -> {
                            throw new AssertionError("absent");
                        })
                        + 1);
    }

    @Test
    void nullsAreRefused() {
        assertThrows(NullPointerException.class, () -> dict.get(null));
        assertThrows(NullPointerException.class, () -> dict.put(null, 1));
        assertThrows(NullPointerException.class, () -> dict.put("a", null));
        assertThrows(NullPointerException.class, () -> dict.set("a", null));
        assertThrows(NullPointerException.class, () -> dict.putIfAbsent("a", null));
        assertThrows(NullPointerException.class, () -> dict.remove(null));
        assertThrows(NullPointerException.class, () -> dict.remove("a", null));
        assertThrows(NullPointerException.class, () -> dict.replace("a", null));
        assertThrows(NullPointerException.class, () -> dict.replace("a", 1, null));
        assertThrows(NullPointerException.class, () -> dict.replace("a", null, 1));
        assertThrows(NullPointerException.class, () -> dict.containsKey(null));
        assertThrows(NullPointerException.class, () -> dict.containsValue(null));
        assertThrows(NullPointerException.class, () -> dict.merge("a", null, Integer::sum));
        assertThrows(NullPointerException.class, () -> dict.compute(null, (k, v) -> 1));
        Map<String, Integer> holed = new HashMap<>();
        holed.put("a", null);
        assertThrows(NullPointerException.class, () -> dict.putAll(holed));
        holed.clear();
        holed.put(null, 1);
        assertThrows(NullPointerException.class, () -> dict.putAll(holed));
        assertTrue(dict.isEmpty());
        var async = dict.async();
        assertThrows(NullPointerException.class, () -> async.get(null));
        assertThrows(NullPointerException.class, () -> async.put("a", null));
        assertThrows(NullPointerException.class, () -> async.set(null, 1));
        assertThrows(NullPointerException.class, () -> async.putAll(holed));
        assertThrows(NullPointerException.class, () -> manager.dict(holed));
        assertTrue(dict.isEmpty());
    }

    @Test
    void keysAreEqualAsInPython() {
        DictProxy<Object, Object> any = manager.dict();
        any.set(1, "int");
        for (Object one : new Object[] {1L, 1.0, 1.0f, (byte) 1, (short) 1, true, BigInteger.ONE}) {
            assertEquals("int", any.get(one), one.getClass().getName());
        }
        any.set(1.0, "double");
        assertEquals(Map.of(1, "double"), any.snapshot());
        any.set(Tuple.of("a", 1), "tuple");
        assertEquals("tuple", any.get(Tuple.of("a", 1L)));
        any.set("", "empty");
        any.set(new byte[] {1}, "bytes");
        assertEquals("bytes", any.get(new byte[] {1}));
        for (Object bad : new Object[] {List.of(1), Map.of(), Set.of(), Tuple.of(List.of())}) {
            assertNull(any.get(bad), "a question for what cannot be a key");
            assertMentions("unhashable type", () -> any.set(bad, 1), WrongTypeException.class);
        }
    }

    @Test
    void keySetView() {
        dict.putAll(new TreeMap<>(Map.of("a", 1, "b", 2, "c", 3)));
        Set<String> keys = dict.keySet();
        assertEquals(Set.of("a", "b", "c"), keys);
        assertEquals(keys, dict.snapshot().keySet());
        assertEquals(Set.of("a", "b", "c").hashCode(), keys.hashCode());
        assertEquals(List.of("a", "b", "c"), keys.stream().toList());
        assertArrayEquals(new Object[] {"a", "b", "c"}, keys.toArray());
        assertArrayEquals(new String[] {"a", "b", "c"}, keys.toArray(new String[0]));
        assertTrue(keys.contains("a"));
        assertTrue(keys.containsAll(List.of("a", "b")));
        assertTrue(keys.remove("a"));
        assertFalse(keys.remove("a"));
        assertEquals(Set.of("b", "c"), twin.keySet());
        assertThrows(UnsupportedOperationException.class, () -> keys.add("z"));
        Iterator<String> walk = keys.iterator();
        assertThrows(IllegalStateException.class, walk::remove);
        assertEquals("b", walk.next());
        walk.remove();
        assertThrows(IllegalStateException.class, walk::remove);
        assertEquals("c", walk.next());
        assertThrows(NoSuchElementException.class, walk::next);
        assertEquals(Map.of("c", 3), dict.snapshot());
        assertTrue(keys.removeIf("c"::equals));
        dict.putAll(Map.of("p", 1, "q", 2, "r", 3));
        assertTrue(keys.removeAll(Set.of("p", "x")));
        assertTrue(keys.retainAll(Set.of("q")));
        assertEquals(Set.of("q"), keys);
        assertEquals("[q]", keys.toString());
        keys.clear();
        assertTrue(keys.isEmpty());
        assertTrue(dict.isEmpty());
    }

    @Test
    void valuesView() {
        dict.putAll(new TreeMap<>(Map.of("a", 1, "b", 2, "c", 1)));
        var values = dict.values();
        assertEquals(List.of(1, 2, 1), new ArrayList<>(values));
        assertEquals(3, values.size());
        assertTrue(values.contains(2));
        assertFalse(values.contains(9));
        List<Integer> seen = new ArrayList<>();
        values.forEach(seen::add);
        assertEquals(List.of(1, 2, 1), seen);
        assertEquals(4, values.stream().mapToInt(v -> v).sum());
        assertThrows(UnsupportedOperationException.class, () -> values.add(1));
        assertTrue(values.remove(1));
        assertEquals(Map.of("b", 2, "c", 1), dict.snapshot());
        assertTrue(values.removeIf(v -> v == 2));
        assertEquals(Map.of("c", 1), dict.snapshot());
        Iterator<Integer> walk = values.iterator();
        walk.next();
        walk.remove();
        assertFalse(walk.hasNext());
        assertTrue(dict.isEmpty());
        dict.set("a", 1);
        values.clear();
        assertTrue(dict.isEmpty());
    }

    @Test
    void entrySetView() {
        dict.putAll(new TreeMap<>(Map.of("a", 1, "b", 2)));
        var entries = dict.entrySet();
        assertEquals(Set.of(Map.entry("a", 1), Map.entry("b", 2)), entries);
        assertTrue(entries.contains(Map.entry("a", 1)));
        assertFalse(entries.contains(Map.entry("a", 2)));
        assertFalse(entries.contains((Object) "a"));
        assertFalse(entries.remove(Map.entry("a", 2)));
        for (Map.Entry<String, Integer> e : entries) {
            assertEquals(e.getValue(), e.setValue(e.getValue() * 10));
        }
        assertEquals(Map.of("a", 10, "b", 20), twin.snapshot());
        assertTrue(entries.remove(Map.entry("a", 10)));
        assertThrows(UnsupportedOperationException.class, () -> entries.add(Map.entry("x", 1)));
        Iterator<Map.Entry<String, Integer>> walk = entries.iterator();
        assertEquals(Map.entry("b", 20), walk.next());
        walk.remove();
        assertFalse(walk.hasNext());
        dict.set("q", 1);
        entries.clear();
        assertTrue(entries.isEmpty());
    }

    @Test
    void iterationInChunksSeesWhatStaysExactlyOnce() {
        Map<String, Integer> pairs = new LinkedHashMap<>();
        for (int i = 0; i < 2500; i++) {
            pairs.put("k" + i, i);
        }
        dict.putAll(pairs);
        assertEquals(new ArrayList<>(pairs.keySet()), new ArrayList<>(dict.keySet()));
        assertEquals(new ArrayList<>(pairs.values()), new ArrayList<>(dict.values()));
        assertEquals(new ArrayList<>(pairs.entrySet()), new ArrayList<>(dict.entrySet()));
        List<Integer> seen = new ArrayList<>();
        int n = 0;
        for (Map.Entry<String, Integer> e : dict.entrySet()) {
            seen.add(e.getValue());
            if (e.getKey().startsWith("k") && n++ % 2 == 0) {
                twin.remove(e.getKey());
            }
            twin.put("new" + n % 7, -1);
        }
        seen.removeIf(v -> v == -1);
        assertEquals(new ArrayList<>(pairs.values()), seen);
        assertEquals(1250 + 7, dict.size());
    }

    @Test
    void equalityIsThatOfMaps() {
        dict.putAll(Map.of("a", 1, "b", 2));
        assertEquals(Map.of("a", 1, "b", 2), dict);
        assertEquals(dict, Map.of("a", 1, "b", 2));
        assertEquals(Map.of("a", 1, "b", 2).hashCode(), dict.hashCode());
        assertEquals(dict, twin);
        assertNotEquals(dict, Map.of("a", 1));
        assertNotEquals(dict, Map.of("a", 1, "b", 3));
        assertFalse(dict.equals("x"));
        assertEquals(new LinkedHashMap<>(dict).toString(), dict.toString());
        assertEquals("dict", dict.typeId());
    }

    @Test
    void elementTypesAreCheckedWhenRead() {
        manager.dict(name).set("text", "not a number");
        assertThrows(ClassCastException.class, () -> dict.get("text"));
        manager.dict(name).set("big", 1L << 40);
        assertThrows(ArithmeticException.class, () -> dict.get("big"));
        manager.dict(name).set("narrow", 5L);
        assertEquals(5, dict.get("narrow"));
    }

    @Test
    void copies() {
        assertEquals(Map.of("x", List.of(1)), manager.dict(Map.of("x", List.of(1))));
        DictProxy<Object, Object> lists = manager.dict();
        lists.set("l", new ArrayList<>(List.of(1)));
        @SuppressWarnings("unchecked")
        List<Object> copy = (List<Object>) Objects.requireNonNull(lists.get("l"));
        copy.add(2);
        assertEquals(List.of(1), lists.get("l"));
    }

    @Test
    void futures() {
        var async = dict.async();
        assertNull(get(async.put("a", 1)));
        assertEquals(1, get(async.put("a", 2)));
        get(async.set("b", 3));
        assertEquals(2, get(async.get("a")));
        assertNull(get(async.get("none")));
        assertEquals(2, get(async.size()));
        assertTrue(get(async.containsKey("a")));
        assertTrue(get(async.containsValue(3)));
        assertEquals(Map.of("a", 2), get(async.getAll(List.of("a", "z"))));
        get(async.putAll(Map.of("c", 4)));
        assertEquals(4, get(async.putIfAbsent("c", 5)));
        assertEquals(4, get(async.replace("c", 6)));
        assertTrue(get(async.replace("c", 6, 7)));
        assertFalse(get(async.remove("c", 6)));
        assertTrue(get(async.remove("c", 7)));
        assertEquals(5, get(async.add("a", 3)));
        assertEquals(Map.of("a", 5, "b", 3), get(async.snapshot()));
        assertEquals(Map.entry("b", 3), get(async.popItem()));
        assertEquals(5, get(async.remove("a")));
        assertNull(get(async.popItem()));
        async.set("x", 1);
        async.set("x", 2);
        assertEquals(2, get(async.get("x")), "calls are applied in order");
        get(async.clear());
        assertTrue(dict.isEmpty());
        failure(WrongTypeException.class, manager.dict(name).async().get(List.of()));
    }

    @Test
    void deleted() {
        assertTrue(other.delete(name));
        assertThrows(NoSuchObjectException.class, () -> dict.get("a"));
        assertThrows(NoSuchObjectException.class, () -> dict.size());
        failure(NoSuchObjectException.class, dict.async().get("a"));
        assertNotNull(manager.dict(name));
    }

    @Test
    void likeAMapUnderRandomOperations() {
        long seed = System.nanoTime();
        System.out.println("DictContractIT seed " + seed);
        Random random = new Random(seed);
        Map<String, Integer> model = new LinkedHashMap<>();
        for (int step = 0; step < 1500; step++) {
            DictProxy<String, Integer> d = random.nextBoolean() ? dict : twin;
            String k = "k" + random.nextInt(12);
            int v = random.nextInt(4);
            int w = random.nextInt(4);
            String where = "step " + step + ", seed " + seed;
            switch (random.nextInt(18)) {
                case 0 -> assertEquals(model.put(k, v), d.put(k, v), where);
                case 1 -> assertEquals(model.remove(k), d.remove(k), where);
                case 2 -> assertEquals(model.get(k), d.get(k), where);
                case 3 -> assertEquals(model.putIfAbsent(k, v), d.putIfAbsent(k, v), where);
                case 4 -> assertEquals(model.replace(k, v), d.replace(k, v), where);
                case 5 -> assertEquals(model.replace(k, v, w), d.replace(k, v, w), where);
                case 6 -> assertEquals(model.remove(k, v), d.remove(k, v), where);
                case 7 -> assertEquals(model.containsKey(k), d.containsKey(k), where);
                case 8 -> assertEquals(model.containsValue(v), d.containsValue(v), where);
                case 9 -> assertEquals(model.size(), d.size(), where);
                case 10 -> assertEquals(model.merge(k, v, Integer::sum), d.merge(k, v, Integer::sum), where);
                case 11 -> {
                    model.merge(k, w, Integer::sum);
                    assertEquals(model.get(k), d.add(k, w), where);
                }
                case 12 -> assertEquals(
                        model.computeIfPresent(k, (x, y) -> y > 1 ? null : y + 1),
                        d.computeIfPresent(k, (x, y) -> y > 1 ? null : y + 1),
                        where);
                case 13 -> {
                    Map<String, Integer> some = Map.of(k, v, "k" + (v + 20), w);
                    model.putAll(some);
                    d.putAll(some);
                    model.remove("k" + (v + 20));
                    d.keySet().remove("k" + (v + 20));
                }
                case 14 -> assertEquals(
                        model.keySet().removeAll(Set.of(k, "none")), d.keySet().removeAll(Set.of(k, "none")), where);
                case 15 -> assertEquals(
                        model.values().removeIf(x -> x == 9), d.values().removeIf(x -> x == 9), where);
                case 16 -> assertEquals(new HashSet<>(model.entrySet()), new HashSet<>(d.entrySet()), where);
                default -> assertEquals(model, d.snapshot(), where);
            }
        }
        assertEquals(new ArrayList<>(model.keySet()), new ArrayList<>(dict.keySet()), "order, seed " + seed);
    }
}
