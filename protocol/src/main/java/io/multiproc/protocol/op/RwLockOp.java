package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a read-write lock. Holders are as in {@link LockOp}. */
public enum RwLockOp implements Op {
    ACQUIRE_READ(
            row(0x1500, "rwlock.acquire_read")
                    .args(of("holder", INT), of("timeout", INT))
                    .gives(BOOL)
                    .undoneBy("rwlock.release_read")
                    .doc(
                            OpSpec.WAITS_AND_OWNS,
                            "Acquires for reading, waiting in order of arrival; who reads or writes already is not made to wait. False when not granted in time.")),
    RELEASE_READ(row(0x1501, "rwlock.release_read")
            .args(of("holder", INT))
            .doc(OpSpec.OWNS, "Releases one level of reading; NOT_OWNER when the holder does not read.")),
    ACQUIRE_WRITE(
            row(0x1502, "rwlock.acquire_write")
                    .args(of("holder", INT), of("timeout", INT))
                    .mayGive(INT)
                    .undoneBy("rwlock.release_write")
                    .doc(
                            OpSpec.WAITS_AND_OWNS,
                            "Acquires for writing, waiting in order of arrival; the fencing token, or absent when not granted in time. ILLEGAL_STATE for who reads and does not write, and would wait for itself.")),
    RELEASE_WRITE(row(0x1503, "rwlock.release_write")
            .args(of("holder", INT))
            .doc(OpSpec.OWNS, "Releases one level of writing; NOT_OWNER when the holder does not write.")),
    HOLDS(row(0x1504, "rwlock.holds")
            .args(of("holder", INT))
            .gives(TUPLE)
            .doc(OpSpec.READ, "How many levels of reading and of writing the holder owns.")),
    TOKEN(row(0x1505, "rwlock.token")
            .args(of("holder", INT))
            .mayGive(INT)
            .doc(OpSpec.READ, "The fencing token under which the holder writes, or absent.")),
    STATE(row(0x1506, "rwlock.state")
            .gives(TUPLE)
            .doc(OpSpec.READ, "How many levels of reading there are in all, whether somebody writes, how many wait."));

    private final OpSpec spec;

    RwLockOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
