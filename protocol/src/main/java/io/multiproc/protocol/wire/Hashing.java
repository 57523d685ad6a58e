package io.multiproc.protocol.wire;

import java.math.BigInteger;
import java.security.SecureRandom;

/**
 * Hashes of encoded values, under secrets of this JVM. A client that does not know them cannot choose values that collide, which would make look-ups
 * slow for everybody.
 *
 * <p>Numbers are hashed by what they leave when divided by a secret prime, as Python does with a known one: integers, floats and
 * decimals of equal value leave the same, and no power of ten has to be written out for it.
 */
final class Hashing {
    /** Of 50 bits, so that {@link #times} is exact. */
    private static final long PRIME;

    private static final BigInteger BIG_PRIME;
    private static final long SEED;
    private static final long FACTOR;
    private static final long INFINITE = 314159;
    private static final long NOT_A_NUMBER = 271828;

    /** The least exponent of a double's last bit. */
    private static final int LEAST_EXPONENT = -1074;

    /** Residues of the powers of two that doubles have. */
    private static final long[] POWERS_OF_TWO = new long[1024 - LEAST_EXPONENT];

    private static final long TEN = 10;
    private static final long TENTH;

    static {
        SecureRandom random = new SecureRandom();
        BIG_PRIME = BigInteger.probablePrime(50, random);
        PRIME = BIG_PRIME.longValueExact();
        SEED = random.nextLong();
        FACTOR = random.nextLong() | 1;
        TENTH = BigInteger.TEN.modInverse(BIG_PRIME).longValueExact();
        long power = BigInteger.TWO
                .modPow(BigInteger.valueOf(LEAST_EXPONENT), BIG_PRIME)
                .longValueExact();
        for (int i = 0; i < POWERS_OF_TWO.length; i++) {
            POWERS_OF_TWO[i] = power;
            power = power * 2 % PRIME;
        }
    }

    private Hashing() {}

    /** A hash of two. */
    static long join(long a, long b) {
        return fold(fold(a ^ SEED, FACTOR) ^ b, FACTOR);
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.multiplyHigh(a, b);
    }

    static long bytes(byte[] b, int from, int end) {
        long h = SEED ^ (end - from);
        int i = from;
        for (; i <= end - 8; i += 8) {
            h = fold(h ^ ByteWriter.i64(b, i), FACTOR);
        }
        long rest = 0;
        for (; i < end; i++) {
            rest = rest << 8 | b[i] & 0xff;
        }
        return fold(fold(h ^ rest, FACTOR) ^ SEED, FACTOR);
    }

    static long residue(long v) {
        long r = v % PRIME;
        return r < 0 ? r + PRIME : r;
    }

    static long residue(BigInteger v) {
        return v.bitLength() < 64 ? residue(v.longValue()) : v.mod(BIG_PRIME).longValueExact();
    }

    static long residue(double v) {
        long whole = (long) v;
        if (whole == v && whole != Long.MAX_VALUE) {
            return residue(whole);
        }
        if (!Double.isFinite(v)) {
            return Double.isNaN(v) ? NOT_A_NUMBER : v > 0 ? INFINITE : -INFINITE;
        }
        long bits = Double.doubleToRawLongBits(v);
        int exponent = (int) (bits >>> 52) & 0x7ff;
        long fraction = bits & (1L << 52) - 1;
        long mantissa = exponent == 0 ? fraction : fraction | 1L << 52;
        long r = times(mantissa % PRIME, POWERS_OF_TWO[Math.max(exponent, 1) - 1]);
        return v < 0 && r != 0 ? PRIME - r : r;
    }

    /** The residue of a power of ten, which may be negative. */
    static long powerOfTen(long exponent) {
        long base = exponent < 0 ? TENTH : TEN;
        long result = 1;
        for (long e = Math.abs(exponent); e != 0; e >>= 1) {
            if ((e & 1) != 0) {
                result = times(result, base);
            }
            base = times(base, base);
        }
        return result;
    }

    /** The residue of a product of two residues. */
    static long times(long a, long b) {
        // the quotient has at most 50 bits, so the double is off by one at most
        long quotient = (long) ((double) a * b / PRIME);
        long r = a * b - quotient * PRIME;
        return r < 0 ? r + PRIME : r >= PRIME ? r - PRIME : r;
    }
}
