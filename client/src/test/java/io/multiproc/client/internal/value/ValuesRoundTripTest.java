package io.multiproc.client.internal.value;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.kryo.KryoCodec;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
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
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValuesRoundTripTest {
    /** A list that is a proxy too, as {@code ListProxy} is. */
    static final class Proxy extends AbstractList<Object> implements Referable {
        @Override
        public int typeCode() {
            return 3;
        }

        @Override
        public long objectId() {
            return 0x1122334455667788L;
        }

        @Override
        public Object get(int index) {
            throw new AssertionError("a proxy's contents were read");
        }

        @Override
        public int size() {
            throw new AssertionError("a proxy's contents were read");
        }
    }

    private final KryoCodec codec = KryoCodec.builder().build();
    private final ValueWriter writer = new ValueWriter(codec);
    private final ValueReader reader = new ValueReader(codec, (type, id) -> "ref " + type + ":" + id);

    static List<Object> values() {
        Map<Object, Object> dict = new LinkedHashMap<>();
        dict.put("a", 1);
        dict.put(2L, null);
        dict.put(List.of(1), Map.of());
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        return List.of(
                true,
                false,
                (byte) -5,
                Byte.MIN_VALUE,
                (short) -300,
                Short.MAX_VALUE,
                0,
                Integer.MIN_VALUE,
                1L,
                Long.MIN_VALUE,
                BigInteger.ZERO,
                BigInteger.ONE.shiftLeft(1000).negate(),
                1.5f,
                Float.NaN,
                -0.0,
                1e300,
                Double.POSITIVE_INFINITY,
                'x',
                '\uD800',
                '\uFFFF',
                "",
                "text",
                "ü€😀",
                "lone \uD800 surrogate",
                "x".repeat(1000),
                new BigDecimal("12.3400"),
                new BigDecimal(BigInteger.TEN, -5),
                LocalDate.of(-44, 3, 15),
                LocalDate.MAX,
                LocalTime.MAX,
                LocalDateTime.MIN,
                Instant.MAX,
                Instant.MIN,
                Instant.ofEpochSecond(-1, 5),
                OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 6, ZoneOffset.ofHoursMinutes(5, 30)),
                // both moments of the hour that happens twice
                ZonedDateTime.ofLocal(LocalDateTime.of(2026, 10, 25, 2, 30), berlin, ZoneOffset.ofHours(1)),
                ZonedDateTime.ofLocal(LocalDateTime.of(2026, 10, 25, 2, 30), berlin, ZoneOffset.ofHours(2)),
                ZonedDateTime.of(LocalDateTime.of(2026, 1, 1, 0, 0), ZoneOffset.UTC),
                Duration.ofSeconds(-1, 1),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                new UUID(-1, 2),
                List.of(),
                Tuple.of(),
                Set.of(),
                Map.of(),
                Arrays.asList(1, null, List.of("x", Tuple.of(2L))),
                Tuple.of(1, null, "x"),
                new LinkedHashSet<>(List.of("b", "a")),
                dict,
                new OpaqueObject(2, new byte[] {1, 2}));
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyValueComesBackEqualAndWithItsType(Object value) {
        byte[] bytes = writer.toBytes(value);
        assertEquals(bytes.length, Values.check(bytes, 0, bytes.length));
        Object back = java.util.Objects.requireNonNull(reader.read(bytes));
        assertEquals(value, back);
        if (!(value instanceof java.util.Collection || value instanceof Map) || value instanceof Tuple) {
            assertEquals(value.getClass(), back.getClass());
        }
        byte[] shifted = new ByteWriter().i32(0).raw(bytes).u8(9).toByteArray();
        assertEquals(value, reader.read(shifted, 4), "from the middle of an array");
        assertArrayEquals(bytes, writer.toBytes(back));
    }

    @Test
    void nullAndAbsentAreNull() {
        assertArrayEquals(Values.NULL, writer.toBytes(null));
        assertEquals(null, reader.read(Values.NULL));
        assertEquals(null, reader.read(Values.ABSENT));
    }

    @Test
    void bytesComeBackAsBytes() {
        byte[] b = {1, -2, 3};
        assertArrayEquals(b, (byte[]) reader.read(writer.toBytes(b)));
        byte[] large = new byte[300];
        assertArrayEquals(large, (byte[]) reader.read(writer.toBytes(large)));
    }

    @Test
    void collectionsKeepTheirOrderAndOnlyFrozenOnesRefuseChanges() {
        Object set = reader.read(writer.toBytes(new LinkedHashSet<>(List.of(3, 1, 2))));
        assertEquals(List.of(3, 1, 2), new ArrayList<>((Set<?>) set));
        byte[] frozen = Values.container(Tag.FROZENSET, List.of(Values.ofInteger(3), Values.ofInteger(1)));
        Set<?> back = assertInstanceOf(Set.class, reader.read(frozen));
        assertEquals(List.of(3, 1), new ArrayList<>(back));
        assertThrows(UnsupportedOperationException.class, back::clear);
        assertInstanceOf(LinkedHashMap.class, reader.read(writer.toBytes(Map.of(1, 2))));
        assertInstanceOf(ArrayList.class, reader.read(writer.toBytes(List.of(1))));
        assertThrows(UnsupportedOperationException.class, () -> Tuple.of(1).set(0, 2));
    }

    @Test
    void aTupleEqualsAListInJavaAndIsAnotherValueOnTheWire() {
        assertEquals(List.of(1, 2), Tuple.of(1, 2));
        assertEquals(Tuple.of(1, 2).hashCode(), List.of(1, 2).hashCode());
        assertEquals("(1, 2)", Tuple.of(1, 2).toString());
        assertEquals("(1,)", Tuple.of(1).toString());
        assertEquals(Tag.TUPLE, Tag.of(writer.toBytes(Tuple.of(1)), 0));
        assertEquals(Tag.LIST, Tag.of(writer.toBytes(List.of(1)), 0));
    }

    @Test
    void aProxyTravelsAsAReferenceEvenIfItIsAList() {
        byte[] bytes = writer.toBytes(List.of(new Proxy()));
        assertEquals(List.of("ref 3:" + 0x1122334455667788L), reader.read(bytes));
    }

    @Test
    void oneHundredLevelsAreTheLimitOnBothSides() {
        Object value = 1;
        for (int i = 0; i < 100; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        byte[] bytes = writer.toBytes(value);
        assertEquals(bytes.length, Values.check(bytes, 0, bytes.length));
        assertEquals(value, reader.read(bytes));
        Object deeper = List.of(value);
        var e = assertThrows(IllegalArgumentException.class, () -> writer.toBytes(deeper));
        assertTrue(String.valueOf(e.getMessage()).contains("nested deeper than 100 levels"), e.getMessage());
    }

    @Test
    void acollectionThatHoldsItselfIsTooDeep() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        assertThrows(IllegalArgumentException.class, () -> writer.toBytes(self));
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("self", map);
        assertThrows(IllegalArgumentException.class, () -> writer.toBytes(map));
    }

    @Test
    void timesOutsideJavasRangeAreNamed() {
        byte[] date = new ByteWriter().tag(Tag.DATE).i64(Long.MAX_VALUE).toByteArray();
        var e = assertThrows(SerializationException.class, () -> reader.read(date));
        assertTrue(String.valueOf(e.getMessage()).contains("date"), e.getMessage());
        byte[] zoned = new ByteWriter()
                .tag(Tag.ZONED_DATETIME)
                .varint(24)
                .i64(0)
                .i64(0)
                .i32(0)
                .raw(new byte[] {'N', 'o', '/', 'X'})
                .toByteArray();
        assertThrows(SerializationException.class, () -> reader.read(zoned));
    }

    @Test
    void randomValuesThatPassTheCheckGiveAValueOrASerializationException() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(40) + 1];
            random.nextBytes(bytes);
            bytes[0] = (byte) random.nextInt(0x32);
            try {
                Values.check(bytes, 0, bytes.length);
            } catch (ValueException e) {
                continue;
            }
            read++;
            try {
                reader.read(bytes);
            } catch (SerializationException e) {
                assertTrue(e.getMessage() != null);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", value " + Arrays.toString(bytes), e);
            }
        }
        assertTrue(read > 1000, "seed " + seed + " checked only " + read);
    }
}
