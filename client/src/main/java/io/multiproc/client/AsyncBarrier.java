package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.BarrierOp;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A {@link BarrierProxy} as futures. See {@link AsyncDict} for order and threads. Cancelling a future that waits breaks the barrier. */
public final class AsyncBarrier {
    private final ObjectHandle handle;

    AsyncBarrier(ObjectHandle handle) {
        this.handle = handle;
    }

    private static Integer arrival(@Nullable Object reply) {
        long n = ReplyValues.integer(reply);
        if (n == -1) {
            throw new CompletionException(new BrokenBarrierException(
                    "the barrier is broken: a party gave up or died, or it was aborted or reset"));
        }
        if (n == -2) {
            throw new CompletionException(new TimeoutException("not all parties came in time: the barrier is broken"));
        }
        return (int) n;
    }

    /**
     * Completes when all parties have come, with the order of arrival: 0 for the first. Fails with {@link BrokenBarrierException}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> await() {
        return handle.callAsync(AsyncBarrier::arrival, BarrierOp.AWAIT, ReplyValues.FOREVER);
    }

    /**
     * As {@link #await()}; fails with {@link TimeoutException}, and breaks the barrier, after the time.
     *
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Integer> await(Duration time) {
        return handle.callAsync(AsyncBarrier::arrival, BarrierOp.AWAIT, ReplyValues.millis(time));
    }

    /**
     * See {@link BarrierProxy#reset}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> reset() {
        return handle.callAsync(v -> null, BarrierOp.RESET);
    }

    /**
     * See {@link BarrierProxy#abort}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> abort() {
        return handle.callAsync(v -> null, BarrierOp.ABORT);
    }

    /**
     * See {@link BarrierProxy#getNumberWaiting}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> getNumberWaiting() {
        return handle.callAsync(ReplyValues::size, BarrierOp.WAITING);
    }

    /**
     * See {@link BarrierProxy#isBroken}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> isBroken() {
        return handle.callAsync(ReplyValues::bool, BarrierOp.IS_BROKEN);
    }
}
