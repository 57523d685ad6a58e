package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every kind of value, from one client through a dict to another. */
@Tag("jdk")
class ValuesContractIT extends Contract {
    public enum Colour {
        RED,
        GREEN
    }

    public record Point(int x, double y, List<String> tags, Colour colour) {}

    public static class Account {
        private final String owner;
        private final long cents;
        private final Map<String, Point> points;

        public Account(String owner, long cents, Map<String, Point> points) {
            this.owner = owner;
            this.cents = cents;
            this.points = points;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Account a && owner.equals(a.owner) && cents == a.cents && points.equals(a.points);
        }

        @Override
        public int hashCode() {
            return Objects.hash(owner, cents, points);
        }
    }

    @Override
    ManagerOptions options(ManagerOptions base) {
        return base.register(2000, Colour.class).register(2001, Point.class).register(2002, Account.class);
    }

    private Object there(Object value) {
        String name = uniqueName();
        manager.dict(name).set("v", value);
        Object got = other.dict(name).get("v");
        other.delete(name);
        return got;
    }

    private void survives(Object value) {
        Object got = there(value);
        assertEquals(value, got);
        assertSame(value.getClass(), got.getClass());
    }

    @Test
    void scalars() {
        for (Object v : new Object[] {
            true,
            false,
            Byte.MIN_VALUE,
            Byte.MAX_VALUE,
            Short.MIN_VALUE,
            Short.MAX_VALUE,
            0,
            -1,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            0L,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            BigInteger.ZERO,
            BigInteger.TWO.pow(64),
            BigInteger.TWO.pow(5000).negate(),
            new BigDecimal("0.10"),
            new BigDecimal("-1E+500"),
            new BigDecimal("1E-2147483647"),
            BigDecimal.ZERO,
            0.0f,
            -0.0f,
            Float.NaN,
            Float.MIN_VALUE,
            Float.NEGATIVE_INFINITY,
            0.0,
            -0.0,
            Double.NaN,
            Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            0.1,
            'a',
            '\0',
            '\ud800',
            '\uffff',
            "",
            "a",
            "\0",
            "\u00fc\u20ac\ud83d\ude00",
            "\ud800",
            "\udc00\ud800",
            "x".repeat(127),
            "x".repeat(128),
            "\u20ac".repeat(100_000),
            new UUID(1, -1),
        }) {
            survives(v);
        }
    }

    @Test
    void bytes() {
        byte[] all = new byte[100_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (byte[] b : new byte[][] {{}, {-1}, new byte[127], new byte[128], all}) {
            assertArrayEquals(b, (byte[]) there(b));
        }
    }

    @Test
    void times() {
        for (Object v : new Object[] {
            LocalDate.EPOCH,
            LocalDate.MIN,
            LocalDate.MAX,
            LocalDate.of(2024, 2, 29),
            LocalTime.MIN,
            LocalTime.MAX,
            LocalDateTime.MIN,
            LocalDateTime.MAX,
            Instant.EPOCH,
            Instant.MIN,
            Instant.MAX,
            Instant.EPOCH.minusNanos(1),
            OffsetDateTime.of(2020, 1, 1, 0, 0, 0, 1, ZoneOffset.ofHoursMinutes(-3, -30)),
            ZonedDateTime.of(2020, 7, 1, 12, 0, 0, 0, ZoneId.of("Europe/Berlin")),
            ZonedDateTime.of(2020, 10, 25, 2, 30, 0, 0, ZoneId.of("Europe/Berlin"))
                    .withLaterOffsetAtOverlap(),
            ZonedDateTime.of(2020, 7, 1, 12, 0, 0, 0, ZoneOffset.UTC),
            Duration.ZERO,
            Duration.ofNanos(-1),
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
        }) {
            survives(v);
        }
    }

    @Test
    void containers() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put(null, Arrays.asList(1, null, "x"));
        map.put(Tuple.of(1, Tuple.of()), Map.of());
        map.put("set", Set.of(1L, 2.5));
        map.put("nested", List.of(List.of(List.of(Map.of("k", List.of())))));
        assertEquals(map, there(map));
        assertEquals(new ArrayList<>(map.keySet()), new ArrayList<>(((Map<?, ?>) there(map)).keySet()), "order");
        assertEquals(Arrays.asList((Object) null), there(Arrays.asList((Object) null)));
        survives(Tuple.of(1, null, "a", Tuple.of()));
        Object got = there(Tuple.of(List.of()));
        assertTrue(got instanceof Tuple);
        assertEquals(Set.of(), there(Set.of()));
        List<Object> deep = List.of();
        for (int i = 0; i < 99; i++) {
            deep = List.of(deep);
        }
        assertEquals(deep, there(deep));
        List<Object> deeper = List.of(deep);
        assertMentions("nested deeper than 100", () -> there(deeper), IllegalArgumentException.class);
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThrows(IllegalArgumentException.class, () -> there(endless));
        manager.dict(uniqueName()).set("still", "usable");
    }

    @Test
    void objectsOfUserClasses() {
        Point point = new Point(1, -0.5, List.of("a"), Colour.GREEN);
        survives(point);
        survives(Colour.RED);
        survives(new Account("ada", 1L << 40, Map.of("p", point)));
        assertEquals(List.of(point, point), there(List.of(point, point)));
        String name = uniqueName();
        DictProxy<String, Point> dict = manager.dict(name, String.class, Point.class);
        dict.set("p", point);
        assertTrue(dict.replace("p", point, new Point(2, 0, List.of(), Colour.RED)));
        assertEquals(2, dict.compute("p", (k, v) -> v).x());
        assertMentions(
                "unhashable",
                () -> manager.dict().set(new Account("ada", 1, Map.of()), 1),
                io.multiproc.client.WrongTypeException.class);
        record Unregistered(int a) {}
        assertMentions("Unregistered", () -> there(new Unregistered(1)), SerializationException.class);
        try (Manager stranger = Manager.connect(transport.options())) {
            assertThrows(RuntimeException.class, () -> Objects.requireNonNull(
                            stranger.dict(name, String.class, Point.class).get("p"))
                    .x());
            assertNotNull(stranger.names());
        }
    }

    @Test
    void proxies() {
        ListProxy<Object> list = manager.list(List.of("shared"));
        Object got = there(List.of(list, Map.of("again", list)));
        List<?> far = (List<?>) got;
        assertTrue(far.get(0) instanceof ListProxy);
        ((ListProxy<?>) far.get(0)).clear();
        assertTrue(list.isEmpty());
        list.add("x");
        assertEquals(List.of("x"), ((Map<?, ?>) far.get(1)).get("again"));
    }

    @Test
    void everyScalarIsAKey() {
        DictProxy<Object, Object> dict = manager.dict();
        List<Object> keys = List.of(
                2,
                "s",
                'c',
                2.5,
                new BigDecimal("7.5"),
                LocalDate.EPOCH,
                Instant.EPOCH,
                new UUID(1, 2),
                Tuple.of(1, "a"),
                BigInteger.TWO.pow(90),
                Duration.ZERO,
                ZonedDateTime.of(LocalDateTime.MIN.plusYears(1), ZoneOffset.UTC));
        for (Object k : keys) {
            dict.set(k, "v");
        }
        assertEquals(keys, new ArrayList<>(dict.keySet()));
        for (Object k : keys) {
            assertEquals("v", dict.remove(k));
        }
        assertTrue(dict.isEmpty());
    }
}
