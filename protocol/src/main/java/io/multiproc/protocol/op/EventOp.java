package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of an event. */
public enum EventOp implements Op {
    SET(row(0x1000, "event.set").doc(OpSpec.SET, "Sets the event and wakes all who wait for it.")),
    CLEAR(row(0x1001, "event.clear").doc(OpSpec.SET, "Clears the event.")),
    IS_SET(row(0x1002, "event.is_set").gives(BOOL).doc(OpSpec.READ, "Whether the event is set.")),
    AWAIT(row(0x1003, "event.await")
            .args(of("timeout", INT))
            .gives(BOOL)
            .doc(OpSpec.WATCHES, "Waits until the event is set; false when it was not in time."));

    private final OpSpec spec;

    EventOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
