package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import java.util.function.Consumer;

/** The reference to a lock that another object holds: given to it, or made when it is first asked for. */
final class OwnLock {
    private byte[] reference = Values.NULL;

    boolean exists() {
        return reference != Values.NULL;
    }

    long id() {
        return Values.refId(reference, 0);
    }

    /** Takes a checked reference. */
    void bind(byte[] checked, Turn turn) {
        reference = checked;
        turn.references().retain(checked);
    }

    Reply get(Turn turn) {
        if (!exists()) {
            ObjectState lock = turn.make(ObjectType.RLOCK);
            bind(Values.ofRef(lock.type().code(), lock.id()), turn);
        }
        return Reply.value(reference);
    }

    byte[] value() {
        return reference;
    }

    void release(Turn turn) {
        if (exists()) {
            turn.references().release(reference);
        }
    }

    void forEachStored(Consumer<byte[]> action) {
        action.accept(reference);
    }

    OwnLock copy() {
        OwnLock copy = new OwnLock();
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
