package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.Tuple;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people and programs see of values. */
class ShownTest {
    private final Shown shown = new Shown(Map.of(1000L, "com.acme.Order"));

    @Test
    void nothingThatWasStoredCommandsATerminal() {
        assertEquals("a\\u001b[2Jb", Shown.escaped("a\u001b[2Jb"));
        assertEquals("\\n\\r\\t\\u0000\\u007f\\u009b", Shown.escaped("\n\r\t\0\u007f\u009b"));
        assertEquals("\\u202eexe.gpj\\u2028\\ud800", Shown.escaped("\u202eexe.gpj\u2028\ud800"));
        assertEquals("Größe \ud83d\ude00 C:\\temp", Shown.escaped("Größe \ud83d\ude00 C:\\temp"));
        assertEquals(
                "{k\\u001b=[v\\n, b'a\\x00\\'\\\\']}", shown.text(Map.of("k\u001b", List.of("v\n", bytes("a\0'\\")))));
        List<Map<String, @Nullable Object>> rows = List.of(Map.of("name", "x\u001b]0;y\u0007"));
        assertEquals(List.of("NAME", "x\\u001b]0;y\\u0007"), Table.lines(rows, "name"));
        assertEquals("\"\\u009b\\u202e\\u001b\"", Json.of("\u009b\u202e\u001b"));
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void valuesInALine() {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        map.put("ada", 1);
        map.put(2, null);
        map.put("t", Tuple.of(1L, "x"));
        map.put("e", List.of());
        assertEquals("{ada=1, 2=null, t=(1, x), e=[]}", shown.text(map));
        assertEquals("{a=1, … 7 more}", shown.text(Map.of("a", 1), 7));
        assertEquals("[… 7 more]", shown.text(List.of(), 7));
        // a class by its number: varint of the id + 2, as Kryo writes it
        OpaqueObject order = new OpaqueObject(3, new byte[] {(byte) 0xea, 0x07, 5});
        assertEquals("<com.acme.Order, 3 bytes>", shown.text(order));
        assertEquals("<object of codec 9, 1 bytes>", shown.text(new OpaqueObject(9, new byte[1])));
        assertEquals(
                "{\"bytes\":3,\"class\":\"com.acme.Order\"}",
                json(order).replaceAll("\\{(\"class\":\"com.acme.Order\"),(\"bytes\":3)}", "{$2,$1}"));
    }

    private String json(@Nullable Object value) {
        return Json.of(shown.json(value));
    }

    @Test
    void jsonIsJsonWhateverIsStored() {
        assertEquals("{\"1\":\"AP8=\"}", json(Map.of(1, new byte[] {0, (byte) 0xff})));
        assertEquals(
                "[\"NaN\",\"Infinity\",1.5,null,true]",
                json(Arrays.asList(Double.NaN, Float.POSITIVE_INFINITY, 1.5, null, true)));
        assertEquals("[1,\"x\"]", json(Tuple.of(1L, "x")));
        assertEquals("\"2026-01-01\"", json(java.time.LocalDate.of(2026, 1, 1)));
    }

    /** As an object they would lose one of the two. */
    @Test
    void keysWithTheSameTextArePairs() {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        map.put(1L, "a");
        map.put("1", "b");
        assertEquals("[[1,\"a\"],[\"1\",\"b\"]]", json(map));
        map.clear();
        map.put(null, 1);
        map.put("null", Map.of("x", 2));
        assertEquals("{\"d\":[[null,1],[\"null\",{\"x\":2}]]}", json(Map.of("d", map)));
        map.clear();
        map.put(Tuple.of(1L, 2L), 1);
        map.put("(1, 2)", 2);
        assertEquals("[[[1,2],1],[\"(1, 2)\",2]]", json(map));
    }

    /** An emoji may be newer than the JVM; what never has a shape stays an escape. */
    @Test
    void charactersThatThisJvmDoesNotKnowAreShown() {
        assertEquals("\ud83e\udefe", Shown.escaped("\ud83e\udefe")); // U+1FAFE
        assertEquals("\\uffff\\ufdd0\\udb40\\udc02", Shown.escaped("\uffff\ufdd0\udb40\udc02"));
    }

    @Test
    void numbersThatNoValueHoldsAreRefused() {
        for (String bad : List.of("1e999", "-1e400", "1e-400", "0.001e-999", "1e99999999999", "1e-99999999999")) {
            String text = assertThrows(IllegalArgumentException.class, () -> Json.parse(bad), bad)
                    .getMessage();
            assertTrue(text.contains("outside of what a value can hold"), text);
        }
        assertEquals(0.0, Json.parse("0e-999"));
        assertEquals(-0.0, Json.parse("-0.0"));
        assertEquals(Double.MIN_VALUE, Json.parse("5e-324"));
        assertEquals("\u00e9x", Json.parse("\"\\u00E9x\""));
        for (String bad : List.of("\"\\u00e\"", "\"\\u00eg\"", "\"\\u\u0661234\"", "\"\\u12")) {
            assertThrows(IllegalArgumentException.class, () -> Json.parse(bad), bad);
        }
        // not again and again over the rest of the text
        assertEquals(
                200_000,
                String.valueOf(Json.parse("\"" + "\\u0041".repeat(200_000) + "\""))
                        .length());
    }

    @Test
    void jsonIsRead() {
        assertEquals(
                Map.of("a", Arrays.asList(1L, -2.5, null, true, "x\n\u00e9\"")),
                Json.parse(" {\"a\" : [1, -25e-1, null,true , \"x\\n\\u00e9\\\"\"] } "));
        assertEquals(new BigInteger("9223372036854775808"), Json.parse("9223372036854775808"));
        assertEquals(Map.of(), Json.parse("{}"));
        assertNull(Json.parse("null"));
        for (String bad : List.of(
                "", "ada", "{", "[1,]", "{\"a\"}", "01", "1 2", "\"x", "\"\\x\"", "\"a\nb\"", "nul", "[".repeat(200))) {
            assertThrows(IllegalArgumentException.class, () -> Json.parse(bad), bad);
        }
    }

    @Test
    void timesAndSizesForPeople() {
        assertEquals(
                List.of("0ms", "350ms", "12s", "3m12s", "1h", "1h2m", "2d3h"),
                List.of(-5L, 350L, 12_999L, 192_000L, 3_600_000L, 3_725_000L, 183_900_000L).stream()
                        .map(Shown::time)
                        .toList());
        assertEquals(
                List.of("512 B", "1.5 KiB", "64.0 MiB", "2.0 TiB"),
                List.of(512L, 1536L, 64L << 20, 2L << 40).stream()
                        .map(Shown::size)
                        .toList());
    }

    private static Map<String, @Nullable Object> row(@Nullable Object size) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("size", size);
        return row;
    }

