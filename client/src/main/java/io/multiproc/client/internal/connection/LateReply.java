package io.multiproc.client.internal.connection;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Tag;

/** Rules for a reply that nobody waits for any more: what it brings must go back, or it is lost for everybody. */
public final class LateReply {
    /** Takes back what the reply to an abandoned call brings. Called on the I/O thread. */
    @FunctionalInterface
    public interface Handler {
        /** @param at where the reply starts in the payload, with its status */
        void takeBack(Call call, byte[] payload, int at);
    }

    private LateReply() {}

    static boolean isGrant(Op op) {
        return op.spec().undo() != null;
    }

    /** Whether a reply brings anything that must be taken back. */
    static boolean isIn(byte[] payload, int at) {
        return payload[at] == 0 && payload[at + 1] != Tag.ABSENT.code() && payload[at + 1] != Tag.FALSE.code();
    }
}
