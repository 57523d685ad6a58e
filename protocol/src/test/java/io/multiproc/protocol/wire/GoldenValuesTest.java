package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The writers give the golden bytes, and the readers read them. */
class GoldenValuesTest {
    private static final byte[] NULL = {1};
    private static final long NOON = 12L * 3600 * 1_000_000_000;

    private final Map<String, byte[]> written = new LinkedHashMap<>();

    private static ByteWriter out(Tag tag) {
        return new ByteWriter(1).tag(tag);
    }

    private static byte[] i8(int v) {
        return out(Tag.INT8).u8(v).toByteArray();
    }

    private static byte[] i16(int v) {
        return out(Tag.INT16).i16(v).toByteArray();
    }

    private static byte[] i32(int v) {
        return out(Tag.INT32).i32(v).toByteArray();
    }

    private static byte[] i64(long v) {
        return out(Tag.INT64).i64(v).toByteArray();
    }

    private static byte[] big(BigInteger v) {
        byte[] b = v.toByteArray();
        return out(Tag.BIGINT).varint(b.length).raw(b).toByteArray();
    }

    private static byte[] f32(int bits) {
        return out(Tag.FLOAT32).i32(bits).toByteArray();
    }

    private static byte[] f64(double v) {
        return out(Tag.FLOAT64).i64(Double.doubleToRawLongBits(v)).toByteArray();
    }

    private static byte[] character(int unit) {
        return out(Tag.CHAR).i16(unit).toByteArray();
    }

    private static byte[] bytes(byte[] b) {
        return out(Tag.BYTES).varint(b.length).raw(b).toByteArray();
    }

    private static byte[] opaque(int codec, byte[] b) {
        return out(Tag.OPAQUE).varint(b.length + 1).u8(codec).raw(b).toByteArray();
    }

    private static byte[] container(Tag tag, byte[]... elements) {
        return Values.container(tag, List.of(elements));
    }

    private static byte[] list(byte[]... elements) {
        return container(Tag.LIST, elements);
    }

    private static byte[] zoned(LocalDate day, long nanos, int offset, String zone) {
        byte[] id = zone.getBytes(StandardCharsets.UTF_8);
        return out(Tag.ZONED_DATETIME)
                .varint(20 + id.length)
                .i64(day.toEpochDay())
                .i64(nanos)
                .i32(offset)
                .raw(id)
                .toByteArray();
    }

    private static byte[] range(int n) {
        byte[] b = new byte[n];
        for (int i = 0; i < n; i++) {
            b[i] = (byte) i;
        }
        return b;
    }

    private static byte[] nested(int depth) {
        byte[] v = NULL;
        for (int i = 0; i < depth; i++) {
            v = list(v);
        }
        return v;
    }