    @Test
    void rowsAreSortedAndFiltered() {
        List<Map<String, @Nullable Object>> rows =
                new java.util.ArrayList<>(List.of(row(9L), row(null), row(10), row("x")));
        rows.sort(Rows.order("size", List.of("size")));
        assertEquals("[{size=9}, {size=10}, {size=x}, {size=null}]", rows.toString());
        rows.sort(Rows.order("-SIZE", List.of("size")));
        assertEquals("[{size=x}, {size=10}, {size=9}, {size=null}]", rows.toString());
        assertThrows(UsageException.class, () -> Rows.order("age", List.of("size")));
        Predicate<@Nullable Object> jobs = Rows.named("job.?*");
        assertTrue(jobs.test("job.1")
                && jobs.test("job.\n1")
                && !jobs.test("jobs1")
                && !jobs.test("job.")
                && !jobs.test(null));
        assertTrue(Rows.named(null).test(null));
    }

    @Test
    void theHeaderStays() {
        Screen screen = new Screen(6, 10);
        assertEquals(
                "\u001b[Htime\u001b[K\nHEADER TOO\u001b[K\n1\u001b[K\n2\u001b[K\n… 2 more l\u001b[K\n\u001b[J",
                screen.frame("time", List.of("HEADER TOO LONG", "1", "2", "3", "4")));
        assertEquals("\u001b[Ht\u001b[K\nH\u001b[K\n1\u001b[K\n\u001b[J", screen.frame("t", List.of("H", "1")));
    }
}
