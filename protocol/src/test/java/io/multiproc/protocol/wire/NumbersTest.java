package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumbersTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private static byte[] i8(int v) {
        return new ByteWriter().tag(Tag.INT8).u8(v).toByteArray();
    }

    private static byte[] i16(int v) {
        return new ByteWriter().tag(Tag.INT16).i16(v).toByteArray();
    }

    private static byte[] i32(int v) {
        return new ByteWriter().tag(Tag.INT32).i32(v).toByteArray();
    }

    private static byte[] i64(long v) {
        return new ByteWriter().tag(Tag.INT64).i64(v).toByteArray();
    }

    private static byte[] big(BigInteger v) {
        byte[] b = v.toByteArray();
        return new ByteWriter().tag(Tag.BIGINT).varint(b.length).raw(b).toByteArray();
    }

    private static byte[] f32(float v) {
        return new ByteWriter().tag(Tag.FLOAT32).i32(Float.floatToRawIntBits(v)).toByteArray();
    }

    private static byte[] f64(double v) {
        return new ByteWriter()
                .tag(Tag.FLOAT64)
                .i64(Double.doubleToRawLongBits(v))
                .toByteArray();
    }

    private static byte[] dec(String v) {
        return Numbers.encodeDecimal(new BigDecimal(v));
    }

    /** Every spelling of a number that holds it exactly. */
    private static List<byte[]> spellings(BigDecimal v) {
        List<byte[]> out = new ArrayList<>();
        out.add(Numbers.encodeDecimal(v));
        out.add(Numbers.encodeDecimal(v.setScale(v.scale() + 3)));
        out.add(Numbers.encodeDecimal(v.signum() == 0 ? v : v.stripTrailingZeros()));
        double d = v.doubleValue();
        if (Double.isFinite(d) && new BigDecimal(d).compareTo(v) == 0) {
            out.add(f64(d));
            if ((float) d == d) {
                out.add(f32((float) d));
            }
        }
        if (v.signum() == 0 || v.stripTrailingZeros().scale() <= 0) {
            BigInteger n = v.toBigIntegerExact();
            out.add(big(n));
            out.add(new ByteWriter()
                    .tag(Tag.BIGINT)
                    .varint(n.toByteArray().length + 1)
                    .u8(n.signum() < 0 ? 0xff : 0)
                    .raw(n.toByteArray())
                    .toByteArray());
            if (n.bitLength() < 64) {
                out.add(i64(n.longValue()));
            }
            if (n.bitLength() < 32) {
                out.add(i32(n.intValue()));
            }
            if (n.bitLength() < 16) {
                out.add(i16(n.intValue()));
            }
            if (n.bitLength() < 8) {
                out.add(i8(n.intValue()));
            }
            if (n.signum() == 0) {
                out.add(Values.FALSE);
                out.add(f64(-0.0));
                out.add(f32(-0.0f));
            }
            if (n.equals(BigInteger.ONE)) {
                out.add(Values.TRUE);
            }
        }
        return out;
    }

    private static BigDecimal random(Random random) {
        BigInteger edge = BigInteger.ONE
                .shiftLeft(new int[] {0, 7, 8, 15, 24, 31, 32, 50, 52, 53, 54, 61, 62, 63, 64, 100, 1023}
                        [random.nextInt(17)])
                .add(BigInteger.valueOf(random.nextInt(3) - 1L));
        return switch (random.nextInt(5)) {
            case 0 -> BigDecimal.valueOf(random.nextInt(5) - 2);
            case 1 -> new BigDecimal(random.nextBoolean() ? edge : edge.negate());
            case 2 -> new BigDecimal(Math.scalb((double) (random.nextInt(9) - 4), random.nextInt(200) - 100));
            case 3 -> new BigDecimal(BigInteger.valueOf(random.nextInt(21) - 10), random.nextInt(11) - 5);
            default -> new BigDecimal(random.nextGaussian());
        };
    }

    @Test
    void comparisonIsThatOfExactNumbersInEverySpelling() {
        long seed = System.nanoTime();
        System.out.println("NumbersTest.compare seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            BigDecimal x = random(random);
            BigDecimal y = random(random);
            int expected = x.compareTo(y);
            List<byte[]> xs = spellings(x);
            List<byte[]> ys = spellings(y);
            int hash = Equality.hash(xs.get(0));
            for (byte[] a : xs) {
                Values.check(a, 0, a.length);
                assertEquals(hash, Equality.hash(a), () -> "hash of " + x + ", seed " + seed);
                assertTrue(Equality.equal(xs.get(0), a), () -> "equality of " + x + ", seed " + seed);
                for (byte[] b : ys) {
                    String text = x + " and " + y + ", seed " + seed;
                    assertEquals(expected, Integer.signum(Equality.compare(a, b)), text);
                    assertEquals(-expected, Integer.signum(Equality.compare(b, a)), text);
                    assertEquals(expected == 0, Equality.equal(a, b), text);
                }
            }
        }
    }

    @Test
    void everyNumberOfAListHasOneRank() {
        List<byte[]> ascending = List.of(
                f64(Double.NEGATIVE_INFINITY),
                big(BigInteger.TWO.pow(2000).negate()),
                f64(-Double.MAX_VALUE),
                i64(Long.MIN_VALUE),
                i32(-1),
                f64(-Double.MIN_VALUE),
                f32(-0.0f),
                dec("1E-2147483647"),
                f64(Double.MIN_VALUE),
                dec("0.1"),
                f64(0.1),
                f32(0.1f),
                Values.TRUE,
                f64(0x1p53),
                i64((1L << 53) + 1),
                i64(Long.MAX_VALUE),
                f64(0x1p63),
                f64(Double.MAX_VALUE),
                big(BigInteger.TWO.pow(1024)),
                dec("1E+2147483647"),
                f32(Float.POSITIVE_INFINITY),
                f64(Double.NaN));
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                String text = i + " and " + j;
                assertEquals(
                        Integer.compare(i, j),
                        Integer.signum(Equality.compare(ascending.get(i), ascending.get(j))),
                        text);
                assertEquals(i == j, Equality.equal(ascending.get(i), ascending.get(j)), text);
            }
        }
    }

    @Test
    void notANumber() {
        byte[] nan = f64(Double.NaN);
        byte[] payload = f64(Double.longBitsToDouble(0xfff8000000000001L));
        for (byte[] other : List.of(nan, payload, f32(Float.NaN))) {
            assertTrue(Equality.equal(nan, other));
            assertEquals(Equality.hash(nan), Equality.hash(other));
        }
        for (byte[] other : List.of(i32(0), Values.TRUE, f64(Double.POSITIVE_INFINITY), dec("1E+9"))) {
            assertFalse(Equality.equal(nan, other));
            assertTrue(Equality.compare(nan, other) > 0);
            assertTrue(Equality.compare(other, nan) < 0);
        }
        assertEquals(Equality.hash(f64(Double.POSITIVE_INFINITY)), Equality.hash(f32(Float.POSITIVE_INFINITY)));
    }

    @Test
    void doublesBeyondTheirPrecision() {
        assertFalse(Equality.equal(i64((1L << 53) + 1), f64(0x1p53)));
        assertTrue(Equality.equal(i64(1L << 53), f64(0x1p53)));
        assertFalse(Equality.equal(i64(Long.MAX_VALUE), f64(0x1p63)));
        assertTrue(Equality.equal(big(BigInteger.ONE.shiftLeft(63)), f64(0x1p63)));
        assertFalse(Equality.equal(dec("0.1"), f64(0.1)));
        assertTrue(Equality.equal(dec("0.5"), f64(0.5)));
        assertFalse(Equality.equal(f32(0.1f), f64(0.1)));
    }

    @Test
    void hugeExponentsAreNotWrittenOut() {
        assertTimeoutPreemptively(SOON, () -> {
            byte[][] huge = {
                dec("1E+2147483647"),
                dec("-1E+2147483647"),
                dec("1E-2147483647"),
                dec("7E+2000000000"),
                dec("0E+2147483647")
            };
            byte[][] others = {
                i32(1),
                i64(Long.MAX_VALUE),
                f64(1e308),
                f64(1e-308),
                f64(Double.NaN),
                dec("1"),
                Values.TRUE,
                big(BigInteger.TWO.pow(100_000))
            };
            for (byte[] h : huge) {
                Equality.hash(h);
                for (byte[] o : others) {
                    int c = Equality.compare(h, o);
                    assertEquals(-Integer.signum(c), Integer.signum(Equality.compare(o, h)));
                }
                for (byte[] o : huge) {
                    Equality.compare(h, o);
                }
            }
            assertTrue(Equality.equal(huge[4], i32(0)));
            assertEquals(Equality.hash(huge[4]), Equality.hash(i32(0)));
            assertTrue(Equality.equal(dec("10E+2147483646"), huge[0]));
            assertEquals(Equality.hash(dec("10E+2147483646")), Equality.hash(huge[0]));
        });
    }

    @Test
    void hugeIntegersAreComparedInLinearTime() {
        assertTimeoutPreemptively(SOON, () -> {
            BigInteger n = BigInteger.ONE.shiftLeft(80_000_000);
            byte[] x = big(n);
            byte[] y = big(n.add(BigInteger.ONE));
            assertTrue(Equality.compare(x, y) < 0);
            assertTrue(Equality.compare(x, f64(1e300)) > 0);
            assertFalse(Equality.equal(x, y));
            Equality.hash(x);
            // of the same magnitude as the integer
            byte[] d = dec("1E+" + (long) (80_000_000 * Math.log10(2)));
            assertFalse(Equality.equal(x, d));
            ValueException e = assertThrows(ValueException.class, () -> Equality.compare(x, d));
            assertEquals(ErrorCode.NOT_COMPARABLE, e.code());
            // of another
            assertTrue(Equality.compare(x, dec("1E+1000")) > 0);
            assertTrue(Equality.compare(x, dec("1E+2000000000")) < 0);
        });
        byte[] power = big(BigInteger.TEN.pow(20_000));
        assertTrue(Equality.equal(power, dec("1E+20000")));
        assertFalse(Equality.equal(power, dec("2E+20000")));
    }

    private static byte[] sum(byte[] x, byte[] y) {
        byte[] s = Numbers.add(x, y);
        assertEquals(s.length, Values.check(s, 0, s.length));
        return s;
    }

    @Test
    void sumsOfIntegersAreExactAndOfTheWiderWidth() {
        assertArrayEquals(i32(3), sum(i8(1), i8(2)));
        assertArrayEquals(i32(3), sum(i32(1), i16(2)));
        assertArrayEquals(i64(3), sum(i32(1), i64(2)));
        assertArrayEquals(i64(1L << 31), sum(i32(Integer.MAX_VALUE), i32(1)));
        assertArrayEquals(i64(Integer.MIN_VALUE - 1L), sum(i32(Integer.MIN_VALUE), i32(-1)));
        assertArrayEquals(big(BigInteger.ONE.shiftLeft(63)), sum(i64(Long.MAX_VALUE), i8(1)));
        assertArrayEquals(big(BigInteger.ONE.shiftLeft(64).negate()), sum(i64(Long.MIN_VALUE), i64(Long.MIN_VALUE)));
        assertArrayEquals(i64(Long.MAX_VALUE), sum(big(BigInteger.ONE.shiftLeft(63)), i32(-1)));
        assertArrayEquals(i32(2), sum(Values.TRUE, Values.TRUE));
        assertArrayEquals(i32(0), sum(Values.FALSE, Values.FALSE));
    }

    @Test
    void sumsOfFloats() {
        assertArrayEquals(f32(1.75f), sum(f32(1.5f), f32(0.25f)));
        assertArrayEquals(f32(2.5f), sum(f32(1.5f), i64(1)));
        assertArrayEquals(f64(1.5 + 0.1), sum(f64(1.5), f64(0.1)));
        assertArrayEquals(f64(1.5 + 0.1f), sum(f64(1.5), f32(0.1f)));
        assertArrayEquals(f64(2.0), sum(Values.TRUE, f64(1.0)));
        assertArrayEquals(f64(Double.POSITIVE_INFINITY), sum(f64(Double.MAX_VALUE), f64(Double.MAX_VALUE)));
        assertArrayEquals(f32(Float.POSITIVE_INFINITY), sum(f32(Float.MAX_VALUE), f32(Float.MAX_VALUE)));
        assertArrayEquals(f64(Double.NaN), sum(f64(Double.POSITIVE_INFINITY), f64(Double.NEGATIVE_INFINITY)));
    }

    @Test
    void sumsOfDecimals() {
        assertArrayEquals(dec("12.75"), sum(dec("12.50"), dec("0.25")));
        assertArrayEquals(dec("13.50"), sum(dec("12.50"), i8(1)));
        for (byte[] f : List.of(f32(1), f64(1))) {
            assertEquals(
                    ErrorCode.WRONG_TYPE,
                    assertThrows(ValueException.class, () -> Numbers.add(f, dec("1")))
                            .code());
        }
        assertTimeoutPreemptively(SOON, () -> {
            assertEquals(
                    ErrorCode.BAD_ARGUMENT,
                    assertThrows(ValueException.class, () -> Numbers.add(dec("1E+2000000000"), i32(1)))
                            .code());
            assertEquals(
                    ErrorCode.BAD_ARGUMENT,
                    assertThrows(ValueException.class, () -> Numbers.add(dec("1E+2000000000"), dec("1E-2000000000")))
                            .code());
            // what may be stored may be sent
            assertEquals(
                    ErrorCode.TOO_LARGE,
                    assertThrows(ValueException.class, () -> Numbers.add(dec("1E+10000"), dec("1")))
                            .code());
        });
        sum(dec("1E+9000"), dec("1"));
    }

    @Test
    void onlyNumbersAreAdded() {
        for (byte[] other : List.of(Values.NULL, Values.ofText("1"), Values.container(Tag.LIST, List.of()))) {
            for (int turn = 0; turn < 2; turn++) {
                byte[] x = turn == 0 ? other : i32(1);
                byte[] y = turn == 0 ? i32(1) : other;
                ValueException e = assertThrows(ValueException.class, () -> Numbers.add(x, y));
                assertEquals(ErrorCode.WRONG_TYPE, e.code());
                assertTrue(e.getMessage().contains(Tag.of(other, 0).typeName()), e.getMessage());
            }
        }
    }

    @Test
    void randomSumsAreExact() {
        long seed = System.nanoTime();
        System.out.println("NumbersTest.sums seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            BigInteger x = new BigInteger(random.nextInt(70), random);
            BigInteger y = new BigInteger(random.nextInt(70), random).negate();
            byte[] s = sum(Numbers.encodeInteger(x, Tag.INT8), Numbers.encodeInteger(y, Tag.INT8));
            assertEquals(x.add(y), Numbers.bigInteger(s, 0), () -> "seed " + seed);
        }
    }

    /** Integers are compared and hashed as the bytes that they are, also if a client has written more of them than need be. */
    @Test
    void longIntegersAgainstBigInteger() {
        Random random = new Random(7);
        List<BigInteger> all = new ArrayList<>();
        for (int bits : new int[] {1, 7, 8, 9, 31, 62, 63, 64, 65, 71, 72, 127, 128, 1023, 1024, 1025, 4000}) {
            for (int i = 0; i < 6; i++) {
                BigInteger v = new BigInteger(bits, random).setBit(bits - 1);
                all.addAll(List.of(v, v.negate(), v.subtract(BigInteger.ONE), v.not()));
            }
        }
        for (BigInteger v : all) {
            for (BigInteger w : all) {
                byte[] b = random.nextBoolean() ? big(v) : padded(v, 1 + random.nextInt(9));
                byte[] c = random.nextBoolean() ? big(w) : padded(w, random.nextInt(3));
                assertEquals(v.compareTo(w), Integer.signum(Numbers.compare(b, 0, c, 0)), () -> v + " and " + w);
                if (v.equals(w)) {
                    assertEquals(Equality.hash(b), Equality.hash(c));
                }
            }
            if (v.bitLength() < 64) {
                assertEquals(Equality.hash(i64(v.longValue())), Equality.hash(padded(v, 3)));
                assertEquals(0, Numbers.compare(i64(v.longValue()), 0, padded(v, 2), 0));
            }
            double d = v.doubleValue();
            if (Double.isFinite(d)) {
                assertEquals(
                        new BigDecimal(v).compareTo(new BigDecimal(d)),
                        Integer.signum(Numbers.compare(big(v), 0, f64(d), 0)));
            }
        }
    }

    private static byte[] padded(BigInteger v, int more) {
        byte[] b = v.toByteArray();
        byte[] wide = new byte[b.length + more];
        Arrays.fill(wide, 0, more, (byte) (v.signum() < 0 ? -1 : 0));
        System.arraycopy(b, 0, wide, more, b.length);
        return new ByteWriter().tag(Tag.BIGINT).varint(wide.length).raw(wide).toByteArray();
    }

    @Test
    void whatIsRefusedIsNotWrittenOut() {
        byte[] v = new byte[8 << 20];
        Arrays.fill(v, (byte) 0x55);
        byte[] huge = new ByteWriter().tag(Tag.BIGINT).varint(v.length).raw(v).toByteArray();
        assertTimeoutPreemptively(SOON, () -> {
            for (TypeCode code : TypeCode.values()) {
                ValueException e = assertThrows(ValueException.class, () -> code.bits(huge, 0));
                assertTrue(String.valueOf(e.getMessage()).length() < 200, e::getMessage);
            }
            // a list of small numbers is compared with it soon, too
            Work work = new Work(Work.DEFAULT);
            for (int i = 0; i < 100_000; i++) {
                assertFalse(Equality.equal(i32(i), 0, huge, 0, work));
            }
        });
        assertTrue(Numbers.shown(new BigInteger(v)).contains("bits"));
        assertEquals("-7", Numbers.shown(BigInteger.valueOf(-7)));
    }

    @Test
    void workIsCountedAndRefused() {
        Work work = new Work(1_000_000);
        work.begin();
        work.spend(400_000);
        assertFalse(work.isSpent());
        work.spend(10, 20_000);
        assertTrue(work.isSpent());
        ValueException e = assertThrows(ValueException.class, () -> work.spend(Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(ErrorCode.TOO_LARGE, e.code());
        assertThrows(ValueException.class, () -> work.spend(1));
        work.begin();
        work.spend(1);
        new Work(Long.MAX_VALUE).spend(Long.MAX_VALUE, 2);
        // decimals of many digits cost the square of them
        byte[] x = dec("1E+9000");
        byte[] y = dec("1" + "0".repeat(8_999) + "1");
        Work one = new Work(Work.DEFAULT);
        assertFalse(Equality.equal(x, 0, y, 0, one));
        assertThrows(ValueException.class, () -> {
            while (true) {
                int unused = Equality.compare(x, 0, y, 0, one);
            }
        });
    }
}
