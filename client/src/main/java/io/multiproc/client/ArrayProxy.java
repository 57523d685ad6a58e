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
public final class ArrayProxy<T> extends RemoteObject implements Iterable<T> {
    private static final int CHUNK = 10_000;

    private final Class<T> type;

    ArrayProxy(ObjectHandle handle, Class<T> type) {
        super(handle);
        this.type = type;
    }

    /** Returns the number of elements. */
    public int length() {
        return ReplyValues.size(handle.call(ArrayOp.SIZE));
    }

    /** Returns an element. */
    public T get(int index) {
        return ReplyValues.element(handle.call(ArrayOp.GET, (long) index), type);
    }

    /** Sets an element. */
    public void set(int index, T value) {
        handle.call(ArrayOp.SET, (long) index, Objects.requireNonNull(value, "value"));
    }

    /** Adds to an element, and returns the sum. */
    public T addAndGet(int index, Number delta) {
        return ReplyValues.element(handle.call(ArrayOp.ADD, (long) index, delta), type);
    }

    /** Sets an element if it equals the expected value; whether it did. One that is out of the range of the code equals nothing. */
    public boolean compareAndSet(int index, T expected, T value) {
        return ReplyValues.bool(handle.call(ArrayOp.COMPARE_AND_SET, (long) index, expected, value));
    }

    /** Returns all elements. */
    public List<T> getAll() {
        return ReplyValues.listOf(handle.call(ArrayOp.SLICE), type);
    }

    /** Sets all elements. */
    public void setAll(List<? extends T> values) {
        handle.call(ArrayOp.SET_SLICE, Session.ABSENT, Session.ABSENT, Session.ABSENT, values);
    }

    /** Returns the elements of a slice: Python's {@code a[start:stop:step]}, null for what is left out. */
    public List<T> slice(@Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        return ReplyValues.listOf(handle.call(ArrayOp.SLICE, optional(start), optional(stop), optional(step)), type);
    }

    /** Returns the elements from one index to before another. */
    public List<T> slice(int start, int stop) {
        return slice(start, stop, null);
    }

    /** Sets the elements of a slice; as many values as it has elements. */
    public void setSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step, List<? extends T> values) {
        handle.call(ArrayOp.SET_SLICE, optional(start), optional(stop), optional(step), values);
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

    /** Returns the type code. */
    public String typeCodeSymbol() {
        return String.valueOf(handle.call(ArrayOp.CODE));
    }

    /** Returns the reentrant lock that belongs to the array, the same one for everybody. The array does not ask for it itself. */
    public LockProxy getLock() {
        return (LockProxy) Objects.requireNonNull(handle.call(ArrayOp.LOCK));
    }

    /** A view without blocking. */
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
