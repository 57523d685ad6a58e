package io.multiproc.server.net;

import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Messages;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A request of which most has still to arrive, and whose arguments may be kept as they are: they get an array of their own, which holds nothing else.
 */
final class LargeFrame {
    /** Frames from this size on. */
    static final int LEAST = 64 << 10;

    /** What comes before the arguments: the request's head and their count. */
    static final int HEAD = Messages.REQUEST_HEADER + 1;

    private final byte[] head;
    private final int length;
    private byte[] arguments;
    private int size;

    /** Of this length, of which the bytes between the offsets are there. */
    LargeFrame(byte[] b, int from, int end, int length) {
        head = Arrays.copyOfRange(b, from, from + HEAD);
        this.length = length - HEAD;
        size = end - from - HEAD;
        arguments = new byte[room()];
        System.arraycopy(b, from + HEAD, arguments, 0, size);
    }

    /** How many bytes taking so many more would have it allocate. */
    int growth(int more) {
        int then = Math.min(length, size + more);
        return then > arguments.length ? Limits.room(length, then, LEAST) : 0;
    }

    /** How much of it has still to arrive. */
    int missing() {
        return length - size;
    }

    /** Takes what belongs to it. */
    void add(ByteBuf in) {
        int n = Math.min(in.readableBytes(), length - size);
        int at = size;
        size += n;
        if (size > arguments.length) {
            arguments = Arrays.copyOf(arguments, room());
        }
        in.readBytes(arguments, at, n);
    }

    private int room() {
        return Limits.room(length, size, LEAST);
    }

    boolean isWhole() {
        return size == length;
    }

    byte[] head() {
        return head;
    }

    /** All of it once it {@link #isWhole}, and nothing else. */
    byte[] arguments() {
        return arguments;
    }
}
