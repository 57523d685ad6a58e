package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of an iterator over a dict, a list or a set. */
public enum IteratorOp implements Op {
    NEXT(
            row(0x0B00, "iterator.next")
                    .args(of("limit", INT))
                    .gives(VALUES)
                    .doc(
                            OpSpec.WRITE,
                            "Up to limit next elements, keys of a dict; none at the end, and for ever after. ILLEGAL_STATE when a dict or set has changed its size meanwhile."));

    private final OpSpec spec;

    IteratorOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
