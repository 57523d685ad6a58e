package io.multiproc.server.state;

import org.jspecify.annotations.Nullable;

/** One parked request. */
final class Waiter {
    /** How a wait on a condition ended, while its waiter gets the lock back. */
    enum Outcome {
        /** It has not ended, or there is no condition. */
        PENDING,
        SIGNALLED,
        TIMED_OUT,
        CANCELLED
    }

    /** What it waits on; the last party of a barrier comes to wait on the service that runs the barrier's action. */
    ObjectState object;

    final SessionState session;
    final long request;
    /** Of the entry that parked it: one entry parks at most one request. */
    final long index;
    /** {@link Long#MAX_VALUE} for none. */
    final long deadline;

    /** When it was parked. */
    long since;

    /** The item of a parked put. */
    byte @Nullable [] value;
    /** Who waits for a lock. */
    long holder;
    /** How many levels of a lock are to be had. */
    long levels = 1;
    /** The condition that is or was waited on. */
    @Nullable
    String condition;

    /** The barrier whose action a call is; 0 for none. */
    long barrier;

    Outcome outcome = Outcome.PENDING;

    // the list it stands in, its neighbours there, and its place among the deadlines (-1: none)
    @Nullable
    Waiters list;

    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    int deadlineAt = -1;

    Waiter(ObjectState object, SessionState session, long request, long index, long deadline) {
        this.object = object;
        this.session = session;
        this.request = request;
        this.index = index;
        this.deadline = deadline;
    }
}
