package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.RwLockOp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ReadWriteLockProxy} as futures. This view is one owner, whatever thread calls it. See {@link AsyncDict} for order and
 * threads. Cancelling a future that waits ends the wait; a grant that was already on its way is given back.
 */
public final class AsyncReadWriteLock {
    private final ObjectHandle handle;
    private final Long holder;

    AsyncReadWriteLock(ObjectHandle handle, long holder) {
        this.handle = handle;
        this.holder = holder;
    }

    /**
     * Acquires the read lock if it can be had within the time.
     *
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Boolean> tryReadLock(Duration time) {
        return handle.callAsync(ReplyValues::bool, RwLockOp.ACQUIRE_READ, holder, ReplyValues.millis(time));
    }

    /**
     * Acquires the write lock if it can be had within the time; gives the fencing token, or null.
     *
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<@Nullable Long> tryWriteLock(Duration time) {
        return handle.callAsync(
                v -> v == null ? null : ReplyValues.integer(v),
                RwLockOp.ACQUIRE_WRITE,
                holder,
                ReplyValues.millis(time));
    }

    /**
     * Acquires the read lock.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> readLock() {
        return handle.callAsync(ReplyValues::bool, RwLockOp.ACQUIRE_READ, holder, ReplyValues.FOREVER);
    }

    /**
     * Acquires the write lock; gives the fencing token.
     *
     * @return a future of the result
     */
    public CompletableFuture<Long> writeLock() {
        return handle.callAsync(ReplyValues::integer, RwLockOp.ACQUIRE_WRITE, holder, ReplyValues.FOREVER);
    }

    /**
     * Releases a level of the read lock; fails with {@link IllegalMonitorStateException} if this view does not own it.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> unlockRead() {
        return handle.callAsync(v -> null, RwLockOp.RELEASE_READ, holder);
    }

    /**
     * Releases a level of the write lock; fails with {@link IllegalMonitorStateException} if this view does not own it.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> unlockWrite() {
        return handle.callAsync(v -> null, RwLockOp.RELEASE_WRITE, holder);
    }
}