    private void scalars() {
        written.put("absent", Values.ABSENT);
        written.put("null", Values.NULL);
        written.put("false", Values.ofBool(false));
        written.put("true", new ByteWriter().bool(true).toByteArray());
        for (int v : new int[] {0, -128, 127}) {
            written.put("int8_" + v, i8(v));
        }
        written.put("int16_-32768", i16(-32768));
        written.put("int16_258", i16(258));
        for (int v : new int[] {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            written.put("int32_" + v, Values.ofInteger(v));
        }
        written.put("int64_1", i64(1));
        written.put("int64_" + Long.MIN_VALUE, Values.ofInteger(Long.MIN_VALUE));
        written.put("int64_" + Long.MAX_VALUE, Values.ofInteger(Long.MAX_VALUE));
        written.put("bigint_0", big(BigInteger.ZERO));
        written.put("bigint_-1", big(BigInteger.ONE.negate()));
        written.put("bigint_2^63", Numbers.encodeInteger(BigInteger.ONE.shiftLeft(63), Tag.INT8));
        written.put(
                "bigint_-(2^63)-1",
                Numbers.encodeInteger(BigInteger.valueOf(Long.MIN_VALUE).subtract(BigInteger.ONE), Tag.INT8));
        written.put("bigint_2^64", Numbers.encodeInteger(BigInteger.ONE.shiftLeft(64), Tag.INT8));
        written.put("bigint_-(2^100)", big(BigInteger.ONE.shiftLeft(100).negate()));
        written.put("bigint_2^1015", big(BigInteger.ONE.shiftLeft(1015)));
        written.put("bigint_2^1023", big(BigInteger.ONE.shiftLeft(1023)));
        written.put("float32_1.5", f32(Float.floatToRawIntBits(1.5f)));
        written.put("float32_-0.0", f32(Float.floatToRawIntBits(-0.0f)));
        written.put("float32_inf", f32(Float.floatToRawIntBits(Float.POSITIVE_INFINITY)));
        written.put("float32_nan", f32(Float.floatToIntBits(Float.NaN)));
        written.put("float64_0.1", f64(0.1));
        written.put("float64_-0.0", f64(-0.0));
        written.put("float64_-inf", f64(Double.NEGATIVE_INFINITY));
        written.put("float64_nan", f64(Double.NaN));
        written.put("float64_least", f64(Double.MIN_VALUE));
        written.put("float64_2^53", f64(0x1p53));
        written.put("char_A", character('A'));
        written.put("char_lone_high", character(0xd83d));
        written.put("char_ffff", character(0xffff));
        written.put("decimal_0", Numbers.encodeDecimal(BigDecimal.ZERO));
        written.put("decimal_12.50", Numbers.encodeDecimal(new BigDecimal("12.50")));
        written.put("decimal_-1E+3", Numbers.encodeDecimal(new BigDecimal("-1E+3")));
        written.put("decimal_1E-2147483647", Numbers.encodeDecimal(new BigDecimal(BigInteger.ONE, 2147483647)));
        written.put("decimal_2^2000/10^5", Numbers.encodeDecimal(new BigDecimal(BigInteger.ONE.shiftLeft(2000), 5)));
        written.put(
                "uuid_00112233-4455-6677-8899-aabbccddeeff",
                out(Tag.UUID).i64(0x0011223344556677L).i64(0x8899aabbccddeeffL).toByteArray());
        written.put(
                "complex_1_-2",
                out(Tag.COMPLEX)
                        .i64(Double.doubleToRawLongBits(1))
                        .i64(Double.doubleToRawLongBits(-2))
                        .toByteArray());
        written.put(
                "complex_-0.0_nan",
                out(Tag.COMPLEX)
                        .i64(Double.doubleToRawLongBits(-0.0))
                        .i64(Double.doubleToRawLongBits(Double.NaN))
                        .toByteArray());
        written.put("ref_dict_1", Values.ofRef(1, 1));
        written.put("ref_rlock_2^40", Values.ofRef(8, 1L << 40));
    }

    private void texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("empty", "");
        texts.put("a", "a");
        texts.put("nul", "\0");
        texts.put("umlaut", "\u00fc");
        texts.put("euro", "\u20ac");
        texts.put("clef", "\ud834\udd1e");
        texts.put("lone_high", "\ud834");
        texts.put("lone_low", "\udd1e");
        texts.put("reversed_pair", "\udd1e\ud834");
        texts.put("lone_within", "a\ud800b");
        texts.put("127", "x".repeat(127));
        texts.put("128", "y".repeat(128));
        texts.forEach((name, text) -> {
            byte[] b = Values.ofText(text);
            assertEquals(text, Values.text(b), name);
            written.put("string_" + name, b);
        });
        written.put("bytes_empty", bytes(new byte[0]));
        written.put("bytes_ff", bytes(new byte[] {-1}));
        written.put("bytes_127", bytes(range(127)));
        written.put("bytes_128", bytes(range(128)));
        byte[] z = "z".repeat(127).getBytes(StandardCharsets.US_ASCII);
        written.put("opaque_codec_only", opaque(1, new byte[0]));
        written.put("opaque_3_bytes", opaque(1, new byte[] {'a', 'b', 'c'}));
        written.put("opaque_127", opaque(2, Arrays.copyOf(z, 126)));
        written.put("opaque_128", opaque(2, z));
    }

    private void times() {
        LocalDate leap = LocalDate.of(2000, 1, 1);
        written.put("date_1970-01-01", out(Tag.DATE).i64(0).toByteArray());
        written.put(
                "date_2026-02-28",
                out(Tag.DATE).i64(LocalDate.of(2026, 2, 28).toEpochDay()).toByteArray());
        written.put("date_1969-12-31", out(Tag.DATE).i64(-1).toByteArray());
        written.put("time_00:00", out(Tag.TIME).i64(0).toByteArray());
        written.put("time_23:59:59.999999999", out(Tag.TIME).i64(2 * NOON - 1).toByteArray());
        written.put(
                "datetime_2000-01-01T12:00",
                out(Tag.DATETIME).i64(leap.toEpochDay()).i64(NOON).toByteArray());
        written.put("instant_0", out(Tag.INSTANT).i64(0).i32(0).toByteArray());
        Instant before = Instant.EPOCH.minusNanos(1);
        written.put(
                "instant_-1s+999999999ns",
                out(Tag.INSTANT)
                        .i64(before.getEpochSecond())
                        .i32(before.getNano())
                        .toByteArray());
        written.put(
                "offset_datetime_2000-01-01T12:00+01:00",
                out(Tag.OFFSET_DATETIME)
                        .i64(leap.toEpochDay())
                        .i64(NOON)
                        .i32(3600)
                        .toByteArray());
        written.put(
                "zoned_datetime_2000-07-01T12:00+02:00[Europe/Berlin]",
                zoned(LocalDate.of(2000, 7, 1), NOON, 7200, "Europe/Berlin"));
        written.put("zoned_datetime_2000-01-01T00:00Z", zoned(leap, 0, 0, "Z"));
        written.put("duration_1.5s", out(Tag.DURATION).i64(1).i32(500_000_000).toByteArray());
        written.put("duration_-1ns", out(Tag.DURATION).i64(-1).i32(999_999_999).toByteArray());
    }

