package io.multiproc.server.state;

import org.jspecify.annotations.Nullable;

/** A request that waits for a lock, or on a condition of one and then for the lock. */
final class LockWaiter extends Waiter {
    /** The holder that is to own the lock. */
    long holder;
    /** How many levels are to be had. */
    long levels = 1;
    /** The condition that is or was waited on. */
    @Nullable
    String condition;

    Outcome outcome = Outcome.PENDING;

    LockWaiter(ObjectState object, SessionState session, long request, long index, long deadline) {
        super(object, session, request, index, deadline);
    }

    @Override
    Fields fields() {
        return new Fields(holder, levels, 0, outcome, condition, null);
    }

    @Override
    void restore(Fields fields) {
        holder = fields.holder();
        levels = fields.levels();
        outcome = fields.outcome();
        condition = fields.condition();
    }
}
