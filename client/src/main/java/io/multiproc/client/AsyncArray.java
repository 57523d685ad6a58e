package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import io.multiproc.protocol.op.ArrayOp;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An {@link ArrayProxy} as futures. See {@link AsyncDict} for order and threads. */
public final class AsyncArray<T> {
    private final ObjectHandle handle;
    private final Class<T> type;

    AsyncArray(ObjectHandle handle, Class<T> type) {
        this.handle = handle;
        this.type = type;
    }

    /**
     * See {@link ArrayProxy#length}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> length() {
        return handle.callAsync(ReplyValues::size, ArrayOp.SIZE);
    }

    /**
     * See {@link ArrayProxy#get}.
     *
     * @param index the index
     * @return a future of the result
     */
    public CompletableFuture<T> get(int index) {
        return handle.callAsync(v -> ReplyValues.element(v, type), ArrayOp.GET, (long) index);
    }

    /**
     * See {@link ArrayProxy#set}.
     *
     * @param index the index
     * @param value the value
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> set(int index, T value) {
        return handle.callAsync(v -> null, ArrayOp.SET, (long) index, value);
    }

    /**
     * See {@link ArrayProxy#addAndGet}.
     *
     * @param index the index
     * @param delta what is added
     * @return a future of the result
     */
    public CompletableFuture<T> addAndGet(int index, Number delta) {
        return handle.callAsync(v -> ReplyValues.element(v, type), ArrayOp.ADD, (long) index, delta);
    }

    /**
     * See {@link ArrayProxy#compareAndSet}.
     *
     * @param index the index
     * @param expected the value that must be there
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> compareAndSet(int index, T expected, T value) {
        return handle.callAsync(ReplyValues::bool, ArrayOp.COMPARE_AND_SET, (long) index, expected, value);
    }

    /**
     * See {@link ArrayProxy#getAll}.
     *
     * @return a future of the result
     */
    public CompletableFuture<List<T>> getAll() {
        return handle.callAsync(v -> ReplyValues.listOf(v, type), ArrayOp.SLICE);
    }

    /**
     * See {@link ArrayProxy#setAll}.
     *
     * @param values the values
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> setAll(List<? extends T> values) {
        if (values instanceof ListProxy<? extends T> p) {
            return p.async().snapshot().thenCompose(this::setAll);
        }
        return handle.callAsync(v -> null, ArrayOp.SET_SLICE, Session.ABSENT, Session.ABSENT, Session.ABSENT, values);
    }
}
