package io.multiproc.server.state;

import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An instance of a registered class: a reference to its service. Only the host knows the object itself. */
final class InstanceState extends ObjectState {
    private byte[] service = Values.NULL;

    InstanceState(long id, @Nullable String name) {
        super(ObjectType.INSTANCE, id, name);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        service = Values.copy(b, first);
        context.references().retain(service);
    }

    /** The service, or null if it was deleted. */
    @Nullable
    ServiceState present(ApplyContext context) {
        return context.references().object(Values.refId(service, 0)) instanceof ServiceState s ? s : null;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof InstanceOp instanceOp)) {
            throw notMine(op);
        }
        ServiceState s = present(context);
        if (s == null) {
            throw ObjectDirectory.noSuchObject(Values.refId(service, 0));
        }
        return switch (instanceOp) {
            case CALL -> s.call(this, a, context);
            case SERVICE -> Reply.value(service);
        };
    }

    @Override
    long size() {
        return 1;
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes).add("service", service).build();
    }

    @Override
    void dispose(ApplyContext context) {
        ServiceState s = present(context);
        if (s != null) {
            s.instanceEnded(id(), context);
        }
        context.references().release(service);
    }

    @Override
    ObjectState durableCopy() {
        InstanceState copy = new InstanceState(id(), name());
        copy.service = service;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        action.accept(service);
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.bytes(service);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        service = in.bytes();
    }
}
