package io.multiproc.server.engine;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.StateCounts;
import org.jspecify.annotations.Nullable;

/**
 * Counters of operations: plain numbers that only the engine's thread touches, so that an operation pays a few increments whether
 * anybody looks or not. The clock is read for one operation in {@link #SAMPLE}.
 */
final class OperationCounters {
    /** One operation in so many is timed. A power of two. */
    static final int SAMPLE = 16;

    /** Bucket i holds times below 256 ns shifted by i; the last one all others. */
    static final int BUCKETS = 18;

    private static final int LEAST_BITS = 8;
    private static final int OPS =
            OpTable.all().stream().mapToInt(Op::code).max().orElse(0) + 1;

    private final long[] applied = new long[OPS];
    private final long[] waited = new long[OPS];
    private final long[] errors = new long[ErrorCode.values().length];
    private final long[] buckets = new long[BUCKETS];
    private long nanos;
    private long calls;

    /** Before an operation: what {@link #end} wants to know. */
    long begin() {
        return (++calls & (SAMPLE - 1)) == 0 ? System.nanoTime() : 0;
    }

    void end(Op op, @Nullable Reply reply, long begun) {
        if (begun != 0) {
            time(System.nanoTime() - begun);
        }
        int code = op.code();
        applied[code]++;
        if (reply == null) {
            waited[code]++;
        } else {
            ErrorCode error = reply.error();
            if (error != null) {
                errors[error.ordinal()]++;
            }
        }
    }

    void time(long took) {
        nanos += took;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, took));
        buckets[Math.min(BUCKETS - 1, Math.max(0, bits - LEAST_BITS))]++;
    }

    EngineStats stats(int sessions, StateCounts counts, LogStats log, ImageStats image, ClusterStats cluster) {
        return new EngineStats(
                sessions,
                counts,
                applied.clone(),
                waited.clone(),
                errors.clone(),
                buckets.clone(),
                nanos,
                log,
                image,
                cluster);
    }
}
