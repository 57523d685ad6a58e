package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a semaphore and a bounded semaphore. Permits are owned by sessions. */
public enum SemaphoreOp implements Op {
    ACQUIRE(row(0x1200, "semaphore.acquire")
            .args(of("permits", INT), of("timeout", INT))
            .gives(BOOL)
            .undoneBy("semaphore.release")
            .doc(
                    OpSpec.WAITS_AND_OWNS,
                    "Acquires permits for the session, waiting in order of arrival; false when not granted in time.")),
    RELEASE(
            row(0x1201, "semaphore.release")
                    .args(of("permits", INT))
                    .doc(
                            OpSpec.OWNS,
                            "Gives back permits: first those of the session, then those of the sessions that have held theirs longest, then new ones; a bounded semaphore refuses new ones with ILLEGAL_STATE and then releases nothing.")),
    AVAILABLE(row(0x1202, "semaphore.available").gives(INT).doc(OpSpec.READ, "How many permits are free.")),
    DRAIN(row(0x1203, "semaphore.drain")
            .gives(INT)
            .doc(OpSpec.OWNS, "Acquires all free permits without waiting; how many.")),
    HELD(row(0x1204, "semaphore.held").gives(INT).doc(OpSpec.READ, "How many permits the session owns.")),
    QUEUE_LENGTH(row(0x1205, "semaphore.queue_length").gives(INT).doc(OpSpec.READ, "How many wait for permits."));

    private final OpSpec spec;

    SemaphoreOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
