package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue, joinable queue, simple queue or priority queue: puts, takes, and the requests that wait for either. The items
 * themselves are {@link QueueItems}; what a joinable queue does with items that were taken is {@link Redelivery}. Between entries, takers wait
 * only while it is empty, and putters only while it is full: {@link #settle} restores that after each change.
 *
 * <p>An item taken belongs to the session until it acknowledges the delivery; if the session ends before, the item goes back
 * to where it was, ahead of all items put later, even beyond the capacity. The count of unfinished items rises with each item
 * put and falls only with {@code task_done}, as in CPython: taking, removing and clearing do not change it, but an immediate
 * {@link QueueShutdown} drops items as if they were done.
 */
final class QueueState extends ObjectState {
    /** What a taker asked for, in {@link Waiter#holder}: the item, or the item with its count and number. */
    private static final long PLAIN = 0;

    private static final long WITH_NUMBER = 1;
    /** Bytes of an item in an answer and a delivery, and of one that is being worked on. */
    private static final long HANDED_OUT = 32;

    private static final long IN_FLIGHT = 160;
    /** Bytes from which on what is handed out counts as kept. */
    private static final long MANY = 64 << 10;
    /** More at once would keep the server from everybody else for too long. */
    private static final long MAX_DRAINED = 500_000;

    private final QueueItems items;
    private final Waiters<Taker> takers = new Waiters<>(Taker::new);
    private final Waiters<Putter> putters = new Waiters<>(Putter::new);
    private long capacity = Long.MAX_VALUE;
    /** Of a joinable queue; null for the others. */
    private final @Nullable Redelivery redelivery;

    private final UnfinishedCount unfinished = new UnfinishedCount();
    private final QueueShutdown shutdown = new QueueShutdown(this);

    QueueState(ObjectType type, long id, @Nullable String name) {
        this(type, id, name, new QueueItems(type == ObjectType.PRIORITY_QUEUE));
    }

    private QueueState(ObjectType type, long id, @Nullable String name, QueueItems items) {
        super(type, id, name);
        this.items = items;
        redelivery = type == ObjectType.JOINABLE_QUEUE ? new Redelivery(this) : null;
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        long most = Values.integer(b, first);
        capacity = most <= 0 ? Long.MAX_VALUE : most;
    }

    @Override
    @Nullable
    String difference(byte[] b, int first, int count) {
        long most = Values.integer(b, first);
        long asked = most <= 0 ? Long.MAX_VALUE : most;
        return asked == capacity ? null : "has " + bounded(capacity) + ", not " + bounded(asked);
    }

    private static String bounded(long capacity) {
        return capacity == Long.MAX_VALUE ? "no bound" : "capacity " + capacity;
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        if (!(op instanceof QueueOp queueOp)) {
            return StateMachine.KEEPS_NOTHING;
        }
        return switch (queueOp) {
            case PUT -> items.growth(1) + PARKED;
            case ADD_ALL -> {
                int more = Values.count(a.buffer(), a.start(0));
                yield items.growth(more) + more * ELEMENT;
            }
                // removing goes on; only what is handed out in great numbers at once takes more than it gives
            case TAKE, TAKE_DELIVERY -> items.isEmpty() ? super.growth(op, a, caller) : handingOut(1, caller);
            case DRAIN, DRAIN_DELIVERIES -> handingOut(Math.min(Math.max(0, a.integer(0)), items.size()), caller);
            case JOIN -> unfinished.count() == 0 ? StateMachine.KEEPS_NOTHING : super.growth(op, a, caller);
            default -> super.growth(op, a, caller);
        };
    }

    private long handingOut(long n, @Nullable SessionState caller) {
        long bytes = n * (redelivery == null ? HANDED_OUT : HANDED_OUT + IN_FLIGHT)
                + (caller == null ? 0 : caller.deliveries.growth(1));
        return bytes < MANY ? StateMachine.KEEPS_NOTHING : bytes;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof QueueOp queueOp)) {
            throw notMine(op);
        }
        return switch (queueOp) {
            case PUT -> put(a, context);
            case TAKE -> take(a.integer(0), PLAIN, context);
            case ADD_ALL -> addAll(a, context);
            case DRAIN -> drain(a.integer(0), PLAIN, context);
            case PEEK -> items.isEmpty() ? Reply.ABSENT : Reply.value(items.get(0));
            case SIZE -> Reply.integer(items.size());
            case REMAINING_CAPACITY -> Reply.integer(Math.max(0, Math.min(Integer.MAX_VALUE, capacity - items.size())));
            case CONTAINS -> Reply.bool(items.find(a, context) >= 0);
            case REMOVE_VALUE -> remove(items.firstPosition(a, context), context);
            case REMOVE_ALL -> remove(items.positions(values(a, 0, context), true, context), context);
            case RETAIN_ALL -> remove(items.positions(values(a, 0, context), false, context), context);
            case CLEAR -> {
                clear(context);
                settle(context);
                yield Reply.NOTHING;
            }
            case SLICE -> Reply.value(items.slice(a.integer(0), a.integer(1), context.maxReplyBytes()));
            case TASK_DONE -> taskDone(a, context);
            case JOIN -> unfinished.join(this, a.integer(0), context);
            case UNFINISHED -> Reply.integer(unfinished.count());
            case TAKE_DELIVERY -> {
                redelivery();
                yield take(a.integer(0), WITH_NUMBER, context);
            }
            case DRAIN_DELIVERIES -> {
                redelivery();
                yield drain(a.integer(0), WITH_NUMBER, context);
            }
            case DONE -> Reply.bool(redelivery().done(a.integer(0), context));
            case CONFIGURE -> {
                redelivery().configure(a, context);
                yield Reply.NOTHING;
            }
            case LEAVE_UNFINISHED -> {
                redelivery().leaveUnfinished(context);
                yield Reply.NOTHING;
            }
            case IN_PROGRESS -> Reply.integer(inProgress());
            case SHUTDOWN -> {
                shutdown(a.bool(0), context);
                yield Reply.NOTHING;
            }
            case IS_SHUTDOWN -> Reply.bool(shutdown.done());
            case REMOVE_NEAR -> {
                int i = items.nearest(a, context);
                if (i >= 0) {
                    BitSet position = new BitSet();
                    position.set(i);
                    Reply unused = remove(position, context);
                }
                yield Reply.integer(i);
            }
        };
    }

    private @Nullable Reply put(Args a, ApplyContext context) {
        long timeout = a.integer(1);
        long deadline = context.deadline(timeout);
        shutdown.checkPut();
        KeyedEntries.checkReferences(a, 0, context);
        items.check(a.buffer(), a.start(0));
        boolean room = putters.isEmpty() && items.size() < capacity;
        if (!room && timeout == 0) {
            return Reply.FALSE;
        }
        if (room) {
            context.checkEntries(kept(), 1);
        } else {
            context.checkWaiters(this);
        }
        byte[] value = a.value(0);
        // takes memory, or fails having changed nothing
        if (!room) {
            context.park(this, putters, deadline).item = value;
            context.references().retain(value);
            return null;
        }
        append(value);
        context.references().retain(value);
        settle(context);
        return Reply.TRUE;
    }

    private int inProgress() {
        return redelivery == null ? 0 : redelivery.size();
    }

    private long kept() {
        return (long) items.size() + inProgress();
    }

    private @Nullable Reply take(long timeout, long form, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (items.isEmpty()) {
            shutdown.checkTake();
            if (timeout != 0) {
                context.park(this, takers, deadline).form = form;
                return null;
            }
            return Reply.ABSENT;
        }
        Reply reply = handOver(context.caller(), context.request(), form, context);
        settle(context);
        return reply;
    }

    /** Hands the head to the request of a session. */
    private Reply handOver(SessionState session, long request, long form, ApplyContext context) {
        // before the item leaves the queue: memory may run out
        session.deliveries.reserve(1);
        QueueItems.Taken taken = items.takeFirst();
        byte[] item = taken.item();
        byte[][] delivered = {item};
        if (redelivery == null) {
            context.deliver(session, request, id(), delivered, new long[] {taken.position()}, false);
            return Reply.value(item);
        }
        InFlightItems.Item inFlight = redelivery.take(session, taken, context);
        context.deliver(session, request, id(), delivered, new long[] {inFlight.number()}, true);
        return Reply.value(form == PLAIN ? item : Redelivery.withNumber(inFlight));
    }

    private Reply addAll(Args a, ApplyContext context) {
        shutdown.checkPut();
        KeyedEntries.checkReferences(a, 0, context);
        items.charge(a.buffer(), a.start(0), context);
        List<byte[]> values = a.values(0);
        for (byte[] value : values) {
            items.check(value, 0);
        }
        // takers who wait make room at once
        boolean room = capacity == Long.MAX_VALUE
                || (putters.isEmpty() && values.size() <= capacity - items.size() + takers.size());
        if (!room && !values.isEmpty()) {
            return Reply.FALSE;
        }
        context.checkEntries(kept(), values.size());
        // takes memory, or fails having changed nothing; what follows takes none
        items.reserve(values.size());
        for (byte[] value : values) {
            context.references().retain(value);
            append(value);
        }
        settle(context);
        return Reply.TRUE;
    }

    private Reply drain(long limit, long form, ApplyContext context) {
        if (limit < 0) {
            throw badArgument("limit must not be negative, but is " + limit);
        }
        int n = items.fitting(
                0, Math.min(limit, MAX_DRAINED), form == PLAIN ? 0 : Redelivery.NUMBER_BYTES, context.maxReplyBytes());
        byte[][] taken = new byte[n][];
        byte[][] answer = new byte[n][];
        long[] positions = new long[n];
        context.caller().deliveries.reserve(1);
        for (int i = 0; i < n; i++) {
            QueueItems.Taken first = items.takeFirst();
            taken[i] = first.item();
            answer[i] = first.item();
            if (redelivery == null) {
                positions[i] = first.position();
            } else {
                InFlightItems.Item inFlight = redelivery.take(context.caller(), first, context);
                positions[i] = inFlight.number();
                answer[i] = form == PLAIN ? answer[i] : Redelivery.withNumber(inFlight);
            }
        }
        if (n > 0) {
            context.deliver(context.caller(), context.request(), id(), taken, positions, redelivery != null);
            settle(context);
        }
        return Reply.value(ContainerBuilder.sequence(Tag.LIST, List.of(answer), Integer.MAX_VALUE - 64));
    }

    private Reply taskDone(Args a, ApplyContext context) {
        Redelivery taken = a.present(0) ? redelivery() : redelivery;
        long number = a.present(0) ? a.integer(0) : 0;
        if (taken != null
                && (a.present(0) ? taken.takeGap(number, context.caller()) : taken.takeGap(context.caller()))) {
            return Reply.NOTHING;
        }
        unfinished.checkAny();
        // the delivery may have been reported by a thread that took nothing: then one more is done than this one
        if (taken != null && !(a.present(0) && taken.finish(number, context))) {
            taken.finishOldest(context);
        }
        unfinished.finishOne(context);
        return Reply.NOTHING;
    }

    /** Nobody waits to put or to take after this. */
    private void shutdown(boolean immediate, ApplyContext context) {
        shutdown.begin(immediate);
        if (immediate) {
            int dropped = items.size();
            clear(context);
            unfinished.finish(dropped, context);
        }
        takers.endAll(shutdown.takeReply(), context);
        putters.endAll(shutdown.putReply(), context);
    }

    boolean isShutdown() {
        return shutdown.done();
    }

    UnfinishedCount unfinished() {
        return unfinished;
    }

    /** Of a joinable queue; an error for the others. */
    Redelivery redelivery() {
        if (redelivery == null) {
            throw new ValueException(
                    ErrorCode.WRONG_TYPE,
                    "only a joinable queue keeps what was taken until it is done, and object " + id() + " is "
                            + withArticle(type()));
        }
        return redelivery;
    }

    /** On a durable copy: what was being worked on is back in the queue. */
    void takeBackInFlight() {
        if (redelivery != null) {
            redelivery.takeBackCopied();
        }
    }

    /** The items being worked on and the reference to the dead-letter queue, for tests. */
    void forEachKept(Consumer<byte[]> action) {
        if (redelivery != null) {
            redelivery.forEachKept(action);
        }
    }

    private Reply remove(BitSet positions, ApplyContext context) {
        if (positions.isEmpty()) {
            return Reply.FALSE;
        }
        for (int i = positions.nextSetBit(0); i >= 0; i = positions.nextSetBit(i + 1)) {
            context.references().release(items.get(i));
        }
        items.removeAll(positions);
        settle(context);
        return Reply.TRUE;
    }

    private void clear(ApplyContext context) {
        items.forEach(context.references()::release);
        items.clear();
    }

    /** A new item, whose references are counted. {@link #settle} must follow. */
    void append(byte[] value) {
        items.append(value);
        unfinished.add();
    }

    /** Makes sure that so many items can be put back without memory. */
    void makeRoom(int more) {
        items.reserve(more);
    }

    /** Puts back an item whose taker is gone, or drops it if that is too late. {@link #settle} must follow. */
    void takeBack(byte[] item, long position, int deliveries, ApplyContext context) {
        if (shutdown.drops()) {
            context.references().release(item);
            unfinished.finishOne(context);
        } else {
            items.takeBack(item, position, deliveries);
        }
    }

    /** The same on a durable copy, where nobody waits and references are counted later. */
    void takeBackCopied(byte[] item, long position, int deliveries) {
        if (shutdown.drops()) {
            unfinished.count(Math.max(0, unfinished.count() - 1));
        } else {
            items.takeBack(item, position, deliveries);
        }
    }

    /** Serves waiting takers and admits waiting putters, in order of arrival, as far as there are items and room. */
    void settle(ApplyContext context) {
        while (true) {
            Putter putter = putters.first();
            Taker taker = takers.first();
            if (taker != null && !items.isEmpty()) {
                context.finish(taker, handOver(taker.session, taker.request, taker.form, context));
            } else if (putter != null && items.size() < capacity) {
                append(Objects.requireNonNull(putter.item, "a parked put without an item"));
                context.finish(putter, Reply.TRUE);
            } else {
                return;
            }
        }
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        Waiters.end(w, w.list == takers ? Reply.ABSENT : Reply.FALSE, context);
    }

    @Override
    void cancel(Waiter w, ApplyContext context) {
        Waiters.end(w, cancelledReply(), context);
    }

    @Override
    void abandon(Waiter w, ApplyContext context) {
        w.releaseContent(context);
        context.unpark(w);
    }

    @Override
    void dispose(ApplyContext context) {
        takers.endAll(goneReply(), context);
        putters.endAll(goneReply(), context);
        unfinished.joiners().endAll(goneReply(), context);
        clear(context);
        if (redelivery != null) {
            redelivery.dispose(context);
        }
    }

    @Override
    void addDetails(ContainerBuilder row) {
        if (isShutdown()) {
            row.add("shutdown", Values.ofBool(true));
        }
    }

    @Override
    long size() {
        return items.size();
    }

    @Override
    int waiters() {
        return takers.size() + putters.size() + unfinished.joiners().size();
    }

    @Override
    byte[] describe(int maxBytes) {
        return items.list(maxBytes);
    }

    @Override
    ObjectState durableCopy() {
        QueueState copy = new QueueState(type(), id(), name(), items.copy());
        copy.capacity = capacity;
        copy.unfinished.count(unfinished.count());
        copy.shutdown.copy(shutdown);
        if (redelivery != null && copy.redelivery != null) {
            copy.redelivery.copy(redelivery);
        }
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        items.forEach(action);
        if (redelivery != null) {
            redelivery.forEachStored(action);
        }
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(capacity).i64(unfinished.count());
        shutdown.snapshot(out);
        items.snapshot(out);
        if (redelivery == null) {
            Redelivery.snapshotOfNone(out);
        } else {
            redelivery.snapshot(out);
        }
        takers.snapshot(out);
        putters.snapshot(out);
        unfinished.joiners().snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        capacity = in.i64();
        unfinished.count(in.i64());
        shutdown.restore(in);
        items.restore(in);
        if (redelivery == null) {
            Redelivery.restoreNone(in);
        } else {
            redelivery.restore(in, context);
        }
        takers.restore(in, this, context);
        putters.restore(in, this, context);
        unfinished.joiners().restore(in, this, context);
    }
}
