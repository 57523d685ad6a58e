package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.table.OrderedTable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A dict. Keys are compared as Python does; the first spelling of a key and its place in the order stay until it is removed. */
final class DictState extends ObjectState {
    private static final int MAX_CHUNK = 100_000;
    private static final int TUPLE_AND_CURSOR = 18;

    private final KeyedEntries entries;

    DictState(long id, @Nullable String name) {
        this(id, name, new KeyedEntries());
    }

    private DictState(long id, @Nullable String name, KeyedEntries entries) {
        super(ObjectType.DICT, id, name);
        this.entries = entries;
    }

    OrderedTable table() {
        return entries.table();
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        entries.putAll(b, first, context);
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        if (!op.has(Flag.STORES)) {
            return StateMachine.KEEPS_NOTHING;
        }
        if (op != DictOp.PUT_ALL) {
            return entries.growth(a, 0) + ELEMENT;
        }
        int more = Values.count(a.buffer(), a.start(0));
        return entries.growth(more) + more * ELEMENT;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof DictOp dictOp)) {
            throw notMine(op);
        }
        OrderedTable table = entries.table();
        return switch (dictOp) {
            case GET -> entries.valueAt(entries.find(a, 0, context));
            case GET_MANY -> getMany(a, context);
            case CONTAINS_KEY -> Reply.bool(entries.find(a, 0, context) >= 0);
            case CONTAINS_VALUE -> Reply.bool(containsValue(a, context));
            case SIZE -> Reply.integer(table.size());
            case SET -> {
                entries.put(a, 0, 1, context);
                yield Reply.NOTHING;
            }
            case PUT -> {
                byte[] old = entries.put(a, 0, 1, context);
                yield old == null ? Reply.ABSENT : KeyedEntries.value(old);
            }
            case PUT_IF_ABSENT -> {
                int at = entries.find(a, 0, context);
                if (at < 0) {
                    entries.put(a, 0, 1, context);
                }
                yield entries.valueAt(at);
            }
            case PUT_ALL -> {
                KeyedEntries.checkReferences(a, 0, context);
                entries.putAll(a.buffer(), a.start(0), context);
                yield Reply.NOTHING;
            }
            case REMOVE -> {
                int at = entries.find(a, 0, context);
                yield at < 0 ? Reply.ABSENT : KeyedEntries.value(entries.remove(at, context));
            }
            case REMOVE_IF -> {
                int at = entries.find(a, 0, context);
                boolean equal = at >= 0 && entries.valueEquals(at, a, 1, context);
                if (equal) {
                    entries.remove(at, context);
                }
                yield Reply.bool(equal);
            }
            case REPLACE -> {
                int at = entries.find(a, 0, context);
                KeyedEntries.checkReferences(a, 1, context);
                yield at < 0 ? Reply.ABSENT : KeyedEntries.value(entries.replace(at, a, 1, context));
            }
            case REPLACE_IF -> Reply.bool(entries.compareAndSet(a, context));
            case POP_ITEM -> popItem(context);
            case ADD -> entries.add(a, context);
            case CLEAR -> {
                entries.clear(context);
                yield Reply.NOTHING;
            }
            case SNAPSHOT -> Reply.value(entries.snapshotValue(context.maxReplyBytes()));
            case CHUNK -> chunk(a.integer(0), a.integer(1), a.integer(2), context.maxReplyBytes());
            case SET_FENCED -> {
                checkToken(a.integer(2), a.integer(3), context);
                entries.put(a, 0, 1, context);
                yield Reply.NOTHING;
            }
        };
    }

    private static void checkToken(long id, long token, ApplyContext context) {
        ObjectState object = context.references().object(id);
        if (object == null) {
            throw ObjectDirectory.noSuchObject(id);
        }
        if (!(object instanceof LockState lock)) {
            throw new ValueException(
                    ErrorCode.WRONG_TYPE, "object " + id + " is " + withArticle(object.type()) + ", not a lock");
        }
        if (!lock.isCurrent(token)) {
            throw new ValueException(
                    ErrorCode.STALE_TOKEN,
                    "the fencing token " + token + " is not that of the lock's present owner: the lock was lost");
        }
    }

    private Reply getMany(Args a, ApplyContext context) {
        byte[] b = a.buffer();
        context.work().spend(Values.count(b, a.start(0)), Work.LOOK_UP);
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, context.maxReplyBytes());
        int p = Values.first(a.start(0));
        for (int n = Values.count(b, a.start(0)); n > 0; n--) {
            int next = Values.skip(b, p);
            context.work().spend(2 * Equality.cost(b, p, next));
            int at = entries.find(b, p, next);
            if (at < 0) {
                out.add(Values.ABSENT);
            } else {
                byte[] entry = entries.table().entry(at);
                out.add(entry, OrderedTable.valueStart(entry), entry.length);
            }
            p = next;
        }
        return Reply.value(out.build());
    }

    private boolean containsValue(Args a, ApplyContext context) {
        OrderedTable table = entries.table();
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            if (entries.valueEquals(at, a, 0, context)) {
                return true;
            }
        }
        return false;
    }

    private Reply popItem(ApplyContext context) {
        int at = entries.table().last();
        if (at < 0) {
            return Reply.ABSENT;
        }
        byte[] entry = entries.remove(at, context);
        ByteWriter out = new ByteWriter(9 + entry.length);
        int mark = out.begin(Tag.TUPLE);
        return Reply.value(out.raw(entry).end(mark, 2).array());
    }

    /** The cursor is the sequence number of the last entry given, so insertions and removals do not disturb it. */
    private Reply chunk(long cursor, long limit, long parts, int maxBytes) {
        if (limit < 1 || limit > MAX_CHUNK) {
            throw badArgument("limit must be 1 to " + MAX_CHUNK + ", not " + limit);
        }
        if (parts < 0 || parts > 2) {
            throw badArgument("parts must be 0 (keys), 1 (values) or 2 (pairs), not " + parts);
        }
        if (cursor < 0) {
            throw badArgument("cursor must be 0 or one that an earlier chunk gave, not " + cursor);
        }
        OrderedTable table = entries.table();
        ByteWriter list = new ByteWriter();
        int listMark = list.begin(Tag.LIST);
        int given = 0;
        long last = cursor;
        int at = table.after(cursor);
        while (at >= 0 && given < limit) {
            byte[] entry = table.entry(at);
            int from = parts == 1 ? OrderedTable.valueStart(entry) : 0;
            int to = parts == 0 ? OrderedTable.valueStart(entry) : entry.length;
            long bytes = (parts == 2 ? 9L : 0) + to - from;
            if (given > 0 && list.size() + bytes > maxBytes - TUPLE_AND_CURSOR) {
                break;
            }
            if (parts == 2) {
                int pair = list.begin(Tag.TUPLE);
                list.raw(entry).end(pair, 2);
            } else {
                list.raw(entry, from, to - from);
            }
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

    @Override
    long size() {
        return entries.table().size();
    }

    @Override
    byte[] describe(int maxBytes) {
        return entries.snapshotValue(maxBytes);
    }

    @Override
    void dispose(ApplyContext context) {
        entries.clear(context);
    }

    @Override
    ObjectState durableCopy() {
        return new DictState(id(), name(), entries.walkableCopy());
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        entries.forEachStored(action);
    }

    @Override
    void snapshot(SnapshotWriter out) {
        entries.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        entries.restore(in);
    }
}
