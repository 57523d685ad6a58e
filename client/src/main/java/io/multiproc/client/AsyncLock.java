package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.LockOp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LockProxy} as futures. This view is one owner, whatever thread calls it: who acquired through it must release
 * through it. See {@link AsyncDict} for order and threads. Cancelling a future that waits cancels the wait; a grant that was
 * already on its way is given back.
 */
public final class AsyncLock {
    private final ObjectHandle handle;
    private final Long holder;

    AsyncLock(ObjectHandle handle, long holder) {
        this.handle = handle;
        this.holder = holder;
    }

    /**
     * Acquires the lock; gives the fencing token.
     *
     * @return a future of the result
     */
    public CompletableFuture<Long> lock() {
        return handle.callAsync(ReplyValues::integer, LockOp.ACQUIRE, holder, ReplyValues.FOREVER);
    }

    /**
     * Acquires the lock if it is free now.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> tryLock() {
        return handle.callAsync(v -> v != null, LockOp.ACQUIRE, holder, ReplyValues.NOW);
    }

    /**
     * Acquires the lock if it becomes free within the time.
     *
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Boolean> tryLock(Duration time) {
        return handle.callAsync(v -> v != null, LockOp.ACQUIRE, holder, ReplyValues.millis(time));
    }

    /**
     * Acquires the lock for a new owner that is no thread but the hold itself, whichever threads of whichever coroutines use it: even a reentrant lock has one such
     * owner at a time. Costs what {@link #lock} costs.
     *
     * @return a future of what releases it; to cancel it ends the wait
     */
    public CompletableFuture<Held> hold() {
        Long owner = handle.session().newHolder();
        return handle.callAsync(
                v -> Held.of(() -> handle.release(LockOp.RELEASE, owner)), LockOp.ACQUIRE, owner, ReplyValues.FOREVER);
    }

    /**
     * Releases the lock; fails with {@link IllegalMonitorStateException} if this view does not own it.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> unlock() {
        return handle.callAsync(v -> null, LockOp.RELEASE, holder);
    }

    /**
     * See {@link LockProxy#isLocked}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> isLocked() {
        return handle.callAsync(ReplyValues::bool, LockOp.IS_LOCKED);
    }

    /** {@return how many levels of the lock this view owns} */
    public CompletableFuture<Integer> getHoldCount() {
        return handle.callAsync(ReplyValues::size, LockOp.HOLD_COUNT, holder);
    }

    /**
     * See {@link LockProxy#getQueueLength}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> getQueueLength() {
        return handle.callAsync(ReplyValues::size, LockOp.QUEUE_LENGTH);
    }

    /** {@return the fencing token of this view's grant, or null when it does not own the lock} */
    public CompletableFuture<@Nullable Long> fencingToken() {
        return handle.callAsync(v -> v == null ? null : ReplyValues.integer(v), LockOp.TOKEN, holder);
    }

    /**
     * See {@link LockProxy#isCurrent}.
     *
     * @param token the token
     * @return a future of the result
     */
    public CompletableFuture<Boolean> isCurrent(long token) {
        return handle.callAsync(ReplyValues::bool, LockOp.CHECK, token);
    }

    /**
     * Waits on a named condition; this view must own the lock. False when not signalled in time.
     *
     * @param condition asked for its result under the lock
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Boolean> await(String condition, Duration time) {
        return handle.callAsync(ReplyValues::bool, LockOp.AWAIT, holder, condition, ReplyValues.millis(time));
    }

    /**
     * Wakes up to a number of waiters of a named condition (-1: all); this view must own the lock.
     *
     * @param condition asked for its result under the lock
     * @param count the number
     * @return a future of the result
     */
    public CompletableFuture<Integer> signal(String condition, int count) {
        return handle.callAsync(ReplyValues::size, LockOp.SIGNAL, holder, condition, (long) count);
    }
}
