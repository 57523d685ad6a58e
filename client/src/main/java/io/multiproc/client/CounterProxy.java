package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.CounterOp;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A shared counter: the operations of {@link java.util.concurrent.atomic.AtomicLong}. It wraps around where a {@code long} does.
 *
 * <p>Every method is one round trip and atomic. Every method throws {@link NoSuchObjectException} if the counter was
 * deleted. {@link Proxy} says what happens when the connection breaks.
 */
public final class CounterProxy extends RemoteObject implements AutoCloseable {

    CounterProxy(ObjectHandle handle) {
        super(handle);
    }

    /** {@return the count} */
    public long get() {
        return ReplyValues.integer(handle.call(CounterOp.GET));
    }

    /**
     * Sets the count.
     *
     * @param value the value
     */
    public void set(long value) {
        handle.call(CounterOp.SET, value);
    }

    /**
     * Adds, and returns the sum.
     *
     * @param delta what is added
     * @return the sum
     */
    public long addAndGet(long delta) {
        return ReplyValues.integer(handle.call(CounterOp.ADD, delta));
    }

    /**
     * Adds, and returns the count before.
     *
     * @param delta what is added
     * @return the count before
     */
    public long getAndAdd(long delta) {
        return addAndGet(delta) - delta;
    }

    /**
     * Adds one, and returns the new count.
     *
     * @return the new count
     */
    public long incrementAndGet() {
        return addAndGet(1);
    }

    /**
     * Takes one away, and returns the new count.
     *
     * @return the new count
     */
    public long decrementAndGet() {
        return addAndGet(-1);
    }

    /**
     * Adds one, and returns the count before: a number that nobody else gets.
     *
     * @return the count before: a number that nobody else gets
     */
    public long getAndIncrement() {
        return getAndAdd(1);
    }

    /**
     * Sets the count, and returns the one before.
     *
     * @param value the value
     * @return the one before
     */
    public long getAndSet(long value) {
        return ReplyValues.integer(handle.call(CounterOp.GET_AND_SET, value));
    }

    /**
     * Sets the count if it is the expected one; whether it was.
     *
     * @param expected the value that must be there
     * @param value the value
     * @return whether it was
     */
    public boolean compareAndSet(long expected, long value) {
        return ReplyValues.bool(handle.call(CounterOp.COMPARE_AND_SET, expected, value));
    }

    /**
     * Takes one away, and returns the count before.
     *
     * @return the count before
     */
    public long getAndDecrement() {
        return getAndAdd(-1);
    }

    /**
     * Sets the count to a function of it, which runs here and may run again if others change the count: no update is lost. Two
     * round trips and two more for each retry.
     *
     * @param change the function
     * @return the new count
     */
    public long updateAndGet(LongUnaryOperator change) {
        while (true) {
            long before = get();
            long after = change.applyAsLong(before);
            if (compareAndSet(before, after)) {
                return after;
            }
        }
    }

    /**
     * As {@link #updateAndGet}, and returns the count before.
     *
     * @param change the function
     * @return the count before
     */
    public long getAndUpdate(LongUnaryOperator change) {
        while (true) {
            long before = get();
            if (compareAndSet(before, change.applyAsLong(before))) {
                return before;
            }
        }
    }

    /**
     * As {@link #updateAndGet}, with a function of the count and a value.
     *
     * @param value the second argument of the function
     * @param change the function
     * @return the new count
     */
    public long accumulateAndGet(long value, LongBinaryOperator change) {
        return updateAndGet(before -> change.applyAsLong(before, value));
    }

    /**
     * As {@link #accumulateAndGet}, and returns the count before.
     *
     * @param value the second argument of the function
     * @param change the function
     * @return the count before
     */
    public long getAndAccumulate(long value, LongBinaryOperator change) {
        return getAndUpdate(before -> change.applyAsLong(before, value));
    }

    /** {@return a view without blocking} */
    public AsyncCounter async() {
        return new AsyncCounter(handle);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CounterProxy p && p.handle.equals(handle);
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
