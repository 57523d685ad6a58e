package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a counter, a 64-bit integer that wraps around. */
public enum CounterOp implements Op {
    GET(row(0x0900, "counter.get").gives(INT).doc(OpSpec.READ, "Returns the count.")),
    SET(row(0x0901, "counter.set").args(of("value", INT)).doc(OpSpec.SET, "Sets the count.")),
    ADD(row(0x0902, "counter.add").args(of("delta", INT)).gives(INT).doc(OpSpec.WRITE, "Adds and returns the sum.")),
    GET_AND_SET(row(0x0903, "counter.get_and_set")
            .args(of("value", INT))
            .gives(INT)
            .doc(OpSpec.WRITE, "Sets the count and returns the one before.")),
    COMPARE_AND_SET(row(0x0904, "counter.compare_and_set")
            .args(of("expected", INT), of("value", INT))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Sets the count if it is the expected one."));

    private final OpSpec spec;

    CounterOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
