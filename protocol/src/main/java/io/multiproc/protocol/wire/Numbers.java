package io.multiproc.protocol.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/** Encoded numbers: taking apart, exact comparison across widths and kinds, addition. */
public final class Numbers {
    private static final double LOG_2 = Math.log10(2);

    private Numbers() {}

    static boolean fitsLong(Tag tag) {
        return tag.code() >= Tag.FALSE.code() && tag.code() <= Tag.INT64.code();
    }

    /** The value of a boolean or an INT8 to INT64. */
    static long longValue(byte[] b, int at) {
        return switch (Tag.of(b, at)) {
            case FALSE -> 0;
            case TRUE -> 1;
            default -> Values.integer(b, at);
        };
    }

    static double doubleValue(byte[] b, int at) {
        return Tag.of(b, at) == Tag.FLOAT32
                ? Float.intBitsToFloat(ByteWriter.i32(b, at + 1))
                : Double.longBitsToDouble(ByteWriter.i64(b, at + 1));
    }

    public static BigInteger bigInteger(byte[] b, int at) {
        if (Tag.of(b, at) == Tag.BIGINT) {
            int start = Values.bodyStart(b, at);
            return new BigInteger(Arrays.copyOfRange(b, start, start + Values.bodyLength(b, at)));
        }
        return BigInteger.valueOf(longValue(b, at));
    }

    public static BigDecimal decimal(byte[] b, int at) {
        int start = Values.bodyStart(b, at);
        int end = start + Values.bodyLength(b, at);
        return new BigDecimal(new BigInteger(Arrays.copyOfRange(b, start + 4, end)), ByteWriter.i32(b, start));
    }

    private static boolean isFloat(Tag tag) {
        return tag == Tag.FLOAT32 || tag == Tag.FLOAT64;
    }

    /** Exact order of two numbers; a NaN is equal only to a NaN and above everything else. */
    static int compare(byte[] x, int xAt, byte[] y, int yAt) {
        Tag tx = Tag.of(x, xAt);
        Tag ty = Tag.of(y, yAt);
        if (fitsLong(tx) && fitsLong(ty)) {
            return Long.compare(longValue(x, xAt), longValue(y, yAt));
        }
        if (isFloat(tx) && isFloat(ty)) {
            double a = doubleValue(x, xAt);
            double b = doubleValue(y, yAt);
            return a == b ? 0 : Double.compare(a, b);
        }
        double a = isFloat(tx) ? doubleValue(x, xAt) : 0;
        double b = isFloat(ty) ? doubleValue(y, yAt) : 0;
        if (!Double.isFinite(a) || !Double.isFinite(b)) {
            return Double.isFinite(a) ? (b > 0 || Double.isNaN(b) ? -1 : 1) : (a > 0 || Double.isNaN(a) ? 1 : -1);
        }
        if (tx != Tag.DECIMAL && ty != Tag.DECIMAL) {
            return compareBinary(x, xAt, tx, y, yAt, ty);
        }
        return compareExact(exact(x, xAt, tx), exact(y, yAt, ty));
    }

    /** Compares integers and finite floats, of which at least one is no long and one is no float. Linear in the bytes. */
    private static int compareBinary(byte[] x, int xAt, Tag tx, byte[] y, int yAt, Tag ty) {
        if (isFloat(tx)) {
            return -compareBinary(y, yAt, ty, x, xAt, tx);
        }
        if (!isFloat(ty)) {
            return compareIntegers(x, xAt, tx, y, yAt, ty);
        }
        // no finite double has more bits before the point
        return tx == Tag.BIGINT && significant(x, xAt) > 129
                ? x[Values.bodyStart(x, xAt)] < 0 ? -1 : 1
                : new BigDecimal(bigInteger(x, xAt)).compareTo(exact(y, yAt, ty));
    }

    /** Compares integers of which one is a BIGINT, without a copy. */
    private static int compareIntegers(byte[] x, int xAt, Tag tx, byte[] y, int yAt, Tag ty) {
        int nx = tx == Tag.BIGINT ? significant(x, xAt) : 0;
        int ny = ty == Tag.BIGINT ? significant(y, yAt) : 0;
        if (nx <= 8 && ny <= 8) {
            return bigInteger(x, xAt).compareTo(bigInteger(y, yAt));
        }
        boolean xNegative = tx == Tag.BIGINT ? x[Values.bodyStart(x, xAt)] < 0 : longValue(x, xAt) < 0;
        boolean yNegative = ty == Tag.BIGINT ? y[Values.bodyStart(y, yAt)] < 0 : longValue(y, yAt) < 0;
        if (xNegative != yNegative) {
            return xNegative ? -1 : 1;
        }
        if (nx != ny) {
            return nx < ny == xNegative ? 1 : -1;
        }
        int xEnd = Values.skip(x, xAt);
        int yEnd = Values.skip(y, yAt);
        return Arrays.compareUnsigned(x, xEnd - nx, xEnd, y, yEnd - ny, yEnd);
    }

