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

    /**
     * See {@link ListProxy#size}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> size() {
        return number(ListOp.SIZE);
    }

    /**
     * See {@link ListProxy#at}.
     *
     * @param index the index
     * @return a future of the result
     */
    public CompletableFuture<E> get(int index) {
        return element(ListOp.GET, (long) index);
    }

    /**
     * Replaces the element at the index and gives the previous one.
     *
     * @param index the index
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<E> set(int index, @Nullable E value) {
        return element(ListOp.SET, (long) index, value);
    }

    /**
     * See {@link ListProxy#add(Object)}.
     *
     * @param value the value
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> add(@Nullable E value) {
        return nothing(ListOp.ADD, value);
    }

    /**
     * See {@link ListProxy#insert}.
     *
     * @param index the index
     * @param value the value
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> insert(int index, @Nullable E value) {
        return nothing(ListOp.INSERT, (long) index, value);
    }

    /**
     * See {@link ListProxy#addAll(Collection)}.
     *
     * @param values the values
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> addAll(Collection<? extends E> values) {
        return nothing(ListOp.ADD_ALL, new ArrayList<>(values));
    }

    /**
     * See {@link ListProxy#pop()}.
     *
     * @return a future of the result
     */
    public CompletableFuture<E> pop() {
        return pop(-1);
    }

    /**
     * See {@link ListProxy#pop(int)}.
     *
     * @param index the index
     * @return a future of the result
     */
    public CompletableFuture<E> pop(int index) {
        return element(ListOp.REMOVE_AT, (long) index);
    }

    /**
     * See {@link ListProxy#remove(Object)}.
     *
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> remove(@Nullable E value) {
        return flag(ListOp.REMOVE_VALUE, value);
    }

    /**
     * See {@link ListProxy#removeAll}.
     *
     * @param values the values
     * @return a future of the result
     */
    public CompletableFuture<Boolean> removeAll(Collection<?> values) {
        return flag(ListOp.REMOVE_ALL, new ArrayList<>(values));
    }

    /**
     * See {@link ListProxy#retainAll}.
     *
     * @param values the values
     * @return a future of the result
     */
    public CompletableFuture<Boolean> retainAll(Collection<?> values) {
        return flag(ListOp.RETAIN_ALL, new ArrayList<>(values));
    }

    /**
     * See {@link ListProxy#containsAll}.
     *
     * @param values the values
     * @return a future of the result
     */
    public CompletableFuture<Boolean> containsAll(Collection<?> values) {
        return flag(ListOp.CONTAINS_ALL, new ArrayList<>(values));
    }

    /**
     * See {@link ListProxy#indexOf}.
     *
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Integer> indexOf(@Nullable E value) {
        return number(ListOp.INDEX_OF, value);
    }

    /**
     * See {@link ListProxy#lastIndexOf}.
     *
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Integer> lastIndexOf(@Nullable E value) {
        return number(ListOp.LAST_INDEX_OF, value);
    }

    /**
     * See {@link ListProxy#count}.
     *
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Integer> count(@Nullable E value) {
        return number(ListOp.COUNT, value);
    }

    /**
     * See {@link ListProxy#compareAndSet}.
     *
     * @param index the index
     * @param expected the value that must be there
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> compareAndSet(int index, @Nullable E expected, @Nullable E value) {
        return flag(ListOp.COMPARE_AND_SET, (long) index, expected, value);
    }

    /**
     * See {@link ListProxy#slice(Integer, Integer, Integer)}.
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     * @return a future of the result
     */
    public CompletableFuture<List<E>> slice(@Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        return list(ListOp.SLICE, ListProxy.bound(start), ListProxy.bound(stop), ListProxy.bound(step));
    }

    /**
     * See {@link ListProxy#setSlice}.
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     * @param values the values
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> setSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step, Collection<? extends E> values) {
        return nothing(
                ListOp.SET_SLICE,
                ListProxy.bound(start),
                ListProxy.bound(stop),
                ListProxy.bound(step),
                new ArrayList<>(values));
    }

    /**
     * See {@link ListProxy#deleteSlice}.
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> deleteSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        return nothing(ListOp.DELETE_SLICE, ListProxy.bound(start), ListProxy.bound(stop), ListProxy.bound(step));
    }

    /**
     * See {@link ListProxy#reverse}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> reverse() {
        return nothing(ListOp.REVERSE);
    }

    /**
     * See {@link ListProxy#sort(boolean)}.
     *
     * @param reverse whether the greatest comes first
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> sort(boolean reverse) {
        return nothing(ListOp.SORT, reverse);
    }

    /**
     * See {@link ListProxy#repeat}.
     *
     * @param times how many times
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> repeat(int times) {
        return nothing(ListOp.REPEAT, (long) times);
    }

    /**
     * See {@link ListProxy#clear}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> clear() {
        return nothing(ListOp.CLEAR);
    }

    /**
     * See {@link ListProxy#snapshot}.
     *
     * @return a future of the result
     */
    public CompletableFuture<List<E>> snapshot() {
        return handle.callAsync(v -> ReplyValues.listOf(ReplyValues.list(v).get(1), type), ListOp.SNAPSHOT);
    }
}
