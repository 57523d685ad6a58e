package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.Arg.optional;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of an array: numbers, characters or booleans of one type code, of fixed length. Indices and slices are those of CPython; values out of the range of the code are refused with BAD_ARGUMENT. */
public enum ArrayOp implements Op {
    GET(row(0x0700, "array.get").args(of("index", INT)).gives(VALUE).doc(OpSpec.READ, "Returns an element.")),
    SET(row(0x0701, "array.set")
            .args(of("index", INT), of("value", VALUE))
            .stores()
            .doc(OpSpec.SET, "Sets an element.")),
    SIZE(row(0x0702, "array.size").gives(INT).doc(OpSpec.READ, "The number of elements.")),
    SLICE(row(0x0703, "array.slice")
            .args(optional("start", INT), optional("stop", INT), optional("step", INT))
            .gives(VALUES)
            .doc(OpSpec.READ, "Returns the elements of a slice.")),
    SET_SLICE(row(0x0704, "array.set_slice")
            .args(optional("start", INT), optional("stop", INT), optional("step", INT), of("values", VALUES))
            .stores()
            .doc(
                    OpSpec.SET,
                    "Sets all elements of a slice, or none; BAD_ARGUMENT when the numbers of elements differ.")),
    ADD(
            row(0x0705, "array.add")
                    .args(of("index", INT), of("delta", NUMBER))
                    .gives(VALUE)
                    .stores()
                    .doc(
                            OpSpec.WRITE,
                            "Adds to an element and returns the sum; BAD_ARGUMENT when the sum is out of range, and the element is as before.")),
    COMPARE_AND_SET(row(0x0706, "array.compare_and_set")
            .args(of("index", INT), of("expected", VALUE), of("value", VALUE))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.WRITE, "Sets an element if it equals the expected value.")),
    CODE(row(0x0707, "array.code").gives(TEXT).doc(OpSpec.READ, "The type code.")),
    LOCK(row(0x0708, "array.lock")
            .gives(REF)
            .doc(OpSpec.SET, "The rlock that belongs to the array, made when it is first asked for."));

    private final OpSpec spec;

    ArrayOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
