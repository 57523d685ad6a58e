package io.multiproc.protocol.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Hashes of encoded values, under secrets of this JVM. A client that does not know them cannot choose values that collide, which would make look-ups
 * slow for everybody.
 *
 * <ul>
 *   <li>Bytes are hashed by SipHash-1-3, as in CPython, Rust and Ruby: a pseudorandom function, of which nobody has shown a way to find
 *       collisions without the key.
 *   <li>Numbers are hashed by what they leave when divided by a secret prime, as Python does with a known one: integers, floats and decimals of equal value
 *       leave the same, and no power of ten has to be written out for it. Two numbers collide if the prime divides their difference: a difference
 *       of b bits has at most b/49 such factors, and there are some 2^43 primes of 50 bits to choose from.
 *   <li>A sequence is hashed as a polynomial of its elements' hashes at a secret point, modulo 2^61 - 1: two of n elements agree at no more than n of all
 *       points. The value of the polynomial goes through SipHash, so nested sequences are no part of it.
 * </ul>
 */
final class Hashing {
    /** Of 50 bits, so that {@link #times} is exact. */
    private static final long PRIME;

    private static final long KEY_0;
    private static final long KEY_1;
    private static final long POINT;
    /** A Mersenne prime. */
    private static final long MODULUS = (1L << 61) - 1;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long INFINITE = 314159;
    private static final long NOT_A_NUMBER = 271828;

    /** The least exponent of a double's last bit. */
    private static final int LEAST_EXPONENT = -1074;

    /** Residues of the powers of two that doubles have. */
    private static final long[] POWERS_OF_TWO = new long[1024 - LEAST_EXPONENT];

    /** The residue of 2^48: less than the prime, which has 50 bits. */
    private static final long SIX_BYTES = 1L << 48;

    private static final long TEN = 10;
    private static final long TENTH;

    static {
        SecureRandom random = new SecureRandom();
        BigInteger prime = BigInteger.probablePrime(50, random);
        PRIME = prime.longValueExact();
        KEY_0 = random.nextLong();
        KEY_1 = random.nextLong();
        POINT = random.nextLong() >>> 4; // below the modulus
        TENTH = BigInteger.TEN.modInverse(prime).longValueExact();
        long power =
                BigInteger.TWO.modPow(BigInteger.valueOf(LEAST_EXPONENT), prime).longValueExact();
        for (int i = 0; i < POWERS_OF_TWO.length; i++) {
            POWERS_OF_TWO[i] = power;
            power = power * 2 % PRIME;
        }
    }

    private Hashing() {}

    /** A hash of two. */
    static long join(long a, long b) {
        long v0 = KEY_0 ^ 0x736f6d6570736575L;
        long v1 = KEY_1 ^ 0x646f72616e646f6dL;
        long v2 = KEY_0 ^ 0x6c7967656e657261L;
        long v3 = KEY_1 ^ 0x7465646279746573L ^ a;
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
        return end(v0 ^ a, v1, v2, v3, b);
    }

    /** The last word of a message and what comes after it. */
    private static long end(long a0, long a1, long a2, long a3, long word) {
        long v0 = a0;
        long v1 = a1;
        long v2 = a2;
        long v3 = a3 ^ word;
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
        v0 ^= word;
        v2 ^= 0xff;
        for (int round = 0; round < 3; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    static long bytes(byte[] b, int from, int end) {
        return bytes(KEY_0, KEY_1, b, from, end);
    }

    /** SipHash-1-3. */
    static long bytes(long key0, long key1, byte[] b, int from, int end) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        int i = from;
        for (; i <= end - 8; i += 8) {
            long word = (long) LONG.get(b, i);
            v3 ^= word;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        return end(v0, v1, v2, v3, (long) (end - from) << 56 | tail(b, i, end));
    }

    /** Up to seven bytes, the first one lowest: of one word that ends with them, where the array has as many before them. */
    private static long tail(byte[] b, int from, int end) {
        if (from == end) {
            return 0;
        }
        if (end >= Long.BYTES) {
            return (long) LONG.get(b, end - Long.BYTES) >>> Long.SIZE - 8 * (end - from);
        }
        long word = 0;
        for (int i = end - 1; i >= from; i--) {
            word = word << 8 | b[i] & 0xff;
        }
        return word;
    }

    /** The value of a polynomial that gets another coefficient; see {@link #join} for what has to follow. */
    static long append(long polynomial, long coefficient) {
        long low = polynomial * POINT;
        long high = Math.multiplyHigh(polynomial, POINT);
        long product = (low & MODULUS) + (high << 3 | low >>> 61);
        return reduced(product + (coefficient & MODULUS));
    }

    private static long reduced(long v) {
        long r = (v & MODULUS) + (v >>> 61);
        return r >= MODULUS ? r - MODULUS : r;
    }

    static long residue(long v) {
        long r = v % PRIME;
        return r < 0 ? r + PRIME : r;
    }

    /** The residue of an integer in two's complement, the highest byte first, in linear time. */
    static long residue(byte[] b, int from, int end) {
        int i = from;
        // the highest byte has the sign
        long r = residue(b[i++]);
        for (; i <= end - 6; i += 6) {
            long six = (b[i] & 0xffL) << 40
                    | (b[i + 1] & 0xffL) << 32
                    | (b[i + 2] & 0xffL) << 24
                    | (b[i + 3] & 0xffL) << 16
                    | (b[i + 4] & 0xffL) << 8
                    | b[i + 5] & 0xffL;
            r = times(r, SIX_BYTES) + six;
            r = r >= PRIME ? r - PRIME : r;
        }
        for (; i < end; i++) {
            r = (r << 8 | b[i] & 0xff) % PRIME;
        }
        return r;
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
