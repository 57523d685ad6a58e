package io.multiproc.client.internal;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.Tag;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a reply brings that nobody waits for any more: it must go back, or it is lost for everybody. */
final class Leftover {
    /** The operations whose success must not be forgotten, and what takes it back; both have the same first argument. */
    private static final Map<Op, Op> GRANTS = Map.of(
            LockOp.ACQUIRE, LockOp.RELEASE,
            SemaphoreOp.ACQUIRE, SemaphoreOp.RELEASE,
            RwLockOp.ACQUIRE_READ, RwLockOp.RELEASE_READ,
            RwLockOp.ACQUIRE_WRITE, RwLockOp.RELEASE_WRITE);

    private Leftover() {}

    static boolean isGrant(Op op) {
        return GRANTS.containsKey(op);
    }

    /** Whether a reply brings anything that must be taken back. */
    static boolean isIn(byte[] payload, int at) {
        return payload[at] == 0 && payload[at + 1] != Tag.ABSENT.code() && payload[at + 1] != Tag.FALSE.code();
    }

    /** Takes back what a successful reply has brought. */
    static void takeBack(
            Session session, Connection connection, Op op, long request, long object, @Nullable Object[] args) {
        Op undo = GRANTS.get(op);
        if (op.has(Flag.DELIVERS)) {
            connection.giveBack(request);
        } else if (undo != null) {
            session.post(undo, object, args[0]);
        }
    }
}
