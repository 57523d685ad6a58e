package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.ValueOp;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A shared value of one of CPython's type codes: a number of fixed width ({@code b B h H i I l L q Q f d}), a character ({@code
 * u}) or a boolean ({@code ?}). {@code l} and {@code L} have 8 bytes.
 *
 * <p>Every method is one round trip and atomic unless it says otherwise, and throws {@link IllegalArgumentException} for a value
 * out of the range of the code, {@link WrongTypeException} for one of another kind; the value is then as before. Null is refused.
 * Python programs may set the value to anything: while it is one that the code does not take, all methods but {@link #set} throw these two.
 * Every method throws {@link NoSuchObjectException} if the value was deleted. {@link Proxy} says what happens when the connection breaks.
 */
public final class ValueProxy<T> extends RemoteObject implements AutoCloseable {
    private final Class<T> type;

    ValueProxy(ObjectHandle handle, Class<T> type) {
        super(handle);
        this.type = type;
    }

    /** {@return the value} */
    public T get() {
        return ReplyValues.element(handle.call(ValueOp.GET), type);
    }

    /**
     * Sets the value.
     *
     * @param value the value
     */
    public void set(T value) {
        handle.call(ValueOp.SET, Objects.requireNonNull(value, "value"));
    }

    /**
     * Sets the value, and returns the one before.
     *
     * @param value the value
     * @return the one before
     */
    public T getAndSet(T value) {
        return ReplyValues.result(
                handle.call(v -> ReplyValues.as(v, type), ValueOp.GET_AND_SET, Objects.requireNonNull(value, "value")));
    }

    /**
     * Sets the value if it equals the expected one; whether it did. One that is out of the range of the code equals nothing.
     *
     * @param expected the value that must be there
     * @param value the value
     * @return whether it did
     */
    public boolean compareAndSet(T expected, T value) {
        return ReplyValues.bool(handle.call(
                ValueOp.COMPARE_AND_SET,
                Objects.requireNonNull(expected, "expected"),
                Objects.requireNonNull(value, "value")));
    }

    /**
     * Adds to a number, and returns the sum: what {@code with value.get_lock(): value.value += n} takes four round trips for.
     *
     * @param delta what is added
     * @return the sum: what {@code with value.get_lock(): value.value += n} takes four round trips for
     * @throws IllegalArgumentException if the sum is out of the range of the code
     * @throws WrongTypeException if the value is no number
     */
    public T addAndGet(Number delta) {
        return ReplyValues.result(handle.call(v -> ReplyValues.as(v, type), ValueOp.ADD, delta));
    }

    /**
     * Replaces the value by what a function makes of it, and returns that. A loop of {@link #compareAndSet}: two round trips,
     * and two more for each time that somebody else was faster; the function may be called more than once. No update is lost.
     *
     * @param function makes the new value of the old one
     * @return the new value
     */
    public T update(UnaryOperator<T> function) {
        while (true) {
            T before = get();
            T after = function.apply(before);
            if (compareAndSet(before, after)) {
                return after;
            }
        }
    }

    /** {@return the type code} */
    public String typeCodeSymbol() {
        return String.valueOf(handle.call(ValueOp.CODE));
    }

    /** {@return the reentrant lock that belongs to the value, the same one for everybody} The value does not ask for it itself. */
    public LockProxy getLock() {
        return (LockProxy) Objects.requireNonNull(handle.call(ValueOp.LOCK));
    }

    /**
     * Acquires the value's lock, for a try-with-resources statement that releases it: see {@link #getLock} and {@link LockProxy#hold}. Two round
     * trips.
     *
     * @return what releases it, also when another thread closes it
     */
    public Held hold() {
        return getLock().hold();
    }

    /** {@return a view without blocking} */
    public AsyncValue<T> async() {
        return new AsyncValue<>(handle, type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ValueProxy<?> p && p.handle.equals(handle);
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
