package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.QueueOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link QueueProxy} as futures; see {@link AsyncDict} for order and threads. Cancelling a future that
 * waits cancels the wait on the manager; an item that was already on its way returns to the head of the queue. Failures are those of the blocking method:
 * {@code poll} and {@code peek} fail with {@link NullItemException} where the head is a null.
 */
public final class AsyncQueue<E> {
    private final ObjectHandle handle;
    private final Class<E> type;
    /** Of a joinable queue; null for the others. */
    private final @Nullable Takings takings;

    AsyncQueue(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
        takings = QueueProxy.takings(handle);
    }

    private CompletableFuture<E> taken(ItemDecoder.Null meaning, Long timeout) {
        return takings == null
                ? handle.callAsync(new ItemDecoder<>(type, meaning), QueueOp.TAKE, timeout)
                : handle.callAsync(
                        new ItemDecoder<>(type, meaning, takings, () -> Takings.NOBODY),
                        QueueOp.TAKE_DELIVERY,
                        timeout);
    }

    private CompletableFuture<Boolean> flag(QueueOp op, @Nullable Object... args) {
        return handle.callAsync(ReplyValues::bool, op, args);
    }

    /**
     * Appends an item as soon as there is room.
     *
     * @param item the item
     * @return a future of the result
     */
    public CompletableFuture<Boolean> put(E item) {
        return flag(QueueOp.PUT, QueueProxy.present(item), ReplyValues.FOREVER);
    }

    /**
     * Appends an item if there is room at once.
     *
     * @param item the item
     * @return a future of the result
     */
    public CompletableFuture<Boolean> offer(E item) {
        return flag(QueueOp.PUT, QueueProxy.present(item), ReplyValues.NOW);
    }

    /**
     * Appends an item if there is room within the time.
     *
     * @param item the item
     * @param timeout how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Boolean> offer(E item, Duration timeout) {
        return flag(QueueOp.PUT, QueueProxy.present(item), ReplyValues.millis(timeout));
    }

    /**
     * Appends all items as one step; false, and none, if there is no room for all.
     *
     * @param items the items
     * @return a future of the result
     */
    public CompletableFuture<Boolean> addAll(Collection<? extends E> items) {
        items.forEach(QueueProxy::present);
        return flag(QueueOp.ADD_ALL, List.copyOf(items));
    }

    /**
     * Takes the head as soon as there is one.
     *
     * @return a future of the result
     */
    public CompletableFuture<E> take() {
        return taken(ItemDecoder.Null.IS_ITEM, ReplyValues.FOREVER);
    }

    /**
     * Takes the head, or gives null.
     *
     * @return a future of the result
     */
    public CompletableFuture<E> poll() {
        return taken(ItemDecoder.Null.IS_NONE, ReplyValues.NOW);
    }

    /**
     * Takes the head if there is one within the time, or gives null.
     *
     * @param timeout how long, at most
     * @return a future of the result
     */
    public CompletableFuture<E> poll(Duration timeout) {
        return taken(ItemDecoder.Null.IS_NONE, ReplyValues.millis(timeout));
    }

    /**
     * Takes up to a number of items without waiting.
     *
     * @param limit the limit
     * @return a future of the result
     */
    public CompletableFuture<List<E>> drain(int limit) {
        if (takings == null) {
            return handle.callAsync(v -> ReplyValues.listOf(v, type), QueueOp.DRAIN, (long) limit);
        }
        return handle.callAsync(
                new QueueProxy.Drained<>(type, takings, () -> Takings.NOBODY, items -> {}),
                QueueOp.DRAIN_DELIVERIES,
                (long) limit);
    }

    /**
     * See {@link QueueProxy#peek}.
     *
     * @return a future of the result
     */
    public CompletableFuture<E> peek() {
        return handle.callAsync(new ItemDecoder<>(type, ItemDecoder.Null.IS_NONE), QueueOp.PEEK);
    }

    /**
     * See {@link QueueProxy#size}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> size() {
        return handle.callAsync(ReplyValues::size, QueueOp.SIZE);
    }

    /**
     * See {@link QueueProxy#remainingCapacity}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> remainingCapacity() {
        return handle.callAsync(ReplyValues::size, QueueOp.REMAINING_CAPACITY);
    }

    /**
     * See {@link QueueProxy#contains}.
     *
     * @param item the item
     * @return a future of the result
     */
    public CompletableFuture<Boolean> contains(E item) {
        return flag(QueueOp.CONTAINS, item);
    }

    /**
     * See {@link QueueProxy#remove(Object)}.
     *
     * @param item the item
     * @return a future of the result
     */
    public CompletableFuture<Boolean> remove(E item) {
        return flag(QueueOp.REMOVE_VALUE, item);
    }

    /**
     * See {@link QueueProxy#removeAll}.
     *
     * @param items the items
     * @return a future of the result
     */
    public CompletableFuture<Boolean> removeAll(Collection<?> items) {
        return flag(QueueOp.REMOVE_ALL, new ArrayList<>(items));
    }

    /**
     * See {@link QueueProxy#retainAll}.
     *
     * @param items the items
     * @return a future of the result
     */
    public CompletableFuture<Boolean> retainAll(Collection<?> items) {
        return flag(QueueOp.RETAIN_ALL, new ArrayList<>(items));
    }

    /**
     * See {@link QueueProxy#clear}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> clear() {
        return handle.callAsync(v -> null, QueueOp.CLEAR);
    }

    /**
     * See {@link QueueProxy#shutdown}.
     *
     * @param immediate whether items that are left are dropped at once
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> shutdown(boolean immediate) {
        return handle.callAsync(v -> null, QueueOp.SHUTDOWN, immediate);
    }

    /**
     * See {@link QueueProxy#isShutdown}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> isShutdown() {
        return flag(QueueOp.IS_SHUTDOWN);
    }

    /**
     * See {@link QueueProxy#snapshot}.
     *
     * @return a future of the result
     */
    public CompletableFuture<List<E>> snapshot() {
        return handle.callAsync(v -> ReplyValues.listOf(v, type), QueueOp.SLICE, 0L, (long) Integer.MAX_VALUE);
    }
}
