package io.multiproc.server.state;

/** A request that waits for an item of a queue. */
final class Taker extends Waiter {
    /** The form in which it is to get the item. */
    long form;

    Taker(ObjectState object, SessionState session, long request, long index, long deadline) {
        super(object, session, request, index, deadline);
    }

    @Override
    Fields fields() {
        return new Fields(form, 1, 0, Outcome.PENDING, null, null);
    }

    @Override
    void restore(Fields fields) {
        form = fields.holder();
    }
}
