package io.multiproc.server.state;

import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import org.jspecify.annotations.Nullable;

/** A parked request. A kind of wait that needs more than that has a class and fields of its own. */
class Waiter extends Timer {
    /** Makes a waiter of the kind that a list holds. */
    @FunctionalInterface
    interface Kind<W extends Waiter> {
        W make(ObjectState object, SessionState session, long request, long index, long deadline);
    }

    /** How a wait on a condition ended, while its waiter gets the lock back. */
    enum Outcome {
        /** It has not ended, or there is no condition. */
        PENDING,
        SIGNALLED,
        TIMED_OUT,
        CANCELLED
    }

    /** What a snapshot holds of a waiter of any kind: a kind leaves what it has no field for as it is in {@link #NONE}. */
    record Fields(
            long holder,
            long levels,
            long barrier,
            Outcome outcome,
            @Nullable String condition,
            byte @Nullable [] value) {
        static final Fields NONE = new Fields(0, 1, 0, Outcome.PENDING, null, null);
    }

    private final ObjectState object;
    final SessionState session;
    final long request;

    /** When it was parked. */
    long since;

    // the list it stands in, and its neighbours there
    @Nullable
    Waiters<?> list;

    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    Waiter(ObjectState object, SessionState session, long request, long index, long deadline) {
        super(index, deadline);
        this.object = object;
        this.session = session;
        this.request = request;
    }

    @Override
    final ObjectState object() {
        return object;
    }

    @Override
    final void expire(ApplyContext context) {
        object.expire(this, context);
    }

    /** Releases the references of what the request would have stored. */
    void releaseContent(ApplyContext context) {
        // most requests bring nothing
    }

    Fields fields() {
        return Fields.NONE;
    }

    /** Takes the fields that {@link #fields} gave. */
    void restore(Fields fields) {
        // the base has none
    }

    final void snapshot(SnapshotWriter out) {
        Fields f = fields();
        out.i64(session.id()).i64(request).i64(index).i64(deadline).i64(f.holder);
        out.i64(f.levels).i64(since).i64(f.barrier).u8(f.outcome.ordinal());
        out.optionalText(f.condition);
        out.optionalBytes(f.value);
    }

    /** Reads what {@link #snapshot} wrote; returns the waiter, which stands in no list yet. */
    static <W extends Waiter> W restore(Kind<W> kind, SnapshotReader in, ObjectState object, ApplyContext context) {
        SessionState session = context.sessions().present(in.i64());
        W w = kind.make(object, session, in.i64(), in.i64(), in.i64());
        long holder = in.i64();
        long levels = in.i64();
        w.since = in.i64();
        long barrier = in.i64();
        Outcome outcome = Outcome.values()[in.u8()];
        Fields fields = new Fields(holder, levels, barrier, outcome, in.optionalText(), in.optionalBytes());
        w.restore(fields);
        session.parked.put(w.request, w);
        if (outcome == Outcome.PENDING) {
            context.deadlines().add(w);
        }
        return w;
    }
}
