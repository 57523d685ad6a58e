package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.SemaphoreOp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SemaphoreProxy} as futures. See {@link AsyncDict} for order and threads. Cancelling a future that waits ends the wait;
 * permits that were already on their way are given back.
 */
public final class AsyncSemaphore {
    private final ObjectHandle handle;

    AsyncSemaphore(ObjectHandle handle) {
        this.handle = handle;
    }

    /**
     * Completes with true when the permits are acquired.
     *
     * @param permits how many permits
     * @return a future of the result
     */
    public CompletableFuture<Boolean> acquire(int permits) {
        return handle.callAsync(ReplyValues::bool, SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.FOREVER);
    }

    /**
     * Acquires permits if they are free now and nobody waits.
     *
     * @param permits how many permits
     * @return a future of the result
     */
    public CompletableFuture<Boolean> tryAcquire(int permits) {
        return handle.callAsync(ReplyValues::bool, SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.NOW);
    }

    /**
     * Acquires permits if they can be had within the time.
     *
     * @param permits how many permits
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Boolean> tryAcquire(int permits, Duration time) {
        return handle.callAsync(ReplyValues::bool, SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.millis(time));
    }

    /**
     * See {@link SemaphoreProxy#release(int)}.
     *
     * @param permits how many permits
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> release(int permits) {
        return handle.callAsync(v -> null, SemaphoreOp.RELEASE, (long) permits);
    }

    /**
     * See {@link SemaphoreProxy#availablePermits}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> availablePermits() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.AVAILABLE);
    }

    /**
     * See {@link SemaphoreProxy#drainPermits}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> drainPermits() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.DRAIN);
    }

    /**
     * See {@link SemaphoreProxy#getHeldPermits}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> getHeldPermits() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.HELD);
    }

    /**
     * See {@link SemaphoreProxy#getQueueLength}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> getQueueLength() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.QUEUE_LENGTH);
    }
}
