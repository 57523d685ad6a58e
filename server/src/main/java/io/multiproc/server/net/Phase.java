package io.multiproc.server.net;

import io.multiproc.protocol.wire.Reply;

/** A stage of a connection, which decides what happens to its frames: handshake, then first frame, then a dialect. */
interface Phase {
    /**
     * The largest payload that is accepted.
     *
     * @param firstByte the payload's first byte, or -1 when it has not arrived
     */
    int limit(int firstByte);

    /** Whether the next payload has to wait for the end of the burst. {@link ConnectionHandler#GO_ON} says that it is over. */
    default boolean isBusy() {
        return false;
    }

    /** Takes one payload. The bytes may be overwritten after the call. */
    void frame(byte[] b, int from, int end);

    /** Whether a large payload that starts so, with {@link LargeFrame#HEAD} bytes or more, is to be read as one. */
    default boolean takesApart(byte[] b, int from) {
        return false;
    }

    /** Takes one payload that was read so. */
    default void frame(LargeFrame frame) {
        throw new IllegalStateException("not asked for");
    }

    /** A frame announces a negative length, or one above the limit that is not skipped. */
    void badLength(long length, int limit);

    /** Whether the bytes of a frame above the limit are read and thrown away, after which the dialect goes on. */
    default boolean skipsTooLong() {
        return false;
    }

    /** A frame above the limit has arrived, and was thrown away. */
    default void skipped(long length, int limit) {
        throw new IllegalStateException("not asked for");
    }

    /** Whether a large payload that starts so, with {@link LargeFrame#HEAD} bytes or more, can be thrown away and answered with a refusal. */
    default boolean canRefuse(byte[] b, int from) {
        return false;
    }

    /** Answers a payload that was thrown away as there is no memory for it, of which this is the start. */
    default void refuse(byte[] head) {
        throw new IllegalStateException("not asked for");
    }

    /** Whether a length of -1 announces 8 bytes of length. */
    default boolean takesLongForm() {
        return false;
    }

    /** The socket has been closed. */
    default void closed() {}

    /** The answer to a request that waited. */
    default void answered(long request, Reply reply) {
        throw new IllegalStateException("nothing waits");
    }

    /** The connection ends, or has ended. Called once. */
    void ended(String reason);
}
