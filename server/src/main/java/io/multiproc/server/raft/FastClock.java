package io.multiproc.server.raft;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/** The time of the consensus engine: monotonic, and {@link RaftLoop#FASTER} times as fast. The computer's date has no part in it. */
final class FastClock extends Clock {
    private final long start = System.nanoTime();

    @Override
    public long millis() {
        // the engine takes 0 for never
        return 1_000_000 + TimeUnit.NANOSECONDS.toMillis((System.nanoTime() - start) * RaftLoop.FASTER);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