    /** How many bytes of a BIGINT are more than its sign. */
    private static int significant(byte[] b, int at) {
        int start = Values.bodyStart(b, at);
        int n = Values.bodyLength(b, at);
        while (n > 1 && (b[start] == 0 && b[start + 1] >= 0 || b[start] == -1 && b[start + 1] < 0)) {
            start++;
            n--;
        }
        return n;
    }

    /**
     * Compares without scaling one number to the other's exponent while their magnitudes differ: a decimal of a few bytes
     * may have an exponent of two thousand millions.
     */
    static int compareExact(BigDecimal a, BigDecimal b) {
        if (a.signum() != b.signum()) {
            return Integer.compare(a.signum(), b.signum());
        }
        if (a.signum() == 0) {
            return 0;
        }
        if (leastDigits(a) > mostDigits(b)) {
            return a.signum();
        }
        if (leastDigits(b) > mostDigits(a)) {
            return -a.signum();
        }
        if (Math.max(a.unscaledValue().bitLength(), b.unscaledValue().bitLength()) / 8 > Limits.MAX_DECIMAL) {
            throw new ValueException(
                    io.multiproc.protocol.error.ErrorCode.NOT_COMPARABLE,
                    "'<' not supported between a decimal and an integer of more than " + Limits.MAX_DECIMAL + " bytes");
        }
        return a.compareTo(b);
    }

    /**
     * Whether two numbers are equal. A decimal and an integer longer than a decimal may be are equal if their residues are,
     * because to write out the power of ten would cost far more than linear time.
     */
    static boolean equal(byte[] x, int xAt, byte[] y, int yAt) {
        Tag tx = Tag.of(x, xAt);
        Tag ty = Tag.of(y, yAt);
        if (tx != Tag.DECIMAL && ty != Tag.DECIMAL) {
            return compare(x, xAt, y, yAt) == 0;
        }
        // far cheaper than to write one of them out at the other's exponent
        return residue(x, xAt) == residue(y, yAt)
                && (isLong(x, xAt, tx) || isLong(y, yAt, ty) || compare(x, xAt, y, yAt) == 0);
    }

    /** Counts what it costs to compare two numbers. */
    static void spend(byte[] x, int xAt, Tag tx, byte[] y, int yAt, Tag ty, Work work) {
        if (tx == Tag.DECIMAL || ty == Tag.DECIMAL) {
            long bytes = (long) Values.skip(x, xAt) - xAt + Values.skip(y, yAt) - yAt;
            long exponents = tx == Tag.DECIMAL && ty == Tag.DECIMAL
                    ? Math.abs((long) scale(x, xAt) - scale(y, yAt))
                    : Math.abs((long) scale(tx == Tag.DECIMAL ? x : y, tx == Tag.DECIMAL ? xAt : yAt));
            // only numbers of the same magnitude are written out, so neither exponent counts beyond the digits
            long digits = Math.min(exponents, 3 * bytes);
            work.spend(1_000 + 4 * bytes + digits * digits / 256);
        } else if (tx == Tag.BIGINT || ty == Tag.BIGINT) {
            int nx = Values.skip(x, xAt) - xAt;
            int ny = Values.skip(y, yAt) - yAt;
            work.spend(Math.min(nx, ny) >> 3);
        }
    }

    private static int scale(byte[] b, int at) {
        return ByteWriter.i32(b, Values.bodyStart(b, at));
    }

    /** An integer for people: what is long is described, as to write it out would take longer than linear time. */
    public static String shown(BigInteger v) {
        return v.bitLength() <= 256 ? v.toString() : "an integer of " + v.bitLength() + " bits";
    }

    private static boolean isLong(byte[] b, int at, Tag tag) {
        return tag == Tag.BIGINT && Values.bodyLength(b, at) > Limits.MAX_DECIMAL;
    }

    /** Not more than the number of digits before the point (negative: zeros after it), from the number of bits alone. */
    private static double leastDigits(BigDecimal d) {
        return (d.unscaledValue().bitLength() - 1) * LOG_2 - d.scale() - 1;
    }

    private static double mostDigits(BigDecimal d) {
        return (d.unscaledValue().bitLength() + 1) * LOG_2 - d.scale() + 1;
    }

    private static BigDecimal exact(byte[] b, int at, Tag tag) {
        return switch (tag) {
            case FLOAT32, FLOAT64 -> new BigDecimal(doubleValue(b, at));
            case DECIMAL -> decimal(b, at);
            default -> new BigDecimal(bigInteger(b, at));
        };
    }

