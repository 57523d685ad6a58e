package io.multiproc.server.raft;

import io.multiproc.server.engine.LogStats;

/** What the log has done since the start. */
final class StoreStats {
    private long records;
    private long syncs;
    private long syncNanos;
    private long lastSync;
    private final long[] syncBuckets = new long[LogStats.SYNC_BUCKETS];

    synchronized void record(int bytes) {
        if (bytes > 0) {
            records++;
        }
    }

    synchronized void sync(long nanos) {
        syncs++;
        syncNanos += nanos;
        lastSync = nanos;
        syncBuckets[LogStats.syncBucket(nanos)]++;
    }

    synchronized LogStats read(long bytes) {
        return new LogStats(
                records, 0, bytes, syncs, syncNanos, lastSync, syncBuckets.clone(), new long[LogStats.SIZE_BUCKETS]);
    }
}
