package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a set. Elements keep the order of insertion and are compared as the keys of a dict. */
public enum SetOp implements Op {
    ADD(row(0x0800, "set.add")
            .args(of("element", KEY))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.SET, "Adds an element; whether it was not there.")),
    ADD_ALL(row(0x0801, "set.add_all")
            .args(of("elements", KEYS))
            .gives(BOOL)
            .stores()
            .doc(OpSpec.SET, "Adds all; whether the set has changed.")),
    REMOVE(row(0x0802, "set.remove")
            .args(of("element", KEY))
            .gives(BOOL)
            .doc(OpSpec.SET, "Removes an element; whether it was there.")),
    REMOVE_ALL(row(0x0803, "set.remove_all")
            .args(of("elements", KEYS))
            .gives(BOOL)
            .doc(OpSpec.SET, "Removes all those; whether the set has changed.")),
    RETAIN_ALL(row(0x0804, "set.retain_all")
            .args(of("elements", KEYS))
            .gives(BOOL)
            .doc(OpSpec.SET, "Removes all others; whether the set has changed.")),
    CONTAINS(row(0x0805, "set.contains")
            .args(of("element", KEY))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether the element is there.")),
    CONTAINS_ALL(row(0x0806, "set.contains_all")
            .args(of("elements", KEYS))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether all those are there.")),
    SIZE(row(0x0807, "set.size").gives(INT).doc(OpSpec.READ, "The number of elements.")),
    POP(row(0x0808, "set.pop")
            .mayGive(KEY)
            .doc(OpSpec.WRITE, "Removes and returns the element that was inserted last, or absent.")),
    CLEAR(row(0x0809, "set.clear").doc(OpSpec.SET, "Removes everything.")),
    SNAPSHOT(row(0x080A, "set.snapshot").gives(VALUE).doc(OpSpec.READ, "All elements as a set.")),
    CHUNK(
            row(0x080B, "set.chunk")
                    .args(of("cursor", INT), of("limit", INT))
                    .gives(TUPLE)
                    .doc(
                            OpSpec.READ,
                            "Up to limit elements after a cursor (0 = from the start) and the next cursor, -1 at the end: (cursor, list)."));

    private final OpSpec spec;

    SetOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
