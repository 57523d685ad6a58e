package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Reply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A synchroniser with one line of waiters. */
abstract class WaitingState<W extends Waiter> extends ObjectState {
    /** In order of arrival. */
    final Waiters<W> waiting;

    WaitingState(ObjectType type, long id, @Nullable String name, Waiter.Kind<W> kind) {
        super(type, id, name);
        waiting = new Waiters<>(kind);
    }

    /** Whether what is waited for is so, or becomes so in time. */
    final @Nullable Reply await(boolean now, long timeout, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (now || timeout == 0) {
            return Reply.bool(now);
        }
        context.park(this, waiting, deadline);
        return null;
    }

    final void finishAll(Reply reply, ApplyContext context) {
        for (Waiter w = waiting.first(); w != null; w = waiting.first()) {
            context.finish(w, reply);
        }
    }

    /** Serves the requests that are first in line now that another has left. */
    void settle(ApplyContext context) {
        // by default no wait depends on the ones before it
    }

    @Override
    void cancel(Waiter w, ApplyContext context) {
        context.finish(w, cancelledReply());
        settle(context);
    }

    @Override
    void abandon(Waiter w, ApplyContext context) {
        forget(w.session, context);
        settle(context);
    }

    @Override
    void leave(Waiter w, ApplyContext context) {
        context.unpark(w);
        settle(context);
    }

    /** Ends all waits of a session that has ended, before others are served: nothing is granted to an ended session. */
    final void forget(@Nullable SessionState gone, ApplyContext context) {
        for (W w = waiting.first(); w != null; ) {
            W next = waiting.after(w);
            if (w.session == gone) {
                context.unpark(w);
            }
            w = next;
        }
    }

    @Override
    void dispose(ApplyContext context) {
        finishAll(goneReply(), context);
    }

    @Override
    final int waiters() {
        return waiting.size();
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        // nothing is stored
    }
}
