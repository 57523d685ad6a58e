package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.CounterOp;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A {@link CounterProxy} as futures. See {@link AsyncDict} for order and threads. */
public final class AsyncCounter {
    private final ObjectHandle handle;

    AsyncCounter(ObjectHandle handle) {
        this.handle = handle;
    }

    /**
     * See {@link CounterProxy#get}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Long> get() {
        return handle.callAsync(ReplyValues::integer, CounterOp.GET);
    }

    /**
     * See {@link CounterProxy#set}.
     *
     * @param value the value
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> set(long value) {
        return handle.callAsync(v -> null, CounterOp.SET, value);
    }

    /**
     * See {@link CounterProxy#addAndGet}.
     *
     * @param delta what is added
     * @return a future of the result
     */
    public CompletableFuture<Long> addAndGet(long delta) {
        return handle.callAsync(ReplyValues::integer, CounterOp.ADD, delta);
    }

    /**
     * See {@link CounterProxy#getAndSet}.
     *
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Long> getAndSet(long value) {
        return handle.callAsync(ReplyValues::integer, CounterOp.GET_AND_SET, value);
    }

    /**
     * See {@link CounterProxy#compareAndSet}.
     *
     * @param expected the value that must be there
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> compareAndSet(long expected, long value) {
        return handle.callAsync(ReplyValues::bool, CounterOp.COMPARE_AND_SET, expected, value);
    }
}
