package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.EventOp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An {@link EventProxy} as futures. See {@link AsyncDict} for order and threads. Cancelling a future that waits ends the wait. */
public final class AsyncEvent {
    private final ObjectHandle handle;

    AsyncEvent(ObjectHandle handle) {
        this.handle = handle;
    }

    /**
     * See {@link EventProxy#set}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> set() {
        return handle.callAsync(v -> null, EventOp.SET);
    }

    /**
     * See {@link EventProxy#clear}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> clear() {
        return handle.callAsync(v -> null, EventOp.CLEAR);
    }

    /**
     * See {@link EventProxy#isSet}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> isSet() {
        return handle.callAsync(ReplyValues::bool, EventOp.IS_SET);
    }

    /**
     * Completes with true when the event is set.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> await() {
        return handle.callAsync(ReplyValues::bool, EventOp.AWAIT, ReplyValues.FOREVER);
    }

    /**
     * Completes with true when the event is set, with false after the time.
     *
     * @param time how long, at most
     * @return a future of the result
     */
    public CompletableFuture<Boolean> await(Duration time) {
        return handle.callAsync(ReplyValues::bool, EventOp.AWAIT, ReplyValues.millis(time));
    }
}
