package io.multiproc.client.internal.value;

import static io.multiproc.client.internal.value.Conversions.convert;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConversionsTest {
    @Test
    void numbersConvertWhenNothingIsLost() {
        assertEquals(5L, convert(5, Long.class));
        assertEquals(5, convert(5L, Integer.class));
        assertEquals(5, convert(5L, int.class));
        assertEquals((short) 5, convert(5L, Short.class));
        assertEquals((byte) -128, convert(-128, byte.class));
        assertEquals(BigInteger.TEN, convert(10L, BigInteger.class));
        assertEquals(10L, convert(BigInteger.TEN, Long.class));
        assertEquals(5.0, convert(5, Double.class));
        assertEquals(5f, convert(5L, float.class));
        assertEquals(0.5f, convert(0.5, Float.class));
        assertEquals(1.5, convert(1.5f, Double.class));
        assertEquals(3, convert(3.0, Integer.class));
        assertEquals(Float.NaN, convert(Double.NaN, Float.class));
        assertEquals(new BigDecimal("7"), convert(7, BigDecimal.class));
        assertEquals(0.1, convert(new BigDecimal("0.10"), Double.class));
        assertEquals(0.1f, convert(new BigDecimal("0.1"), Float.class));
        assertEquals(BigInteger.valueOf(100), convert(new BigDecimal("1E+2"), BigInteger.class));
        assertEquals(7, convert(7, Number.class));
    }

    @Test
    void aNumberThatDoesNotFitSaysSo() {
        inexact(1L << 40, Integer.class);
        inexact(BigInteger.ONE.shiftLeft(64), Long.class);
        inexact((1L << 53) + 1, Double.class);
        inexact((1 << 24) + 1, Float.class);
        inexact(0.1, Float.class);
        inexact(1.5, Integer.class);
        inexact(Double.NaN, Integer.class);
        inexact(Double.POSITIVE_INFINITY, BigDecimal.class);
        inexact(BigInteger.ONE.shiftLeft(5000), Double.class);
        inexact(new BigDecimal("1.00000000000000000001"), Double.class);
        inexact(128, Byte.class);
        var e = assertThrows(ArithmeticException.class, () -> convert(1L << 40, Integer.class));
        assertEquals("1099511627776 (Long) does not fit Integer exactly: read it as Long or Number", e.getMessage());
    }

    @Test
    @Timeout(10)
    void aHugeExponentCostsNothing() {
        for (int scale : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE + 1}) {
            BigDecimal d = new BigDecimal(BigInteger.ONE, scale);
            inexact(d, BigInteger.class);
            inexact(d, Long.class);
            inexact(d, Double.class);
        }
        assertEquals(BigInteger.ZERO, convert(new BigDecimal(BigInteger.ZERO, Integer.MAX_VALUE), BigInteger.class));
    }

    @Test
    void anotherKindNamesBothTypesAndTheWayOut() {
        var e = assertThrows(ClassCastException.class, () -> convert("5", Integer.class));
        assertEquals(
                "the value is a java.lang.String, not a java.lang.Integer: read it as java.lang.String or Object, or"
                        + " store what is to be read",
                e.getMessage());
        assertThrows(ClassCastException.class, () -> convert(5, String.class));
        assertThrows(ClassCastException.class, () -> convert(true, Integer.class));
        assertThrows(ClassCastException.class, () -> convert(1, Boolean.class));
        assertThrows(ClassCastException.class, () -> convert(1, Character.class));
        var opaque =
                assertThrows(ClassCastException.class, () -> convert(new OpaqueObject(2, new byte[0]), String.class));
        assertTrue(String.valueOf(opaque.getMessage()).contains("codec 2"), opaque.getMessage());
    }

    @Test
    void textsOfOneCharacterTuplesAndNulls() {
        assertEquals('x', convert("x", char.class));
        assertEquals("x", convert('x', String.class));
        assertThrows(ClassCastException.class, () -> convert("xy", Character.class));
        assertEquals(Tuple.of(1, 2), convert(List.of(1, 2), Tuple.class));
        assertEquals(List.of(1), convert(Tuple.of(1), List.class));
        assertNull(convert(null, Integer.class));
        assertNull(convert(null, int.class));
    }

    private static void inexact(Number value, Class<?> type) {
        assertThrows(ArithmeticException.class, () -> convert(value, type), value.getClass() + " to " + type);
    }
}
