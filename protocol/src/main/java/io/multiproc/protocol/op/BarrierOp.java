package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a barrier. */
public enum BarrierOp implements Op {
    AWAIT(
            row(0x1300, "barrier.await")
                    .args(of("timeout", INT))
                    .gives(INT)
                    .doc(
                            OpSpec.WAITS_AND_OWNS,
                            "Waits until all parties have arrived; the order of arrival, 0 for the first, or -1 when the barrier is or becomes broken, or -2 when the own time ran out, which breaks it. So do a cancelled wait and the end of a waiting session. With an action, the last party has it run before all go on; ILLEGAL_STATE for the last party when it failed, which breaks the barrier.")),
    RESET(row(0x1301, "barrier.reset")
            .doc(OpSpec.WRITE, "Empties the barrier and makes it whole; who waits finds it broken.")),
    ABORT(row(0x1302, "barrier.abort").doc(OpSpec.SET, "Breaks the barrier until it is reset.")),
    PARTIES(row(0x1303, "barrier.parties").gives(INT).doc(OpSpec.READ, "How many parties must arrive.")),
    WAITING(row(0x1304, "barrier.waiting").gives(INT).doc(OpSpec.READ, "How many parties wait.")),
    IS_BROKEN(row(0x1305, "barrier.is_broken").gives(BOOL).doc(OpSpec.READ, "Whether the barrier is broken."));

    private final OpSpec spec;

    BarrierOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
