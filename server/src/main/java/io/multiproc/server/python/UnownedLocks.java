package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.engine.Engine;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Plain locks and semaphores, which have no owner in Python: all of Python's clients acquire them as one session that does not
 * end, a lock each time as another holder, and any of them may release what any of them acquired. A wait ends with the
 * connection that waits. When a connection ends, what it acquired and nobody has released is orphaned: any client may still release it, but nobody
 * waits for it longer than the patience.
 */
final class UnownedLocks {
    /** The holder of a lock: its number, and the connection that acquired it. */
    private record Holder(long number, PythonSession by) {}

    private final Engine engine;
    private final long patience;
    /** 0 before the first use. */
    private long session;
    /** The holder of each lock that Python's clients hold. */
    private final Map<Long, Holder> holders = new HashMap<>();
    /** The permits of each semaphore that connections acquired and did not release. */
    private final Map<Long, Map<PythonSession, Long>> permits = new HashMap<>();

    private final Map<Long, PythonSession> waits = new HashMap<>();
    private long lastRequest;
    private long lastHolder;

    UnownedLocks(Engine engine, long patienceMillis) {
        this.engine = engine;
        this.patience = patienceMillis;
    }

    /** The session that owns what Python's clients acquired, or 0 before the first use. */
    long session() {
        return session;
    }

    /** Opens the session, if that is not done yet. Not in the middle of a call where commands are applied later. */
    void prepare() {
        if (session == 0) {
            session = engine.openSession("python locks and semaphores", "");
        }
    }

    /** Applies an operation that may wait, on behalf of the caller. */
    Object await(MethodCall c, long object, Op op, Function<Reply, Object> then, byte[]... args) {
        prepare();
        Args given = MethodCall.args(op, args);
        Reply refusal = engine.notPermitted(c.caller.id(), op, object, given);
        return refusal == null
                ? c.caller.awaitBy(session, ++lastRequest, op, object, given, then)
                : then.apply(refusal);
    }

    /** Applies an operation whose outcome nobody waits for, on behalf of the caller's session; {@code then} gets an error or nothing. */
    Object post(PythonSession by, long caller, Op op, long object, Function<Reply, Object> then, byte[]... args) {
        prepare();
        Args given = MethodCall.args(op, args);
        Reply refusal = engine.notPermitted(caller, op, object, given);
        return refusal == null ? by.postBy(session, ++lastRequest, op, object, given, then) : then.apply(refusal);
    }

    /** The request of a connection waits. */
    void waits(long request, PythonSession caller) {
        waits.put(request, caller);
    }

    /** Acquires a plain lock. */
    Object acquire(MethodCall c, long lock, long timeout) {
        long holder = ++lastHolder;
        return await(
                c,
                lock,
                LockOp.ACQUIRE,
                reply -> {
                    if (!reply.isError() && !DictReferent.isAbsent(reply)) {
                        holders.put(lock, new Holder(holder, c.caller));
                        c.caller.acquired(lock);
                    }
                    return LockReferent.granted(reply);
                },
                MethodCall.number(holder),
                MethodCall.number(timeout));
    }

    /** Releases a plain lock, whoever acquired it. */
    Object release(MethodCall c, long lock) {
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
                    forget(lock, Values.integer(holder, 0));
                    return QueueReferent.done(reply, Referent.NONE);
                },
                holder);
    }

    private void forget(long lock, long number) {
        Holder h = holders.get(lock);
        if (h != null && h.number == number) {
            holders.remove(lock);
            h.by.released(lock);
        }
    }

    /** The holder under which Python's clients hold a lock now. */
    byte[] holder(long lock) {
        Holder h = holders.get(lock);
        return Values.ofInteger(h == null ? 0 : h.number);
    }

    /** After a wait on a condition: the lock belongs to the same holder as before. */
    void regained(MethodCall c, long lock, byte[] holder) {
        holders.put(lock, new Holder(Values.integer(holder, 0), c.caller));
        c.caller.acquired(lock);
    }

    /** A connection acquired a permit of a semaphore. */
    void acquiredPermit(MethodCall c, long semaphore) {
        permits.computeIfAbsent(semaphore, s -> new HashMap<>()).merge(c.caller, 1L, Long::sum);
        c.caller.acquired(semaphore);
    }

    /** A connection released permits: its own first, then those of others, whose acquirers are gone first of all. */
    void releasedPermits(MethodCall c, long semaphore, long n) {
        Map<PythonSession, Long> shares = permits.get(semaphore);
        long own = shares == null ? 0 : shares.getOrDefault(c.caller, 0L);
        if (shares != null && own > n) {
            shares.put(c.caller, own - n);
            return;
        }
        if (own > 0) {
            dropShare(semaphore, c.caller);
        }
        if (own < n && session != 0) {
            tell(semaphore);
        }
    }

    private void dropShare(long semaphore, PythonSession caller) {
        caller.released(semaphore);
        Map<PythonSession, Long> shares = permits.get(semaphore);
        if (shares != null && shares.remove(caller) != null && shares.isEmpty()) {
            permits.remove(semaphore);
        }
    }

    private void tell(long semaphore) {
        long live = 0;
        for (long n : permits.getOrDefault(semaphore, Map.of()).values()) {
            live += n;
        }
        engine.orphaned(session, semaphore, 0, live, patience, Submitted.UNASKED);
    }

    /** A connection has ended, which acquired this and may not have released it. */
    void gone(PythonSession caller, long object) {
        Holder h = holders.get(object);
        if (h == null) {
            dropShare(object, caller);
            tell(object);
        } else if (h.by == caller) {
            engine.orphaned(session, object, h.number, 0, patience, (request, reply) -> {
                boolean orphaned = reply != null && !reply.isError() && reply.bytes()[reply.start()] == Tag.TRUE.code();
                if (!orphaned) {
                    // it was released by somebody whom this does not see, or the lock is no more
                    boolean ignored = holders.remove(object, h);
                }
            });
        }
    }

    /** A wait has been answered. */
    void answered(long request, Reply reply) {
        PythonSession caller = waits.remove(request);
        if (caller != null) {
            caller.answeredBy(session, request, reply);
        }
    }

    /** The connection of a wait has ended. Until the state knows, the wait may still be answered. */
    void abandon(long request) {
        engine.abandon(session, request, (r, reply) -> waits.remove(request));
    }
}
