package io.multiproc.client.internal.connection;

import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.Tag;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules for a reply that nobody waits for any more: what it brings must go back, or it is lost for everybody. */
public final class LateReply {
    /** Takes back what the reply to an abandoned call brings. Called on the I/O thread. */
    @FunctionalInterface
    public interface Handler {
        /** @param at where the reply starts in the payload, with its status */
        void takeBack(Call call, byte[] payload, int at);
    }

    /** The operations whose success must not be forgotten, and what takes it back; both have the same first argument. */
    private static final Map<Op, Op> GRANTS = Map.of(
            LockOp.ACQUIRE, LockOp.RELEASE,
            SemaphoreOp.ACQUIRE, SemaphoreOp.RELEASE,
            RwLockOp.ACQUIRE_READ, RwLockOp.RELEASE_READ,
            RwLockOp.ACQUIRE_WRITE, RwLockOp.RELEASE_WRITE);

    private LateReply() {}

    static boolean isGrant(Op op) {
        return GRANTS.containsKey(op);
    }

    /** Whether a reply brings anything that must be taken back. */
    static boolean isIn(byte[] payload, int at) {
        return payload[at] == 0 && payload[at + 1] != Tag.ABSENT.code() && payload[at + 1] != Tag.FALSE.code();
    }

    /** What undoes a grant, with the grant's first argument; null for other operations. */
    static @Nullable Op undo(Op op) {
        return GRANTS.get(op);
    }
}
