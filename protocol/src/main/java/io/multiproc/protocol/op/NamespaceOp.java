package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a namespace: named attributes. */
public enum NamespaceOp implements Op {
    GET(row(0x0300, "namespace.get")
            .args(of("name", TEXT))
            .mayGive(VALUE)
            .doc(OpSpec.READ, "The value of the attribute, or absent.")),
    SET(row(0x0301, "namespace.set")
            .args(of("name", TEXT), of("value", VALUE))
            .stores()
            .doc(OpSpec.SET, "Sets the attribute.")),
    DELETE(row(0x0302, "namespace.delete")
            .args(of("name", TEXT))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Deletes the attribute; false when there is none.")),
    NAMES(row(0x0303, "namespace.names")
            .gives(VALUES)
            .doc(OpSpec.READ, "The names of the attributes, in order of creation.")),
    COMPARE_AND_SET(row(0x0304, "namespace.compare_and_set")
            .args(of("name", TEXT), of("expected", VALUE), of("value", VALUE))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.WRITE, "Sets the attribute only if its value equals the expected one.")),
    ADD(row(0x0305, "namespace.add")
            .args(of("name", TEXT), of("delta", NUMBER))
            .gives(NUMBER)
            .stores()
            .doc(OpSpec.WRITE, "Adds to the number of the attribute (an absent one counts as 0) and returns the sum.")),
    SNAPSHOT(row(0x0306, "namespace.snapshot").gives(PAIRS).doc(OpSpec.READ, "All attributes at one moment.")),
    CONTAINS(row(0x0307, "namespace.contains")
            .args(of("name", TEXT))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether there is an attribute of the name."));

    private final OpSpec spec;

    NamespaceOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
