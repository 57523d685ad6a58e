package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.LatchOp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A {@link CountDownLatchProxy} as futures. See {@link AsyncDict} for order and threads. Cancelling a future that waits ends the wait. */
public final class AsyncCountDownLatch {
    private final ObjectHandle handle;

    AsyncCountDownLatch(ObjectHandle handle) {
        this.handle = handle;
    }

    /** See {@link CountDownLatchProxy#countDown(int)}. */
    public CompletableFuture<Long> countDown(int steps) {
        return handle.callAsync(ReplyValues::integer, LatchOp.COUNT_DOWN, (long) steps);
    }

    /** See {@link CountDownLatchProxy#getCount}. */
    public CompletableFuture<Long> getCount() {
        return handle.callAsync(ReplyValues::integer, LatchOp.COUNT);
    }

    /** Completes with true when the count is zero. */
    public CompletableFuture<Boolean> await() {
        return handle.callAsync(ReplyValues::bool, LatchOp.AWAIT, ReplyValues.FOREVER);
    }

    /** Completes with true when the count is zero, with false after the time. */
    public CompletableFuture<Boolean> await(Duration time) {
        return handle.callAsync(ReplyValues::bool, LatchOp.AWAIT, ReplyValues.millis(time));
    }
}
