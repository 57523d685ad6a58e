package io.multiproc.client.internal.connection;

/**
 * Count of the replies that have arrived, and of those that the server knows of: it keeps each reply until it is told. Guarded by its
 * connection's lock.
 */
final class Receipts {
    private static final int MOST_UNREPORTED = 64;
    private static final long MOST_UNREPORTED_BYTES = 256 << 10;
    /** So many bytes are not left to wait for something that they could travel with. */
    private static final long URGENT_BYTES = 4 << 20;

    private long received;
    private long reported;
    private long bytes;

    void add(int length) {
        received++;
        bytes += length;
    }

    /** In all. */
    long received() {
        return received;
    }

    boolean isUnreported() {
        return received > reported;
    }

    /** Whether the server should hear of them with the next frame that is sent. */
    boolean isDue() {
        return received - reported >= MOST_UNREPORTED || bytes >= MOST_UNREPORTED_BYTES;
    }

    boolean isUrgent() {
        return bytes >= URGENT_BYTES;
    }

    /** The server is being told. */
    void report() {
        reported = received;
        bytes = 0;
    }
}
