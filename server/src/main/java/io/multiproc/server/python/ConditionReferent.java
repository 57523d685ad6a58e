package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ConditionOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import java.util.List;
import java.util.function.Function;

/** A condition: its lock is an object of its own, reentrant unless the client gave a plain one. */
final class ConditionReferent implements Referent {
    /** The lock of a condition, and the holder as which Python's clients own it. */
    private record Lock(long id, boolean reentrant, byte[] holder) {}

    @Override
    public Object call(MethodCall c) {
        byte[] ref = c.invoke(ConditionOp.LOCK).value();
        boolean reentrant = Values.refType(ref, 0) == ObjectType.RLOCK.code();
        long id = Values.refId(ref, 0);
        Lock lock = new Lock(
                id, reentrant, reentrant ? LockReferent.HOLDER : c.hub.unowned().holder(id));
        return switch (c.method) {
            case "acquire" -> {
                Object[] a = c.bind("acquire", List.of("blocking", "timeout"), true, -1L);
                long timeout = LockReferent.timeout(a[0], a[1]);
                yield reentrant
                        ? c.awaitOn(
                                id,
                                LockOp.ACQUIRE,
                                LockReferent::granted,
                                LockReferent.HOLDER,
                                MethodCall.number(timeout))
                        : c.hub.unowned().acquire(c, id, timeout);
            }
            case "release" -> {
                c.bind("release", List.of());
                yield reentrant ? LockReferent.release(c, id) : c.hub.unowned().release(c, id);
            }
            case "locked" -> {
                c.bind("locked", List.of());
                yield LockReferent.isLocked(c, id);
            }
            case "wait" -> {
                long timeout = EventReferent.patience(c.bind("Condition.wait", List.of("timeout"), NONE)[0]);
                yield owned(c, lock, "wait on", LockOp.AWAIT, MethodCall.number(timeout));
            }
            case "notify" -> {
                long n = MethodCall.integer(c.bind("Condition.notify", List.of("n"), 1L)[0]);
                yield n <= 0 ? NONE : signal(c, lock, n);
            }
            case "notify_all" -> {
                c.bind("Condition.notify_all", List.of());
                yield signal(c, lock, -1);
            }
            default -> throw new IllegalStateException(c.method);
        };
    }

    private static Object signal(MethodCall c, Lock lock, long n) {
        return owned(c, lock, "notify on", LockOp.SIGNAL, MethodCall.number(n));
    }

    /** An operation that needs the lock. {@code notify} answers nothing. */
    private static Object owned(MethodCall c, Lock lock, String what, LockOp op, byte[] last) {
        Function<Reply, Object> then = reply -> {
            if (reply.error() == ErrorCode.NOT_OWNER) {
                throw PyError.of("RuntimeError", "cannot " + what + " un-acquired lock");
            }
            if (!lock.reentrant) {
                c.hub.unowned().regained(c, lock.id, lock.holder);
            }
            MethodCall.Encoded answer = DictReferent.encoded(MethodCall.checked(reply));
            return op == LockOp.SIGNAL ? NONE : answer;
        };
        byte[] name = Values.ofText("#" + c.object);
        return lock.reentrant
                ? c.awaitOn(lock.id, op, then, lock.holder, name, last)
                : c.hub.unowned().await(c, lock.id, op, then, lock.holder, name, last);
    }

    @Override
    public String repr(MethodCall c) {
        byte[] ref = c.look(ConditionOp.LOCK).value();
        boolean reentrant = Values.refType(ref, 0) == ObjectType.RLOCK.code();
        return "<Condition(" + LockReferent.repr(c, Values.refId(ref, 0), reentrant) + ", "
                + Values.integer(c.look(ConditionOp.WAITERS).value(), 0) + ")>";
    }

    @Override
    public String typeName() {
        return "_thread.RLock";
    }
}
