package io.multiproc.client.internal.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.kryo.KryoCodec;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sets and dicts whose keys somebody has chosen so that Java gives them one hash code. */
class CollisionsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int MANY = 60_000;

    private static ValueReader reader() {
        return new ValueReader(KryoCodec.builder().build(), (type, id) -> {
            throw new AssertionError("a reference");
        });
    }

    /** A pair whose hash code as a list is always the same. */
    private static byte[] pair(Tag tag, int n) {
        return Values.container(tag, List.of(Values.ofInteger(n), Values.ofInteger(-31L * n)));
    }

    private static List<byte[]> pairs(Tag tag, int n) {
        List<byte[]> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            out.add(pair(tag, i));
        }
        return out;
    }

    @Test
    void tuplesAreReadAllTheSame() {
        Set<?> set = (Set<?>)
                assertTimeoutPreemptively(SOON, () -> reader().read(Values.container(Tag.SET, pairs(Tag.TUPLE, MANY))));
        assertEquals(MANY, set.size());
        assertEquals(1, set.stream().map(Object::hashCode).distinct().count());
        assertTrue(set.contains(Tuple.of(17, -527)));

        List<byte[]> entries = new ArrayList<>();
        for (byte[] key : pairs(Tag.TUPLE, MANY)) {
            entries.add(key);
            entries.add(Values.TRUE);
        }
        Map<?, ?> map =
                (Map<?, ?>) assertTimeoutPreemptively(SOON, () -> reader().read(Values.container(Tag.DICT, entries)));
        assertEquals(MANY, map.size());
    }

    @Test
    void whatHasNoOrderIsRefusedBeforeLong() {
        byte[] set = Values.container(Tag.SET, pairs(Tag.LIST, MANY));
        refused(set);
        List<byte[]> small = new ArrayList<>();
        byte[] one = Values.container(Tag.SET, pairs(Tag.LIST, 2_000));
        for (int i = 0; i < 2_000; i++) {
            small.add(one);
        }
        refused(Values.container(Tag.LIST, small));
    }

    private static void refused(byte[] value) {
        SerializationException e = assertTimeoutPreemptively(
                SOON, () -> assertThrows(SerializationException.class, () -> reader().read(value)));
        assertTrue(String.valueOf(e.getMessage()).contains("same hash code"), e::getMessage);
    }

    @Test
    void whatDoesNotCollideIsNeverGivenUp() {
        Collisions watch = new Collisions();
        Collection<Object> keys = new ArrayList<>();
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            long start = System.nanoTime();
            for (int i = 0; System.nanoTime() - start < 1_500_000_000L; i++) {
                if (keys.size() < 300_000) {
                    keys.add(List.of(i));
                }
                assertTrue(!watch.added(keys));
            }
            assertTrue(!watch.complete(keys));
        });
    }

    /** Transitive, or a hash table would not find what it holds. */
    @Test
    void theOrderOfTuplesIsOne() {
        Random random = new Random(5);
        Object[] parts = {
            null,
            1,
            2,
            1L,
            1.0,
            "a",
            "b",
            true,
            List.of(1),
            Tuple.of(1),
            Tuple.of("x", 2),
            LocalDateTime.MIN,
            new byte[0]
        };
        List<Tuple> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Object[] elements = new Object[random.nextInt(4)];
            for (int k = 0; k < elements.length; k++) {
                elements[k] = parts[random.nextInt(parts.length)];
            }
            all.add(Tuple.of(elements));
        }
        for (Tuple x : all) {
            for (Tuple y : all) {
                assertEquals(Integer.signum(x.compareTo(y)), -Integer.signum(y.compareTo(x)));
                if (x.equals(y)) {
                    assertEquals(0, x.compareTo(y));
                }
            }
        }
        List<Tuple> sorted = new ArrayList<>(all);
        Collections.sort(sorted);
        for (int i = 0; i < sorted.size(); i++) {
            for (int k = i; k < sorted.size(); k++) {
                assertTrue(sorted.get(i).compareTo(sorted.get(k)) <= 0);
            }
        }
        assertTrue(new HashSet<>(all).containsAll(all));
        assertTrue(Tuple.of(1, 2).compareTo(Tuple.of(1, 3)) < 0);
        assertTrue(Tuple.of(1).compareTo(Tuple.of(1, 3)) < 0);
    }
}
