package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import java.util.function.Consumer;

/** The reference to a lock that another object holds: given to it, or made when it is first asked for. */
final class AttachedLock {
    private byte[] reference = Values.NULL;

    boolean exists() {
        return reference != Values.NULL;
    }

    long id() {
        return Values.refId(reference, 0);
    }

    /** What {@link #get} takes. */
    long growth() {
        return exists() ? StateMachine.KEEPS_NOTHING : ObjectState.OBJECT;
    }

    /** Takes a checked reference. */
    void bind(byte[] checked, ApplyContext context) {
        reference = checked;
        context.references().retain(checked);
    }

    Reply get(ApplyContext context) {
        if (!exists()) {
            ObjectState lock = context.make(ObjectType.RLOCK);
            bind(Values.ofRef(lock.type().code(), lock.id()), context);
        }
        return Reply.value(reference);
    }

    byte[] value() {
        return reference;
    }

    void release(ApplyContext context) {
        if (exists()) {
            context.references().release(reference);
        }
    }

    void forEachStored(Consumer<byte[]> action) {
        action.accept(reference);
    }

    AttachedLock copy() {
        AttachedLock copy = new AttachedLock();
        copy.reference = reference;
        return copy;
    }

    void snapshot(SnapshotWriter out) {
        out.optionalBytes(exists() ? reference : null);
    }

    void restore(SnapshotReader in) {
        byte[] stored = in.optionalBytes();
        reference = stored == null ? Values.NULL : stored;
    }
}