    /** A residue that agrees with {@link #compare}: equal numbers of any kind have equal ones. Linear in the bytes. */
    static long residue(byte[] b, int at) {
        Tag tag = Tag.of(b, at);
        if (fitsLong(tag)) {
            return Hashing.residue(longValue(b, at));
        }
        if (isFloat(tag)) {
            return Hashing.residue(doubleValue(b, at));
        }
        if (tag == Tag.BIGINT) {
            return Hashing.residue(b, Values.bodyStart(b, at), Values.skip(b, at));
        }
        int start = Values.bodyStart(b, at);
        return Hashing.times(Hashing.residue(b, start + 4, Values.skip(b, at)), Hashing.powerOfTen(-(long)
                ByteWriter.i32(b, start)));
    }

    /** Encodes an integer of any size, at the width of the wider operand where the sum fits it. */
    static byte[] encodeInteger(BigInteger v, Tag least) {
        ByteWriter out = new ByteWriter(16);
        int bits = v.bitLength();
        if (bits < 32 && least.code() <= Tag.INT32.code()) {
            return out.tag(Tag.INT32).i32(v.intValue()).toByteArray();
        }
        if (bits < 64) {
            return out.tag(Tag.INT64).i64(v.longValue()).toByteArray();
        }
        byte[] body = v.toByteArray();
        return out.tag(Tag.BIGINT).varint(body.length).raw(body).toByteArray();
    }

    /**
     * The sum of two numbers as Python forms it: integers exactly, with a float a float, with a decimal a decimal.
     *
     * @throws ValueException with WRONG_TYPE if one of them is not a number, or a float meets a decimal
     */
    public static byte[] add(byte[] x, byte[] y) {
        Tag tx = Tag.of(x, 0);
        Tag ty = Tag.of(y, 0);
        if (!tx.isNumber() || !ty.isNumber()) {
            throw wrongType("cannot add " + ty.typeName() + " to " + tx.typeName() + ": both must be numbers");
        }
        if (fitsLong(tx) && fitsLong(ty)) {
            long a = longValue(x, 0);
            long b = longValue(y, 0);
            long sum = a + b;
            if (((a ^ sum) & (b ^ sum)) >= 0) {
                boolean wide = tx == Tag.INT64 || ty == Tag.INT64 || sum != (int) sum;
                ByteWriter out = new ByteWriter(9);
                return (wide ? out.tag(Tag.INT64).i64(sum) : out.tag(Tag.INT32).i32((int) sum)).toByteArray();
            }
        }
        if (tx == Tag.DECIMAL || ty == Tag.DECIMAL) {
            if (isFloat(tx) || isFloat(ty)) {
                throw wrongType("cannot add a float and a decimal: convert one of them");
            }
            return addDecimals(exact(x, 0, tx), exact(y, 0, ty));
        }
        if (isFloat(tx) || isFloat(ty)) {
            double sum = asDouble(x, tx) + asDouble(y, ty);
            // the canonical NaN: which one the processor makes differs, and replicas must agree
            return tx != Tag.FLOAT64 && ty != Tag.FLOAT64
                    ? new ByteWriter(5)
                            .tag(Tag.FLOAT32)
                            .i32(Float.floatToIntBits((float) sum))
                            .toByteArray()
                    : new ByteWriter(9)
                            .tag(Tag.FLOAT64)
                            .i64(Double.doubleToLongBits(sum))
                            .toByteArray();
        }
        return encodeInteger(bigInteger(x, 0).add(bigInteger(y, 0)), tx.code() > ty.code() ? tx : ty);
    }

    private static byte[] addDecimals(BigDecimal a, BigDecimal b) {
        long spread = Math.abs((long) a.scale() - b.scale());
        if (spread > 10_000) {
            throw new ValueException(
                    io.multiproc.protocol.error.ErrorCode.BAD_ARGUMENT,
                    "cannot add decimals whose exponents differ by more than 10000");
        }
        BigDecimal sum = a.add(b);
        if (sum.unscaledValue().bitLength() / 8 >= Limits.MAX_DECIMAL) {
            throw new ValueException(
                    io.multiproc.protocol.error.ErrorCode.TOO_LARGE,
                    "the sum has more than the " + Limits.MAX_DECIMAL + " bytes that a decimal may have");
        }
        return encodeDecimal(sum);
    }

    static byte[] encodeDecimal(BigDecimal d) {
        byte[] unscaled = d.unscaledValue().toByteArray();
        return new ByteWriter(unscaled.length + 12)
                .tag(Tag.DECIMAL)
                .varint(unscaled.length + 4)
                .i32(d.scale())
                .raw(unscaled)
                .toByteArray();
    }

    private static double asDouble(byte[] b, Tag tag) {
        return isFloat(tag) ? doubleValue(b, 0) : bigInteger(b, 0).doubleValue();
    }

    private static ValueException wrongType(String text) {
        return new ValueException(io.multiproc.protocol.error.ErrorCode.WRONG_TYPE, text);
    }
}
