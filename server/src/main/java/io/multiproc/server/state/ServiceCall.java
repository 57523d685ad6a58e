package io.multiproc.server.state;

import org.jspecify.annotations.Nullable;

/** A request that waits for the result of a method that a service calls: of its caller, or of the last party of a barrier. */
final class ServiceCall extends Waiter {
    /** Of the call, at its service. */
    long number;
    /** A tuple of instance, method and arguments. */
    byte @Nullable [] content;

    /** The barrier whose action it is; 0 for none. */
    long barrier;

    ServiceCall(ObjectState object, SessionState session, long request, long index, long deadline) {
        super(object, session, request, index, deadline);
    }

    @Override
    Fields fields() {
        return new Fields(number, 1, barrier, Outcome.PENDING, null, content);
    }

    @Override
    void restore(Fields fields) {
        number = fields.holder();
        barrier = fields.barrier();
        content = fields.value();
    }
}
