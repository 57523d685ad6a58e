package io.multiproc.server.state;

import io.multiproc.protocol.op.ConditionOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A condition as an object of its own: the name of one of the conditions of a lock, and a reference to the lock. */
final class ConditionState extends ObjectState {
    private final OwnLock lock;

    ConditionState(long id, @Nullable String name) {
        this(id, name, new OwnLock());
    }

    private ConditionState(long id, @Nullable String name, OwnLock lock) {
        super(ObjectType.CONDITION, id, name);
        this.lock = lock;
    }

    /** Takes a checked reference to a lock or rlock. */
    void bind(byte[] reference, Turn turn) {
        lock.bind(reference, turn);
    }

    /** What the condition is called at its lock. */
    private String label() {
        return "#" + id();
    }

    private @Nullable LockState lock(Turn turn) {
        return lock.exists() && turn.references().object(lock.id()) instanceof LockState l ? l : null;
    }

    @Override
    Reply apply(Op op, Args a, Turn turn) {
        if (!(op instanceof ConditionOp conditionOp)) {
            throw notMine(op);
        }
        LockState present = lock(turn);
        if (present == null && lock.exists()) {
            throw Directory.noSuchObject(lock.id());
        }
        return switch (conditionOp) {
            case LOCK -> lock.get(turn);
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
    void dispose(Turn turn) {
        LockState present = lock(turn);
        if (present != null) {
            present.endCondition(label(), goneReply(), turn);
        }
        lock.release(turn);
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
    void restore(SnapshotReader in, Turn turn) {
        lock.restore(in);
    }
}
