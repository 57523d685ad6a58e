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

    /** Completes with true when the permits are acquired. */
    public CompletableFuture<Boolean> acquire(int permits) {
        return handle.callAsync(ReplyValues::bool, SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.FOREVER);
    }

    /** Acquires permits if they are free now and nobody waits. */
    public CompletableFuture<Boolean> tryAcquire(int permits) {
        return handle.callAsync(ReplyValues::bool, SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.NOW);
    }

    /** Acquires permits if they can be had within the time. */
    public CompletableFuture<Boolean> tryAcquire(int permits, Duration time) {
        return handle.callAsync(ReplyValues::bool, SemaphoreOp.ACQUIRE, (long) permits, ReplyValues.millis(time));
    }

    /** See {@link SemaphoreProxy#release(int)}. */
    public CompletableFuture<@Nullable Void> release(int permits) {
        return handle.callAsync(v -> null, SemaphoreOp.RELEASE, (long) permits);
    }

    /** See {@link SemaphoreProxy#availablePermits}. */
    public CompletableFuture<Integer> availablePermits() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.AVAILABLE);
    }

    /** See {@link SemaphoreProxy#drainPermits}. */
    public CompletableFuture<Integer> drainPermits() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.DRAIN);
    }

    /** See {@link SemaphoreProxy#getHeldPermits}. */
    public CompletableFuture<Integer> getHeldPermits() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.HELD);
    }

    /** See {@link SemaphoreProxy#getQueueLength}. */
    public CompletableFuture<Integer> getQueueLength() {
        return handle.callAsync(ReplyValues::size, SemaphoreOp.QUEUE_LENGTH);
    }
}
