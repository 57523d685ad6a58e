package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.List;

/**
 * A lock or reentrant lock. A reentrant one belongs to the connection, which is a thread of the client. A plain one belongs to nobody, as
 * in CPython: any client may release it, also when the one that acquired it has gone.
 */
final class LockReferent implements Referent {
    static final byte[] HOLDER = Values.ofInteger(1);

    private final boolean reentrant;

    LockReferent(boolean reentrant) {
        this.reentrant = reentrant;
    }

    @Override
    public Object call(MethodCall c) {
        if (c.method.equals("acquire")) {
            Object[] a = c.bind("acquire", List.of("blocking", "timeout"), true, -1L);
            return acquire(c, timeout(a[0], a[1]));
        }
        if (c.method.equals("locked")) {
            c.positional("lock", 0, 0);
            return isLocked(c, c.object);
        }
        c.bind("release", List.of());
        return reentrant ? release(c, c.object) : c.hub.unowned().release(c, c.object);
    }

    static Object isLocked(MethodCall c, long lock) {
        return DictReferent.encoded(c.invokeOn(lock, LockOp.IS_LOCKED));
    }

    static long timeout(Object blocking, Object timeout) {
        double seconds = timeout == NONE ? -1 : MethodCall.seconds(timeout);
        if (!MethodCall.truth(blocking)) {
            if (seconds != -1) {
                throw PyError.value("can't specify a timeout for a non-blocking call");
            }
            return 0;
        }
        if (seconds < 0 && seconds != -1) {
            throw PyError.value("timeout value must be a non-negative number");
        }
        return seconds == -1 ? -1 : MethodCall.millis(seconds);
    }

    private Object acquire(MethodCall c, long timeout) {
        if (!reentrant) {
            return c.hub.unowned().acquire(c, c.object, timeout);
        }
        return c.await(LockOp.ACQUIRE, LockReferent::granted, HOLDER, MethodCall.number(timeout));
    }

    static Object granted(Reply reply) {
        return QueueReferent.done(reply, !reply.isError() && !Values.isAbsent(reply.value()));
    }

    static Object release(MethodCall c, long lock) {
        return c.awaitOn(
                lock,
                LockOp.RELEASE,
                reply -> {
                    if (reply.error() == ErrorCode.NOT_OWNER) {
                        throw PyError.of("RuntimeError", "cannot release un-acquired lock");
                    }
                    return QueueReferent.done(reply, NONE);
                },
                HOLDER);
    }

    @Override
    public String repr(MethodCall c) {
        return repr(c, c.object, reentrant);
    }

    /** The text of a lock; it does not tell the owner of a reentrant one, nor how often another thread owns it. */
    static String repr(MethodCall c, long lock, boolean reentrant) {
        boolean locked = c.lookAt(lock, LockOp.IS_LOCKED).value()[0] == Tag.TRUE.code();
        String owner = "";
        if (reentrant) {
            long count =
                    Values.integer(c.lookAt(lock, LockOp.HOLD_COUNT, HOLDER).value(), 0);
            owner = " owner=" + (locked ? 1 : 0) + " count=" + (locked ? Math.max(1, count) : 0);
        }
        return "<" + (locked ? "locked " : "unlocked ") + (reentrant ? "_thread.RLock" : "_thread.lock") + " object"
                + owner + " at 0x" + Long.toHexString(lock) + ">";
    }

    @Override
    public String typeName() {
        return reentrant ? "_thread.RLock" : "_thread.lock";
    }
}
