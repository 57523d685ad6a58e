package io.multiproc.client.internal.connection;

/**
 * How many replies have arrived, and what of that the server knows: it keeps each reply until it is told. Guarded by its connection's lock.
 */
final class Receipts {
    private static final int MOST_UNTOLD = 64;
    private static final long MOST_UNTOLD_BYTES = 256 << 10;
    /** So many bytes are not left to wait for something that they could travel with. */
    private static final long URGENT_BYTES = 4 << 20;

    private long received;
    private long told;
    private long bytes;

    void add(int length) {
        received++;
        bytes += length;
    }

    /** In all. */
    long received() {
        return received;
    }

    boolean isUntold() {
        return received > told;
    }

    /** Whether the server should hear of them with the next frame that is sent. */
    boolean isDue() {
        return received - told >= MOST_UNTOLD || bytes >= MOST_UNTOLD_BYTES;
    }

    boolean isUrgent() {
        return bytes >= URGENT_BYTES;
    }

    /** The server is being told. */
    void tell() {
        told = received;
        bytes = 0;
    }
}
