package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Reply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A synchroniser with one line of waiters. */
abstract sealed class WaitingState extends ObjectState
        permits EventState, LatchState, BarrierState, SemaphoreState, ReadWriteLockState {
    /** In order of arrival. */
    final Waiters waiting = new Waiters();

    WaitingState(ObjectType type, long id, @Nullable String name) {
        super(type, id, name);
    }

    /** Whether what is waited for is so, or becomes so in time. */
    final @Nullable Reply await(boolean now, long timeout, Turn turn) {
        long deadline = turn.deadline(timeout);
        if (now || timeout == 0) {
            return Reply.bool(now);
        }
        turn.park(this, waiting, deadline);
        return null;
    }

    final void finishAll(Reply reply, Turn turn) {
        for (Waiter w = waiting.first(); w != null; w = waiting.first()) {
            turn.finish(w, reply);
        }
    }

    /** Who waits behind one that has left may be due now. */
    void settle(Turn turn) {
        // where nobody's turn depends on who waits before him
    }

    @Override
    void cancel(Waiter w, Turn turn) {
        turn.finish(w, cancelledReply());
        settle(turn);
    }

    @Override
    void abandon(Waiter w, Turn turn) {
        forget(w.session, turn);
        settle(turn);
    }

    @Override
    void leave(Waiter w, Turn turn) {
        turn.unpark(w);
        settle(turn);
    }

    /** Ends all waits of a session that has ended, before anybody is served: nothing is granted to who is gone. */
    final void forget(@Nullable SessionState gone, Turn turn) {
        for (Waiter w = waiting.first(); w != null; ) {
            Waiter next = w.next;
            if (w.session == gone) {
                turn.unpark(w);
            }
            w = next;
        }
    }

    @Override
    void dispose(Turn turn) {
        finishAll(goneReply(), turn);
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
