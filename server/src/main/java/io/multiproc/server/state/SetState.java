package io.multiproc.server.state;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.table.OrderedTable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A set: an {@link OrderedTable} of keys without values. The first spelling of an element stays until it is removed. */
final class SetState extends ObjectState {
    private static final int MAX_CHUNK = 100_000;
    private static final int TUPLE_AND_CURSOR = 18;

    private final OrderedTable table;

    SetState(long id, @Nullable String name) {
        this(id, name, new OrderedTable());
    }

    private SetState(long id, @Nullable String name, OrderedTable table) {
        super(ObjectType.SET, id, name);
        this.table = table;
    }

    OrderedTable table() {
        return table;
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        charge(b, first, context);
        fill(Values.elements(b, first), context);
    }

    /** Counts what it costs to look up all elements of a value. */
    private static void charge(byte[] b, int container, ApplyContext context) {
        int p = Values.first(container);
        for (int n = Values.count(b, container); n > 0; n--) {
            int next = Values.skip(b, p);
            context.work().spend(Work.LOOK_UP + 2 * Equality.cost(b, p, next));
            p = next;
        }
    }

    private static List<byte[]> values(Args a, ApplyContext context) {
        charge(a.buffer(), a.start(0), context);
        return a.values(0);
    }

    /** Takes elements that are hashable and whose references have been checked. */
    private void fill(List<byte[]> elements, ApplyContext context) {
        if (!context.admitsEntries(table.size(), elements.size())) {
            int fresh = 0;
            for (byte[] e : elements) {
                fresh += find(e, 0, e.length) < 0 ? 1 : 0;
            }
            context.checkEntries(table.size(), fresh);
        }
        table.reserve(elements.size());
        for (byte[] e : elements) {
            int hash = Equality.hash(e);
            if (table.find(e, 0, hash) < 0) {
                add(hash, e, context);
            }
        }
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        if (!op.has(Flag.STORES)) {
            return StateMachine.KEEPS_NOTHING;
        }
        int more = op == SetOp.ADD_ALL ? Values.count(a.buffer(), a.start(0)) : 1;
        long bytes = table.growth(more);
        boolean isThere = op == SetOp.ADD && bytes > 0 && find(a.buffer(), a.start(0), a.stop(0)) >= 0;
        return (isThere ? 0 : bytes) + more * ELEMENT;
    }

