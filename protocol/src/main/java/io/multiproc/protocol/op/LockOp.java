package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a lock and a reentrant lock. A holder is a number that the session gives to each of its threads or tasks; the owner is (session, holder). */
public enum LockOp implements Op {
    ACQUIRE(
            row(0x0500, "lock.acquire")
                    .args(of("holder", INT), of("timeout", INT))
                    .mayGive(INT)
                    .undoneBy("lock.release")
                    .doc(
                            OpSpec.WAITS_AND_OWNS,
                            "Acquires, waiting in order of arrival; the fencing token of the grant, or absent when not granted in time.")),
    RELEASE(row(0x0501, "lock.release")
            .args(of("holder", INT))
            .doc(OpSpec.OWNS, "Releases one level; NOT_OWNER when the holder does not own the lock.")),
    IS_LOCKED(row(0x0502, "lock.is_locked").gives(BOOL).doc(OpSpec.READ, "Whether anybody owns the lock.")),
    HOLD_COUNT(row(0x0503, "lock.hold_count")
            .args(of("holder", INT))
            .gives(INT)
            .doc(OpSpec.READ, "How many levels the holder owns.")),
    TOKEN(row(0x0504, "lock.token")
            .args(of("holder", INT))
            .mayGive(INT)
            .doc(OpSpec.READ, "The fencing token under which the holder owns the lock, or absent.")),
    QUEUE_LENGTH(row(0x0505, "lock.queue_length").gives(INT).doc(OpSpec.READ, "How many wait for the lock.")),
    AWAIT(
            row(0x0506, "lock.await")
                    .args(of("holder", INT), of("condition", TEXT), of("timeout", INT))
                    .gives(BOOL)
                    .doc(
                            OpSpec.WAITS_AND_OWNS,
                            "Releases all levels, waits to be signalled on the condition, acquires them again; false when not signalled in time. NOT_OWNER when the holder does not own the lock.")),
    SIGNAL(
            row(0x0507, "lock.signal")
                    .args(of("holder", INT), of("condition", TEXT), of("count", INT))
                    .gives(INT)
                    .doc(
                            OpSpec.OWNS,
                            "Wakes up to count waiters of the condition (-1 = all), in order; how many were woken. NOT_OWNER when the holder does not own the lock.")),
    CHECK(row(0x0508, "lock.check")
            .args(of("token", INT))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether the fencing token is that of the present owner, whoever asks."));

    private final OpSpec spec;

    LockOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
