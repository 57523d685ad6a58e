package io.multiproc.client;

import io.multiproc.client.internal.Casts;
import io.multiproc.client.internal.ObjectHandle;
import io.multiproc.protocol.op.QueueOp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A queue that knows when all its items have been processed: Python's {@code JoinableQueue}. */
public final class JoinableQueueProxy<E> extends QueueProxy<E> {
    JoinableQueueProxy(ObjectHandle handle, Class<E> type) {
        super(handle, type);
    }

    /**
     * Reports one item as processed. Call it once for each item taken, when its work is done.
     *
     * @throws IllegalStateException if more items are reported than were put
     */
    public void taskDone() {
        handle().call(QueueOp.TASK_DONE);
    }

    /** Waits until every item put has been reported as processed. Interruptible. */
    public void join() throws InterruptedException {
        handle().callInterruptibly(QueueOp.JOIN, Casts.FOREVER);
    }

    /** As {@link #join()}, up to the given time; false if items were still unfinished then. */
    public boolean join(long timeout, TimeUnit unit) throws InterruptedException {
        return Casts.bool(handle().callInterruptibly(QueueOp.JOIN, Casts.millis(timeout, unit)));
    }

    /** As {@link #join(long, TimeUnit)}. */
    public boolean join(Duration timeout) throws InterruptedException {
        return Casts.bool(handle().callInterruptibly(QueueOp.JOIN, Casts.millis(timeout)));
    }

    /** Returns how many items were put and not yet reported as processed. */
    public int unfinished() {
        return Casts.size(handle().call(QueueOp.UNFINISHED));
    }

    /** Without blocking: see {@link #taskDone}. */
    public CompletableFuture<@Nullable Void> taskDoneAsync() {
        return handle().callAsync(v -> null, QueueOp.TASK_DONE);
    }

    /** Without blocking: true when every item has been processed. */
    public CompletableFuture<Boolean> joinAsync() {
        return handle().callAsync(Casts::bool, QueueOp.JOIN, Casts.FOREVER);
    }
}
