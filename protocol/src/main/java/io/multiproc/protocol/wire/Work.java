package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;

/**
 * A meter of the work that one command costs the server's thread, which serves everybody. The unit is a nanosecond of an average machine, counted and not
 * measured: what is refused does not depend on the machine or on who else is busy. What changes something is charged before it begins. Not thread-safe, unless it has
 * no bound.
 */
public final class Work {
    /** What a command may cost: about a second. */
    public static final long DEFAULT = 1_000_000_000;

    /** Of one element that is copied into an array of its own. */
    public static final int ELEMENT = 100;
    /** Of one look-up in a large table. */
    public static final int LOOK_UP = 300;
    /** Of one element that is looked at. */
    public static final int LOOK = 10;
    /** Of one comparison of two elements while they are sorted. */
    public static final int ORDER = 25;

    /** CPython's limit of digits of integers as text, see {@code sys.set_int_max_str_digits}. */
    public static final int MAX_DIGITS = 4300;
    /** The bits of integers that certainly have more digits than that. */
    private static final int MAX_BITS = 14_285;

    private final long most;
    private long spent;

    /**
     * A meter.
     *
     * @param most what a command may cost; {@link Long#MAX_VALUE} for no bound
     */
    public Work(long most) {
        this.most = most;
    }

    /** A new command begins. */
    public void begin() {
        spent = 0;
    }

    /**
     * Counts work.
     *
     * @throws ValueException with TOO_LARGE if the command costs more than one may
     */
    public void spend(long nanos) {
        if (most == Long.MAX_VALUE) {
            return; // perhaps of several threads
        }
        long sum = spent + nanos;
        if (sum > most || sum < 0) {
            spent = most;
            throw new ValueException(
                    ErrorCode.TOO_LARGE,
                    "this command would keep the server from everybody else for more than " + most / 1_000_000
                            + " ms of work: do it in parts, on slices or chunks, or on a copy of your own");
        }
        spent = sum;
    }

    /** Counts work of the same kind that is done so many times. */
    public void spend(long times, long nanos) {
        spend(times > Long.MAX_VALUE / 2 / Math.max(1, nanos) ? Long.MAX_VALUE / 2 : times * nanos);
    }

    /** Whether nothing is left, or so little that the next step would be refused. */
    public boolean isSpent() {
        return spent >= most / 2;
    }

    /** What it costs to turn so many decimal digits into a number or back: the square of them. */
    public static long ofDigits(long digits) {
        return 100 + 20 * digits + digits * digits / 64;
    }

    /** The most digits that an integer of so many bits has. */
    public static long digits(long bits) {
        return bits * 1233 / 4096 + 1;
    }

    /** Whether an integer of so many bits has more digits than Python writes out. */
    public static boolean hasTooManyDigits(long bits) {
        return bits >= MAX_BITS;
    }
}
