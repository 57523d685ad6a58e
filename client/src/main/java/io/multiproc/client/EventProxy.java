package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.EventOp;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A shared flag that processes wait for: Python's {@code Event}. It starts cleared. Setting it wakes all waiters;
 * nobody waits from then on until it is cleared.
 *
 * <p>Every method is one round trip and atomic. A waiter is a record on the manager: one that died costs nothing. Every method
 * throws {@link NoSuchObjectException} if the event was deleted, also while waiting. {@link Proxy} says what happens when the connection breaks.
 * {@link #set} and {@link #clear} may be repeated when their outcome is unknown.
 */
public final class EventProxy extends RemoteObject implements AutoCloseable {

    EventProxy(ObjectHandle handle) {
        super(handle);
    }

    /** Sets the event and wakes all who wait for it. */
    public void set() {
        handle.call(EventOp.SET);
    }

    /** Clears the event: who comes now waits. */
    public void clear() {
        handle.call(EventOp.CLEAR);
    }

    /** {@return whether the event is set at this moment} */
    public boolean isSet() {
        return ReplyValues.bool(handle.call(EventOp.IS_SET));
    }

    /**
     * Waits until the event is set: Python's {@code wait()}.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public void await() throws InterruptedException {
        handle.callInterruptibly(EventOp.AWAIT, ReplyValues.FOREVER);
    }

    /**
     * Waits until the event is set; false if it was not set within the time, which is rounded up to milliseconds.
     *
     * @param time how long, at most
     * @param unit the unit of the time
     * @return false if it was not set within the time, which is rounded up to milliseconds
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return ReplyValues.bool(handle.callInterruptibly(EventOp.AWAIT, ReplyValues.millis(time, unit)));
    }

    /**
     * As {@link #await(long, TimeUnit)}.
     *
     * @param time how long, at most
     * @return as {@link #await(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean await(Duration time) throws InterruptedException {
        return ReplyValues.bool(handle.callInterruptibly(EventOp.AWAIT, ReplyValues.millis(time)));
    }

    /** {@return a view without blocking} */
    public AsyncEvent async() {
        return new AsyncEvent(handle);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventProxy p && p.handle.equals(handle);
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
