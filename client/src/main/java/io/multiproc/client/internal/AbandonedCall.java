package io.multiproc.client.internal;

import org.jspecify.annotations.Nullable;

/**
 * Stands for a call whose caller has gone without waiting for the reply, because there was no connection. The request was or will be
 * applied all the same; what its reply brings is taken back.
 */
final class AbandonedCall extends Call {
    private final Leftovers leftovers;

    /** Takes back what a request brought that nobody waits for. */
    @FunctionalInterface
    interface Leftovers {
        void takeBack(Call call, byte[] payload, int at);
    }

    AbandonedCall(Call call, Leftovers leftovers) {
        super(call);
        this.leftovers = leftovers;
    }

    @Override
    boolean isAwaited() {
        return false;
    }

    @Override
    boolean isAsync() {
        return true; // taking back sends something, which only the I/O thread may do while it reads
    }

    @Override
    boolean isSwift() {
        return false;
    }

    @Override
    void complete(byte[] payload, int at, byte @Nullable [] ownBytes) {
        super.complete(payload, at, ownBytes);
        if (ownBytes == null) {
            leftovers.takeBack(this, payload, at);
        } else {
            leftovers.takeBack(this, joined(payload, at, ownBytes), 0);
        }
    }
}
