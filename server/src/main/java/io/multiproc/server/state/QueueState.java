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
import java.util.ArrayList;
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
 *
 * <p>An item of a joinable queue belongs to the session that took it until it is done ({@link Tasks}), and goes back in the same way. How often it
 * has been handed out goes with it.
 */
final class QueueState extends ObjectState {
    /** What a taker asked for, in {@link Waiter#holder}: the item, or the item with its count and number. */
    private static final long PLAIN = 0;

    private static final long WITH_NUMBER = 1;

    private final Elements<byte[]> items;
    /** Where an item was, and how often it has been handed out to somebody who did not finish it. */
    private record Place(long position, int deliveries) {}

    /** The places of the first items, those that came back; the items after them have never been taken. */
    private final Elements<Place> returned;
    /** The position that the next item gets that is taken for the first time: a taken item keeps it. */
    private long nextPosition;

    private final Waiters takers = new Waiters();
    private final Waiters putters = new Waiters();
    private final Waiters joiners = new Waiters();
    private long capacity = Long.MAX_VALUE;
    /** Of a joinable queue; null for the others. */
    private final @Nullable Tasks tasks;
    /** The items that were being worked on when a durable copy was made. */
    private List<Tasks.Task> copiedTasks = List.of();
    /** How often an item is handed out before it goes to the dead-letter queue; 0 for without end. */
    private long mostDeliveries;

    private byte @Nullable [] deadLetter;
    private int kind; // of the priorities; 0 before the first
    private long unfinished;

    QueueState(ObjectType type, long id, @Nullable String name) {
        this(type, id, name, new Elements<>(), new Elements<>());
    }

