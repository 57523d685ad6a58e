package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.engine.Engine;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Locks without an owner: all of Python's clients acquire them as one session that does not end, each time as another holder,
 * and any of them may release what any of them acquired. A wait ends with the connection that waits.
 */
final class PlainLocks {
    private record Wait(PythonSession caller, long object, long holder, Function<Reply, Object> then) {}

    private final Engine engine;
    /** 0 before the first use. */
    private long session;
    /** The holder of each lock that Python's clients hold. */
    private final Map<Long, Long> holders = new HashMap<>();

    private final Map<Long, Wait> waits = new HashMap<>();
    private long lastRequest;
    private long lastHolder;

    PlainLocks(Engine engine) {
        this.engine = engine;
    }

    /** The session that owns the locks, or 0 before the first use. */
    long session() {
        return session;
    }

    private long openSession() {
        if (session == 0) {
            session = engine.openSession("python locks", "");
        }
        return session;
    }

    Object acquire(Call c, long timeout) {
        long request = ++lastRequest;
        long holder = ++lastHolder;
        Reply reply = engine.invoke(
                openSession(),
                request,
                LockOp.ACQUIRE,
                c.object,
                Call.args(LockOp.ACQUIRE, Call.number(holder), Call.number(timeout)));
        if (reply == null) {
            waits.put(request, new Wait(c.caller, c.object, holder, LockReferent::granted));
            c.caller.waitsFor(request);
            return Call.LATER;
        }
        note(c.object, holder, reply);
        return LockReferent.granted(reply);
    }

    private void note(long object, long holder, Reply reply) {
        if (!reply.isError() && !DictReferent.isAbsent(reply)) {
            holders.put(object, holder);
        }
    }

    Object release(Call c) {
        Long holder = holders.remove(c.object);
        Reply reply = engine.invoke(
                openSession(),
                ++lastRequest,
                LockOp.RELEASE,
                c.object,
                Call.args(LockOp.RELEASE, Values.ofInteger(holder == null ? 0 : holder)));
        if (reply != null && reply.error() == ErrorCode.NOT_OWNER) {
            throw PyError.of("RuntimeError", "release unlocked lock");
        }
        return reply == null ? Referent.NONE : QueueReferent.done(reply, Referent.NONE);
    }

    /** A wait has been answered. */
    void answered(long request, Reply reply) {
        Wait wait = waits.remove(request);
        if (wait != null) {
            note(wait.object, wait.holder, reply);
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
