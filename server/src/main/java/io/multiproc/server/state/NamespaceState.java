package io.multiproc.server.state;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.table.OrderedTable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A namespace: attributes by name, in order of creation. */
final class NamespaceState extends ObjectState {
    private final KeyedEntries entries;

    NamespaceState(long id, @Nullable String name) {
        this(id, name, new KeyedEntries());
    }

    private NamespaceState(long id, @Nullable String name, KeyedEntries entries) {
        super(ObjectType.NAMESPACE, id, name);
        this.entries = entries;
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
        return entries.growth(a, 0) + ELEMENT;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof NamespaceOp namespaceOp)) {
            throw notMine(op);
        }
        return switch (namespaceOp) {
            case GET -> entries.valueAt(entries.find(a, 0, context));
            case SET -> {
                checkName(a);
                entries.put(a, 0, 1, context);
                yield Reply.NOTHING;
            }
            case DELETE -> {
                int at = entries.find(a, 0, context);
                if (at >= 0) {
                    entries.remove(at, context);
                }
                yield Reply.bool(at >= 0);
            }
            case NAMES -> names(context.maxReplyBytes());
            case COMPARE_AND_SET -> Reply.bool(entries.compareAndSet(a, context));
            case ADD -> {
                checkName(a);
                yield entries.add(a, context);
            }
            case CONTAINS -> Reply.bool(entries.find(a, 0, context) >= 0);
            case SNAPSHOT -> Reply.value(entries.snapshotValue(context.maxReplyBytes()));
        };
    }

    private static void checkName(Args a) {
        // a tag and a length
        if (a.stop(0) - a.start(0) == 2) {
            throw badArgument("the name of an attribute must not be empty");
        }
    }

    private Reply names(int maxBytes) {
        OrderedTable table = entries.table();
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, maxBytes);
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            byte[] entry = table.entry(at);
            out.add(entry, 0, OrderedTable.valueStart(entry));
        }
        return Reply.value(out.build());
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
        return new NamespaceState(id(), name(), entries.walkableCopy());
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
