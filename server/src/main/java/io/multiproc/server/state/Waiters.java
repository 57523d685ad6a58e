package io.multiproc.server.state;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parked requests in order of arrival. Adding, taking the first and removing any are O(1): a waiter carries its own links.
 * A waiter is found by (session, request) through its session, and by deadline through {@link Deadlines}.
 */
final class Waiters {
    private @Nullable Waiter first;
    private @Nullable Waiter last;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    Waiter first() {
        return first;
    }

    @Nullable
    Waiter last() {
        return last;
    }

    void add(Waiter w) {
        w.list = this;
        w.previous = last;
        w.next = null;
        if (last == null) {
            first = w;
        } else {
            last.next = w;
        }
        last = w;
        size++;
    }

    void remove(Waiter w) {
        if (w.list != this) {
            throw new IllegalStateException("request " + w.request + " does not wait here");
        }
        Waiter before = w.previous;
        Waiter after = w.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        w.list = null;
        w.previous = null;
        w.next = null;
        size--;
    }

    void forEach(Consumer<Waiter> action) {
        for (Waiter w = first; w != null; w = w.next) {
            action.accept(w);
        }
    }

    /** Answers all, of whom none is served. */
    void endAll(Reply reply, ApplyContext context) {
        for (Waiter w = first; w != null; w = first) {
            end(w, reply, context);
        }
    }

    /** Answers a parked request that is not served: what it would have stored is released. */
    static void end(Waiter w, Reply reply, ApplyContext context) {
        if (w.value != null) {
            context.references().release(w.value);
        }
        context.finish(w, reply);
    }

    void snapshot(SnapshotWriter out) {
        out.i32(size);
        for (Waiter w = first; w != null; w = w.next) {
            out.i64(w.session.id()).i64(w.request).i64(w.index).i64(w.deadline).i64(w.holder);
            out.i64(w.levels).i64(w.since).i64(w.barrier).u8(w.outcome.ordinal());
            out.optionalText(w.condition);
            out.optionalBytes(w.value);
        }
    }

    /** Adds the waiters of a snapshot, to their sessions and to the deadlines too. */
    void restore(SnapshotReader in, ObjectState object, ApplyContext context) {
        int n = in.i32();
        for (int i = 0; i < n; i++) {
            SessionState session = context.sessions().present(in.i64());
            Waiter w = new Waiter(object, session, in.i64(), in.i64(), in.i64());
            w.holder = in.i64();
            w.levels = in.i64();
            w.since = in.i64();
            w.barrier = in.i64();
            w.outcome = Waiter.Outcome.values()[in.u8()];
            w.condition = in.optionalText();
            w.value = in.optionalBytes();
            add(w);
            session.parked.put(w.request, w);
            if (w.outcome == Waiter.Outcome.PENDING) {
                context.deadlines().add(w);
            }
        }
    }
}
