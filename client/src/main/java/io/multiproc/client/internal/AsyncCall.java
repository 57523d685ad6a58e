package io.multiproc.client.internal;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call whose answer completes a future. What the server granted to a future that was cancelled meanwhile is given back. */
final class AsyncCall<T> extends Call {
    final CompletableFuture<T> future = new Future();
    private final Session session;
    private final Op operation;
    private final long object;
    private final Session.Decoder<T> decoder;
    private @Nullable Op undo;
    private @Nullable Object undoArgument;

    AsyncCall(Session session, Op op, long object, ByteWriter frame, Session.Decoder<T> decoder) {
        super(op, frame);
        this.session = session;
        this.operation = op;
        this.object = object;
        this.decoder = decoder;
    }

    /** What takes a grant back that nobody wants any more. */
    void undo(Op op, @Nullable Object argument) {
        undo = op;
        undoArgument = argument;
    }

    @Override
    boolean isAsync() {
        return true;
    }

    @Override
    void complete(byte[] payload) {
        super.complete(payload);
        boolean taken;
        try {
            taken = future.complete(decoder.decode(session.read(payload)));
        } catch (RuntimeException e) {
            // includes a value that cannot be decoded: it was delivered, and is of no use to anybody else here
            future.completeExceptionally(e);
            taken = true;
        }
        if (payload[0] != 0 || payload[1] == Tag.ABSENT.code() || payload[1] == Tag.FALSE.code()) {
            return;
        }
        if (operation.has(Flag.DELIVERS)) {
            if (taken) {
                session.connection().acknowledge(id);
            } else {
                session.connection().giveBack(id);
            }
        } else if (!taken && undo != null) {
            session.post(undo, object, undoArgument);
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
                session.connection().cancel(id);
            }
            return cancelled;
        }
    }
}
