package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.ValueOp;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A {@link ValueProxy} as futures. See {@link AsyncDict} for order and threads. */
public final class AsyncValue<T> {
    private final ObjectHandle handle;
    private final Class<T> type;

    AsyncValue(ObjectHandle handle, Class<T> type) {
        this.handle = handle;
        this.type = type;
    }

    /**
     * See {@link ValueProxy#get}.
     *
     * @return a future of the result
     */
    public CompletableFuture<T> get() {
        return handle.callAsync(v -> ReplyValues.element(v, type), ValueOp.GET);
    }

    /**
     * See {@link ValueProxy#set}.
     *
     * @param value the value
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> set(T value) {
        return handle.callAsync(v -> null, ValueOp.SET, value);
    }

    /**
     * See {@link ValueProxy#getAndSet}.
     *
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<T> getAndSet(T value) {
        return handle.callAsync(v -> ReplyValues.element(v, type), ValueOp.GET_AND_SET, value);
    }

    /**
     * See {@link ValueProxy#compareAndSet}.
     *
     * @param expected the value that must be there
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> compareAndSet(T expected, T value) {
        return handle.callAsync(ReplyValues::bool, ValueOp.COMPARE_AND_SET, expected, value);
    }

    /**
     * See {@link ValueProxy#addAndGet}.
     *
     * @param delta what is added
     * @return a future of the result
     */
    public CompletableFuture<T> addAndGet(Number delta) {
        return handle.callAsync(v -> ReplyValues.element(v, type), ValueOp.ADD, delta);
    }
}
