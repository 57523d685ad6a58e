package io.multiproc.server.state;

import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;

/**
 * The count of entries, and the numbers that ids and fencing tokens are taken from. They are equal at first. Each time that a server goes on with the state, the numbers
 * are raised to what the age of the state allows, which is more than any server has given until then: so a state that has lost its end gives none of them again.
 */
final class Numbers {
    /** More than are given in a millisecond. A number of 53 bits lasts for 69 years. */
    private static final long PER_MILLI = 4_096;

    /** What may be given in one go. */
    private static final long SLACK_MILLIS = 1_000;

    /** 139 years: a clock that is wrong by more raises nothing beyond. */
    private static final long MOST_MILLIS = 1L << 42;

    /** The begin of a state of which no snapshot says it: before there was any that a server could go on with. 2026-11-01. */
    private static final long EARLIEST = 1_793_491_200_000L;

    private long count;
    /** By how much the numbers are higher. */
    private long ahead;
    /** When the state began, on the wall clock, and which number was the highest then. */
    private long begun;

    private long from;

    /** Those of a state whose age does not matter, after so many entries. */
    static Numbers of(long count) {
        Numbers out = new Numbers();
        out.count = count;
        return out;
    }

    void next() {
        count++;
    }

    /** How many entries have been applied. */
    long count() {
        return count;
    }

    /** The number of the latest entry. */
    long last() {
        return count + ahead;
    }

    /** The state begins its life in this moment. */
    void begin(long time, long highest) {
        begun = time;
        from = Math.max(last(), highest);
    }

    /** Leaves so many unused, of entries too. */
    void skip(long entries) {
        count += entries;
    }

    /**
     * A server goes on with the state.
     *
     * @param time on the wall clock
     * @return what all numbers to come are higher than
     */
    long raise(long time) {
        long age = Math.min(MOST_MILLIS, time - begun);
        if (time > begun && age > 0) {
            ahead = Math.max(last(), from + (age + SLACK_MILLIS) * PER_MILLI) - count;
        }
        return last();
    }

    void restore(long entries) {
        count = entries;
        ahead = 0;
        begun = 0;
        from = 0;
    }

    /** The snapshot that was restored does not say when the state began. */
    void beganEarlier() {
        begun = EARLIEST;
    }

    /** What belongs to it beside the count. */
    void snapshot(SnapshotWriter out) {
        out.i64(ahead).i64(begun).i64(from);
    }

    void restoreRest(SnapshotReader in) {
        ahead = in.i64();
        begun = in.i64();
        from = in.i64();
    }
}
