package io.multiproc.server.state;

import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of an object that its owner will not give back by itself, because the Python client that acquired it through the owner is gone. It stays
 * owned, so that another client can still release it, until a waiter has waited for longer than a patience.
 */
final class OrphanedHold {
    private final ObjectState object;
    private @Nullable SessionState owner;
    private long count;
    private long since;
    private long patience;
    private final Consumer<ApplyContext> onTimer;
    private @Nullable Timer timer;

    /** @param onTimer is to call {@link #expired} */
    OrphanedHold(ObjectState object, Consumer<ApplyContext> onTimer) {
        this.object = object;
        this.onTimer = onTimer;
    }

    /** How much of what a session owns is orphaned. */
    long count(SessionState session) {
        return session == owner ? count : 0;
    }

    /** When it became so; milliseconds. */
    long since() {
        return since;
    }

    void set(SessionState session, long newCount, long newPatience, ApplyContext context) {
        if (newCount > count || session != owner) {
            since = context.now();
        }
        owner = session;
        count = newCount;
        patience = newPatience;
        if (count == 0) {
            clear(context);
        }
    }

    /** It has been released, or was taken. */
    void clear(ApplyContext context) {
        count = 0;
        owner = null;
        if (timer != null) {
            context.deadlines().remove(timer);
            timer = null;
        }
    }

    /** The owner has so much left: no more than that can be orphaned. */
    void atMost(SessionState session, long left, ApplyContext context) {
        if (session == owner) {
            count = Math.min(count, left);
            if (count == 0) {
                clear(context);
            }
        }
    }

    /** Sees to it that the first in line gets what it needs in time, if that much is orphaned. */
    void watch(Waiters<?> line, long needed, ApplyContext context) {
        Waiter first = line.first();
        SessionState session = owner;
        if (first != null && session != null && timer == null && count > 0 && needed <= count) {
            // not now: what is due by an entry has ended before it
            timer = new ObjectTimer(object, context.index(), Math.max(dueAt(first), context.now() + 1), onTimer);
            context.deadlines().add(timer);
        }
    }

    private long dueAt(Waiter first) {
        long start = Math.max(first.since, since);
        return patience > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + patience;
    }

    /** The timer's time has come: the session to take from for the first in line, or null if it has to wait longer. */
    @Nullable
    SessionState expired(Waiters<?> line, ApplyContext context) {
        if (timer != null) {
            context.deadlines().remove(timer);
            timer = null;
        }
        Waiter first = line.first();
        return first != null && count > 0 && dueAt(first) <= context.now() ? owner : null;
    }

    void snapshot(SnapshotWriter out) {
        out.i64(owner == null ? 0 : owner.id()).i64(count).i64(since).i64(patience);
        out.i64(timer == null ? 0 : timer.index).i64(timer == null ? 0 : timer.deadline);
    }

    void restore(SnapshotReader in, ApplyContext context) {
        long id = in.i64();
        count = in.i64();
        since = in.i64();
        patience = in.i64();
        long index = in.i64();
        long deadline = in.i64();
        if (id != 0) {
            owner = context.sessions().present(id);
            if (index != 0) {
                timer = new ObjectTimer(object, index, deadline, onTimer);
                context.deadlines().add(timer);
            }
        }
    }
}
