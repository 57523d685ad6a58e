package io.multiproc.client.internal.connection;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call whose reply completes a future. What the server granted to a future that was cancelled meanwhile is given back. */
public final class AsyncCall<T> extends Call {
    public final CompletableFuture<T> future = new Future();
    private final Connection connection;
    private final Op operation;
    private final ReplyDecoder<T> decoder;

    /** Decodes the result of a reply, or throws its error; the arguments are those of {@link Call#complete}. */
    @FunctionalInterface
    public interface ReplyDecoder<T> {
        @Nullable
        T decode(byte[] payload, int at, byte @Nullable [] ownBytes);

        /** What was decoded is not wanted: the future was cancelled. */
        default void dropped() {}
    }

    public AsyncCall(
            Connection connection,
            Op op,
            long object,
            @Nullable Object[] args,
            ByteWriter frame,
            ReplyDecoder<T> decoder) {
        super(op, object, args, frame);
        this.connection = connection;
        this.operation = op;
        this.decoder = decoder;
    }

    @Override
    public boolean isAsync() {
        return true;
    }

    @Override
    void complete(byte[] payload, int at, byte @Nullable [] ownBytes) {
        super.complete(payload, at, ownBytes);
        boolean taken;
        T result;
        try {
            result = decoder.decode(payload, at, ownBytes);
        } catch (RuntimeException | Error e) {
            // given back before anybody knows: who asks again gets it again
            connection.giveBack(this);
            future.completeExceptionally(e);
            return;
        }
        taken = future.complete(result);
        if (!LateReply.isIn(payload, at)) {
            return;
        }
        if (!taken) {
            decoder.dropped();
            connection.takeBack(this);
        } else if (operation.has(Flag.DELIVERS)) {
            connection.acknowledge(id);
        }
    }

    @Override
    void fail(RuntimeException e) {
        super.fail(e);
        future.completeExceptionally(e);
    }

    private final class Future extends CompletableFuture<T> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled && operation.has(Flag.MAY_PARK)) {
                connection.cancel(id);
            }
            return cancelled;
        }
    }
}
