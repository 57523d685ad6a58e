package io.multiproc.client.internal.connection;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Delays before the attempts to connect: none before the first, then a random time of up to 20 ms, 40 ms, and so on up to 2 s.
 * Full jitter: a thousand clients that lost one server at the same moment come back spread over the time.
 */
public final class Backoff {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final RandomGenerator random;
    private int attempts;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The nanoseconds to wait now. */
    public long next() {
        if (attempts++ == 0) {
            return 0;
        }
        return random.nextLong(1, most(attempts) + 1);
    }

    private static long most(int attempts) {
        return Math.min(MOST_NANOS, FIRST_NANOS << Math.min(20, attempts - 2));
    }
}
