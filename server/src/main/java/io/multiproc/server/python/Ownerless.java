package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.engine.Engine;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Plain locks and semaphores, which have no owner in Python: all of Python's clients acquire them as one session that does not
 * end, a lock each time as another holder, and any of them may release what any of them acquired. A wait ends with the
 * connection that waits.
 */
final class Ownerless {
    private record Wait(PythonSession caller, Function<Reply, Object> then) {}

    private final Engine engine;
    /** 0 before the first use. */
    private long session;
    /** The holder of each lock that Python's clients hold. */
    private final Map<Long, Long> holders = new HashMap<>();

    private final Map<Long, Wait> waits = new HashMap<>();
    private long lastRequest;
    private long lastHolder;

    Ownerless(Engine engine) {
        this.engine = engine;
    }

    /** The session that owns what Python's clients acquired, or 0 before the first use. */
    long session() {
        return session;
    }

    /** Applies an operation that may wait, on behalf of the caller. */
    Object await(Call c, long object, Op op, Function<Reply, Object> then, byte[]... args) {
        if (session == 0) {
            session = engine.openSession("python locks and semaphores", "");
        }
        long request = ++lastRequest;
        Reply reply = engine.invoke(session, request, op, object, Call.args(op, args));
        if (reply == null) {
            waits.put(request, new Wait(c.caller, then));
            c.caller.waitsFor(request);
            return Call.LATER;
        }
        return then.apply(reply);
    }

    /** Acquires a plain lock. */
    Object acquire(Call c, long lock, long timeout) {
        long holder = ++lastHolder;
        return await(
                c,
                lock,
                LockOp.ACQUIRE,
                reply -> {
                    if (!reply.isError() && !DictReferent.isAbsent(reply)) {
                        holders.put(lock, holder);
                    }
                    return LockReferent.granted(reply);
                },
                Call.number(holder),
                Call.number(timeout));
    }

    /** Releases a plain lock, whoever acquired it. */
    Object release(Call c, long lock) {
        byte[] holder = holder(lock);
        return await(
                c,
                lock,
                LockOp.RELEASE,
                reply -> {
                    if (reply.error() == ErrorCode.NOT_OWNER) {
                        throw PyError.of("RuntimeError", "release unlocked lock");
                    }
                    // the release may have granted it to the next in line already, as another holder
                    holders.remove(lock, Values.integer(holder, 0));
                    return QueueReferent.done(reply, Referent.NONE);
                },
                holder);
    }

    /** The holder under which Python's clients hold a lock now. */
    byte[] holder(long lock) {
        return Values.ofInteger(holders.getOrDefault(lock, 0L));
    }

    /** After a wait on a condition: the lock belongs to the same holder as before. */
    void regained(long lock, byte[] holder) {
        holders.put(lock, Values.integer(holder, 0));
    }

    /** A wait has been answered. */
    void answered(long request, Reply reply) {
        Wait wait = waits.remove(request);
        if (wait != null) {
            wait.caller.finish(() -> wait.then.apply(reply));
        }
    }

    /** The connection of a wait has ended. */
    void cancel(long request) {
        // forgotten first: the answer, that it was cancelled, is for nobody
        waits.remove(request);
        engine.cancel(session, request);
    }
}
