package io.multiproc.client.internal.connection;

import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Table of the locks that pass from one thread of this process to another: the server has said that the second waits right behind the first.
 *
 * <p>The owner's release then need not be awaited: the server will grant the lock to the next thread in the same step, whatever others do. So it
 * is sent, and the next thread goes on at once, owning what nobody else can get.
 *
 * <p>What the server says is true of the replies that it has sent until then, so this keeps up with them: grants, releases, and ends of
 * waits all pass {@link #replied}. Guarded by its connection's lock.
 */
final class LockHandoff {
    private static final Logger LOG = LoggerFactory.getLogger(LockHandoff.class);

    /** A thread that owns a lock or waits for it. */
    private record Holder(long lock, long number) {
        static Holder of(Call call) {
            return new Holder(call.object, call.args[0] instanceof Long number ? number : 0);
        }
    }

    /** The call that follows a holder. */
    private static final class Successor {
        final Call next;
        /** How many releases of the holder are left, or will be once it owns the lock. */
        long levels;

        boolean owns;

        Successor(Call next, long levels, boolean owns) {
            this.next = next;
            this.levels = levels;
            this.owns = owns;
        }
    }

    /** A release that nobody waits for, or the grant that it causes: owner and successor are further on already. */
    static final class SettledCall extends Call {
        SettledCall(Call call) {
            super(call);
        }

        @Override
        boolean isAwaited() {
            return false;
        }

        @Override
        void complete(byte[] payload, int at, byte @Nullable [] ownBytes) {
            try {
                byte[] unused = checked(payload, at);
            } catch (RuntimeException e) {
                LOG.warn(
                        "lock {}: the {} of a thread that has gone on failed; somebody has taken the lock away from this process",
                        object,
                        op == LockOp.RELEASE ? "release" : "grant",
                        e);
            }
            super.complete(payload, at, ownBytes);
        }
    }

    private final Map<Holder, Successor> successors = new HashMap<>();
    private final Map<Call, Holder> predecessors = new HashMap<>();

    /** What a grant looks like whose token nobody has seen yet. */
    static byte[] grant() {
        byte[] value = Values.ofInteger(0);
        byte[] reply = new byte[1 + value.length];
        System.arraycopy(value, 0, reply, 1, value.length);
        return reply;
    }

    /** The server says that a waiting call gets its lock right after a holder. */
    void follows(@Nullable Call next, long holder, long levels, boolean owns) {
        // a future's callbacks need the I/O thread, and who may give up by itself is not sure to be there
        if (next == null || next.op != LockOp.ACQUIRE || next.isAsync() || !next.isAwaited()) {
            return;
        }
        if (next.givesUp || next.deadline != 0) {
            return;
        }
        Holder before = new Holder(next.object, holder);
        Successor old = successors.put(before, new Successor(next, levels, owns));
        if (old != null) {
            predecessors.remove(old.next);
        }
        predecessors.put(next, before);
    }

    /** A call may end without its lock: nothing is known of it any more. */
    void forget(Call next) {
        Holder before = predecessors.remove(next);
        if (before != null) {
            successors.remove(before);
        }
    }

    /** Nothing is known without a connection. */
    void clear() {
        successors.clear();
        predecessors.clear();
    }

    /** A reply has come to a call. */
    void replied(Call call, byte[] b, int status) {
        if (successors.isEmpty() || !(call.op instanceof LockOp op)) {
            return;
        }
        if (op != LockOp.ACQUIRE && op != LockOp.AWAIT && op != LockOp.RELEASE) {
            return;
        }
        boolean settled = call instanceof SettledCall;
        if (settled && op == LockOp.RELEASE) {
            return;
        }
        forget(call);
        Holder holder = Holder.of(call);
        Successor successor = successors.get(holder);
        if (successor == null) {
            return;
        }
        boolean done = b[status] == 0 && b[status + 1] != Tag.ABSENT.code();
        if (op == LockOp.RELEASE) {
            successor.levels--;
            if (!done || successor.levels == 0) {
                drop(holder, successor);
            }
        } else if (!done) {
            if (!successor.owns) {
                drop(holder, successor);
            }
        } else if (successor.owns && op == LockOp.ACQUIRE) {
            successor.levels += settled ? 0 : 1;
        } else {
            successor.owns = true;
        }
    }

    private void drop(Holder holder, Successor successor) {
        successors.remove(holder);
        predecessors.remove(successor.next);
    }

    /** The call that gets the lock by this release, if that is sure; it is handed the lock, and forgotten. */
    @Nullable
    Call next(Call release) {
        if (successors.isEmpty()) {
            return null;
        }
        Holder holder = Holder.of(release);
        Successor successor = successors.get(holder);
        if (successor == null || !successor.owns || successor.levels != 1) {
            return null;
        }
        drop(holder, successor);
        Successor afterNext = successors.get(Holder.of(successor.next));
        if (afterNext != null) {
            afterNext.owns = true;
        }
        return successor.next;
    }
}
