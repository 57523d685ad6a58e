package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.SemaphoreOp;
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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore or bounded semaphore. Between entries, the first in line asks for more permits than are free; requests behind it are not served before
 * it.
 *
 * <p>Sessions own the permits they acquired. A release gives back the session's own permits first and then those of the longest owner, so that a permit may be handed from one process to another and the end of the first does not give it back
 * again.
 */
final class SemaphoreState extends WaitingState<PermitWaiter> implements Ownable {
    /** More would not fit a Java int at the clients. */
    private static final long MOST = Integer.MAX_VALUE;

    private static final class Share {
        long permits;
        final long since;

        Share(long permits, long since) {
            this.permits = permits;
            this.since = since;
        }
    }

    private long free;
    /** How many there were at first. */
    private long initial;
    /** The most there are, for a bounded one. */
    private long bound = MOST;
    /** The longest owner first. */
    private final Map<SessionState, Share> owners = new LinkedHashMap<>();

    private final OrphanedHold orphan = new OrphanedHold(this, this::takeOrphans);

    SemaphoreState(ObjectType type, long id, @Nullable String name) {
        super(type, id, name, PermitWaiter::new);
        permits(1);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        permits(Values.integer(b, first));
    }

    @Override
    @Nullable
    String difference(byte[] b, int first, int count) {
        long asked = Values.integer(b, first);
        return asked == initial ? null : "was made with " + initial + " permits, not " + asked;
    }