    private void containers() {
        byte[] a = Values.ofText("a");
        written.put("list_empty", list());
        written.put("list_null", list(NULL));
        written.put("list_1_2", list(i32(1), i32(2)));
        written.put(
                "list_of_empties",
                list(list(), container(Tag.TUPLE), container(Tag.SET), container(Tag.FROZENSET), container(Tag.DICT)));
        written.put("tuple_empty", container(Tag.TUPLE));
        written.put("tuple_a_1", container(Tag.TUPLE, a, i64(1)));
        written.put("tuple_nested", container(Tag.TUPLE, container(Tag.TUPLE, container(Tag.TUPLE, NULL))));
        written.put("set_empty", container(Tag.SET));
        written.put("set_1_2", container(Tag.SET, i32(1), i32(2)));
        written.put("frozenset_empty", container(Tag.FROZENSET));
        written.put("frozenset_a", container(Tag.FROZENSET, a));
        written.put("dict_empty", container(Tag.DICT));
        written.put("dict_a_1", container(Tag.DICT, a, i32(1)));
        written.put(
                "dict_nested",
                container(
                        Tag.DICT,
                        container(Tag.TUPLE, i32(1), Values.ofText("k")),
                        list(container(Tag.DICT, Values.ofText("x"), NULL)),
                        i64(2),
                        container(Tag.SET, container(Tag.FROZENSET, Values.TRUE))));
        written.put("list_100_deep", nested(100));
        List<byte[]> many = new ArrayList<>();
        for (int i = -128; i < 0; i++) {
            many.add(i8(i));
        }
        written.put("list_of_128", Values.container(Tag.LIST, many));
        written.put(
                "list_of_refs", list(Values.ofRef(2, 7), container(Tag.DICT, Values.ofText("q"), Values.ofRef(4, 9))));
    }

    @Test
    void writersGiveTheGoldenBytes() {
        scalars();
        texts();
        times();
        containers();
        Map<String, byte[]> golden = Golden.read("values.hex");
        assertEquals(golden.keySet(), written.keySet(), "each vector has a test, and each test a vector");
        Set<Tag> seen = EnumSet.noneOf(Tag.class);
        golden.forEach((name, expected) -> {
            assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(written.get(name)), name);
            assertTrue(name.startsWith(Tag.of(expected, 0).name().toLowerCase(java.util.Locale.ROOT)), name);
            seen.add(Tag.of(expected, 0));
        });
        assertEquals(EnumSet.allOf(Tag.class), seen, "each tag has a vector");
    }

    @Test
    void readersReadTheGoldenBytes() {
        Map<String, byte[]> golden = Golden.read("values.hex");
        assertEquals(-128, Values.integer(golden.get("int8_-128"), 0));
        assertEquals(258, Values.integer(golden.get("int16_258"), 0));
        assertEquals(-1, Values.integer(golden.get("int32_-1"), 0));
        assertEquals(Long.MIN_VALUE, Values.integer(golden.get("int64_-9223372036854775808"), 0));
        assertEquals(BigInteger.ONE.shiftLeft(1023), Numbers.bigInteger(golden.get("bigint_2^1023"), 0));
        assertEquals(BigInteger.ONE.shiftLeft(100).negate(), Numbers.bigInteger(golden.get("bigint_-(2^100)"), 0));
        assertEquals(new BigDecimal("12.50"), Numbers.decimal(golden.get("decimal_12.50"), 0));
        assertEquals(0.1, Numbers.doubleValue(golden.get("float64_0.1"), 0));
        assertEquals(1.5, Numbers.doubleValue(golden.get("float32_1.5"), 0));
        assertEquals(128, Values.count(golden.get("list_of_128"), 0));
        assertEquals(2, Values.count(golden.get("dict_nested"), 0));
        assertEquals(4, Values.elements(golden.get("dict_nested"), 0).size());
        assertEquals(8, Values.refType(golden.get("ref_rlock_2^40"), 0));
        assertEquals(1L << 40, Values.refId(golden.get("ref_rlock_2^40"), 0));
        List<Long> refs = new ArrayList<>();
        Values.forEachRef(golden.get("list_of_refs"), 0, refs::add);
        assertEquals(List.of(7L, 9L), refs);
        assertTrue(Values.isAbsent(golden.get("absent")));
        assertArrayEquals(
                golden.get("int8_-128"),
                Values.elements(golden.get("list_of_128"), 0).get(0));
    }
}
