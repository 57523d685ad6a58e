package io.multiproc.server.engine;

import java.util.function.LongSupplier;

/** Milliseconds since 1970, anchored at the start and then driven by the monotonic clock: no jump of the wall clock shows. */
public final class EngineClock implements LongSupplier {
    private final long anchorMillis = System.currentTimeMillis();
    private final long anchorNanos = System.nanoTime();

    @Override
    public long getAsLong() {
        return anchorMillis + (System.nanoTime() - anchorNanos) / 1_000_000;
    }
}
