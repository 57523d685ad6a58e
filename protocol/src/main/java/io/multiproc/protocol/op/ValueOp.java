package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/**
 * The operations of a value: one number, character or boolean of a type code. Values out of the range of the code are refused with BAD_ARGUMENT. Python
 * programs, whose own server ignores the code, use {@link #GET_ANY} and {@link #SET_ANY}.
 */
public enum ValueOp implements Op {
    GET(row(0x0600, "value.get")
            .gives(VALUE)
            .doc(
                    OpSpec.READ,
                    "Returns the value; WRONG_TYPE or BAD_ARGUMENT while it is one that the code does not take.")),
    SET(row(0x0601, "value.set").args(of("value", VALUE)).stores().doc(OpSpec.SET, "Sets the value.")),
    GET_AND_SET(row(0x0602, "value.get_and_set")
            .args(of("value", VALUE))
            .gives(VALUE)
            .stores()
            .doc(OpSpec.WRITE, "Sets the value and returns the one before.")),
    COMPARE_AND_SET(row(0x0603, "value.compare_and_set")
            .args(of("expected", VALUE), of("value", VALUE))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.WRITE, "Sets the value if it equals the expected one.")),
    ADD(
            row(0x0604, "value.add")
                    .args(of("delta", NUMBER))
                    .gives(VALUE)
                    .stores()
                    .doc(
                            OpSpec.WRITE,
                            "Adds to a number and returns the sum; BAD_ARGUMENT when the sum is out of range, and the value is as before.")),
    CODE(row(0x0605, "value.code").gives(TEXT).doc(OpSpec.READ, "The type code.")),
    LOCK(row(0x0606, "value.lock")
            .gives(REF)
            .doc(OpSpec.SET, "The rlock that belongs to the value, made when it is first asked for.")),
    SET_ANY(row(0x0607, "value.set_any")
            .args(of("value", VALUE))
            .stores()
            .doc(OpSpec.SET, "Sets the value, also to one that the code does not take.")),
    GET_ANY(row(0x0608, "value.get_any").gives(VALUE).doc(OpSpec.READ, "Returns the value exactly as it was set."));

    private final OpSpec spec;

    ValueOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
