package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a count-down latch. */
public enum LatchOp implements Op {
    COUNT_DOWN(
            row(0x1400, "latch.count_down")
                    .args(of("steps", INT))
                    .gives(INT)
                    .doc(
                            OpSpec.WRITE,
                            "Lowers the count by a number of steps, not below 0, and wakes all who wait when it reaches 0; the new count.")),
    COUNT(row(0x1401, "latch.count").gives(INT).doc(OpSpec.READ, "The count.")),
    AWAIT(row(0x1402, "latch.await")
            .args(of("timeout", INT))
            .gives(BOOL)
            .doc(OpSpec.WATCHES, "Waits until the count is 0; false when it was not in time."));

    private final OpSpec spec;

    LatchOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
