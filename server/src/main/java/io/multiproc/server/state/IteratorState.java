package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.IteratorOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.table.OrderedTable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An iterator: where somebody is in a dict, a list or a set. Changes meanwhile have the effect that they have in CPython. */
final class IteratorState extends ObjectState {
    private static final int MAX_CHUNK = 100_000;

    private byte[] source = Values.NULL;
    /** The next index of a list, the last sequence number of a dict or set; -1 at the end. */
    private long position;
    /** The size that a dict or set must keep; -1 before the first step. */
    private long size = -1;

    IteratorState(long id, @Nullable String name) {
        super(ObjectType.ITERATOR, id, name);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        source = Values.copy(b, first);
        context.references().retain(source);
    }

    @Override
    Reply apply(Op op, Args a, ApplyContext context) {
        if (op != IteratorOp.NEXT) {
            throw notMine(op);
        }
        long limit = a.integer(0);
        if (limit < 1 || limit > MAX_CHUNK) {
            throw badArgument("limit must be 1 to " + MAX_CHUNK + ", not " + limit);
        }
        ObjectState object = context.references().object(Values.refId(source, 0));
        if (object == null) {
            throw ObjectDirectory.noSuchObject(Values.refId(source, 0));
        }
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, Integer.MAX_VALUE - 64);
        if (position >= 0) {
            if (object instanceof ListState list) {
                nextOf(list, limit, out, context.maxReplyBytes());
            } else if (object instanceof DictState dict) {
                nextOf(object, dict.table(), limit, out, context.maxReplyBytes());
            } else if (object instanceof SetState set) {
                nextOf(object, set.table(), limit, out, context.maxReplyBytes());
            }
        }
        return Reply.value(out.build());
    }

    private void nextOf(ListState list, long limit, ContainerBuilder out, int maxBytes) {
        while (out.count() < limit && position < list.size()) {
            byte[] element = list.element((int) position);
            if (out.count() > 0 && out.size() + (long) element.length > maxBytes) {
                return;
            }
            out.add(element);
            position++;
        }
        if (out.count() == 0) {
            position = -1;
        }
    }

    private void nextOf(ObjectState object, OrderedTable table, long limit, ContainerBuilder out, int maxBytes) {
        if (size >= 0 && size != table.size()) {
            throw new ValueException(
                    ErrorCode.ILLEGAL_STATE,
                    (object.type() == ObjectType.SET ? "Set" : "dictionary") + " changed size during iteration");
        }
        size = table.size();
        for (int at = table.after(position); at >= 0 && out.count() < limit; at = table.from(at + 1)) {
            byte[] entry = table.entry(at);
            int end = OrderedTable.valueStart(entry);
            if (out.count() > 0 && out.size() + (long) end > maxBytes) {
                return;
            }
            out.add(entry, 0, end);
            position = table.sequence(at);
        }
        if (out.count() == 0) {
            position = -1;
        }
    }

    @Override
    long size() {
        return 0;
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("source", source)
                .add("position", Values.ofInteger(position))
                .build();
    }

    @Override
    void dispose(ApplyContext context) {
        context.references().release(source);
    }

    @Override
    ObjectState durableCopy() {
        IteratorState copy = new IteratorState(id(), name());
        copy.source = source;
        copy.position = position;
        copy.size = size;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        action.accept(source);
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.bytes(source).i64(position).i64(size);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        source = in.bytes();
        position = in.i64();
        size = in.i64();
    }
}
