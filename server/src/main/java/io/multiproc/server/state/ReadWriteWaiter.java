package io.multiproc.server.state;

/** A request that waits for a read-write lock. */
final class ReadWriteWaiter extends Waiter {
    /** The holder that is to own it. */
    long holder;
    /** Whether to write, rather than to read. */
    boolean writes;

    ReadWriteWaiter(ObjectState object, SessionState session, long request, long index, long deadline) {
        super(object, session, request, index, deadline);
    }

    /** For snapshots and lists. */
    long levels() {
        return writes ? 1 : 0;
    }

    @Override
    Fields fields() {
        return new Fields(holder, levels(), 0, Outcome.PENDING, null, null);
    }

    @Override
    void restore(Fields fields) {
        holder = fields.holder();
        writes = fields.levels() != 0;
    }
}
