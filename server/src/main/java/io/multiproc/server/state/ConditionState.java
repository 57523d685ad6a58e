package io.multiproc.server.state;

import io.multiproc.protocol.op.ConditionOp;
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

/** A condition as an object of its own: the name of one of the conditions of a lock, and a reference to the lock. */
final class ConditionState extends ObjectState {
    private final AttachedLock lock;

    ConditionState(long id, @Nullable String name) {
        this(id, name, new AttachedLock());
    }

    private ConditionState(long id, @Nullable String name, AttachedLock lock) {
        super(ObjectType.CONDITION, id, name);
        this.lock = lock;
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        lock.bind(Values.copy(b, first), context);
    }

    @Override
    @Nullable
    String difference(byte[] b, int first, int count) {
        long asked = Values.refId(b, first);
        if (lock.exists() && lock.id() == asked) {
            return null;
        }
        return "has " + (lock.exists() ? "lock " + lock.id() : "a lock of its own") + ", not lock " + asked;
    }

    /** What the condition is called at its lock. */
    private String label() {
        return "#" + id();
    }

    private @Nullable LockState lock(ApplyContext context) {
        return lock.exists() && context.references().object(lock.id()) instanceof LockState l ? l : null;
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        return op == ConditionOp.LOCK ? lock.growth() : super.growth(op, a, caller);
    }

    @Override
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof ConditionOp conditionOp)) {
            throw notMine(op);
        }
        LockState present = lock(context);
        if (present == null && lock.exists()) {
            throw ObjectDirectory.noSuchObject(lock.id());
        }
        return switch (conditionOp) {
            case LOCK -> lock.get(context);
            case WAITERS -> Reply.integer(present == null ? 0 : present.waitersOn(label()));
        };
    }

    @Override
    long size() {
        return 0;
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("lock", lock.value())
                .build();
    }

    @Override
    void dispose(ApplyContext context) {
        LockState present = lock(context);
        if (present != null) {
            present.endCondition(label(), goneReply(), context);
        }
        lock.release(context);
    }

    @Override
    ObjectState durableCopy() {
        return new ConditionState(id(), name(), lock.copy());
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        lock.forEachStored(action);
    }

    @Override
    void snapshot(SnapshotWriter out) {
        lock.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        lock.restore(in);
    }
}
