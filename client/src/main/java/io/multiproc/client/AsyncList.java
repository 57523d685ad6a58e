package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.ListOp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link ListProxy} as futures; see {@link AsyncDict} for order and threads. A negative index counts from
 * the end.
 */
public final class AsyncList<E> {
    private final ObjectHandle handle;
    private final Class<E> type;

    AsyncList(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
    }

    private CompletableFuture<E> element(ListOp op, @Nullable Object... args) {
        return handle.callAsync(v -> ReplyValues.element(v, type), op, args);
    }

    private CompletableFuture<Boolean> flag(ListOp op, @Nullable Object... args) {
        return handle.callAsync(ReplyValues::bool, op, args);
    }

    private CompletableFuture<Integer> number(ListOp op, @Nullable Object... args) {
        return handle.callAsync(ReplyValues::size, op, args);
    }

    private CompletableFuture<@Nullable Void> nothing(ListOp op, @Nullable Object... args) {
        return handle.callAsync(v -> null, op, args);
    }

    private CompletableFuture<List<E>> list(ListOp op, @Nullable Object... args) {
        return handle.callAsync(v -> ReplyValues.listOf(v, type), op, args);
    }

    /** See {@link ListProxy#size}. */
    public CompletableFuture<Integer> size() {
        return number(ListOp.SIZE);
    }

    /** See {@link ListProxy#at}. */
    public CompletableFuture<E> get(int index) {
        return element(ListOp.GET, (long) index);
    }

    /** Replaces the element at the index and gives the previous one. */
    public CompletableFuture<E> set(int index, @Nullable E value) {
        return element(ListOp.SET, (long) index, value);
    }

    /** See {@link ListProxy#add(Object)}. */
    public CompletableFuture<@Nullable Void> add(@Nullable E value) {
        return nothing(ListOp.ADD, value);
    }

    /** See {@link ListProxy#insert}. */
    public CompletableFuture<@Nullable Void> insert(int index, @Nullable E value) {
        return nothing(ListOp.INSERT, (long) index, value);
    }

    /** See {@link ListProxy#addAll(Collection)}. */
    public CompletableFuture<@Nullable Void> addAll(Collection<? extends E> values) {
        return nothing(ListOp.ADD_ALL, new ArrayList<>(values));
    }

    /** See {@link ListProxy#pop()}. */
    public CompletableFuture<E> pop() {
        return pop(-1);
    }

    /** See {@link ListProxy#pop(int)}. */
    public CompletableFuture<E> pop(int index) {
        return element(ListOp.REMOVE_AT, (long) index);
    }

    /** See {@link ListProxy#remove(Object)}. */
    public CompletableFuture<Boolean> remove(@Nullable E value) {
        return flag(ListOp.REMOVE_VALUE, value);
    }

    /** See {@link ListProxy#removeAll}. */
    public CompletableFuture<Boolean> removeAll(Collection<?> values) {
        return flag(ListOp.REMOVE_ALL, new ArrayList<>(values));
    }

    /** See {@link ListProxy#retainAll}. */
    public CompletableFuture<Boolean> retainAll(Collection<?> values) {
        return flag(ListOp.RETAIN_ALL, new ArrayList<>(values));
    }

    /** See {@link ListProxy#containsAll}. */
    public CompletableFuture<Boolean> containsAll(Collection<?> values) {
        return flag(ListOp.CONTAINS_ALL, new ArrayList<>(values));
    }

    /** See {@link ListProxy#indexOf}. */
    public CompletableFuture<Integer> indexOf(@Nullable E value) {
        return number(ListOp.INDEX_OF, value);
    }

    /** See {@link ListProxy#lastIndexOf}. */
    public CompletableFuture<Integer> lastIndexOf(@Nullable E value) {
        return number(ListOp.LAST_INDEX_OF, value);
    }

    /** See {@link ListProxy#count}. */
    public CompletableFuture<Integer> count(@Nullable E value) {
        return number(ListOp.COUNT, value);
    }

    /** See {@link ListProxy#compareAndSet}. */
    public CompletableFuture<Boolean> compareAndSet(int index, @Nullable E expected, @Nullable E value) {
        return flag(ListOp.COMPARE_AND_SET, (long) index, expected, value);
    }

    /** See {@link ListProxy#slice(Integer, Integer, Integer)}. */
    public CompletableFuture<List<E>> slice(@Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        return list(ListOp.SLICE, ListProxy.bound(start), ListProxy.bound(stop), ListProxy.bound(step));
    }

    /** See {@link ListProxy#setSlice}. */
    public CompletableFuture<@Nullable Void> setSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step, Collection<? extends E> values) {
        return nothing(
                ListOp.SET_SLICE,
                ListProxy.bound(start),
                ListProxy.bound(stop),
                ListProxy.bound(step),
                new ArrayList<>(values));
    }

    /** See {@link ListProxy#deleteSlice}. */
    public CompletableFuture<@Nullable Void> deleteSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        return nothing(ListOp.DELETE_SLICE, ListProxy.bound(start), ListProxy.bound(stop), ListProxy.bound(step));
    }

    /** See {@link ListProxy#reverse}. */
    public CompletableFuture<@Nullable Void> reverse() {
        return nothing(ListOp.REVERSE);
    }

    /** See {@link ListProxy#sort(boolean)}. */
    public CompletableFuture<@Nullable Void> sort(boolean reverse) {
        return nothing(ListOp.SORT, reverse);
    }

    /** See {@link ListProxy#repeat}. */
    public CompletableFuture<@Nullable Void> repeat(int times) {
        return nothing(ListOp.REPEAT, (long) times);
    }

    /** See {@link ListProxy#clear}. */
    public CompletableFuture<@Nullable Void> clear() {
        return nothing(ListOp.CLEAR);
    }

    /** See {@link ListProxy#snapshot}. */
    public CompletableFuture<List<E>> snapshot() {
        return handle.callAsync(v -> ReplyValues.listOf(ReplyValues.list(v).get(1), type), ListOp.SNAPSHOT);
    }
}