    @Override
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof SetOp setOp)) {
            throw notMine(op);
        }
        return switch (setOp) {
            case ADD -> {
                KeyedEntries.checkReferences(a, 0, context);
                KeyedEntries.chargeKey(a, 0, context);
                yield Reply.bool(add(a.buffer(), a.start(0), a.stop(0), context));
            }
            case ADD_ALL -> {
                KeyedEntries.checkReferences(a, 0, context);
                int before = table.size();
                fill(values(a, context), context);
                yield Reply.bool(table.size() > before);
            }
            case REMOVE -> Reply.bool(remove(find(a, context), context));
            case REMOVE_ALL -> {
                boolean changed = false;
                for (byte[] e : values(a, context)) {
                    changed |= remove(find(e, 0, e.length), context);
                }
                yield Reply.bool(changed);
            }
            case RETAIN_ALL -> Reply.bool(retainAll(values(a, context), context));
            case CONTAINS -> Reply.bool(find(a, context) >= 0);
            case CONTAINS_ALL -> {
                boolean all = true;
                for (byte[] e : values(a, context)) {
                    all &= find(e, 0, e.length) >= 0;
                }
                yield Reply.bool(all);
            }
            case SIZE -> Reply.integer(table.size());
            case POP -> {
                int at = table.last();
                if (at < 0) {
                    yield Reply.ABSENT;
                }
                byte[] element = table.entry(at);
                remove(at, context);
                yield Reply.value(element);
            }
            case CLEAR -> {
                clear(context);
                yield Reply.NOTHING;
            }
            case SNAPSHOT -> Reply.value(describe(context.maxReplyBytes()));
            case CHUNK -> chunk(a.integer(0), a.integer(1), context.maxReplyBytes());
        };
    }

    private int find(Args a, ApplyContext context) {
        KeyedEntries.chargeKey(a, 0, context);
        return find(a.buffer(), a.start(0), a.stop(0));
    }

    private int find(byte[] b, int from, int to) {
        return table.find(b, from, Equality.hash(b, from, to));
    }

    private boolean add(byte[] b, int from, int to, ApplyContext context) {
        int hash = Equality.hash(b, from, to);
        if (table.find(b, from, hash) >= 0) {
            return false;
        }
        add(hash, Arrays.copyOfRange(b, from, to), context);
        return true;
    }

    private void add(int hash, byte[] element, ApplyContext context) {
        context.checkEntries(table.size(), 1);
        // takes memory, or fails having changed nothing; what follows takes none
        table.insert(hash, element);
        context.references().retain(element);
    }

    private boolean remove(int at, ApplyContext context) {
        if (at < 0) {
            return false;
        }
        byte[] element = table.entry(at);
        table.remove(at);
        context.references().release(element);
        return true;
    }

    private boolean retainAll(List<byte[]> kept, ApplyContext context) {
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            byte[] element = table.entry(at);
            context.work().spend(Work.LOOK_UP + 2 * Equality.cost(element, 0, element.length));
        }
        Set<Equality.Key> keys = new HashSet<>();
        for (byte[] e : kept) {
            keys.add(new Equality.Key(e));
        }
        int before = table.size();
        for (long last = 0, at = table.after(last); at >= 0; at = table.after(last)) {
            // by sequence number: a removal may move the others
            last = table.sequence((int) at);
            if (!keys.contains(new Equality.Key(table.entry((int) at)))) {
                remove((int) at, context);
            }
        }
        return table.size() < before;
    }

    /** As {@link DictState}'s: the cursor is the sequence number of the last element given. */
    private Reply chunk(long cursor, long limit, int maxBytes) {
        if (limit < 1 || limit > MAX_CHUNK) {
            throw badArgument("limit must be 1 to " + MAX_CHUNK + ", not " + limit);
        }
        if (cursor < 0) {
            throw badArgument("cursor must be 0 or one that an earlier chunk gave, not " + cursor);
        }
        ByteWriter list = new ByteWriter();
        int listMark = list.begin(Tag.LIST);
        int given = 0;
        long last = cursor;
        int at = table.after(cursor);
        while (at >= 0 && given < limit) {
            byte[] element = table.entry(at);
            if (given > 0 && list.size() + (long) element.length > maxBytes - TUPLE_AND_CURSOR) {
                break;
            }
            list.raw(element);
            given++;
            last = table.sequence(at);
            at = table.from(at + 1);
        }
        list.end(listMark, given);
        ByteWriter reply = new ByteWriter(list.size() + TUPLE_AND_CURSOR);
        int mark = reply.begin(Tag.TUPLE);
        reply.integer(at < 0 ? -1 : last).raw(list.array(), 0, list.size());
        return Reply.value(reply.end(mark, 2).toByteArray());
    }

    private void clear(ApplyContext context) {
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            context.references().release(table.entry(at));
        }
        table.clear();
    }

    @Override
    long size() {
        return table.size();
    }

    @Override
    byte[] describe(int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.SET, maxBytes);
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            out.add(table.entry(at));
        }
        return out.build();
    }

    @Override
    void dispose(ApplyContext context) {
        clear(context);
    }

    @Override
    ObjectState durableCopy() {
        return new SetState(id(), name(), table.walkableCopy());
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            action.accept(table.entry(at));
        }
    }

    @Override
    void snapshot(SnapshotWriter out) {
        KeyedEntries.snapshot(out, table);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        long next = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            long sequence = in.i64();
            byte[] element = in.bytes();
            table.insert(Equality.hash(element), element, sequence);
        }
        table.restoreSequence(next);
    }
}
