package io.multiproc.server.engine;

/**
 * What a log has done since the start, as it was at one moment.
 *
 * @param records bursts that were written
 * @param commands in them
 * @param bytes the length of the log now, in bytes
 * @param syncs how often it was brought to the disk
 * @param syncNanos the time of all of them
 * @param lastSyncNanos that of the last one
 * @param syncBuckets how many of them took how long, see {@link #syncBound}
 * @param sizeBuckets how many records had how many commands, see {@link #sizeBound}
 */
@SuppressWarnings("ArrayRecordComponent") // copies that nobody changes
public record LogStats(
        long records,
        long commands,
        long bytes,
        long syncs,
        long syncNanos,
        long lastSyncNanos,
        long[] syncBuckets,
        long[] sizeBuckets) {
    /** Bucket i holds syncs below 32 µs shifted by i; the last one all others. */
    public static final int SYNC_BUCKETS = 18;
    /** Bucket i holds records of at most 1 shifted by i commands. */
    public static final int SIZE_BUCKETS = 10;

    private static final long LEAST_NANOS = 32_000;

    /** Without a log. */
    public static final LogStats NONE = new LogStats(0, 0, 0, 0, 0, 0, new long[SYNC_BUCKETS], new long[SIZE_BUCKETS]);

    /** The upper bound of a bucket in nanoseconds, exclusive; {@link Long#MAX_VALUE} for the last. */
    public static long syncBound(int bucket) {
        return bucket == SYNC_BUCKETS - 1 ? Long.MAX_VALUE : LEAST_NANOS << bucket;
    }

    /** The bucket of a sync that took so long. */
    public static int syncBucket(long nanos) {
        int bucket = 0;
        while (nanos >= syncBound(bucket)) {
            bucket++;
        }
        return bucket;
    }

    /** The most commands of a bucket's records. */
    public static int sizeBound(int bucket) {
        return 1 << bucket;
    }

    /** The bucket of a record of so many commands. */
    public static int sizeBucket(int commands) {
        return Math.min(SIZE_BUCKETS - 1, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, commands - 1)));
    }

    /** How many syncs took less than the bound of a bucket. */
    public long syncsBelow(int bucket) {
        return sum(syncBuckets, bucket);
    }

    /** How many records had at most so many commands as the bound of a bucket. */
    public long recordsUpTo(int bucket) {
        return sum(sizeBuckets, bucket);
    }

    private static long sum(long[] buckets, int last) {
        long sum = 0;
        for (int i = 0; i <= last; i++) {
            sum += buckets[i];
        }
        return sum;
    }
}
