package io.multiproc.protocol.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The order of fractions that no float, int or decimal equals: notes of kind {@link Notes#CONTENT} with the text {@code fraction} and the pair of numerator and denominator. */
final class Fractions {
    /** What is longer is no fraction that has an order: products of its parts would take long. */
    private static final int MOST_BYTES = 1024;

    private Fractions() {}

    /** The order of two values, of which at least one is a fraction and the other may be a number; null if that is not so. */
    static @Nullable Integer compare(byte[] x, int xAt, byte[] y, int yAt) {
        BigInteger[] a = parts(x, xAt);
        BigInteger[] b = parts(y, yAt);
        if (a != null && b != null) {
            return a[0].multiply(b[1]).compareTo(b[0].multiply(a[1]));
        } else if (a != null) {
            return compare(a, y, yAt);
        }
        Integer turned = b == null ? null : compare(b, x, xAt);
        return turned == null ? null : -turned;
    }

    private static @Nullable Integer compare(BigInteger[] fraction, byte[] b, int at) {
        Tag tag = Tag.of(b, at);
        if (tag == Tag.FLOAT32 || tag == Tag.FLOAT64) {
            double d = Numbers.doubleValue(b, at);
            if (!Double.isFinite(d)) {
                return d == Double.NEGATIVE_INFINITY ? 1 : -1;
            }
            return new BigDecimal(fraction[0]).compareTo(new BigDecimal(d).multiply(new BigDecimal(fraction[1])));
        } else if (Numbers.fitsLong(tag) || tag == Tag.BIGINT) {
            BigInteger n = Numbers.bigInteger(b, at);
            // the denominator is at least 1
            return n.bitLength() > fraction[0].bitLength() + 1
                    ? -n.signum()
                    : fraction[0].compareTo(n.multiply(fraction[1]));
        }
        // a fraction that a decimal equals is one
        boolean decimal = tag == Tag.DECIMAL && Values.skip(b, at) - at <= MOST_BYTES;
        return decimal
                ? (Integer) Numbers.compareExact(
                        new BigDecimal(fraction[0]), Numbers.decimal(b, at).multiply(new BigDecimal(fraction[1])))
                : null;
    }

    /** Numerator and denominator; null if it is none, as notes may be anybody's. */
    private static BigInteger @Nullable [] parts(byte[] b, int at) {
        int value = Notes.content(b, at, "fraction");
        if (value < 0 || Tag.of(b, value) != Tag.TUPLE || Values.count(b, value) != 2) {
            return null;
        }
        int over = Values.first(value);
        int under = Values.skip(b, over);
        BigInteger n = integer(b, over, under);
        BigInteger d = integer(b, under, Values.skip(b, under));
        return n == null || d == null || d.signum() <= 0 ? null : new BigInteger[] {n, d};
    }

    private static @Nullable BigInteger integer(byte[] b, int at, int end) {
        Tag tag = Tag.of(b, at);
        return end - at <= MOST_BYTES && (Numbers.fitsLong(tag) || tag == Tag.BIGINT)
                ? Numbers.bigInteger(b, at)
                : null;
    }
}
