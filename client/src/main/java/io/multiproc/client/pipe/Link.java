package io.multiproc.client.pipe;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The carrier of a connection's frames. Read by one thread at a time, written by one thread at a time; the rest by any. */
interface Link {
    /** Waits for room and sends a frame. False if the connection has got another link meanwhile: the frame is to be sent there. */
    boolean send(byte[] frame, int from, int length) throws IOException, InterruptedException;

    /**
     * Waits for a frame, up to a time; {@link Long#MAX_VALUE} for ever. The frame stays if it is only looked at.
     *
     * @return null if none came, or the connection has got another link meanwhile
     * @throws java.io.EOFException if none will come
     */
    byte @Nullable [] receive(long nanos, boolean look) throws IOException, InterruptedException;

    /** Nothing is sent or received any more at this end. */
    void close();
}
