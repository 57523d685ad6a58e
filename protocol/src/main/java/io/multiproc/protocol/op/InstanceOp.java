package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of an instance of a registered class. */
public enum InstanceOp implements Op {
    CALL(
            row(0x2100, "instance.call")
                    .args(of("method", TEXT), of("arguments", VALUES), of("timeout", INT))
                    .gives(TUPLE)
                    .stores()
                    .doc(
                            OpSpec.WAITS_AND_OWNS,
                            "Has the host run a method: (true, result) or (false, (type, message, trace)). ILLEGAL_STATE when there is no host, or it ended meanwhile; CANCELLED when the time was up: the method may run all the same.")),
    SERVICE(row(0x2101, "instance.service").gives(REF).doc(OpSpec.READ, "The service."));

    private final OpSpec spec;

    InstanceOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
