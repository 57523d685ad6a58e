package io.multiproc.server.state;

import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import org.jspecify.annotations.Nullable;

/** A barrier. Between entries, fewer than all parties wait, and nobody waits while it is broken. */
final class BarrierState extends WaitingState {
    private static final Reply BROKEN = Reply.integer(-1);
    private static final Reply TIMED_OUT = Reply.integer(-2);

    private long parties = 1;
    private boolean broken;

    BarrierState(long id, @Nullable String name) {
        super(ObjectType.BARRIER, id, name);
    }

    void parties(long count) {
        parties = count;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, Turn turn) {
        if (!(op instanceof BarrierOp barrierOp)) {
            throw notMine(op);
        }
        return switch (barrierOp) {
            case AWAIT -> await(a.integer(0), turn);
            case RESET -> {
                finishAll(BROKEN, turn);
                broken = false;
                yield Reply.NOTHING;
            }
            case ABORT -> {
                breakIt(turn);
                yield Reply.NOTHING;
            }
            case PARTIES -> Reply.integer(parties);
            case WAITING -> Reply.integer(waiters());
            case IS_BROKEN -> Reply.bool(broken);
        };
    }

    private @Nullable Reply await(long timeout, Turn turn) {
        long deadline = turn.deadline(timeout);
        if (broken) {
            return BROKEN;
        }
        if (waiting.size() == parties - 1) {
            long arrival = 0;
            for (Waiter w = waiting.first(); w != null; w = waiting.first()) {
                turn.finish(w, Reply.integer(arrival++));
            }
            return Reply.integer(arrival);
        }
        if (timeout == 0) {
            breakIt(turn);
            return TIMED_OUT;
        }
        turn.park(this, waiting, deadline);
        return null;
    }

    private void breakIt(Turn turn) {
        broken = true;
        finishAll(BROKEN, turn);
    }

    @Override
    void expire(Waiter w, Turn turn) {
        turn.finish(w, TIMED_OUT);
        breakIt(turn);
    }

    @Override
    void cancel(Waiter w, Turn turn) {
        turn.finish(w, cancelledReply());
        breakIt(turn);
    }

    @Override
    void abandon(Waiter w, Turn turn) {
        turn.unpark(w);
        // other parties of the same session are gone too, and cannot be answered
        for (Waiter other = waiting.first(); other != null; ) {
            Waiter next = other.next;
            if (other.session == w.session) {
                turn.unpark(other);
            }
            other = next;
        }
        breakIt(turn);
    }

    @Override
    long size() {
        return waiters();
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("parties", Values.ofInteger(parties))
                .add("waiting", Values.ofInteger(waiters()))
                .add("broken", Values.ofBool(broken))
                .build();
    }

    @Override
    ObjectState durableCopy() {
        BarrierState copy = new BarrierState(id(), name());
        copy.parties = parties;
        // the parties that wait will not be there
        copy.broken = broken || waiters() > 0;
        return copy;
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(parties).u8(broken ? 1 : 0);
        waiting.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, Turn turn) {
        parties = in.i64();
        broken = in.u8() == 1;
        waiting.restore(in, this, turn);
    }
}