    private QueueState(
            ObjectType type, long id, @Nullable String name, Elements<byte[]> items, Elements<Place> returned) {
        super(type, id, name);
        this.items = items;
        this.returned = returned;
        tasks = type == ObjectType.JOINABLE_QUEUE ? new Tasks(this) : null;
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
            case TAKE -> take(a.integer(0), PLAIN, turn);
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
            case TAKE_DELIVERY -> {
                tasks();
                yield take(a.integer(0), WITH_NUMBER, turn);
            }
            case DONE -> done(a.integer(0), turn);
            case CONFIGURE -> configure(a, turn);
            case IN_PROGRESS -> Reply.integer(tasks == null ? 0 : tasks.size());
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
        if (room) {
            turn.checkEntries(kept(), 1);
        } else {
            turn.checkWaiters(this);
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

    private long kept() {
        return (long) items.size() + (tasks == null ? 0 : tasks.size());
    }

    private @Nullable Reply take(long timeout, long form, Turn turn) {
        long deadline = turn.deadline(timeout);
        if (items.isEmpty()) {
            if (timeout != 0) {
                turn.park(this, takers, deadline).holder = form;
                return null;
            }
            return Reply.ABSENT;
        }
        Reply reply = handOver(turn.caller(), turn.request(), form, turn);
        settle(turn);
        return reply;
    }

    /** Hands the head to the request of a session. */
    private Reply handOver(SessionState session, long request, long form, Turn turn) {
        Place place = returned.isEmpty() ? null : returned.removeFirst();
        long position = place == null ? nextPosition++ : place.position();
        byte[] item = items.removeFirst();
        byte[][] delivered = {item};
        if (tasks == null) {
            turn.deliver(session, request, id(), delivered, new long[] {position}, false);
            return Reply.value(item);
        }
        Tasks.Task task = tasks.take(session, item, position, 1 + (place == null ? 0 : place.deliveries()), turn);
        turn.deliver(session, request, id(), delivered, new long[] {task.number()}, true);
        return Reply.value(
                form == PLAIN
                        ? item
                        : ContainerBuilder.sequence(
                                Tag.TUPLE,
                                List.of(item, Values.ofInteger(task.deliveries()), Values.ofInteger(task.number())),
                                Integer.MAX_VALUE - 64));
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
        turn.checkEntries(kept(), values.size());
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
            Place place = returned.isEmpty() ? null : returned.removeFirst();
            positions[i] = place == null ? nextPosition++ : place.position();
            taken[i] = items.removeFirst();
            if (tasks != null) {
                int deliveries = 1 + (place == null ? 0 : place.deliveries());
                positions[i] = tasks.take(turn.caller(), taken[i], positions[i], deliveries, turn)
                        .number();
            }
        }
        if (n > 0) {
            turn.deliver(turn.caller(), turn.request(), id(), taken, positions, tasks != null);
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
        if (tasks != null && tasks.takeGap(turn.caller())) {
            return Reply.NOTHING;
        }
        if (unfinished == 0) {
            throw new ValueException(ErrorCode.ILLEGAL_STATE, "task_done() called too many times");
        }
        Tasks.Task task = tasks == null ? null : tasks.oldest(turn.caller());
        if (task != null) {
            tasks().remove(task);
            turn.references().release(task.item());
        }
        finishOne(turn);
        return Reply.NOTHING;
    }

    private Reply done(long number, Turn turn) {
        Tasks.Task task = tasks().find(number, turn.caller());
        if (task == null) {
            return Reply.FALSE;
        }
        tasks().remove(task);
        turn.references().release(task.item());
        // it may have been reported already by somebody who took nothing
        if (unfinished > 0) {
            finishOne(turn);
        }
        return Reply.TRUE;
    }

    private void finishOne(Turn turn) {
        unfinished--;
        if (unfinished == 0) {
            finishAll(joiners, Reply.TRUE, turn);
        }
    }

    private Tasks tasks() {
        if (tasks == null) {
            throw new ValueException(
                    ErrorCode.WRONG_TYPE,
                    "only a joinable queue keeps what was taken until it is done, and object " + id() + " is "
                            + withArticle(type()));
        }
        return tasks;
    }

    private Reply configure(Args a, Turn turn) {
        long visibility = a.integer(0);
        long most = a.integer(1);
        byte[] letter = a.present(2) && Tag.of(a.buffer(), a.start(2)) != Tag.NULL ? a.value(2) : null;
        tasks();
        if (visibility < 0 || most < 0 || most > Integer.MAX_VALUE) {
            throw badArgument("visibility is a number of milliseconds and deliveries a number, neither negative, not "
                    + visibility + " and " + most);
        }
        if ((most > 0) != (letter != null)) {
            throw badArgument("a number of deliveries needs a dead-letter queue, and the reverse");
        }
        if (letter != null) {
            checkDeadLetter(letter);
            Entries.checkReferences(a, 2, turn);
            turn.references().retain(letter);
        }
        if (deadLetter != null) {
            turn.references().release(deadLetter);
        }
        mostDeliveries = most;
        deadLetter = letter;
        tasks().limit(visibility, turn);
        return Reply.NOTHING;
    }

    private void checkDeadLetter(byte[] letter) {
        boolean fits = Tag.of(letter, 0) == Tag.REF
                && (Values.refType(letter, 0) == ObjectType.QUEUE.code()
                        || Values.refType(letter, 0) == ObjectType.JOINABLE_QUEUE.code()
                        || Values.refType(letter, 0) == ObjectType.SIMPLE_QUEUE.code());
        if (!fits || Values.refId(letter, 0) == id()) {
            throw badArgument("a dead-letter queue is another queue, joinable queue or simple queue");
        }
    }

    /** A session has ended: what it took and did not finish goes back. */
    void takerGone(SessionState session, Turn turn) {
        giveOutAgain(tasks().removeAll(session), turn);
    }

    /** Deliveries have not been received: they count as if they had never been. */
    void notReceived(long[] numbers, SessionState session, Turn turn) {
        for (long number : numbers) {
            Tasks.Task task = tasks().find(number, session);
            if (task != null) {
                tasks().remove(task);
                takeBack(task.item(), task.position(), task.deliveries() - 1);
            }
        }
        settle(turn);
    }

    private void giveOutAgain(List<Tasks.Task> all, Turn turn) {
        QueueState dead = null;
        for (Tasks.Task task : all) {
            QueueState letters = mostDeliveries > 0 && task.deliveries() >= mostDeliveries ? deadLetter(turn) : null;
            if (letters == null) {
                takeBack(task.item(), task.position(), task.deliveries());
            } else {
                // its references stay counted
                letters.append(task.item());
                dead = letters;
                if (unfinished > 0) {
                    finishOne(turn);
                }
            }
        }
        settle(turn);
        if (dead != null) {
            dead.settle(turn);
        }
    }

    /** Null if there is none, or none any more: items go on being handed out then. */
    private @Nullable QueueState deadLetter(Turn turn) {
        return deadLetter != null && turn.references().object(Values.refId(deadLetter, 0)) instanceof QueueState queue
                ? queue
                : null;
    }

    /** On a durable copy: what was being worked on is back in the queue. */
    void takeBackTasks() {
        for (Tasks.Task task : copiedTasks) {
            takeBack(task.item(), task.position(), task.deliveries());
        }
        copiedTasks = List.of();
    }

    /** The items being worked on and the reference to the dead-letter queue, for tests. */
    void forEachKept(Consumer<byte[]> action) {
        if (tasks != null) {
            for (Tasks.Task task : tasks.all()) {
                action.accept(task.item());
            }
        }
        if (deadLetter != null) {
            action.accept(deadLetter);
        }
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

    /** Puts back an item whose taker is gone. {@link #settle} must follow. */
    void takeBack(byte[] item, long position, int deliveries) {
        if (type() == ObjectType.PRIORITY_QUEUE) {
            insertInOrder(item, false);
            return;
        }
        int low = 0;
        int high = returned.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (returned.get(middle).position() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        items.add(low, item);
        returned.add(low, new Place(position, deliveries));
    }

    /** Serves waiting takers and admits waiting putters, in order of arrival, until nobody waits who need not. */
    void settle(Turn turn) {
        while (true) {
            Waiter putter = putters.first();
            Waiter taker = takers.first();
            if (taker != null && !items.isEmpty()) {
                turn.finish(taker, handOver(taker.session, taker.request, taker.holder, turn));
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
        if (tasks != null && tasks.isTimer(w)) {
            giveOutAgain(tasks.expired(turn), turn);
            return;
        }
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
        forEachKept(turn.references()::release);
        deadLetter = null;
        if (tasks != null) {
            tasks.clear(turn);
        }
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
        copy.mostDeliveries = mostDeliveries;
        copy.deadLetter = deadLetter;
        if (tasks != null && copy.tasks != null) {
            copy.tasks.copySettings(tasks);
            List<Tasks.Task> all = new ArrayList<>(tasks.size());
            tasks.all().forEach(all::add);
            copy.copiedTasks = all;
        }
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        for (int i = 0; i < items.size(); i++) {
            action.accept(items.get(i));
        }
        if (deadLetter != null) {
            action.accept(deadLetter);
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
            out.i64(returned.get(i).position()).i32(returned.get(i).deliveries());
        }
        out.i64(mostDeliveries);
        out.optionalBytes(deadLetter);
        if (tasks != null) {
            tasks.snapshot(out);
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
            returned.addLast(new Place(in.i64(), in.i32()));
        }
        mostDeliveries = in.i64();
        deadLetter = in.optionalBytes();
        if (tasks != null) {
            tasks.restore(in, turn);
        }
        takers.restore(in, this, turn);
        putters.restore(in, this, turn);
        joiners.restore(in, this, turn);
    }
}
