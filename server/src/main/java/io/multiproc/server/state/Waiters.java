package io.multiproc.server.state;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A list of parked requests of one kind, in order of arrival. Adding, taking the first and removing any are O(1): a waiter carries its own links.
 * A waiter is found by (session, request) through its session, and by deadline through {@link Deadlines}.
 */
final class Waiters<W extends Waiter> {
    private final Waiter.Kind<W> kind;
    private @Nullable W first;
    private @Nullable W last;
    private int size;

    Waiters(Waiter.Kind<W> kind) {
        this.kind = kind;
    }

    /** A list of waiters that have no fields of their own. */
    static Waiters<Waiter> plain() {
        return new Waiters<>(Waiter::new);
    }

    Waiter.Kind<W> kind() {
        return kind;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    W first() {
        return first;
    }

    @Nullable
    W last() {
        return last;
    }

    /** The one that came after another of this list. */
    @Nullable
    W after(W w) {
        return cast(w.next);
    }

    void add(W w) {
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
            first = cast(after);
        } else {
            before.next = after;
        }
        if (after == null) {
            last = cast(before);
        } else {
            after.previous = before;
        }
        w.list = null;
        w.previous = null;
        w.next = null;
        size--;
    }

    @SuppressWarnings("unchecked") // only W is ever linked
    private @Nullable W cast(@Nullable Waiter w) {
        return (W) w;
    }

    void forEach(Consumer<W> action) {
        for (W w = first; w != null; w = after(w)) {
            action.accept(w);
        }
    }

    /** Answers all waiters, none of which is served. */
    void endAll(Reply reply, ApplyContext context) {
        for (Waiter w = first; w != null; w = first) {
            end(w, reply, context);
        }
    }

    /** Answers a parked request that is not served: what it would have stored is released. */
    static void end(Waiter w, Reply reply, ApplyContext context) {
        w.releaseContent(context);
        context.finish(w, reply);
    }

    void snapshot(SnapshotWriter out) {
        out.i32(size);
        for (Waiter w = first; w != null; w = w.next) {
            w.snapshot(out);
        }
    }

    /** Adds the waiters of a snapshot, to their sessions and to the deadlines too. */
    void restore(SnapshotReader in, ObjectState object, ApplyContext context) {
        for (int n = in.i32(); n > 0; n--) {
            add(Waiter.restore(kind, in, object, context));
        }
    }
}
