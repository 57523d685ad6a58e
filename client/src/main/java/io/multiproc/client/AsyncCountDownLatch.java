package io.multiproc.client;

import io.multiproc.client.internal.Casts;
import io.multiproc.client.internal.ObjectHandle;
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
        return handle.callAsync(Casts::integer, LatchOp.COUNT_DOWN, (long) steps);
    }

    /** See {@link CountDownLatchProxy#getCount}. */
    public CompletableFuture<Long> getCount() {
        return handle.callAsync(Casts::integer, LatchOp.COUNT);
    }

    /** Completes with true when the count is zero. */
    public CompletableFuture<Boolean> await() {
        return handle.callAsync(Casts::bool, LatchOp.AWAIT, Casts.FOREVER);
    }

    /** Completes with true when the count is zero, with false after the time. */
    public CompletableFuture<Boolean> await(Duration time) {
        return handle.callAsync(Casts::bool, LatchOp.AWAIT, Casts.millis(time));
    }
}