    private void permits(long permits) {
        free = permits;
        initial = permits;
        bound = type() == ObjectType.BOUNDED_SEMAPHORE ? permits : MOST;
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        boolean granted = op == SemaphoreOp.ACQUIRE && waiting.isEmpty() && a.integer(0) <= free;
        return granted ? StateMachine.KEEPS_NOTHING : super.growth(op, a, caller);
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof SemaphoreOp semaphoreOp)) {
            throw notMine(op);
        }
        return switch (semaphoreOp) {
            case ACQUIRE -> acquire(permits(a), a.integer(1), context);
            case RELEASE -> {
                release(permits(a), context);
                yield Reply.NOTHING;
            }
            case AVAILABLE -> Reply.integer(free);
            case DRAIN -> {
                long all = free;
                if (all > 0) {
                    grant(context.caller(), all, context);
                }
                yield Reply.integer(all);
            }
            case HELD -> Reply.integer(held(context.caller()));
            case QUEUE_LENGTH -> Reply.integer(waiters());
        };
    }

    private static long permits(Args a) {
        long permits = a.integer(0);
        if (permits < 1 || permits > MOST) {
            throw badArgument("permits must be 1 to " + MOST + ", not " + permits);
        }
        return permits;
    }

    private long held(SessionState session) {
        Share share = owners.get(session);
        return share == null ? 0 : share.permits;
    }

    private @Nullable Reply acquire(long permits, long timeout, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (permits > bound) {
            throw badArgument(permits + " permits can never be had: the semaphore has " + bound);
        }
        if (waiting.isEmpty() && permits <= free) {
            grant(context.caller(), permits, context);
            return Reply.TRUE;
        }
        if (timeout == 0) {
            return Reply.FALSE;
        }
        context.park(this, waiting, deadline).permits = permits;
        watch(context);
        return null;
    }

    private void grant(SessionState session, long permits, ApplyContext context) {
        free -= permits;
        owners.computeIfAbsent(session, s -> new Share(0, context.index())).permits += permits;
        session.owned.put(id(), this);
    }

    private void release(long permits, ApplyContext context) {
        long owned = 0;
        for (Share share : owners.values()) {
            owned += share.permits;
        }
        long added = Math.max(0, permits - owned);
        if (added > 0 && free + owned + added > bound) {
            throw new ValueException(
                    ErrorCode.ILLEGAL_STATE,
                    type() == ObjectType.BOUNDED_SEMAPHORE
                            ? "semaphore released too many times: " + permits + " permits were given back, " + owned
                                    + " are out"
                            : "the semaphore would have more than " + MOST + " permits");
        }
        long left = permits - giveBack(context.caller(), permits, context);
        while (left > 0 && !owners.isEmpty()) {
            left -= giveBack(owners.keySet().iterator().next(), left, context);
        }
        free += permits;
        settle(context);
    }

    /** Takes up to a number of permits from a session, without making them free; returns how many. */
    private long giveBack(SessionState session, long most, ApplyContext context) {
        Share share = owners.get(session);
        if (share == null) {
            return 0;
        }
        long n = Math.min(most, share.permits);
        share.permits -= n;
        orphan.atMost(session, share.permits, context);
        if (share.permits == 0) {
            owners.remove(session);
            session.owned.remove(id());
        }
        return n;
    }

    @Override
    void settle(ApplyContext context) {
        for (PermitWaiter w = waiting.first(); w != null && w.permits <= free; w = waiting.first()) {
            grant(w.session, w.permits, context);
            context.finish(w, Reply.TRUE);
        }
        watch(context);
    }

    /**
     * Orphaned permits go to a request that has waited for long enough, unless there are more permits than at first: then the semaphore counts
     * events, acquirers never give back, and nothing is missing.
     */
    private void watch(ApplyContext context) {
        PermitWaiter first = waiting.first();
        if (first != null && total() <= initial) {
            orphan.watch(waiting, first.permits - free, context);
        }
    }

    private void takeOrphans(ApplyContext context) {
        SessionState gone = orphan.expired(waiting, context);
        PermitWaiter first = waiting.first();
        if (gone != null && first != null && first.permits - free <= orphan.count(gone) && total() <= initial) {
            long needed = first.permits - free;
            long left = orphan.count(gone) - needed;
            free += giveBack(gone, needed, context);
            orphan.atMost(gone, left, context);
            settle(context);
        } else {
            watch(context);
        }
    }

    @Override
    public OrphanedHold orphan() {
        return orphan;
    }

    @Override
    public boolean orphaned(SessionState session, Command.Orphaned orphaned, ApplyContext context) {
        long gone = Math.max(0, held(session) - orphaned.live());
        orphan.set(session, gone, orphaned.patience(), context);
        watch(context);
        return gone > 0;
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        context.finish(w, Reply.FALSE);
        settle(context);
    }

    @Override
    public void forEachOwner(OwnerSink sink) {
        owners.forEach((session, share) -> sink.owner(session, 0, share.permits));
    }

    @Override
    public void forEachWaiting(WaitingSink sink) {
        waiting.forEach(w -> sink.waiting(w.session, 0, w.permits, w.since));
    }

    @Override
    public boolean releaseAll(ApplyContext context) {
        boolean owned = !owners.isEmpty();
        while (!owners.isEmpty()) {
            free += giveBack(owners.keySet().iterator().next(), Long.MAX_VALUE, context);
        }
        settle(context);
        return owned;
    }

    @Override
    public long ownedSince(SessionState session) {
        Share share = owners.get(session);
        return share == null ? 0 : share.since;
    }

    @Override
    public void ownerGone(SessionState session, ApplyContext context) {
        free += giveBack(session, Long.MAX_VALUE, context);
        settle(context);
    }

    @Override
    void dispose(ApplyContext context) {
        super.dispose(context);
        orphan.clear(context);
        for (Iterator<SessionState> i = owners.keySet().iterator(); i.hasNext(); ) {
            i.next().owned.remove(id());
            i.remove();
        }
    }

    long bound() {
        return bound;
    }

    /** All permits, free or owned. */
    long total() {
        long sum = free;
        for (Share share : owners.values()) {
            sum += share.permits;
        }
        return sum;
    }

    @Override
    long size() {
        return free;
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("available", Values.ofInteger(free))
                .add("held", Values.ofInteger(total() - free))
                .add("waiters", Values.ofInteger(waiters()))
                .build();
    }

    @Override
    ObjectState durableCopy() {
        SemaphoreState copy = new SemaphoreState(type(), id(), name());
        copy.bound = bound;
        copy.initial = initial;
        copy.free = total();
        return copy;
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(bound).i64(initial).i64(free).i32(owners.size());
        owners.forEach(
                (session, share) -> out.i64(session.id()).i64(share.permits).i64(share.since));
        orphan.snapshot(out);
        waiting.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        bound = in.i64();
        initial = in.i64();
        free = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            SessionState session = context.sessions().present(in.i64());
            owners.put(session, new Share(in.i64(), in.i64()));
            session.owned.put(id(), this);
        }
        orphan.restore(in, context);
        waiting.restore(in, this, context);
    }
}
