package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.SemaphoreOp;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A shared semaphore, bounded if it was made by {@code boundedSemaphore}: the operations of {@link
 * java.util.concurrent.Semaphore}. Waiters are served in order of arrival, whatever process they are in: a waiter for
 * many permits is not overtaken by others who want fewer.
 *
 * <p>The session, that is the process connected to the manager, owns the permits that it acquired. When it ends or dies they are
 * free again. Permits may be handed on: a process that releases more than it owns takes over those of the process that has held
 * its permits longest, whose death then does not free them a second time. Beyond all permits that are out, {@link #release}
 * of an unbounded semaphore makes new ones, as in Java and in Python, and a bounded one refuses.
 *
 * <p>{@link #hold()} is for try-with-resources. {@link #close} gives back the reference and releases no permit, so the compiler refuses a
 * semaphore itself there.
 *
 * <p>Every method is one round trip and atomic. Permits stay owned while the connection is broken and the session lives. After a {@link
 * SessionExpiredException} this process owns none. {@link Proxy} says what happens when the connection breaks. Every method
 * throws {@link NoSuchObjectException} if the semaphore was deleted, also while waiting, and {@link IllegalArgumentException} for a number of permits below 1 or, if it is bounded, above its bound.
 */
public final class SemaphoreProxy extends RemoteObject {

    SemaphoreProxy(ObjectHandle handle) {
        super(handle);
    }

    /** {@return whether there can never be more permits than there were at first} */
    public boolean isBounded() {
        return handle.type() == ObjectType.BOUNDED_SEMAPHORE;
    }

    /**
     * Acquires a permit, waiting as long as it takes.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public void acquire() throws InterruptedException {
        acquire(1);
    }

    /**
     * Acquires permits, all at once, waiting as long as it takes.
     *
     * @param permits how many permits
     * @throws InterruptedException if this thread is interrupted
     */
    public void acquire(int permits) throws InterruptedException {
        acquire(permits, ReplyValues.FOREVER);
    }

    /** As {@link #acquire()}; an interrupt is kept for later. */
    public void acquireUninterruptibly() {
        acquireUninterruptibly(1);
    }

    /**
     * As {@link #acquire(int)}; an interrupt is kept for later.
     *
     * @param permits how many permits
     */
    public void acquireUninterruptibly(int permits) {
        handle.call(SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.FOREVER);
    }

    /**
     * Acquires a permit if one is free now and nobody waits.
     *
     * @return whether they were acquired
     */
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /**
     * Acquires permits if they are free now and nobody waits.
     *
     * @param permits how many permits
     * @return whether they were acquired
     */
    public boolean tryAcquire(int permits) {
        return ReplyValues.bool(handle.call(SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.NOW));
    }

    /**
     * Acquires a permit if it can be had within the time, which is rounded up to milliseconds.
     *
     * @param time how long, at most
     * @param unit the unit of the time
     * @return whether they were acquired
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean tryAcquire(long time, TimeUnit unit) throws InterruptedException {
        return tryAcquire(1, time, unit);
    }

    /**
     * As {@link #tryAcquire(long, TimeUnit)}.
     *
     * @param time how long, at most
     * @return whether they were acquired
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean tryAcquire(Duration time) throws InterruptedException {
        return acquire(1, ReplyValues.millis(time));
    }

    /**
     * Acquires permits, all at once, if they can be had within the time.
     *
     * @param permits how many permits
     * @param time how long, at most
     * @param unit the unit of the time
     * @return whether they were acquired
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean tryAcquire(int permits, long time, TimeUnit unit) throws InterruptedException {
        return acquire(permits, ReplyValues.millis(time, unit));
    }

    /**
     * Acquires a permit as {@link #acquire()} does, for a try-with-resources statement that releases it.
     *
     * @return what releases it, also when another thread closes it
     * @throws InterruptedException if this thread is interrupted
     */
    public Held hold() throws InterruptedException {
        return hold(1);
    }

    /**
     * Acquires permits as {@link #acquire(int)} does, for a try-with-resources statement that releases them.
     *
     * @param permits how many permits
     * @return what releases them all, also when another thread closes it
     * @throws InterruptedException if this thread is interrupted
     */
    public Held hold(int permits) throws InterruptedException {
        acquire(permits);
        return Held.of(() -> release(permits));
    }

    /**
     * As {@link #hold(int)}, up to the given time, rounded up to milliseconds. A try-with-resources statement takes null, too.
     *
     * @param permits how many permits
     * @param time how long to wait, at most
     * @return what releases them, or null if they were not to be had in time
     * @throws InterruptedException if this thread is interrupted
     */
    public @Nullable Held tryHold(int permits, Duration time) throws InterruptedException {
        return acquire(permits, ReplyValues.millis(time)) ? Held.of(() -> release(permits)) : null;
    }

    private boolean acquire(int permits, Long millis) throws InterruptedException {
        boolean granted = ReplyValues.bool(handle.callInterruptibly(SemaphoreOp.ACQUIRE, (long) permits, millis));
        if (granted && Thread.interrupted()) {
            // granted in the moment of the interrupt: the contract is to hold nothing and say so
            release(permits);
            throw new InterruptedException();
        }
        return granted;
    }

    /** Releases a permit. */
    public void release() {
        release(1);
    }

    /**
     * Releases permits: first those of this process, then others' as described above, then new ones.
     *
     * @param permits how many permits
     * @throws IllegalStateException if a bounded semaphore would get more permits than it had at first; nothing is released
     */
    public void release(int permits) {
        handle.call(SemaphoreOp.RELEASE, (long) permits);
    }

    /** {@return how many permits are free at this moment} */
    public int availablePermits() {
        return ReplyValues.size(handle.call(SemaphoreOp.AVAILABLE));
    }

    /**
     * Acquires all permits that are free now, and returns how many.
     *
     * @return how many
     */
    public int drainPermits() {
        return ReplyValues.size(handle.call(SemaphoreOp.DRAIN));
    }

    /** {@return how many permits this process owns} */
    public int getHeldPermits() {
        return ReplyValues.size(handle.call(SemaphoreOp.HELD));
    }

    /** {@return whether anybody waits at this moment} */
    public boolean hasQueuedThreads() {
        return getQueueLength() > 0;
    }

    /** {@return true: who waits is served in order of arrival} */
    public boolean isFair() {
        return true;
    }

    /** {@return how many wait at this moment} */
    public int getQueueLength() {
        return ReplyValues.size(handle.call(SemaphoreOp.QUEUE_LENGTH));
    }

    /** {@return a view without blocking} */
    public AsyncSemaphore async() {
        return new AsyncSemaphore(handle);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SemaphoreProxy p && p.handle.equals(handle);
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
