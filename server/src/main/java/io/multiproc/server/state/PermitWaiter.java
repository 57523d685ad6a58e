package io.multiproc.server.state;

/** A request that waits for permits of a semaphore. */
final class PermitWaiter extends Waiter {
    long permits = 1;

    PermitWaiter(ObjectState object, SessionState session, long request, long index, long deadline) {
        super(object, session, request, index, deadline);
    }

    @Override
    Fields fields() {
        return new Fields(0, permits, 0, Outcome.PENDING, null, null);
    }

    @Override
    void restore(Fields fields) {
        permits = fields.levels();
    }
}
