package io.multiproc.server.net;

/**
 * A running measure of how many requests arrive together on one connection: several where many threads share it, one where each has its own.
 * Belongs to the event loop thread.
 */
final class BatchSizes {
    /** So many bursts count, the older the less. */
    private static final int WEIGHT = 8;

    private static final int SEVERAL = 2;
    /** A program that does not wait for replies sends as many as it likes; that is soon forgotten. */
    private static final int MOST = 64;

    private int requests;
    private int sum;

    void request() {
        requests++;
    }

    /** All that was there has been read. */
    void end() {
        if (requests > 0) {
            sum += Math.min(requests, MOST) - sum / WEIGHT;
            requests = 0;
        }
    }

    /** Whether those of late had several requests. */
    boolean haveSeveral() {
        return sum >= SEVERAL * WEIGHT;
    }
}
