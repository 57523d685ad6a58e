package io.multiproc.server.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small collections against those of java.util. */
class CollectionsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void longMap(long seed) {
        Random random = new Random(seed);
        LongMap<String> map = new LongMap<>();
        Map<Long, String> model = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            long key = random.nextInt(1000) * (random.nextBoolean() ? 1L : 1L << 33);
            if (random.nextInt(5) < 3) {
                assertEquals(model.put(key, "v" + i), map.put(key, "v" + i), "seed " + seed);
            } else {
                assertEquals(model.remove(key), map.remove(key), "seed " + seed);
            }
            long other = random.nextInt(1000);
            assertEquals(model.get(other), map.get(other), "seed " + seed);
            assertEquals(model.size(), map.size(), "seed " + seed);
        }
        assertArrayEquals(
                model.keySet().stream().mapToLong(Long::longValue).sorted().toArray(), map.sortedKeys());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void elements(long seed) {
        Random random = new Random(seed);
        ElementRing<Integer> elements = new ElementRing<>();
        List<Integer> model = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int size = model.size();
            switch (random.nextInt(9)) {
                case 0, 1 -> {
                    elements.addLast(i);
                    model.add(i);
                }
                case 2 -> {
                    elements.addFirst(i);
                    model.add(0, i);
                }
                case 3 -> {
                    int at = random.nextInt(size + 1);
                    elements.add(at, i);
                    model.add(at, i);
                }
                case 4 -> {
                    if (size > 0) {
                        int at = random.nextInt(size);
                        assertEquals(model.remove(at), elements.remove(at), "seed " + seed);
                    }
                }
                case 5 -> {
                    int from = random.nextInt(size + 1);
                    int to = from + random.nextInt(Math.min(10, size - from + 1));
                    List<Integer> values = List.of(i, -i, i + 1).subList(0, random.nextInt(4));
                    elements.replace(from, to, values);
                    model.subList(from, to).clear();
                    model.addAll(from, values);
                }
                case 6 -> {
                    BitSet gone = new BitSet();
                    int every = random.nextInt(20) + 2;
                    for (int k = 0; k < size; k += every) {
                        gone.set(k);
                    }
                    elements.removeAll(gone);
                    for (int k = gone.length() - 1; k >= 0; k--) {
                        if (gone.get(k)) {
                            model.remove(k);
                        }
                    }
                }
                case 7 -> {
                    if (size > 0) {
                        assertEquals(model.remove(0), elements.removeFirst(), "seed " + seed);
                    }
                }
                default -> {
                    if (random.nextInt(200) == 0) {
                        elements.clear();
                        model.clear();
                    } else if (size > 0) {
                        assertEquals(model.remove(size - 1), elements.removeLast(), "seed " + seed);
                    }
                }
            }
            assertEquals(model.size(), elements.size(), "seed " + seed);
            if (i % 50 == 0) {
                assertEquals(model, elements.range(0, elements.size()), "seed " + seed + " step " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void orderedTable(long seed) {
        Random random = new Random(seed);
        OrderedTable table = new OrderedTable();
        String where = "seed " + seed;
        Map<Integer, byte[]> model = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) {
            // grows for a while, then shrinks
            boolean growing = i / 20_000 % 2 == 0;
            int n = random.nextInt(20_000);
            byte[] key = Values.ofInteger(n);
            int hash = Equality.hash(key);
            int at = table.find(key, 0, hash);
            assertEquals(model.containsKey(n), at >= 0, where);
            if (random.nextInt(10) < (growing ? 8 : 2)) {
                byte[] entry =
                        new ByteWriter().raw(key).raw(Values.ofInteger(i)).toByteArray();
                if (at >= 0) {
                    table.setEntry(at, entry);
                } else {
                    table.insert(hash, entry);
                }
                model.put(n, entry);
            } else if (at >= 0) {
                table.remove(at);
                model.remove(n);
            } else if (random.nextInt(10) == 0 && table.last() >= 0) {
                model.remove((int) Values.integer(table.entry(table.last()), 0));
                table.remove(table.last());
            }
            assertEquals(model.size(), table.size(), where);
            if (i % 5_000 == 0) {
                assertSame(model, table, seed);
            }
        }
        assertSame(model, table, seed);
        table.clear();
        assertEquals(-1, table.from(0));
        assertEquals(-1, table.last());
    }

    private static void assertSame(Map<Integer, byte[]> model, OrderedTable table, long seed) {
        Iterator<Map.Entry<Integer, byte[]>> expected = model.entrySet().iterator();
        long sequence = 0;
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            Map.Entry<Integer, byte[]> e = expected.next();
            assertEquals(e.getKey().longValue(), Values.integer(table.entry(at), 0), "seed " + seed);
            assertEquals(e.getValue(), table.entry(at), "seed " + seed);
            assertTrue(table.sequence(at) > sequence, "seed " + seed);
            assertEquals(at, table.after(sequence), "seed " + seed);
            sequence = table.sequence(at);
        }
        assertNotNull(expected);
        assertTrue(!expected.hasNext(), "seed " + seed);
    }

    /** Numbers that a multiplication by the golden ratio, which everybody knows, would put into one place. */
    @Test
    @Timeout(20)
    void chosenNumbersDoNotCollide() {
        long inverse = java.math.BigInteger.valueOf(0x9E3779B97F4A7C15L)
                .modInverse(java.math.BigInteger.ONE.shiftLeft(64))
                .longValue();
        LongMap<String> map = new LongMap<>();
        for (long i = 0; i < 300_000; i++) {
            // each product has zeros where a table would look
            map.put(i * inverse, "x");
        }
        assertEquals(300_000, map.size());
    }
}
