package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Outcome;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SetProxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.WrongTypeException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Keys and elements of user classes and of the JDK: their equality is that of their class. */
class KeysContractIT extends Contract {
    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "a constant with a body";
            }
        }
    }

    record Point(int x, double y) {}

    record Shelf(Colour colour, List<Point> points, Set<Colour> others, Map<String, Point> named, Object any) {}

    record Odd(int x) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Odd;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Arrays(int[] values) {}

    record Concrete(ArrayList<String> values) {}

    record Stranger(int x) {}

    @Override
    ManagerOptions options(ManagerOptions base) {
        return base.register(7310, Colour.class).register(7311, Point.class).register(7312, Shelf.class);
    }

    private static List<Object> keys() {
        return List.of(
                Colour.RED,
                Colour.GREEN,
                new Point(1, 0.0),
                new Point(1, -0.0),
                new Point(1, Double.NaN),
                new Shelf(Colour.RED, List.of(new Point(1, 2)), Set.of(Colour.GREEN), Map.of("a", new Point(3, 4)), 1),
                new Shelf(Colour.RED, List.of(new Point(1, 2)), Set.of(Colour.GREEN), Map.of("a", new Point(3, 4)), 1L),
                new Shelf(Colour.RED, List.of(), Set.of(), Map.of(), new BigDecimal("1.0")),
                new Shelf(Colour.RED, List.of(), Set.of(), Map.of(), new BigDecimal("1.00")),
                Tuple.of(Colour.RED, new Point(1, 0.0)),
                DayOfWeek.MONDAY,
                Month.MAY,
                TimeUnit.DAYS,
                RoundingMode.UP,
                Year.of(-1),
                Year.of(2026),
                YearMonth.of(2026, 5),
                MonthDay.of(2, 29),
                Period.of(1, 2, 3),
                OffsetTime.of(1, 2, 3, 4, ZoneOffset.ofHours(5)),
                ZoneOffset.UTC,
                ZoneId.of("Europe/Paris"),
                URI.create("http://user@example.org/a?b#c"),
                URI.create("mailto:a@b.org"),
                Locale.GERMANY,
                new Locale("ja", "JP", "JP"),
                Locale.ROOT,
                Currency.getInstance("EUR"),
                Map.entry("k", Colour.RED),
                Optional.empty(),
                Optional.of(Colour.RED),
                Optional.of("text"));
    }

    @Test
    void eachIsAKeyOfItsOwnForAllSessions() {
        String name = uniqueName();
        DictProxy<Object, Object> mine = manager.dict(name);
        DictProxy<Object, Object> theirs = other.dict(name);
        Map<Object, Object> model = new HashMap<>();
        int i = 0;
        for (Object key : keys()) {
            assertEquals(model.put(key, i), mine.put(key, i), key.toString());
            i++;
        }
        assertEquals(keys().size(), theirs.size(), "none is another's");
        assertEquals(model, theirs.snapshot());
        assertEquals(model.keySet(), new HashSet<>(theirs.keySet()));
        assertEquals(keys(), new ArrayList<>(theirs.keySet()), "in order");
        for (Object key : keys()) {
            assertEquals(model.get(key), theirs.get(key), key.toString());
            assertTrue(theirs.containsKey(key));
            assertEquals(Map.of(key, model.get(key)), theirs.getAll(List.of(key)));
            assertTrue(theirs.replace(key, model.get(key), "new"));
            assertEquals("new", mine.async().remove(key).join());
        }
        assertTrue(theirs.isEmpty());
        mine.putAll(model);
        assertEquals(model, theirs.snapshot());
        assertEquals(model, manager.dict(model).snapshot());
    }

    @Test
    void elementsOfSets() {
        String name = uniqueName();
        SetProxy<Object> mine = manager.set(name);
        SetProxy<Object> theirs = other.set(name);
        assertTrue(mine.addAll(keys()));
        for (Object key : keys()) {
            assertFalse(theirs.add(key), key.toString());
            assertTrue(theirs.contains(key));
        }
        assertEquals(new LinkedHashSet<>(keys()), theirs.snapshot());
        assertTrue(theirs.containsAll(keys()));
        assertEquals(new HashSet<>(keys()), manager.set(keys()).snapshot());
        assertTrue(theirs.removeAll(keys()));
        assertTrue(mine.isEmpty());
    }

    @Test
    void equalityIsTheClass() {
        DictProxy<Object, Object> dict = manager.dict();
        Point point = new Point(1, 2);
        dict.set(
                new Shelf(
                        Colour.RED,
                        new ArrayList<>(List.of(point)),
                        new TreeSet<>(Set.of(Colour.GREEN, Colour.RED)),
                        Map.of(),
                        null),
                "shelf");
        assertEquals(
                "shelf",
                dict.get(new Shelf(
                        Colour.RED, List.of(point), Set.of(Colour.RED, Colour.GREEN), new HashMap<>(), null)));
        dict.set(URI.create("HTTP://Example.ORG/%c3"), "uri");
        assertEquals("uri", dict.get(URI.create("http://example.org/%C3")));
        assertNull(dict.get(URI.create("http://example.org/%C4")));
        dict.set(Map.entry("a", 1), "entry");
        assertEquals("entry", dict.get(new AbstractMap.SimpleEntry<>("a", 1)));
        assertNotEquals("entry", dict.get(new AbstractMap.SimpleEntry<>("a", 1L)));
        DictProxy<Colour, Long> typed = manager.dict(Colour.class, Long.class);
        typed.add(Colour.GREEN, 2L);
        typed.merge(Colour.GREEN, 3L, Long::sum);
        assertEquals(Map.of(Colour.GREEN, 5L), typed.snapshot());
        assertEquals(Colour.GREEN, typed.keySet().iterator().next());
    }

    @Test
    void whatCannotBeEqualIsRefused() {
        try (Manager all = Manager.connect(transport.options().allowPackage("io.multiproc.tests.contract"))) {
            DictProxy<Object, Object> dict = all.dict();
            assertMentions("equals()", () -> dict.set(new Odd(1), 1), WrongTypeException.class);
            assertMentions("array", () -> dict.set(new Arrays(new int[0]), 1), WrongTypeException.class);
            assertMentions("values", () -> dict.set(new Concrete(new ArrayList<>()), 1), WrongTypeException.class);
            assertMentions("unhashable", () -> dict.set(Optional.of(new StringBuilder()), 1), WrongTypeException.class);
            assertNull(dict.get(new Odd(1)), "a question");
            assertFalse(dict.containsKey(new Concrete(new ArrayList<>())));
            dict.set(new Stranger(1), 1);
            assertEquals(1, dict.get(new Stranger(1)));
            assertEquals(Set.of(new Stranger(1)), dict.snapshot().keySet());
        }
        DictProxy<Object, Object> dict = manager.dict();
        assertMentions("not registered", () -> dict.set(new Stranger(1), 1), SerializationException.class);
        assertTrue(dict.isEmpty());
    }

    @Test
    void whoDoesNotKnowTheClassIsTold() {
        String name = uniqueName();
        manager.dict(name).set(new Point(1, 2), "v");
        try (Manager stranger = Manager.connect(transport.options())) {
            DictProxy<Object, Object> dict = stranger.dict(name);
            SerializationException e = assertThrows(SerializationException.class, dict::snapshot);
            assertEquals(Outcome.NOT_APPLIED, e.outcome());
            assertTrue(e.getMessage().contains(Point.class.getName()), e.getMessage());
            assertEquals(1, dict.size());
            assertThrows(ManagerException.class, dict::popItem);
        }
    }
}
