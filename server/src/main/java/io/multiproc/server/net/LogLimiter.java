package io.multiproc.server.net;

import org.slf4j.Logger;

/** At most one warning of a kind per second, with the number of those left out: strangers cannot fill the log. */
final class LogLimiter {
    private static final long PERIOD = 1_000_000_000L;

    private final Logger log;
    private long next = System.nanoTime();
    private int left;
    private long total;

    LogLimiter(Logger log) {
        this.log = log;
    }

    /** How many lines there were, written or left out. */
    long total() {
        return total;
    }

    void warn(String text) {
        total++;
        long now = System.nanoTime();
        if (now - next < 0) {
            left++;
            return;
        }
        next = now + PERIOD;
        if (left == 0) {
            log.warn("{}", text);
        } else {
            log.warn("{} ({} more such lines left out)", text, left);
        }
        left = 0;
    }
}
