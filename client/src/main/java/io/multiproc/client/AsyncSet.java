package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.SetOp;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A {@link SetProxy} as futures. See {@link AsyncDict} for order and threads. */
public final class AsyncSet<E> {
    private final ObjectHandle handle;
    private final Class<E> type;

    AsyncSet(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
    }

    /**
     * See {@link SetProxy#size}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> size() {
        return handle.callAsync(ReplyValues::size, SetOp.SIZE);
    }

    /**
     * See {@link SetProxy#contains}.
     *
     * @param element the element
     * @return a future of the result
     */
    public CompletableFuture<Boolean> contains(E element) {
        return handle.callAsync(ReplyValues::bool, SetOp.CONTAINS, element);
    }

    /**
     * See {@link SetProxy#containsAll}.
     *
     * @param elements the elements
     * @return a future of the result
     */
    public CompletableFuture<Boolean> containsAll(Collection<?> elements) {
        return handle.callAsync(ReplyValues::bool, SetOp.CONTAINS_ALL, SetProxy.elements(elements));
    }

    /**
     * See {@link SetProxy#add}.
     *
     * @param element the element
     * @return a future of the result
     */
    public CompletableFuture<Boolean> add(E element) {
        return handle.callAsync(ReplyValues::bool, SetOp.ADD, element);
    }

    /**
     * See {@link SetProxy#addAll}.
     *
     * @param elements the elements
     * @return a future of the result
     */
    public CompletableFuture<Boolean> addAll(Collection<? extends E> elements) {
        return handle.callAsync(ReplyValues::bool, SetOp.ADD_ALL, SetProxy.elements(elements));
    }

    /**
     * See {@link SetProxy#remove}.
     *
     * @param element the element
     * @return a future of the result
     */
    public CompletableFuture<Boolean> remove(E element) {
        return handle.callAsync(ReplyValues::bool, SetOp.REMOVE, element);
    }

    /**
     * See {@link SetProxy#removeAll}.
     *
     * @param elements the elements
     * @return a future of the result
     */
    public CompletableFuture<Boolean> removeAll(Collection<?> elements) {
        return handle.callAsync(ReplyValues::bool, SetOp.REMOVE_ALL, SetProxy.elements(elements));
    }

    /**
     * See {@link SetProxy#retainAll}.
     *
     * @param elements the elements
     * @return a future of the result
     */
    public CompletableFuture<Boolean> retainAll(Collection<?> elements) {
        return handle.callAsync(ReplyValues::bool, SetOp.RETAIN_ALL, SetProxy.elements(elements));
    }

    /**
     * Removes the element inserted last; null if there is none, or it is a {@code None}.
     *
     * @return null if there is none
     */
    public CompletableFuture<@Nullable E> pop() {
        return handle.callAsync(v -> ReplyValues.as(v, type), SetOp.POP);
    }

    /**
     * See {@link SetProxy#clear}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> clear() {
        return handle.callAsync(v -> null, SetOp.CLEAR);
    }

    /**
     * See {@link SetProxy#snapshot}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Set<E>> snapshot() {
        return handle.callAsync(
                v -> {
                    Set<E> out = new LinkedHashSet<>();
                    if (v instanceof Collection<?> c) {
                        for (Object e : c) {
                            out.add(ReplyValues.element(e, type));
                        }
                    }
                    return out;
                },
                SetOp.SNAPSHOT);
    }
}
