package io.multiproc.server.log;

import io.multiproc.server.engine.LogStats;

/** The counters of a journal. */
final class JournalMeters {
    private final long[] syncBuckets = new long[LogStats.SYNC_BUCKETS];
    private final long[] sizeBuckets = new long[LogStats.SIZE_BUCKETS];
    private long records;
    private long commands;
    private volatile long bytes;
    private long syncs;
    private long syncNanos;
    private long lastSyncNanos;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void written(int commandsOfRecord, long length) {
        bytes += length;
        records++;
        commands += commandsOfRecord;
        sizeBuckets[LogStats.sizeBucket(commandsOfRecord)]++;
    }

    /** On any thread. */
    long bytes() {
        return bytes;
    }

    /** May be called from another thread than the rest. */
    synchronized void synced(long nanos) {
        syncs++;
        syncNanos += nanos;
        lastSyncNanos = nanos;
        syncBuckets[LogStats.syncBucket(nanos)]++;
    }

    synchronized LogStats stats(long bytes) {
        return new LogStats(
                records, commands, bytes, syncs, syncNanos, lastSyncNanos, syncBuckets.clone(), sizeBuckets.clone());
    }
}
