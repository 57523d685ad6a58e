package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.QueueOp;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded queue with nothing but {@code put}, {@code get} and {@code isEmpty}: Python's {@code SimpleQueue}; and with the
 * {@code shutdown} that this one lacks. Guarantees are those of {@link QueueProxy}; items may be null.
 */
public final class SimpleQueueProxy<E> extends RemoteObject implements AutoCloseable {
    private final Class<E> type;

    SimpleQueueProxy(ObjectHandle handle, Class<E> type) {
        super(handle);
        this.type = type;
    }

    /**
     * Appends an item; never waits for room.
     *
     * @param item the item
     */
    public void put(@Nullable E item) {
        handle.call(QueueOp.PUT, item, ReplyValues.NOW);
    }

    /**
     * Takes the head, waiting as long as it takes for one.
     *
     * @return the item
     * @throws InterruptedException if this thread is interrupted
     */
    public E get() throws InterruptedException {
        return ReplyValues.result(
                handle.callInterruptibly(v -> ReplyValues.as(v, type), QueueOp.TAKE, ReplyValues.FOREVER));
    }

    /** {@return whether nothing waits in the queue at this moment} */
    public boolean isEmpty() {
        return ReplyValues.integer(handle.call(QueueOp.SIZE)) == 0;
    }

    /**
     * As {@link QueueProxy#shutdown}. One round trip.
     *
     * @param immediate whether items that are left are dropped at once
     */
    public void shutdown(boolean immediate) {
        handle.call(QueueOp.SHUTDOWN, immediate);
    }

    /**
     * As {@link QueueProxy#isShutdown}. One round trip.
     *
     * @return as {@link QueueProxy#isShutdown}
     */
    public boolean isShutdown() {
        return ReplyValues.bool(handle.call(QueueOp.IS_SHUTDOWN));
    }

    /**
     * Without blocking: see {@link #shutdown}.
     *
     * @param immediate whether items that are left are dropped at once
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> shutdownAsync(boolean immediate) {
        return handle.callAsync(v -> null, QueueOp.SHUTDOWN, immediate);
    }

    /**
     * Without blocking: see {@link #put}.
     *
     * @param item the item
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> putAsync(@Nullable E item) {
        return handle.callAsync(v -> null, QueueOp.PUT, item, ReplyValues.NOW);
    }

    /**
     * Without blocking: see {@link #get}. Cancelling the future cancels the wait.
     *
     * @return a future of the result
     */
    public CompletableFuture<E> getAsync() {
        return handle.callAsync(v -> ReplyValues.element(v, type), QueueOp.TAKE, ReplyValues.FOREVER);
    }
}
