package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a service: a registered class by its name. One session at a time hosts it: it makes the instances and runs their methods, wherever that process is. */
public enum ServiceOp implements Op {
    HOST(
            row(0x2000, "service.host")
                    .args(of("methods", VALUES))
                    .stores()
                    .doc(
                            OpSpec.OWNS,
                            "Makes the session the host, with the names of the methods that may be called; ILLEGAL_STATE when another session is the host.")),
    NEXT(
            row(0x2001, "service.next")
                    .args(of("timeout", INT))
                    .mayGive(TUPLE)
                    .doc(
                            OpSpec.WAITS_AND_OWNS,
                            "The next call for the host to run, in order of arrival: (number, instance, method, arguments), or absent when there was none in time. Number 0 tells that an instance has ended. NOT_OWNER for who is not the host.")),
    ANSWER(
            row(0x2002, "service.answer")
                    .args(of("number", INT), of("success", BOOL), of("value", VALUE))
                    .stores()
                    .doc(
                            OpSpec.OWNS,
                            "Answers a call: with its result, or with a tuple (type, message, trace) of what was thrown. A call whose caller is gone is forgotten. NOT_OWNER for who is not the host.")),
    METHODS(row(0x2003, "service.methods")
            .mayGive(VALUES)
            .doc(OpSpec.READ, "The names of the methods, or absent when nobody is the host."));

    private final OpSpec spec;

    ServiceOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
