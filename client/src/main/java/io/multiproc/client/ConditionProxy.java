package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.ConditionOp;
import java.time.Duration;
import java.util.Date;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A shared condition as an object of its own, Python's {@code Condition}: a {@link Condition} together with its lock, which is a
 * lock or rlock that it was made with or an rlock of its own.
 *
 * <p>Waiting releases all levels of the lock and has them again when it returns or throws. It never ends without a signal, a
 * timeout or an interrupt. The first use in a process asks for the lock, in one round trip more; then every method is one, and
 * {@code waitFor} is one for each time that it waits. A signal whose waiter died goes to the next one.
 *
 * <p>What waits or signals throws {@link IllegalMonitorStateException} if this thread does not own the lock. Every method throws
 * {@link NoSuchObjectException} if the condition or its lock was deleted, also while waiting; it does not own the lock then. {@link Proxy} says
 * what happens when the connection breaks.
 */
@SuppressWarnings("WaitNotInLoop") // these are the waits that callers put in loops
public final class ConditionProxy extends RemoteObject implements Condition {
    private volatile @Nullable LockProxy lock;

    ConditionProxy(ObjectHandle handle) {
        super(handle);
    }

    /** {@return the lock} */
    public LockProxy lock() {
        LockProxy l = lock;
        if (l == null) {
            l = (LockProxy) Objects.requireNonNull(handle.call(ConditionOp.LOCK));
            lock = l;
        }
        return l;
    }

    private SharedCondition condition() {
        return new SharedCondition(lock().handle, "#" + handle.id());
    }

    /** Acquires the lock: see {@link LockProxy#lock}. */
    public void acquire() {
        lock().lock();
    }

    /** Releases the lock: see {@link LockProxy#unlock}. */
    public void release() {
        lock().unlock();
    }

    /**
     * Acquires the lock, for a try-with-resources statement that releases it: see {@link LockProxy#hold}.
     *
     * @return what releases it, also when another thread closes it
     */
    public Held hold() {
        return lock().hold();
    }

    @Override
    public void await() throws InterruptedException {
        condition().await();
    }

    @Override
    public void awaitUninterruptibly() {
        condition().awaitUninterruptibly();
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
        return condition().awaitNanos(nanos);
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return condition().await(time, unit);
    }

    /**
     * As {@link #await(long, TimeUnit)}.
     *
     * @param time how long, at most
     * @return as {@link #await(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean await(Duration time) throws InterruptedException {
        return condition().await(ReplyValues.millis(time), TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("JavaUtilDate") // the interface's own type
    @Override
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        return condition().awaitUntil(deadline);
    }

    /**
     * Waits until the predicate, which is asked under the lock, is true.
     *
     * @param predicate tells the elements
     * @throws InterruptedException if this thread is interrupted
     */
    public void waitFor(BooleanSupplier predicate) throws InterruptedException {
        while (!predicate.getAsBoolean()) {
            await();
        }
    }

    /**
     * Waits until the predicate is true, and returns its last answer: false if it was not true within the time.
     *
     * @param predicate tells the elements
     * @param time how long, at most
     * @return its last answer: false if it was not true within the time
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean waitFor(BooleanSupplier predicate, Duration time) throws InterruptedException {
        long deadline = System.nanoTime()
                + Math.min(
                        time.compareTo(Duration.ofDays(36_500)) > 0 ? Long.MAX_VALUE / 2 : time.toNanos(),
                        Long.MAX_VALUE / 2);
        boolean met = predicate.getAsBoolean();
        for (long left = deadline - System.nanoTime(); !met && left > 0; left = deadline - System.nanoTime()) {
            await(left, TimeUnit.NANOSECONDS);
            met = predicate.getAsBoolean();
        }
        return met;
    }

    @Override
    public void signal() {
        condition().signal();
    }

    @Override
    public void signalAll() {
        condition().signalAll();
    }

    /**
     * Wakes up to so many waiters, in order of arrival, and returns how many: Python's {@code notify(n)}.
     *
     * @param count the number
     * @return how many: Python's {@code notify(n)}
     * @throws IllegalArgumentException if the number is less than 1
     */
    public int notify(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, not " + count + "; signalAll() wakes all");
        }
        return condition().signal(count);
    }

    /** {@return how many wait on the condition at this moment} */
    public int getWaitQueueLength() {
        return ReplyValues.size(handle.call(ConditionOp.WAITERS));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConditionProxy p && p.handle.equals(handle);
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
