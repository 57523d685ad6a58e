package io.multiproc.server;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting for something that another thread brings about and tells nobody. */
public final class Await {
    /** Far longer than anything takes: who reaches it has failed. */
    private static final long LONG_SECONDS = 60;

    private Await() {}

    /** Polls until the condition holds; fails after a minute. */
    public static void until(String description, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_SECONDS);
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not happen within " + LONG_SECONDS + " s: " + description);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
