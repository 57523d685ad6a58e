package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EqualityTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private static byte[] of(Tag tag, byte[]... elements) {
        return Values.container(tag, Arrays.asList(elements));
    }

    private static byte[] i(long v) {
        return Values.ofInteger(v);
    }

    private static byte[] t(String s) {
        return Values.ofText(s);
    }

    private static byte[] f(double d) {
        return new ByteWriter()
                .tag(Tag.FLOAT64)
                .i64(Double.doubleToRawLongBits(d))
                .toByteArray();
    }

    private static void same(byte[] x, byte[] y) {
        assertTrue(Equality.equal(x, y));
        assertTrue(Equality.equal(y, x));
        assertEquals(Equality.hash(x), Equality.hash(y));
        assertEquals(new Equality.Key(x), new Equality.Key(y));
        assertEquals(new Equality.Key(x).hashCode(), new Equality.Key(y).hashCode());
    }

    private static void different(byte[] x, byte[] y) {
        assertFalse(Equality.equal(x, y));
        assertFalse(Equality.equal(y, x));
    }

    @Test
    void containersOfEqualMembers() {
        for (Tag tag : new Tag[] {Tag.LIST, Tag.TUPLE, Tag.SET, Tag.FROZENSET}) {
            same(of(tag), of(tag));
            same(of(tag, i(1), Values.TRUE), of(tag, f(1.0), i(1L)));
            different(of(tag, i(1)), of(tag, i(2)));
            different(of(tag, i(1)), of(tag, i(1), i(2)));
            different(of(tag, t("a")), of(tag, Values.NULL));
        }
    }

    @Test
    void listsAndTuplesHaveAnOrderSetsAndDictsHaveNone() {
        different(of(Tag.LIST, i(1), i(2)), of(Tag.LIST, i(2), i(1)));
        different(of(Tag.TUPLE, i(1), i(2)), of(Tag.TUPLE, i(2), i(1)));
        same(of(Tag.SET, i(1), i(2), i(3)), of(Tag.SET, i(3), i(1), i(2)));
        same(of(Tag.DICT, t("a"), i(1), t("b"), i(2)), of(Tag.DICT, t("b"), f(2), t("a"), Values.TRUE));
        different(of(Tag.DICT, t("a"), i(1), t("b"), i(2)), of(Tag.DICT, t("a"), i(2), t("b"), i(1)));
        different(of(Tag.DICT, t("a"), i(1)), of(Tag.DICT, i(1), t("a")));
    }

    @Test
    void kindsDoNotMix() {
        Tag[] tags = {Tag.LIST, Tag.TUPLE, Tag.SET, Tag.DICT};
        for (Tag x : tags) {
            for (Tag y : tags) {
                if (x != y) {
                    different(of(x), of(y));
                }
            }
        }
        same(of(Tag.SET, i(1)), of(Tag.FROZENSET, i(1)));
        different(t("1"), i(1));
        different(t("a"), new ByteWriter().tag(Tag.BYTES).varint(1).u8('a').toByteArray());
        different(t("a"), new ByteWriter().tag(Tag.CHAR).i16('a').toByteArray());
        different(Values.NULL, Values.FALSE);
        different(Values.NULL, Values.ABSENT);
        different(Values.ofRef(1, 5), Values.ofRef(1, 6));
        same(Values.ofRef(1, 5), Values.ofRef(1, 5));
    }

    @Test
    void repeatedMembersOfMalformedSetsCountAsOftenAsTheyStand() {
        byte[] twoOnes = of(Tag.SET, i(1), i(1), i(2));
        byte[] twoTwos = of(Tag.SET, i(2), i(1), i(2));
        different(twoOnes, twoTwos);
        same(twoOnes, of(Tag.SET, i(1), i(2), f(1)));
        byte[] a = of(Tag.DICT, i(1), t("x"), i(1), t("y"));
        same(a, of(Tag.DICT, i(1), t("y"), i(1), t("x")));
        different(a, of(Tag.DICT, i(1), t("x"), i(1), t("x")));
    }

    /** A random value of Java objects, encoded in two spellings. */
    private static final class Pair {
        private final Random random;

        Pair(Random random) {
            this.random = random;
        }

        private Object make(int depth) {
            return switch (random.nextInt(depth > 3 ? 4 : 7)) {
                case 0 -> (long) random.nextInt(4);
                case 1 -> "abc".substring(random.nextInt(3));
                case 2 -> random.nextBoolean() ? BigInteger.TWO.pow(70) : BigInteger.valueOf(random.nextInt(3));
                case 3 -> "";
                case 4 -> {
                    List<Object> list = new ArrayList<>();
                    for (int n = random.nextInt(4); n > 0; n--) {
                        list.add(make(depth + 1));
                    }
                    yield list;
                }
                case 5 -> {
                    Set<Object> set = new HashSet<>();
                    for (int n = random.nextInt(5); n > 0; n--) {
                        set.add(normal(make(depth + 1)));
                    }
                    yield set;
                }
                default -> {
                    Map<Object, Object> map = new HashMap<>();
                    for (int n = random.nextInt(4); n > 0; n--) {
                        map.put(normal(make(depth + 1)), normal(make(depth + 1)));
                    }
                    yield map;
                }
            };
        }

        /** Numbers in one class, so that Java's equality is ours. */
        static Object normal(Object v) {
            if (v instanceof Long l) {
                return BigInteger.valueOf(l);
            }
            if (v instanceof List<?> l) {
                return new ArrayList<>(l.stream().map(Pair::normal).toList());
            }
            return v;
        }

        byte[] encode(Object v) {
            if (v instanceof Long l) {
                return encode(BigInteger.valueOf(l));
            }
            if (v instanceof BigInteger n) {
                boolean small = n.bitLength() < 8;
                return switch (small ? random.nextInt(5) : 0) {
                    case 1 -> i(n.longValue());
                    case 2 -> f(n.doubleValue());
                    case 3 -> new ByteWriter().tag(Tag.INT8).u8(n.intValue()).toByteArray();
                    case 4 -> new ByteWriter()
                            .tag(Tag.DECIMAL)
                            .varint(6)
                            .i32(1)
                            .i16(n.intValue() * 10)
                            .toByteArray();
                    default -> new ByteWriter()
                            .tag(Tag.BIGINT)
                            .varint(n.toByteArray().length)
                            .raw(n.toByteArray())
                            .toByteArray();
                };
            }
            if (v instanceof String s) {
                return t(s);
            }
            List<byte[]> out = new ArrayList<>();
            if (v instanceof List<?> l) {
                l.forEach(e -> out.add(encode(e)));
                return Values.container(Tag.LIST, out);
            }
            if (v instanceof Set<?> s) {
                List<Object> shuffled = new ArrayList<>(s);
                Collections.shuffle(shuffled, random);
                shuffled.forEach(e -> out.add(encode(e)));
                return Values.container(random.nextBoolean() ? Tag.SET : Tag.FROZENSET, out);
            }
            List<Map.Entry<?, ?>> shuffled = new ArrayList<>(((Map<?, ?>) v).entrySet());
            Collections.shuffle(shuffled, random);
            shuffled.forEach(e -> {
                out.add(encode(e.getKey()));
                out.add(encode(e.getValue()));
            });
            return Values.container(Tag.DICT, out);
        }
    }

    @Test
    void randomValuesAreEqualWhenJavasAre() {
        long seed = System.nanoTime();
        System.out.println("EqualityTest.random seed " + seed);
        Random random = new Random(seed);
        Pair pair = new Pair(random);
        for (int round = 0; round < 3000; round++) {
            Object x = Pair.normal(pair.make(0));
            Object y = Pair.normal(pair.make(0));
            byte[] ex = pair.encode(x);
            Values.check(ex, 0, ex.length);
            same(ex, pair.encode(x));
            assertEquals(x.equals(y), Equality.equal(ex, pair.encode(y)), () -> x + " and " + y + ", seed " + seed);
        }
    }

    @Test
    void hashesDependOnContent() {
        Set<Integer> seen = new HashSet<>();
        for (int n = 0; n < 10_000; n++) {
            seen.add(Equality.hash(i(n)));
            seen.add(Equality.hash(t("key" + n)));
            seen.add(Equality.hash(of(Tag.TUPLE, i(n), t(""))));
        }
        assertTrue(seen.size() > 29_900, () -> "of 30000 only " + seen.size());
        assertNotEquals(
                Equality.hash(of(Tag.DICT, i(1), i(2), i(3), i(4))),
                Equality.hash(of(Tag.DICT, i(1), i(4), i(3), i(2))));
    }

    @Test
    void textsMadeToCollideInJavaDoNotCollide() {
        // "Aa" and "BB" have one hash in Java; here each key would cost a comparison with all before
        Set<Integer> seen = new HashSet<>();
        for (int n = 0; n < 1 << 14; n++) {
            StringBuilder s = new StringBuilder();
            for (int bit = 0; bit < 14; bit++) {
                s.append((n >> bit & 1) == 0 ? "Aa" : "BB");
            }
            seen.add(Equality.hash(t(s.toString())));
        }
        assertTrue(seen.size() > (1 << 14) - 20, () -> "only " + seen.size());
    }

    @Test
    void numbersMadeToCollideUnderPythonsPrimeDoNotCollide() {
        BigInteger prime = BigInteger.ONE.shiftLeft(61).subtract(BigInteger.ONE);
        Set<Integer> seen = new HashSet<>();
        for (int n = 1; n <= 10_000; n++) {
            seen.add(Equality.hash(Numbers.encodeInteger(prime.multiply(BigInteger.valueOf(n)), Tag.INT64)));
        }
        assertTrue(seen.size() > 9_980, () -> "only " + seen.size());
    }

    private static byte[] nestedSets(int depth, int width) {
        byte[] v = i(0);
        for (int d = 0; d < depth; d++) {
            List<byte[]> members = new ArrayList<>();
            members.add(v);
            for (int w = 1; w < width; w++) {
                members.add(i(d * 1000 + w));
            }
            v = Values.container(Tag.FROZENSET, members);
        }
        return v;
    }

    @Test
    void deepSetsAreComparedInTimeOfTheirSize() {
        assertTimeoutPreemptively(SOON, () -> {
            byte[] x = nestedSets(99, 200);
            same(x, x.clone());
            // both branches deep: an algorithm that hashes twice per level would never end
            byte[] twin = Values.TRUE;
            for (int d = 0; d < 14; d++) {
                twin = of(Tag.FROZENSET, of(Tag.TUPLE, twin, i(1)), of(Tag.TUPLE, twin, i(2)));
            }
            same(twin, twin.clone());
            byte[] key = of(Tag.DICT, twin, twin);
            same(key, key.clone());
        });
    }

    @Test
    void manyEqualMembersAreMatchedInLinearTime() {
        assertTimeoutPreemptively(SOON, () -> {
            byte[][] ones = new byte[200_000][];
            Arrays.fill(ones, i(1));
            byte[] x = of(Tag.SET, ones);
            same(x, x.clone());
            byte[][] pairs = new byte[200_000][];
            Arrays.fill(pairs, t("k"));
            byte[] d = of(Tag.DICT, pairs);
            same(d, d.clone());
        });
    }

    private static byte[] complex(double re, double im) {
        return new ByteWriter()
                .tag(Tag.COMPLEX)
                .i64(Double.doubleToRawLongBits(re))
                .i64(Double.doubleToRawLongBits(im))
                .toByteArray();
    }

    @Test
    void complexNumbersAreRealOnesWithoutAnImaginaryPart() {
        byte[] half = Numbers.encodeDecimal(new java.math.BigDecimal("0.5"));
        same(complex(2, 0), i(2));
        same(i(2), complex(2, -0.0));
        same(complex(0.5, 0), half);
        same(complex(1, 0), Values.TRUE);
        same(complex(-0.0, 3), complex(0, 3));
        same(complex(Double.NaN, 1), complex(Double.NaN, 1));
        same(of(Tag.TUPLE, i(1), complex(2, 0)), of(Tag.TUPLE, complex(1, 0), i(2)));
        same(of(Tag.SET, complex(2, 0)), of(Tag.FROZENSET, i(2)));
        different(complex(2, 1), i(2));
        different(complex(2, 1), complex(1, 2));
        different(complex(2, 0), Values.ofText("2"));
        different(Values.NULL, complex(0, 0));
        assertThrows(ValueException.class, () -> Equality.compare(complex(1, 0), complex(2, 0)));
        assertThrows(ValueException.class, () -> Equality.compare(complex(1, 0), i(2)));
    }

    @Test
    void orderOfTexts() {
        // by code point, not by UTF-16 unit: U+FFFF comes before U+10000
        assertTrue(Equality.compare(t("\uffff"), t("\ud800\udc00")) < 0);
        assertTrue(Equality.compare(t("a"), t("ab")) < 0);
        assertTrue(Equality.compare(t(""), t("\0")) < 0);
        assertEquals(0, Equality.compare(t("x"), t("x")));
        byte[] high = "\u00ff".getBytes(StandardCharsets.UTF_8);
        assertTrue(high[0] < 0 && Equality.compare(t("z"), t("\u00ff")) < 0);
    }

    @Test
    void orderOfSequences() {
        assertTrue(Equality.compare(of(Tag.TUPLE, i(1), i(2)), of(Tag.TUPLE, i(1), f(2.5))) < 0);
        assertTrue(Equality.compare(of(Tag.LIST, i(1)), of(Tag.LIST, i(1), i(0))) < 0);
        // equal members of no order do not matter, as in Python
        assertTrue(Equality.compare(of(Tag.LIST, Values.NULL, i(1)), of(Tag.LIST, Values.NULL, i(2))) < 0);
        ValueException e = assertThrows(
                ValueException.class, () -> Equality.compare(of(Tag.LIST, Values.NULL), of(Tag.LIST, i(2))));
        assertEquals(ErrorCode.NOT_COMPARABLE, e.code());
    }

    @Test
    void noOrderBetweenKinds() {
        byte[][] kinds = {
            Values.NULL, i(1), t("a"), of(Tag.LIST), of(Tag.TUPLE), of(Tag.SET), of(Tag.DICT), Values.ofRef(1, 1)
        };
        for (byte[] x : kinds) {
            for (byte[] y : kinds) {
                if (x != y) {
                    ValueException e = assertThrows(ValueException.class, () -> Equality.compare(x, y));
                    assertEquals(ErrorCode.NOT_COMPARABLE, e.code());
                    String text = e.getMessage();
                    assertTrue(
                            text.contains(Tag.of(x, 0).typeName())
                                    && text.contains(Tag.of(y, 0).typeName()),
                            text);
                }
            }
        }
    }

    @Test
    void orderOfTimes() {
        byte[] before =
                new ByteWriter().tag(Tag.INSTANT).i64(-1).i32(999_999_999).toByteArray();
        byte[] epoch = new ByteWriter().tag(Tag.INSTANT).i64(0).i32(0).toByteArray();
        byte[] later = new ByteWriter().tag(Tag.INSTANT).i64(0).i32(1).toByteArray();
        assertTrue(Equality.compare(before, epoch) < 0);
        assertTrue(Equality.compare(epoch, later) < 0);
        assertTrue(Equality.compare(later, before) > 0);
        byte[] day = new ByteWriter().tag(Tag.DATE).i64(-5).toByteArray();
        assertTrue(Equality.compare(day, new ByteWriter().tag(Tag.DATE).i64(5).toByteArray()) < 0);
    }

    /** A product whose halves are folded by the signed high one has such twins, whatever its secret is. */
    @Test
    void wordsThatDifferInEveryBitHaveHashesOfTheirOwn() {
        Random random = new Random(19);
        Set<Integer> texts = new HashSet<>();
        Set<Integer> tuples = new HashSet<>();
        int pairs = 20_000;
        for (int n = 0; n < pairs; n++) {
            long w = random.nextLong();
            long v = random.nextLong();
            for (int twin = 0; twin < 2; twin++) {
                byte[] bytes = new ByteWriter().i64(w).i64(v).toByteArray();
                byte[] padded = new ByteWriter()
                        .tag(Tag.BYTES)
                        .varint(22)
                        .raw(new byte[6])
                        .raw(bytes)
                        .toByteArray();
                texts.add(Equality.hash(padded));
                tuples.add(Equality.hash(of(Tag.TUPLE, i(w), i(v))));
                w = ~w ^ 1;
                v ^= 1;
            }
        }
        // chance gives a fifth of a pair of 32-bit hashes
        assertTrue(texts.size() >= 2 * pairs - 5, () -> "texts: " + texts.size());
        assertTrue(tuples.size() >= 2 * pairs - 5, () -> "tuples: " + tuples.size());
    }

    /** As the hash of bytes of CPython 3.13 with PYTHONHASHSEED=0, whose key is zero; it has another value for no bytes. */
    @Test
    void bytesAreHashedBySipHash() {
        long[] expected = {
            0x68a914128e01e473L, 0x10bac45c41e3669L, 0x4d4c9a4a8ef6e0adL, 0x7cc43f98813e4dbdL, 0x5abe2169dff36275L,
            0xe3c25f87624f1cdbL, 0x2f098ab0c751325aL, 0xead411e67ebe2eeaL, 0x75927f9d95124362L, 0xaf9f77a65ab51a1dL,
            0xfe64ce8b6617fcffL, 0xa6baf4fb0f9fe1c2L, 0xa0cf3211850f8e0dL, 0x7f86049379fbfe67L, 0xf30eb725bb91c9eaL,
            0x8972188433a5c5b7L, 0x4883c49a2c009c1dL, 0xadc2c0b63044067dL,
        };
        byte[] b = new byte[20];
        for (int n = 0; n < b.length; n++) {
            b[n] = (byte) n;
        }
        for (int n = 1; n < expected.length; n++) {
            assertEquals(expected[n - 1], Hashing.bytes(0, 0, b, 0, n), "of " + n + " bytes");
        }
    }

    /** Hashes of sequences are polynomials; they must not agree because of how the coefficients are put together. */
    @Test
    void sequencesOfTheSamePartsDiffer() {
        List<byte[]> all = List.of(
                of(Tag.TUPLE),
                of(Tag.TUPLE, i(0)),
                of(Tag.TUPLE, i(0), i(0)),
                of(Tag.TUPLE, of(Tag.TUPLE), i(0)),
                of(Tag.TUPLE, of(Tag.TUPLE, i(0)), i(0)),
                of(Tag.TUPLE, i(0), of(Tag.TUPLE, i(0))),
                of(Tag.LIST, i(0), i(0)),
                of(Tag.TUPLE, i(1), i(2)),
                of(Tag.TUPLE, i(2), i(1)),
                of(Tag.TUPLE, i(-1)),
                of(Tag.TUPLE, f(Double.NEGATIVE_INFINITY)),
                of(Tag.TUPLE, i((1L << 61) - 1)),
                of(Tag.TUPLE, i(Long.MAX_VALUE)),
                of(Tag.TUPLE, i(Long.MIN_VALUE)));
        Set<Integer> hashes = new HashSet<>();
        all.forEach(v -> hashes.add(Equality.hash(v)));
        assertEquals(all.size(), hashes.size());
    }

    /** Each level used to look first whether what is in it is equal: a hundred times the time for what lies at the bottom. */
    @Test
    void deepListsAreOrderedInOneWalk() {
        byte[] x = i(1);
        byte[] y = i(2);
        List<byte[]> bottom = new ArrayList<>();
        for (int n = 0; n < 200_000; n++) {
            bottom.add(i(n));
        }
        bottom.add(x);
        byte[] less = of(Tag.LIST, bottom.toArray(new byte[0][]));
        bottom.set(bottom.size() - 1, y);
        byte[] more = of(Tag.LIST, bottom.toArray(new byte[0][]));
        for (int depth = 1; depth < Limits.MAX_DEPTH; depth++) {
            less = of(Tag.LIST, less);
            more = of(Tag.LIST, more);
        }
        Work work = new Work(100_000_000);
        assertTrue(Equality.compare(less, 0, more, 0, work) < 0);
        work.begin();
        assertTrue(Equality.compare(more, 0, less, 0, work) > 0);
        work.begin();
        assertEquals(0, Equality.compare(more, 0, more, 0, work));
    }
}
