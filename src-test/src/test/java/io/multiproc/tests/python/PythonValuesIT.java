package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Complex;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.OpaqueObject;
import io.multiproc.client.Tuple;
import io.multiproc.tests.fixtures.TestServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The README's table of values: what Java wrote and Python reads, what Python wrote and Java reads, and there and back. */
@Tag("jdk")
@Timeout(120)
class PythonValuesIT {
    private static final LocalDateTime MOMENT = LocalDateTime.of(2026, 2, 28, 1, 2, 3, 4_000);

    public record Point(int x, String name) {}

    public record Named(String name) {}

    private static Map<String, Object> exact() {
        Map<String, Object> v = new LinkedHashMap<>();
        v.put("true", true);
        v.put("false", false);
        v.put("double", 1.5);
        v.put("infinite", Double.NEGATIVE_INFINITY);
        v.put("text", "café \uD83D\uDE00");
        v.put("bytes", new byte[] {0, -1});
        v.put("empty", new byte[0]);
        v.put("int", -70000);
        v.put("long", 1L << 40);
        v.put("most", Long.MAX_VALUE);
        v.put("big", BigInteger.TEN.pow(30));
        v.put("list", Arrays.asList(1, "a", null));
        v.put("tuple", Tuple.of(1, Tuple.of(2, "b")));
        v.put("dict", Map.of("a", 1, 2, List.of(true)));
        v.put("set", Set.of(1, 2));
        v.put("date", LocalDate.of(2026, 2, 28));
        v.put("time", LocalTime.of(1, 2, 3, 4_000));
        v.put("datetime", MOMENT);
        v.put("instant", MOMENT.toInstant(ZoneOffset.UTC));
        v.put("offset", MOMENT.atOffset(ZoneOffset.ofHours(2)));
        v.put("duration", Duration.ofDays(-1).plusNanos(5_000));
        v.put("decimal", new BigDecimal("-12.340"));
        v.put("uuid", UUID.fromString("12345678-1234-5678-1234-567812345678"));
        return v;
    }

    /** What Python has a wider type for. */
    private static Map<String, Object> widened() {
        Map<String, Object> v = new LinkedHashMap<>();
        v.put("float", 0.25f);
        v.put("char", 'x');
        v.put("byte", (byte) 1);
        v.put("short", (short) 300);
        return v;
    }

    /** What Python gets a handle of. */
    private static Map<String, Object> handled() {
        Map<String, Object> v = new LinkedHashMap<>();
        v.put("~nanoseconds", MOMENT.plusNanos(1));
        v.put("~year", LocalDate.of(12026, 1, 1));
        v.put("~zone", ZonedDateTime.of(MOMENT, ZoneId.of("Europe/Paris")));
        v.put("~point", new Point(1, "p"));
        v.put("~named", new Named("n"));
        return v;
    }

    @Test
    void bothWays() throws Exception {
        for (Python python : Python.all()) {
            try (TestServer server = TestServer.start()) {
                Manager manager = server.connect(
                        server.options().register(1000, Point.class).allowPackage(Named.class.getPackageName()));
                DictProxy<String, Object> java = manager.dict("from_java", String.class, Object.class);
                DictProxy<String, Object> ours = manager.dict("from_python", String.class, Object.class);
                DictProxy<String, Object> echo = manager.dict("echo", String.class, Object.class);
                exact().forEach(java::set);
                widened().forEach(java::set);
                handled().forEach(java::set);
                // a frozenset is what Java calls an unmodifiable set
                try (Python.Running frozen = python.start("frozen.py", Python.at(server))) {
                    assertEquals("frozen", frozen.output());
                }
                try (Python.Running table = python.start("table.py", Python.at(server))) {
                    String handle = " SimpleNamespace %s ['java_class', 'multiproc_value', 'text']\n";
                    String named = PythonValuesIT.class.getName();
                    assertEquals(
                            "~named" + handle.formatted(named + "$Named")
                                    + "~nanoseconds" + handle.formatted("java.time.LocalDateTime")
                                    + "~point" + handle.formatted(named + "$Point")
                                    + "~year" + handle.formatted("java.time.LocalDate")
                                    + "~zone" + handle.formatted("java.time.ZonedDateTime")
                                    + "plain True {'name': 'ada', 'sizes': [1, 2], 'when': datetime.date(2026, 1, 1), 'inner': (1+2j)}\n"
                                    + "slotted True \ncomplex True \nrange True \nshared True \nbytearray True \n"
                                    + "35 33 as many as 33",
                            table.output(),
                            python.toString());
                }
                exact().forEach((name, value) -> {
                    same(name, value, ours.get(name));
                    same(name, value, echo.get(name));
                });
                same("none", null, ours.get("none"));
                same("frozen", Set.of(1), ours.get("frozen"));
                same("float", 0.25, ours.get("float"));
                same("char", "x", ours.get("char"));
                same("short", 300, ours.get("short"));
                handled().forEach((name, value) -> same(name, value, echo.get(name)));
                opaque(ours);
            }
        }
    }

    private static void same(String name, Object expected, Object actual) {
        if (expected instanceof byte[] b) {
            assertArrayEquals(b, (byte[]) actual, name);
        } else {
            assertEquals(expected, actual, name);
        }
    }

    private static void opaque(DictProxy<String, Object> ours) {
        OpaqueObject plain = (OpaqueObject) ours.get("plain");
        assertEquals("__main__.Plain", plain.className());
        Map<String, Object> attributes = plain.attributes();
        assertEquals(List.of("name", "sizes", "when", "inner"), List.copyOf(attributes.keySet()));
        assertEquals("ada", attributes.get("name"));
        assertEquals(List.of(1, 2), attributes.get("sizes"));
        assertEquals(LocalDate.of(2026, 1, 1), attributes.get("when"));
        assertEquals(new Complex(1, 2), attributes.get("inner"));
        OpaqueObject slotted = (OpaqueObject) ours.get("slotted");
        assertEquals("__main__.Slotted", slotted.className());
        assertEquals(Map.of("x", 5), slotted.attributes());
        assertEquals("builtins.range", ((OpaqueObject) ours.get("range")).className());
        assertEquals(Map.of(), ((OpaqueObject) ours.get("range")).attributes());
        assertEquals("list", ((OpaqueObject) ours.get("shared")).className());
        assertTrue(plain.toString().startsWith("OpaqueObject[__main__.Plain, "), plain::toString);
        assertNull(new OpaqueObject(7, new byte[] {1}).className());
        assertNull(new OpaqueObject(2, new byte[] {1}).className());
        assertEquals(Map.of(), new OpaqueObject(2, new byte[] {1}).attributes());
        // a container with what Java cannot read is read all the same, and passed on unchanged
        assertEquals(35, ours.snapshot().size());
        ours.set("again", plain);
        assertEquals(plain, ours.get("again"));
    }
}
