package io.multiproc.server.engine;

import java.util.function.LongSupplier;

/**
 * A clock of milliseconds since 1970 that never jumps: it reads the wall clock once, at the start, and then follows the monotonic clock.
 */
public final class EngineClock implements LongSupplier {
    private final LongSupplier ticker;
    private final long anchorMillis;
    private final long anchorNanos;

    public EngineClock() {
        this(System::currentTimeMillis, System::nanoTime);
    }

    /**
     * @param wall milliseconds since 1970, which may jump
     * @param ticker nanoseconds since whenever, which do not
     */
    EngineClock(LongSupplier wall, LongSupplier ticker) {
        this.ticker = ticker;
        anchorMillis = wall.getAsLong();
        anchorNanos = ticker.getAsLong();
    }

    @Override
    public long getAsLong() {
        return anchorMillis + (ticker.getAsLong() - anchorNanos) / 1_000_000;
    }
}
