package io.multiproc.client.internal.connection;

import org.jspecify.annotations.Nullable;

/**
 * A call whose caller has gone without waiting for the reply, because there was no connection. The request was or will be
 * applied all the same; what its reply brings is taken back.
 */
final class AbandonedCall extends Call {
    private final LateReply.Handler handler;

    AbandonedCall(Call call, LateReply.Handler handler) {
        super(call);
        this.handler = handler;
    }

    @Override
    boolean isAwaited() {
        return false;
    }

    @Override
    public boolean isAsync() {
        return true; // taking back sends something, which only the I/O thread may do while it reads
    }

    @Override
    boolean isImmediate() {
        return false;
    }

    @Override
    void complete(byte[] payload, int at, byte @Nullable [] ownBytes) {
        super.complete(payload, at, ownBytes);
        byte[] whole = ownBytes == null ? payload : joined(payload, at, ownBytes);
        int start = ownBytes == null ? at : 0;
        if (LateReply.isIn(whole, start)) {
            handler.takeBack(this, whole, start);
        }
    }
}
