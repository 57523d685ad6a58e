package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import io.multiproc.protocol.op.ArrayOp;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A shared array of fixed length of one of CPython's type codes; see {@link ValueProxy}. On the manager an element takes just the
 * bytes of its code.
 *
 * <p>An index may be negative, as in Python: -1 is the last element. Every method is one round trip and atomic unless it says
 * otherwise. It throws {@link IndexOutOfBoundsException} for an index outside, {@link IllegalArgumentException} for a value out
 * of the range of the code or for as many values as do not fit, {@link WrongTypeException} for one of another kind; the array is
 * then as before. Every method throws {@link NoSuchObjectException} if the array was deleted.
 * {@link Proxy} says what happens when the connection breaks.
 */
public final class ArrayProxy<T> extends RemoteObject implements Iterable<T>, AutoCloseable {
    private static final int CHUNK = 10_000;

    private final Class<T> type;

    ArrayProxy(ObjectHandle handle, Class<T> type) {
        super(handle);
        this.type = type;
    }

    /** {@return the number of elements} */
    public int length() {
        return ReplyValues.size(handle.call(ArrayOp.SIZE));
    }

    /**
     * {@return an element}
     *
     * @param index the index
     */
    public T get(int index) {
        return ReplyValues.element(handle.call(ArrayOp.GET, (long) index), type);
    }

    /**
     * Sets an element.
     *
     * @param index the index
     * @param value the value
     */
    public void set(int index, T value) {
        handle.call(ArrayOp.SET, (long) index, Objects.requireNonNull(value, "value"));
    }

    /**
     * Adds to an element, and returns the sum.
     *
     * @param index the index
     * @param delta what is added
     * @return the sum
     */
    public T addAndGet(int index, Number delta) {
        return ReplyValues.result(handle.call(v -> ReplyValues.as(v, type), ArrayOp.ADD, (long) index, delta));
    }

    /**
     * Sets an element if it equals the expected value; whether it did. One that is out of the range of the code equals nothing.
     *
     * @param index the index
     * @param expected the value that must be there
     * @param value the value
     * @return whether it did
     */
    public boolean compareAndSet(int index, T expected, T value) {
        return ReplyValues.bool(handle.call(ArrayOp.COMPARE_AND_SET, (long) index, expected, value));
    }

    /** {@return all elements} */
    public List<T> getAll() {
        return ReplyValues.listOf(handle.call(ArrayOp.SLICE), type);
    }

    /**
     * Sets all elements.
     *
     * @param values the values
     */
    public void setAll(List<? extends T> values) {
        handle.call(ArrayOp.SET_SLICE, Session.ABSENT, Session.ABSENT, Session.ABSENT, ListProxy.contents(values));
    }

    /**
     * {@return the elements of a slice: Python's {@code a[start:stop:step]}, null for what is left out}
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     */
    public List<T> slice(@Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        return ReplyValues.listOf(handle.call(ArrayOp.SLICE, optional(start), optional(stop), optional(step)), type);
    }

    /**
     * {@return the elements from one index to before another}
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     */
    public List<T> slice(int start, int stop) {
        return slice(start, stop, null);
    }

    /**
     * Sets the elements of a slice; as many values as it has elements.
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     * @param values the values
     */
    public void setSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step, List<? extends T> values) {
        handle.call(ArrayOp.SET_SLICE, optional(start), optional(stop), optional(step), ListProxy.contents(values));
    }

    private static Object optional(@Nullable Integer position) {
        return position == null ? Session.ABSENT : Long.valueOf(position);
    }

    /** Walks through the array, bringing elements in chunks: one round trip for ten thousand. Not atomic as a whole. */
    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            private List<T> chunk = List.of();
            private int start;
            private int at;

            @Override
            public boolean hasNext() {
                if (at == start + chunk.size()) {
                    start = at;
                    chunk = slice(at, at + CHUNK);
                }
                return at < start + chunk.size();
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return chunk.get(at++ - start);
            }
        };
    }

    /** {@return the type code} */
    public String typeCodeSymbol() {
        return String.valueOf(handle.call(ArrayOp.CODE));
    }

    /** {@return the reentrant lock that belongs to the array, the same one for everybody} The array does not ask for it itself. */
    public LockProxy getLock() {
        return (LockProxy) Objects.requireNonNull(handle.call(ArrayOp.LOCK));
    }

    /**
     * Acquires the array's lock, for a try-with-resources statement that releases it: see {@link #getLock} and {@link LockProxy#hold}. Two round
     * trips.
     *
     * @return what releases it, also when another thread closes it
     */
    public Held hold() {
        return getLock().hold();
    }

    /** {@return a view without blocking} */
    public AsyncArray<T> async() {
        return new AsyncArray<>(handle, type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ArrayProxy<?> p && p.handle.equals(handle);
    }

    @Override
    public int hashCode() {
        return handle.hashCode();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
