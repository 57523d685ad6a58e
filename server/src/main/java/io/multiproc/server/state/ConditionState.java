package io.multiproc.server.state;

import io.multiproc.protocol.op.ConditionOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A condition as an object of its own: the name of one of the conditions of a lock, and a reference to the lock. */
final class ConditionState extends ObjectState {
    private byte[] lock = Values.NULL;

    ConditionState(long id, @Nullable String name) {
        super(ObjectType.CONDITION, id, name);
    }

    /** Takes a checked reference to a lock or rlock. */
    void bind(byte[] reference, Turn turn) {
        lock = reference;
        turn.references().retain(reference);
    }

    /** What the condition is called at its lock. */
    private String label() {
        return "#" + id();
    }

    private @Nullable LockState lock(Turn turn) {
        return turn.references().object(Values.refId(lock, 0)) instanceof LockState l ? l : null;
    }

    @Override
    Reply apply(Op op, Args a, Turn turn) {
        if (!(op instanceof ConditionOp conditionOp)) {
            throw notMine(op);
        }
        LockState present = lock(turn);
        if (present == null) {
            throw Directory.noSuchObject(Values.refId(lock, 0));
        }
        return switch (conditionOp) {
            case LOCK -> Reply.value(lock);
            case WAITERS -> Reply.integer(present.waitersOn(label()));
        };
    }

    @Override
    long size() {
        return 0;
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes).add("lock", lock).build();
    }

    @Override
    void dispose(Turn turn) {
        LockState present = lock(turn);
        if (present != null) {
            present.endCondition(label(), goneReply(), turn);
        }
        turn.references().release(lock);
    }

    @Override
    ObjectState durableCopy() {
        ConditionState copy = new ConditionState(id(), name());
        copy.lock = lock;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        action.accept(lock);
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.bytes(lock);
    }

    @Override
    void restore(SnapshotReader in, Turn turn) {
        lock = in.bytes();
    }
}
