package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a condition object. Operations under its lock go to the lock itself: see {@link LockOp#AWAIT}. */
public enum ConditionOp implements Op {
    LOCK(
            row(0x1100, "condition.lock")
                    .gives(REF)
                    .doc(
                            OpSpec.SET,
                            "The lock of the condition, a lock or rlock, made when it is first asked for; await and signal go to it under the condition name #id, where id is the object id of the condition.")),
    WAITERS(row(0x1101, "condition.waiters").gives(INT).doc(OpSpec.READ, "How many wait on the condition."));

    private final OpSpec spec;

    ConditionOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
