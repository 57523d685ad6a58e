package io.multiproc.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The messages that wait for one node. Any thread adds some; the event loop writes all that are there, small ones together, with one flush. */
final class NodeOutput {
    /** Bytes that may wait before another message is dropped. */
    static final long MOST_WAITING = 64L << 20;

    private static final int HEAD = 4;
    /** A message up to this size is copied among others. */
    private static final int SMALL = 8 << 10;

    private static final int CHUNK = 64 << 10;

    private final Channel channel;
    private final Queue<byte[][]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    /** The loop's own: whether something was written since it was last asked. */
    private boolean wrote;

    NodeOutput(Channel channel) {
        this.channel = channel;
    }

    long waiting() {
        return waiting.get();
    }

    /** False if too much waits, or the channel has ended. */
    boolean add(int length, byte[]... parts) {
        if (waiting.get() >= MOST_WAITING || !channel.isActive()) {
            return false;
        }
        waiting.addAndGet(HEAD + (long) length);
        queue.add(parts);
        if (scheduled.compareAndSet(false, true)) {
            try {
                channel.eventLoop().execute(this::drain);
            } catch (RejectedExecutionException e) {
                return false;
            }
        }
        return true;
    }

    /** Whether something was written since the last call. */
    boolean hasWritten() {
        boolean was = wrote;
        wrote = false;
        return was;
    }

    private void drain() {
        // before the queue is looked at: what is added afterwards schedules anew
        scheduled.set(false);
        if (!channel.isActive()) {
            queue.clear();
            return;
        }
        ByteBuf chunk = Unpooled.EMPTY_BUFFER;
        for (byte[][] parts = queue.poll(); parts != null; parts = queue.poll()) {
            int length = length(parts);
            int toCopy = HEAD + (length <= SMALL ? length : 0);
            if (chunk.maxWritableBytes() < toCopy) {
                write(chunk);
                chunk = Unpooled.buffer((int) Math.min(CHUNK, Math.max(toCopy, waiting.get())), CHUNK);
            }
            chunk.writeInt(length);
            if (length <= SMALL) {
                for (byte[] part : parts) {
                    chunk.writeBytes(part);
                }
            } else {
                write(chunk);
                chunk = Unpooled.EMPTY_BUFFER;
                for (byte[] part : parts) {
                    write(Unpooled.wrappedBuffer(part));
                }
            }
        }
        write(chunk);
        wrote = true;
        channel.flush();
    }

    static int length(byte[]... parts) {
        long sum = 0;
        for (byte[] part : parts) {
            sum += part.length;
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    private void write(ByteBuf bytes) {
        int n = bytes.readableBytes();
        if (n > 0) {
            Futures.unawaited(channel.write(bytes).addListener(done -> waiting.addAndGet(-n)));
        }
    }
}
