package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.BarrierOp;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A shared {@link java.util.concurrent.CyclicBarrier}: a number of parties wait for one another, again and again.
 *
 * <p>All wait or none: when one party's time runs out, it is interrupted, or its process ends or dies, the barrier breaks and
 * every other party gets {@link BrokenBarrierException}, now and until {@link #reset}. A barrier may have an action; see {@link
 * Manager#barrier(int, Object, String)}. Every method is one round trip and atomic,
 * and throws {@link NoSuchObjectException} if the barrier was deleted, also while waiting. A party whose connection breaks still waits as long as its
 * session lives; {@link Proxy} says what happens when the connection breaks.
 */
public final class BarrierProxy extends RemoteObject implements AutoCloseable {
    private volatile int parties;

    BarrierProxy(ObjectHandle handle) {
        super(handle);
    }

    /**
     * Waits until all parties have come.
     *
     * @return the order of arrival as {@link java.util.concurrent.CyclicBarrier#await} counts it: {@code getParties() - 1} for
     *     the first to come, 0 for the last
     * @throws BrokenBarrierException if the barrier is broken, breaks or is reset meanwhile
     * @throws IllegalStateException if this party came last and the barrier's action failed; the barrier is broken then
     * @throws InterruptedException if this thread is interrupted, before or while it waits; the barrier is broken then
     */
    public int await() throws InterruptedException, BrokenBarrierException {
        try {
            return await(ReplyValues.FOREVER);
        } catch (TimeoutException e) {
            throw new IllegalStateException("a wait without limit ran out of time", e);
        }
    }

    /**
     * As {@link #await()}, for a time that is rounded up to milliseconds.
     *
     * @param time how long, at most
     * @param unit the unit of the time
     * @return as {@link #await()}
     * @throws TimeoutException if not all parties have come in time; the barrier is broken then
     * @throws InterruptedException if this thread is interrupted
     * @throws BrokenBarrierException if the barrier is broken, breaks or is reset meanwhile
     */
    public int await(long time, TimeUnit unit) throws InterruptedException, BrokenBarrierException, TimeoutException {
        return await(ReplyValues.millis(time, unit));
    }

    /**
     * As {@link #await(long, TimeUnit)}.
     *
     * @param time how long, at most
     * @return as {@link #await(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     * @throws BrokenBarrierException if the barrier is broken, breaks or is reset meanwhile
     * @throws TimeoutException if it has not come about in time
     */
    public int await(Duration time) throws InterruptedException, BrokenBarrierException, TimeoutException {
        return await(ReplyValues.millis(time));
    }

    private int await(Long millis) throws InterruptedException, BrokenBarrierException, TimeoutException {
        int all = getParties();
        if (Thread.currentThread().isInterrupted()) {
            if (isBroken()) {
                throw new BrokenBarrierException("the barrier is broken");
            }
            // the others must not wait for a party that will not come
            abort();
            throw interrupted();
        }
        // an interrupt from here on cancels the request, which breaks the barrier too
        long arrival = ReplyValues.integer(handle.callCancellably(BarrierOp.AWAIT, millis));
        if (arrival == -1) {
            throw new BrokenBarrierException(
                    "the barrier is broken: a party gave up or died, or it was aborted or reset");
        }
        if (arrival == -2) {
            throw new TimeoutException("not all of the " + all + " parties came in time: the barrier is broken");
        }
        return (int) (all - 1 - arrival);
    }

    private static InterruptedException interrupted() {
        boolean cleared = Thread.interrupted();
        return new InterruptedException(cleared ? "before the barrier was reached" : null);
    }

    /** Makes the barrier whole and empty. Parties that wait get {@link BrokenBarrierException}. */
    public void reset() {
        handle.call(BarrierOp.RESET);
    }

    /** Breaks the barrier until it is reset, as Python's {@code abort}. */
    public void abort() {
        handle.call(BarrierOp.ABORT);
    }

    /** {@return how many parties wait for one another} One round trip, the first time only. */
    public int getParties() {
        if (parties == 0) {
            parties = ReplyValues.size(handle.call(BarrierOp.PARTIES));
        }
        return parties;
    }

    /** {@return how many parties wait at this moment} */
    public int getNumberWaiting() {
        return ReplyValues.size(handle.call(BarrierOp.WAITING));
    }

    /** {@return whether the barrier is broken} */
    public boolean isBroken() {
        return ReplyValues.bool(handle.call(BarrierOp.IS_BROKEN));
    }

    /** {@return a view without blocking} */
    public AsyncBarrier async() {
        return new AsyncBarrier(handle);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BarrierProxy p && p.handle.equals(handle);
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
