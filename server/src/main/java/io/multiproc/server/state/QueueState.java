package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue, joinable queue or simple queue. Between entries, takers wait only while it is empty, and putters only while it is
 * full: {@link #settle} restores that after each change.
 *
 * <p>A priority queue keeps its items in order, equal ones in order of arrival. What counts is the item itself or, of a tuple or
 * list, its first element: a number, a text or bytes, of the same kind for all items that the queue ever sees.
 *
 * <p>An item taken belongs to the session until it acknowledges the delivery; if the session ends before, the item goes back
 * to where it was, ahead of all items put later, even beyond the capacity. The count of unfinished items rises with each item
 * put and falls only with {@code task_done}, as in CPython: taking, removing and clearing do not change it.
 */
final class QueueState extends ObjectState {
    private final Elements<byte[]> items;
    /** The positions of the first items, those that came back; the items after them have never been taken. */
    private final Elements<Long> returned;
    /** The position that the next item gets that is taken for the first time: a taken item keeps it. */
    private long nextPosition;

    private final Waiters takers = new Waiters();
    private final Waiters putters = new Waiters();
    private final Waiters joiners = new Waiters();
    private long capacity = Long.MAX_VALUE;
    private int kind; // of the priorities; 0 before the first
    private long unfinished;

    QueueState(ObjectType type, long id, @Nullable String name) {
        this(type, id, name, new Elements<>(), new Elements<>());
    }

    private QueueState(
            ObjectType type, long id, @Nullable String name, Elements<byte[]> items, Elements<Long> returned) {
        super(type, id, name);
        this.items = items;
        this.returned = returned;
    }

    void limit(long maxsize) {
        capacity = maxsize <= 0 ? Long.MAX_VALUE : maxsize;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, Turn turn) {
        if (!(op instanceof QueueOp queueOp)) {
            throw notMine(op);
        }
        return switch (queueOp) {
            case PUT -> put(a, turn);
            case TAKE -> take(a.integer(0), turn);
            case ADD_ALL -> addAll(a, turn);
            case DRAIN -> drain(a.integer(0), turn);
            case PEEK -> items.isEmpty() ? Reply.ABSENT : Reply.value(items.get(0));
            case SIZE -> Reply.integer(items.size());
            case REMAINING_CAPACITY -> Reply.integer(Math.max(0, Math.min(Integer.MAX_VALUE, capacity - items.size())));
            case CONTAINS -> Reply.bool(find(a) >= 0);
            case REMOVE_VALUE -> {
                BitSet positions = new BitSet();
                int i = find(a);
                if (i >= 0) {
                    positions.set(i);
                }
                yield remove(positions, turn);
            }
            case REMOVE_ALL -> remove(Matching.positions(items, a.values(0), true), turn);
            case RETAIN_ALL -> remove(Matching.positions(items, a.values(0), false), turn);
            case CLEAR -> {
                clear(turn);
                settle(turn);
                yield Reply.NOTHING;
            }
            case SLICE -> slice(a.integer(0), a.integer(1), turn.maxReplyBytes());
            case TASK_DONE -> taskDone(turn);
            case JOIN -> join(a.integer(0), turn);
            case UNFINISHED -> Reply.integer(unfinished);
        };
    }

    private @Nullable Reply put(Args a, Turn turn) {
        long timeout = a.integer(1);
        long deadline = turn.deadline(timeout);
        Entries.checkReferences(a, 0, turn);
        checkPriority(a.buffer(), a.start(0));
        boolean room = putters.isEmpty() && items.size() < capacity;
        if (!room && timeout == 0) {
            return Reply.FALSE;
        }
        byte[] value = a.value(0);
        turn.references().retain(value);
        if (!room) {
            turn.park(this, putters, deadline).value = value;
            return null;
        }
        append(value);
        settle(turn);
        return Reply.TRUE;
    }

    private @Nullable Reply take(long timeout, Turn turn) {
        long deadline = turn.deadline(timeout);
        if (items.isEmpty()) {
            if (timeout != 0) {
                turn.park(this, takers, deadline);
                return null;
            }
            return Reply.ABSENT;
        }
        long position = headPosition();
        byte[] item = items.removeFirst();
        turn.deliver(id(), new byte[][] {item}, new long[] {position});
        settle(turn);
        return Reply.value(item);
    }

    private Reply addAll(Args a, Turn turn) {
        Entries.checkReferences(a, 0, turn);
        List<byte[]> values = a.values(0);
        for (byte[] value : values) {
            checkPriority(value, 0);
        }
        // takers who wait make room at once
        boolean room = capacity == Long.MAX_VALUE
                || (putters.isEmpty() && values.size() <= capacity - items.size() + takers.size());
        if (!room && !values.isEmpty()) {
            return Reply.FALSE;
        }
        for (byte[] value : values) {
            turn.references().retain(value);
            append(value);
        }
        settle(turn);
        return Reply.TRUE;
    }

    private Reply drain(long limit, Turn turn) {
        if (limit < 0) {
            throw badArgument("limit must not be negative, but is " + limit);
        }
        int most = (int) Math.min(limit, items.size());
        int n = 0;
        long bytes = 9;
        while (n < most && (n == 0 || bytes + items.get(n).length <= turn.maxReplyBytes())) {
            bytes += items.get(n++).length;
        }
        byte[][] taken = new byte[n][];
        long[] positions = new long[n];
        for (int i = 0; i < n; i++) {
            positions[i] = headPosition();
            taken[i] = items.removeFirst();
        }
        if (n > 0) {
            turn.deliver(id(), taken, positions);
            settle(turn);
        }
        return Reply.value(ContainerBuilder.sequence(Tag.LIST, List.of(taken), Integer.MAX_VALUE - 64));
    }

    private Reply slice(long start, long limit, int maxBytes) {
        if (start < 0 || limit < 0) {
            throw badArgument("start and limit must not be negative, but are " + start + " and " + limit);
        }
        int from = (int) Math.min(start, items.size());
        int most = (int) Math.min(limit, items.size() - from);
        int n = 0;
        long bytes = 9;
        while (n < most && (n == 0 || bytes + items.get(from + n).length <= maxBytes)) {
            bytes += items.get(from + n++).length;
        }
        return Reply.value(ContainerBuilder.sequence(Tag.LIST, items.range(from, from + n), Integer.MAX_VALUE - 64));
    }

    private Reply taskDone(Turn turn) {
        if (unfinished == 0) {
            throw new ValueException(ErrorCode.ILLEGAL_STATE, "task_done() called too many times");
        }
        unfinished--;
        if (unfinished == 0) {
            finishAll(joiners, Reply.TRUE, turn);
        }
        return Reply.NOTHING;
    }

    private @Nullable Reply join(long timeout, Turn turn) {
        long deadline = turn.deadline(timeout);
        if (unfinished == 0 || timeout == 0) {
            return Reply.bool(unfinished == 0);
        }
        turn.park(this, joiners, deadline);
        return null;
    }

    private int find(Args a) {
        for (int i = 0; i < items.size(); i++) {
            if (Equality.equal(items.get(i), 0, a.buffer(), a.start(0))) {
                return i;
            }
        }
        return -1;
    }

    private Reply remove(BitSet positions, Turn turn) {
        if (positions.isEmpty()) {
            return Reply.FALSE;
        }
        for (int i = positions.nextSetBit(0); i >= 0; i = positions.nextSetBit(i + 1)) {
            turn.references().release(items.get(i));
        }
        items.removeAll(positions);
        returned.removeAll(positions.get(0, returned.size()));
        settle(turn);
        return Reply.TRUE;
    }

    private void clear(Turn turn) {
        for (int i = 0; i < items.size(); i++) {
            turn.references().release(items.get(i));
        }
        items.clear();
        returned.clear();
    }

    private void append(byte[] value) {
        if (type() == ObjectType.PRIORITY_QUEUE) {
            insertInOrder(value, true);
        } else {
            items.addLast(value);
        }
        unfinished++;
    }

    /** The kinds that can be priorities: 1 a number, 2 a text, 3 bytes. */
    private static int kindOf(byte[] b, int item) {
        Tag tag = Tag.of(b, priority(b, item));
        return tag.isNumber() ? 1 : tag == Tag.STRING ? 2 : tag == Tag.BYTES ? 3 : 0;
    }

    private static int priority(byte[] b, int item) {
        Tag tag = Tag.of(b, item);
        return (tag == Tag.TUPLE || tag == Tag.LIST) && Values.count(b, item) > 0 ? Values.first(item) : item;
    }

    /** Refuses, before anything has changed, what has no order among the items. */
    private void checkPriority(byte[] b, int item) {
        if (type() != ObjectType.PRIORITY_QUEUE) {
            return;
        }
        int found = kindOf(b, item);
        if (found == 0 || (kind != 0 && found != kind)) {
            throw new ValueException(
                    ErrorCode.NOT_COMPARABLE,
                    "the priority of an item, which is the item or the first element of a tuple or list, must be "
                            + (kind == 0
                                    ? "a number, a text or bytes"
                                    : kind == 1
                                            ? "a number, as those before"
                                            : kind == 2 ? "a text, as those before" : "bytes, as those before")
                            + ", not " + Tag.of(b, priority(b, item)).typeName());
        }
        kind = found;
    }

    /** Puts an item behind all that are not greater, or before all that are not smaller. */
    private void insertInOrder(byte[] item, boolean behind) {
        int at = priority(item, 0);
        int low = 0;
        int high = items.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            byte[] other = items.get(middle);
            int order = Equality.compare(other, priority(other, 0), item, at);
            if (order < 0 || (order == 0 && behind)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        items.add(low, item);
    }

    private long headPosition() {
        return returned.isEmpty() ? nextPosition++ : returned.removeFirst();
    }

    /** Puts back an item whose taker is gone. {@link #settle} must follow. */
    void takeBack(byte[] item, long position) {
        if (type() == ObjectType.PRIORITY_QUEUE) {
            insertInOrder(item, false);
            return;
        }
        int low = 0;
        int high = returned.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (returned.get(middle) < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        items.add(low, item);
        returned.add(low, position);
    }

    /** Serves waiting takers and admits waiting putters, in order of arrival, until nobody waits who need not. */
    void settle(Turn turn) {
        while (true) {
            Waiter putter = putters.first();
            Waiter taker = takers.first();
            if (taker != null && !items.isEmpty()) {
                long position = headPosition();
                byte[] item = items.removeFirst();
                turn.deliver(taker.session, taker.request, id(), new byte[][] {item}, new long[] {position});
                turn.finish(taker, Reply.value(item));
            } else if (putter != null && items.size() < capacity) {
                append(itemOf(putter));
                turn.finish(putter, Reply.TRUE);
            } else {
                return;
            }
        }
    }

    private static byte[] itemOf(Waiter putter) {
        byte[] value = putter.value;
        if (value == null) {
            throw new IllegalStateException("a parked put without an item");
        }
        return value;
    }

    private void finishAll(Waiters list, Reply reply, Turn turn) {
        for (Waiter w = list.first(); w != null; w = list.first()) {
            end(w, reply, turn);
        }
    }

    /** Answers a parked request that is not served. */
    private void end(Waiter w, Reply reply, Turn turn) {
        if (w.value != null) {
            turn.references().release(w.value);
        }
        turn.finish(w, reply);
    }

    @Override
    void expire(Waiter w, Turn turn) {
        end(w, w.list == takers ? Reply.ABSENT : Reply.FALSE, turn);
    }

    @Override
    void cancel(Waiter w, Turn turn) {
        end(w, cancelledReply(), turn);
    }

    @Override
    void abandon(Waiter w, Turn turn) {
        if (w.value != null) {
            turn.references().release(w.value);
        }
        turn.unpark(w);
    }

    @Override
    void dispose(Turn turn) {
        finishAll(takers, goneReply(), turn);
        finishAll(putters, goneReply(), turn);
        finishAll(joiners, goneReply(), turn);
        clear(turn);
    }

    @Override
    long size() {
        return items.size();
    }

    @Override
    int waiters() {
        return takers.size() + putters.size() + joiners.size();
    }

    @Override
    byte[] describe(int maxBytes) {
        return ContainerBuilder.sequence(Tag.LIST, items.range(0, items.size()), maxBytes);
    }

    @Override
    ObjectState durableCopy() {
        QueueState copy = new QueueState(type(), id(), name(), items.copy(), returned.copy());
        copy.capacity = capacity;
        copy.kind = kind;
        copy.unfinished = unfinished;
        copy.nextPosition = nextPosition;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        for (int i = 0; i < items.size(); i++) {
            action.accept(items.get(i));
        }
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(capacity).i64(unfinished).i64(nextPosition).u8(kind).i32(items.size());
        for (int i = 0; i < items.size(); i++) {
            out.bytes(items.get(i));
        }
        out.i32(returned.size());
        for (int i = 0; i < returned.size(); i++) {
            out.i64(returned.get(i));
        }
        takers.snapshot(out);
        putters.snapshot(out);
        joiners.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, Turn turn) {
        capacity = in.i64();
        unfinished = in.i64();
        nextPosition = in.i64();
        kind = in.u8();
        for (int n = in.i32(); n > 0; n--) {
            items.addLast(in.bytes());
        }
        for (int n = in.i32(); n > 0; n--) {
            returned.addLast(in.i64());
        }
        takers.restore(in, this, turn);
        putters.restore(in, this, turn);
        joiners.restore(in, this, turn);
    }
}
