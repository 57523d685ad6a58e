package io.multiproc.server.net;

import java.util.concurrent.TimeUnit;

/**
 * How long a {@link NodeChannel} waits for what, in milliseconds.
 *
 * @param look between two looks at all connections, and between two signs of life
 * @param greeting for both ends to have greeted each other, TLS included
 * @param silence without any sign of the other end
 * @param linger for the other end to read why it is refused
 * @param back for a node that was connected to, to connect as well
 */
record NodeTimes(int look, int greeting, int silence, int linger, int back) {
    static final NodeTimes USUAL = new NodeTimes(1_000, 5_000, 5_000, 1_000, 5_000);

    static long nanos(int millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
