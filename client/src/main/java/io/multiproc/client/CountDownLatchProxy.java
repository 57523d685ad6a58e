package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.LatchOp;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A shared {@link java.util.concurrent.CountDownLatch}: processes wait until a count has reached zero, which it does once.
 *
 * <p>Every method is one round trip and atomic. Every method throws {@link NoSuchObjectException} if the latch was
 * deleted, also while waiting. {@link Proxy} says what happens when the connection breaks.
 */
public final class CountDownLatchProxy extends RemoteObject implements AutoCloseable {

    CountDownLatchProxy(ObjectHandle handle) {
        super(handle);
    }

    /** Lowers the count by one, unless it is zero already; at zero all who wait are woken. */
    public void countDown() {
        countDown(1);
    }

    /**
     * Lowers the count by a number of steps, not below zero, and returns what is left.
     *
     * @param steps how many steps
     * @return what is left
     * @throws IllegalArgumentException if the number is less than 1
     */
    public long countDown(int steps) {
        return ReplyValues.integer(handle.call(LatchOp.COUNT_DOWN, (long) steps));
    }

    /** {@return the count at this moment} */
    public long getCount() {
        return ReplyValues.integer(handle.call(LatchOp.COUNT));
    }

    /**
     * Waits until the count is zero.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public void await() throws InterruptedException {
        handle.callInterruptibly(LatchOp.AWAIT, ReplyValues.FOREVER);
    }

    /**
     * Waits until the count is zero; false if it was not within the time, which is rounded up to milliseconds.
     *
     * @param time how long, at most
     * @param unit the unit of the time
     * @return false if it was not within the time, which is rounded up to milliseconds
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return ReplyValues.bool(handle.callInterruptibly(LatchOp.AWAIT, ReplyValues.millis(time, unit)));
    }

    /**
     * As {@link #await(long, TimeUnit)}.
     *
     * @param time how long, at most
     * @return as {@link #await(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean await(Duration time) throws InterruptedException {
        return ReplyValues.bool(handle.callInterruptibly(LatchOp.AWAIT, ReplyValues.millis(time)));
    }

    /** {@return a view without blocking} */
    public AsyncCountDownLatch async() {
        return new AsyncCountDownLatch(handle);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CountDownLatchProxy p && p.handle.equals(handle);
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
