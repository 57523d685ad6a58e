package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lock or reentrant lock with named conditions, handed on in order of arrival. The owner is a holder of a session. Between
 * entries, somebody waits for the lock only while it is owned.
 *
 * <p>A waiter of a condition owns nothing. When the wait ends, signalled or not, the waiter goes to the end of the queue for
 * the lock and is answered when it owns the lock again. A signal whose waiter is cancelled or lost before that goes to the
 * next waiter of the condition.
 */
final class LockState extends ObjectState implements Ownable {
    private final Waiters<LockWaiter> queue = new Waiters<>(LockWaiter::new);
    /** Only conditions that somebody waits on. */
    private final Map<String, Waiters<LockWaiter>> conditions = new LinkedHashMap<>();

    private final OrphanedHold orphan = new OrphanedHold(this, this::takeOrphan);

    private @Nullable SessionState owner;
    private long holder;
    private long levels;
    private long token; // of the latest grant

    LockState(ObjectType type, long id, @Nullable String name) {
        super(type, id, name);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        throw new IllegalStateException("made without arguments");
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        boolean granted = op == LockOp.ACQUIRE && (owner == null || (owner == caller && holder == a.integer(0)));
        return granted ? StateMachine.KEEPS_NOTHING : super.growth(op, a, caller);
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof LockOp lockOp)) {
            throw notMine(op);
        }
        return switch (lockOp) {
            case ACQUIRE -> acquire(a.integer(0), a.integer(1), context);
            case RELEASE -> {
                checkOwner(a, context);
                levels--;
                if (levels == 0) {
                    free(context);
                }
                yield Reply.NOTHING;
            }
            case IS_LOCKED -> Reply.bool(owner != null);
            case HOLD_COUNT -> Reply.integer(owns(a, context) ? levels : 0);
            case TOKEN -> owns(a, context) ? Reply.integer(token) : Reply.ABSENT;
            case QUEUE_LENGTH -> Reply.integer(queue.size());
            case AWAIT -> await(a, context);
            case SIGNAL -> signal(a, context);
            case CHECK -> Reply.bool(isCurrent(a.integer(0)));
        };
    }

    /** Whether a fencing token is that of the present owner. */
    boolean isCurrent(long asked) {
        return owner != null && token == asked;
    }

    private boolean owns(Args a, ApplyContext context) {
        return owner == context.caller() && holder == a.integer(0);
    }

    private void checkOwner(Args a, ApplyContext context) {
        if (!owns(a, context)) {
            throw new ValueException(
                    ErrorCode.NOT_OWNER,
                    owner == null ? "the lock is not locked" : "the lock is held by another thread or process");
        }
    }

    private @Nullable Reply acquire(long asker, long timeout, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (owner == null) {
            grant(context.caller(), asker, 1, context);
            return Reply.integer(token);
        }
        if (owner == context.caller() && holder == asker) {
            if (type() == ObjectType.RLOCK) {
                levels++;
                return Reply.integer(token);
            }
            if (timeout == -1) {
                throw new ValueException(
                        ErrorCode.ILLEGAL_STATE,
                        "this thread already holds the lock and would wait for itself for ever; use an rlock");
            }
        }
        if (timeout == 0) {
            return Reply.ABSENT;
        }
        LockWaiter before = queue.last();
        LockWaiter w = context.park(this, queue, deadline);
        w.holder = asker;
        if (deadline == Long.MAX_VALUE) {
            tellPlace(w, before, context);
        }
        orphan.watch(queue, 1, context);
        return null;
    }

    /**
     * A client that waits right behind itself may hand the lock over within its process: nobody comes between the two, and a wait without a time
     * limit ends early only if the client says so.
     */
    private void tellPlace(LockWaiter w, @Nullable LockWaiter before, ApplyContext context) {
        if (before != null) {
            if (before.session == w.session) {
                context.follows(w, before.holder, before.levels, false);
            }
        } else if (owner == w.session) {
            context.follows(w, holder, levels, true);
        }
    }

    /**
     * Gives the free lock to somebody. The token is the index of the entry that grants, or one more than the latest token
     * where one entry grants twice: tokens only grow.
     */
    private void grant(SessionState session, long newHolder, long count, ApplyContext context) {
        owner = session;
        holder = newHolder;
        levels = count;
        token = Math.max(context.index(), token + 1);
        session.owned.put(id(), this);
    }

    private void free(ApplyContext context) {
        orphan.clear(context);
        if (owner != null) {
            owner.owned.remove(id());
        }
        owner = null;
        levels = 0;
        LockWaiter w = queue.first();
        if (w != null) {
            grant(w.session, w.holder, w.levels, context);
            context.finish(w, grantedReply(w));
        }
    }

    private Reply grantedReply(LockWaiter w) {
        if (w.condition == null) {
            return Reply.integer(token);
        }
        return w.outcome == Waiter.Outcome.CANCELLED
                ? cancelledReply()
                : Reply.bool(w.outcome == Waiter.Outcome.SIGNALLED);
    }

    private @Nullable Reply await(Args a, ApplyContext context) {
        long timeout = a.integer(2);
        long deadline = context.deadline(timeout);
        checkOwner(a, context);
        String condition = a.text(1);
        long saved = levels;
        if (timeout == 0 && queue.isEmpty()) {
            // released and had again at once
            grant(context.caller(), holder, saved, context);
            return Reply.FALSE;
        }
        context.checkWaiters(this);
        Waiters<LockWaiter> list =
                timeout == 0 ? queue : conditions.computeIfAbsent(condition, c -> new Waiters<>(LockWaiter::new));
        LockWaiter w = context.park(this, list, timeout == 0 ? Long.MAX_VALUE : deadline);
        w.holder = holder;
        w.levels = saved;
        w.condition = condition;
        if (timeout == 0) {
            w.outcome = Waiter.Outcome.TIMED_OUT;
        }
        free(context);
        return null;
    }

    private Reply signal(Args a, ApplyContext context) {
        checkOwner(a, context);
        long count = a.integer(2);
        if (count == 0 || count < -1) {
            throw badArgument("count must be at least 1, or -1 for all, not " + count);
        }
        Waiters<LockWaiter> list = conditions.get(a.text(1));
        long woken = 0;
        while (list != null && woken != count) {
            LockWaiter w = list.first();
            if (w == null) {
                break;
            }
            wake(w, Waiter.Outcome.SIGNALLED, context);
            woken++;
        }
        return Reply.integer(woken);
    }

    /** Moves a waiter of a condition to the queue for the lock. */
    private void wake(LockWaiter w, Waiter.Outcome outcome, ApplyContext context) {
        leaveCondition(w);
        context.deadlines().remove(w);
        w.outcome = outcome;
        w.since = context.now(); // from now on it waits for the lock
        queue.add(w);
        if (owner == null) {
            free(context);
        }
        orphan.watch(queue, 1, context);
    }

    private void leaveCondition(LockWaiter w) {
        Waiters<?> list = w.list;
        if (list != null) {
            list.remove(w);
            if (list.isEmpty()) {
                conditions.remove(w.condition);
            }
        }
    }

    /** A signalled waiter will not use its signal. */
    private void passOn(LockWaiter w, ApplyContext context) {
        if (w.outcome == Waiter.Outcome.SIGNALLED) {
            Waiters<LockWaiter> list = conditions.get(w.condition);
            LockWaiter next = list == null ? null : list.first();
            if (next != null) {
                wake(next, Waiter.Outcome.SIGNALLED, context);
            }
        }
    }

    private void takeOrphan(ApplyContext context) {
        if (orphan.expired(queue, context) == null) {
            orphan.watch(queue, 1, context);
        } else {
            free(context);
        }
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        if (w.list == queue) {
            context.finish(w, Reply.ABSENT);
        } else {
            wake((LockWaiter) w, Waiter.Outcome.TIMED_OUT, context);
        }
    }

    @Override
    void cancel(Waiter waiter, ApplyContext context) {
        LockWaiter w = (LockWaiter) waiter;
        if (w.list != queue) {
            wake(w, Waiter.Outcome.CANCELLED, context);
        } else if (w.condition == null) {
            context.finish(w, cancelledReply());
        } else {
            passOn(w, context);
            w.outcome = Waiter.Outcome.CANCELLED;
        }
    }

    @Override
    void abandon(Waiter waiter, ApplyContext context) {
        LockWaiter w = (LockWaiter) waiter;
        if (w.list != queue) {
            leaveCondition(w);
        }
        context.unpark(w);
        passOn(w, context);
    }

    @Override
    public OrphanedHold orphan() {
        return orphan;
    }

    @Override
    public boolean orphaned(SessionState session, Command.Orphaned orphaned, ApplyContext context) {
        if (owner != session || holder != orphaned.holder()) {
            return false;
        }
        orphan.set(session, levels, orphaned.patience(), context);
        orphan.watch(queue, 1, context);
        return true;
    }

    @Override
    public void forEachOwner(OwnerSink sink) {
        if (owner != null) {
            sink.owner(owner, holder, levels);
        }
    }

    @Override
    public void forEachWaiting(WaitingSink sink) {
        queue.forEach(w -> sink.waiting(w.session, w.holder, w.levels, w.since));
    }

    @Override
    public boolean releaseAll(ApplyContext context) {
        boolean owned = owner != null;
        if (owned) {
            free(context);
        }
        return owned;
    }

    @Override
    public long ownedSince(SessionState session) {
        return token;
    }

    @Override
    public void ownerGone(SessionState session, ApplyContext context) {
        free(context);
    }

    /** How many wait on a condition. */
    int waitersOn(String condition) {
        Waiters<LockWaiter> list = conditions.get(condition);
        return list == null ? 0 : list.size();
    }

    /** Ends the waits on a condition without giving the lock back to the waiters. */
    void endCondition(String condition, Reply reply, ApplyContext context) {
        Waiters<LockWaiter> list = conditions.remove(condition);
        for (Waiter w = list == null ? null : list.first(); w != null; w = list.first()) {
            context.finish(w, reply);
        }
    }

    @Override
    void dispose(ApplyContext context) {
        orphan.clear(context);
        for (LockWaiter w = queue.first(); w != null; w = queue.first()) {
            context.finish(w, goneReply());
        }
        for (Waiters<LockWaiter> list : conditions.values()) {
            for (LockWaiter w = list.first(); w != null; w = list.first()) {
                context.finish(w, goneReply());
            }
        }
        conditions.clear();
        if (owner != null) {
            owner.owned.remove(id());
            owner = null;
        }
    }

    /** The session that owns the lock, or null. */
    @Nullable
    SessionState owner() {
        return owner;
    }

    /** The token of the latest grant; 0 before the first. */
    long token() {
        return token;
    }

    @Override
    void addDetails(ContainerBuilder row) {
        row.add("holder", ownerValue()).add("token", tokenValue());
    }

    @Override
    long size() {
        return levels;
    }

    @Override
    int waiters() {
        int n = queue.size();
        for (Waiters<LockWaiter> list : conditions.values()) {
            n += list.size();
        }
        return n;
    }

    byte[] ownerValue() {
        return owner == null ? Values.NULL : Values.ofInteger(owner.id());
    }

    byte[] tokenValue() {
        return owner == null ? Values.NULL : Values.ofInteger(token);
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("locked", Values.ofBool(owner != null))
                .add("holder", ownerValue())
                .add("levels", Values.ofInteger(levels))
                .add("token", tokenValue())
                .add("waiters", Values.ofInteger(waiters()))
                .build();
    }

    @Override
    ObjectState durableCopy() {
        LockState copy = new LockState(type(), id(), name());
        copy.token = token;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        // a lock stores nothing
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(owner == null ? 0 : owner.id()).i64(holder).i64(levels).i64(token);
        orphan.snapshot(out);
        queue.snapshot(out);
        out.i32(conditions.size());
        for (Map.Entry<String, Waiters<LockWaiter>> e : conditions.entrySet()) {
            out.text(e.getKey());
            e.getValue().snapshot(out);
        }
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        long session = in.i64();
        holder = in.i64();
        levels = in.i64();
        token = in.i64();
        if (levels > 0) {
            owner = context.sessions().present(session);
            owner.owned.put(id(), this);
        }
        orphan.restore(in, context);
        queue.restore(in, this, context);
        for (int n = in.i32(); n > 0; n--) {
            Waiters<LockWaiter> list = new Waiters<>(LockWaiter::new);
            conditions.put(in.text(), list);
            list.restore(in, this, context);
        }
    }
}
