package io.multiproc.client.internal.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A transport in memory. What arrives comes in the pieces that a test gives; what is sent is taken as far as there is room. Nothing waits: to wait for
 * what cannot come is a failure.
 */
final class FakeTransport implements Transport {
    private final ArrayDeque<ByteBuffer> arriving = new ArrayDeque<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private boolean ended;
    private boolean open = true;
    private int room = Integer.MAX_VALUE;
    private int roomAfterWait;
    private int waits;
    private int largestRead;

    /** One piece; an empty one makes one read find nothing. */
    FakeTransport arrives(byte[] bytes, int from, int to) {
        arriving.add(ByteBuffer.wrap(bytes, from, to - from).slice());
        return this;
    }

    FakeTransport arrives(byte[] bytes) {
        return arrives(bytes, 0, bytes.length);
    }

    /** Nothing comes after what has arrived. */
    FakeTransport ends() {
        ended = true;
        return this;
    }

    /** How much is taken at once, and how much after each wait for room. */
    FakeTransport room(int now, int afterWait) {
        room = now;
        roomAfterWait = afterWait;
        return this;
    }

    byte[] sent() {
        return sent.toByteArray();
    }

    int waits() {
        return waits;
    }

    @Override
    public @Nullable SelectionKey register(Selector with, Object attachment) {
        return null;
    }

    boolean isOpen() {
        return open;
    }

    int largestRead() {
        return largestRead;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (!open) {
            throw new IOException("closed");
        }
        ByteBuffer piece = arriving.peek();
        if (piece == null) {
            return ended ? -1 : 0;
        }
        int n = Math.min(piece.remaining(), to.remaining());
        to.put(piece.slice().limit(n));
        piece.position(piece.position() + n);
        if (!piece.hasRemaining()) {
            arriving.remove();
        }
        largestRead = Math.max(largestRead, n);
        return n;
    }

    @Override
    public int write(ByteBuffer from) {
        int n = Math.min(room, from.remaining());
        room -= n;
        for (int i = 0; i < n; i++) {
            sent.write(from.get());
        }
        return n;
    }

    @Override
    public void awaitReadable(long timeoutMillis) {
        waits++;
        if (arriving.isEmpty() && !ended) {
            throw new AssertionError("nothing will ever arrive");
        }
    }

    @Override
    public void awaitWritable(long timeoutMillis) {
        waits++;
        if (roomAfterWait == 0) {
            throw new AssertionError("there will never be room");
        }
        room = roomAfterWait;
    }

    @Override
    public boolean awaitReadableOrWritable(long timeoutMillis) {
        awaitWritable(timeoutMillis);
        return !arriving.isEmpty();
    }

    @Override
    public void wakeUp() {}

    @Override
    public void close() {
        open = false;
    }
}
