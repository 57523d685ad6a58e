package io.multiproc.client.internal;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Tag;
import org.jspecify.annotations.Nullable;

/** What a reply brings that nobody waits for any more: it must go back, or it is lost for everybody. */
final class Leftover {
    private Leftover() {}

    static boolean isGrant(Op op) {
        return op.spec().undo() != null;
    }

    /** Whether a reply brings anything that must be taken back. */
    static boolean isIn(byte[] payload, int at) {
        return payload[at] == 0 && payload[at + 1] != Tag.ABSENT.code() && payload[at + 1] != Tag.FALSE.code();
    }

    /** Takes back what a successful reply has brought. */
    static void takeBack(
            Session session, Connection connection, Op op, long request, long object, @Nullable Object[] args) {
        Op undo = op.undo();
        if (op.has(Flag.DELIVERS)) {
            connection.giveBack(request);
        } else if (undo != null) {
            session.post(undo, object, args[0]);
        }
    }
}
