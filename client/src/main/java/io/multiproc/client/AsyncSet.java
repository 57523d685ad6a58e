package io.multiproc.client;

import io.multiproc.client.internal.Casts;
import io.multiproc.client.internal.ObjectHandle;
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

    /** See {@link SetProxy#size}. */
    public CompletableFuture<Integer> size() {
        return handle.callAsync(Casts::size, SetOp.SIZE);
    }

    /** See {@link SetProxy#contains}. */
    public CompletableFuture<Boolean> contains(E element) {
        return handle.callAsync(Casts::bool, SetOp.CONTAINS, element);
    }

    /** See {@link SetProxy#containsAll}. */
    public CompletableFuture<Boolean> containsAll(Collection<?> elements) {
        return handle.callAsync(Casts::bool, SetOp.CONTAINS_ALL, SetProxy.elements(elements));
    }

    /** See {@link SetProxy#add}. */
    public CompletableFuture<Boolean> add(E element) {
        return handle.callAsync(Casts::bool, SetOp.ADD, element);
    }

    /** See {@link SetProxy#addAll}. */
    public CompletableFuture<Boolean> addAll(Collection<? extends E> elements) {
        return handle.callAsync(Casts::bool, SetOp.ADD_ALL, SetProxy.elements(elements));
    }

    /** See {@link SetProxy#remove}. */
    public CompletableFuture<Boolean> remove(E element) {
        return handle.callAsync(Casts::bool, SetOp.REMOVE, element);
    }

    /** See {@link SetProxy#removeAll}. */
    public CompletableFuture<Boolean> removeAll(Collection<?> elements) {
        return handle.callAsync(Casts::bool, SetOp.REMOVE_ALL, SetProxy.elements(elements));
    }

    /** See {@link SetProxy#retainAll}. */
    public CompletableFuture<Boolean> retainAll(Collection<?> elements) {
        return handle.callAsync(Casts::bool, SetOp.RETAIN_ALL, SetProxy.elements(elements));
    }

    /** Removes the element inserted last; null if there is none. */
    public CompletableFuture<@Nullable E> pop() {
        return handle.callAsync(v -> Casts.as(v, type), SetOp.POP);
    }

    /** See {@link SetProxy#clear}. */
    public CompletableFuture<@Nullable Void> clear() {
        return handle.callAsync(v -> null, SetOp.CLEAR);
    }

    /** See {@link SetProxy#snapshot}. */
    public CompletableFuture<Set<E>> snapshot() {
        return handle.callAsync(
                v -> {
                    Set<E> out = new LinkedHashSet<>();
                    if (v instanceof Collection<?> c) {
                        for (Object e : c) {
                            out.add(Casts.element(e, type));
                        }
                    }
                    return out;
                },
                SetOp.SNAPSHOT);
    }
}
