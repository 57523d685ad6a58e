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

    /**
     * See {@link CountDownLatchProxy#countDown(int)}.
     *
     * @param steps how many steps
     * @return a future of the result
     */
    public CompletableFuture<Long> countDown(int steps) {
        return handle.callAsync(ReplyValues::integer, LatchOp.COUNT_DOWN, (long) steps);
    }

    /**
     * See {@link CountDownLatchProxy#getCount}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Long> getCount() {
        return handle.callAsync(ReplyValues::integer, LatchOp.COUNT);
    }

    /**
     * Completes with true when the count is zero.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> await() {
        return handle.callAsync(ReplyValues::bool, LatchOp.AWAIT, ReplyValues.FOREVER);
    }

    /**
     * Completes with true when the count is zero, with false after the time.
     *
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Boolean> await(Duration time) {
        return handle.callAsync(ReplyValues::bool, LatchOp.AWAIT, ReplyValues.millis(time));
    }
}
