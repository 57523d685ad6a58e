package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.ABSENT;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ConditionOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A lock or rlock with named conditions, or a condition with the rlock of its own. */
final class LockModel extends Model {
    private final ObjectType type;
    private long lock;
    private String condition = "c";
    private long owner;
    private int holder;
    private long levels;
    private long token;
    /** Who waits for the lock, in the order in which it is to be had. */
    private final List<Wait> queue = new ArrayList<>();

    LockModel(ObjectType type) {
        this.type = type;
    }

    @Override
    ObjectType type() {
        return type;
    }

    @Override
    void prepare(Bench bench, long session, long object) {
        lock = object;
        if (type == ObjectType.CONDITION && bench.call(session, object, ConditionOp.LOCK) instanceof Coded.Ref ref) {
            lock = ref.id();
            condition = "#" + object;
        }
    }

    @Override
    long target(Op op, long object) {
        return op instanceof LockOp ? lock : object;
    }

    @Override
    Call next(Random r) {
        int h = r.nextInt(2);
        return switch (r.nextInt(12)) {
            case 0, 1, 2 -> new Call(LockOp.ACQUIRE, h, timeout(r));
            case 3, 4 -> new Call(LockOp.RELEASE, h);
            case 5, 6, 7 -> new Call(LockOp.AWAIT, h, condition, timeout(r));
            case 8, 9 -> new Call(LockOp.SIGNAL, h, condition, new int[] {1, 2, -1, 0}[r.nextInt(4)]);
            case 10 -> type == ObjectType.CONDITION
                    ? new Call(ConditionOp.WAITERS)
                    : new Call(r.nextBoolean() ? LockOp.IS_LOCKED : LockOp.QUEUE_LENGTH);
            default -> new Call(r.nextBoolean() ? LockOp.HOLD_COUNT : LockOp.TOKEN, h);
        };
    }

    private void grant(long session, int to, long count) {
        owner = session;
        holder = to;
        levels = count;
        token = Math.max(index, token + 1);
    }

    private List<Wait> onCondition() {
        List<Wait> out = new ArrayList<>(waits);
        out.removeAll(queue);
        out.removeIf(w -> w.op != LockOp.AWAIT);
        return out;
    }

    @Override
    @Nullable
    Object call(long session, Op op, @Nullable Object... args) {
        if (op == ConditionOp.WAITERS) {
            return (long) onCondition().size();
        } else if (op == LockOp.IS_LOCKED) {
            return owner != 0;
        } else if (op == LockOp.QUEUE_LENGTH) {
            return (long) queue.size();
        }
        int me = (int) args[0];
        boolean mine = owner == session && holder == me;
        return switch ((LockOp) op) {
            case HOLD_COUNT -> mine ? levels : 0L;
            case TOKEN -> mine ? (Object) token : ABSENT;
            case ACQUIRE -> acquire(session, me, mine, args);
            case RELEASE -> {
                if (!mine) {
                    yield error(ErrorCode.NOT_OWNER);
                }
                levels--;
                owner = levels == 0 ? 0 : owner;
                yield null;
            }
            case SIGNAL -> mine ? signal((int) args[2]) : error(ErrorCode.NOT_OWNER);
            default -> {
                int timeout = (int) args[2];
                if (timeout < -1) {
                    yield error(ErrorCode.BAD_ARGUMENT);
                }
                yield mine ? await(session, me, timeout, args) : error(ErrorCode.NOT_OWNER);
            }
        };
    }

    private Object acquire(long session, int me, boolean mine, @Nullable Object[] args) {
        int timeout = (int) args[1];
        if (timeout < -1) {
            return error(ErrorCode.BAD_ARGUMENT);
        }
        if (owner == 0) {
            grant(session, me, 1);
            return token;
        }
        if (mine && type != ObjectType.LOCK) {
            levels++;
            return token;
        }
        if (mine && timeout == -1) {
            return error(ErrorCode.ILLEGAL_STATE);
        }
        Object reply = park(session, LockOp.ACQUIRE, args, timeout, ABSENT);
        if (timeout != 0) {
            queue.add(waits.get(waits.size() - 1));
        }
        return reply;
    }

    private Object signal(int count) {
        if (count == 0) {
            return error(ErrorCode.BAD_ARGUMENT);
        }
        long woken = 0;
        for (Wait w : onCondition()) {
            if (woken != count) {
                wake(w, true);
                woken++;
            }
        }
        return woken;
    }

    private void wake(Wait w, Object outcome) {
        w.outcome = outcome;
        w.deadline = Long.MAX_VALUE;
        queue.add(w);
    }

    private Object await(long session, int me, int timeout, @Nullable Object[] args) {
        long had = levels;
        if (timeout == 0 && queue.isEmpty()) {
            grant(session, me, had);
            return false;
        }
        Object reply = park(session, LockOp.AWAIT, args, timeout == 0 ? -1 : timeout, false);
        Wait w = waits.get(waits.size() - 1);
        w.levels = had;
        if (timeout == 0) {
            wake(w, false);
        }
        owner = 0;
        return reply;
    }

    @Override
    @Nullable
    Object timedOut(Wait w) {
        if (w.op == LockOp.AWAIT) {
            wake(w, false);
            return null;
        }
        queue.remove(w);
        return ABSENT;
    }

    @Override
    @Nullable
    Object cancelled(Wait w) {
        if (w.op != LockOp.AWAIT) {
            queue.remove(w);
            return CANCELLED;
        }
        if (queue.contains(w)) {
            passOn(w);
            w.outcome = CANCELLED;
        } else {
            wake(w, CANCELLED);
        }
        return null;
    }

    /** A signal that will not be used is the next one's. */
    private void passOn(Wait w) {
        if (Boolean.TRUE.equals(w.outcome) && !onCondition().isEmpty()) {
            wake(onCondition().get(0), true);
        }
    }

    @Override
    void abandoned(Wait w) {
        queue.remove(w);
        passOn(w);
    }

    @Override
    void ended(long session) {
        owner = owner == session ? 0 : owner;
    }

    @Override
    void settle() {
        if (owner == 0 && !queue.isEmpty()) {
            Wait w = queue.remove(0);
            grant(w.session, w.number(0), w.levels);
            finish(w, w.op == LockOp.ACQUIRE ? (Object) token : w.outcome);
        }
    }
}
