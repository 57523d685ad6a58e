package io.multiproc.server.engine;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Op;
import io.multiproc.server.machine.StateCounts;

/**
 * The counters of the engine since its start, as they were at one moment.
 *
 * @param sessions open sessions, of clients of both dialects
 * @param counts objects and waits
 * @param applied operations by code
 * @param waited those of them whose answer came later, by code
 * @param errors operations that were answered with an error at once, by {@link ErrorCode#ordinal}
 * @param buckets how many of the timed operations took how long, see {@link #bucketNanos}; waiting is not included
 * @param nanos the time of all timed operations
 * @param log what the log has done
 * @param image the newest image
 * @param cluster this node's view of its cluster
 */
@SuppressWarnings("ArrayRecordComponent") // copies that nobody changes
public record EngineStats(
        int sessions,
        StateCounts counts,
        long[] applied,
        long[] waited,
        long[] errors,
        long[] buckets,
        long nanos,
        LogStats log,
        ImageStats image,
        ClusterStats cluster) {
    /** Before any operation. */
    public static final EngineStats NONE =
            new OperationCounters().stats(0, StateCounts.NONE, LogStats.NONE, ImageStats.NONE, ClusterStats.NONE);

    public long applied(Op op) {
        return applied[op.code()];
    }

    public long waited(Op op) {
        return waited[op.code()];
    }

    public long errors(ErrorCode code) {
        return errors[code.ordinal()];
    }

    /** How many operations were timed: one in sixteen. */
    public long timed() {
        long sum = 0;
        for (long n : buckets) {
            sum += n;
        }
        return sum;
    }

    /** How many of the timed operations took less than the bound of a bucket. */
    public long timedBelow(int bucket) {
        long sum = 0;
        for (int i = 0; i <= bucket; i++) {
            sum += buckets[i];
        }
        return sum;
    }

    /** The upper bound of a bucket, exclusive; {@link Long#MAX_VALUE} for the last. */
    public static long bucketNanos(int bucket) {
        return bucket == OperationCounters.BUCKETS - 1 ? Long.MAX_VALUE : 256L << bucket;
    }
}
