package io.multiproc.server.state;

import io.multiproc.protocol.op.LatchOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import org.jspecify.annotations.Nullable;

/** A count-down latch. Between entries, somebody waits only while the count is above 0. */
final class LatchState extends WaitingState<Waiter> {
    private long count;
    /** The count at first; -1 if a snapshot of an earlier version did not say. */
    private long initial = -1;

    LatchState(long id, @Nullable String name) {
        super(ObjectType.COUNT_DOWN_LATCH, id, name, Waiter::new);
    }

    @Override
    void start(byte[] b, int first, int number, ApplyContext context) {
        count = Values.integer(b, first);
        initial = count;
    }

    @Override
    @Nullable
    String difference(byte[] b, int first, int number) {
        long asked = Values.integer(b, first);
        return asked == initial || initial < 0 ? null : "was made with the count " + initial + ", not " + asked;
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        return op == LatchOp.AWAIT && count == 0 ? StateMachine.KEEPS_NOTHING : super.growth(op, a, caller);
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof LatchOp latchOp)) {
            throw notMine(op);
        }
        return switch (latchOp) {
            case COUNT_DOWN -> {
                long steps = a.integer(0);
                if (steps < 1) {
                    throw badArgument("steps must be at least 1, not " + steps);
                }
                count = Math.max(0, count - steps);
                if (count == 0) {
                    finishAll(Reply.TRUE, context);
                }
                yield Reply.integer(count);
            }
            case COUNT -> Reply.integer(count);
            case AWAIT -> await(count == 0, a.integer(0), context);
        };
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        context.finish(w, Reply.FALSE);
    }

    @Override
    long size() {
        return count;
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("count", Values.ofInteger(count))
                .add("waiters", Values.ofInteger(waiters()))
                .build();
    }

    @Override
    ObjectState durableCopy() {
        LatchState copy = new LatchState(id(), name());
        copy.count = count;
        copy.initial = initial;
        return copy;
    }

    @Override
    void snapshot(SnapshotWriter out) {
        // two numbers in the place of one, whose upper half was 0
        out.i64((initial + 1) << 32 | count);
        waiting.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        long both = in.i64();
        count = (int) both;
        initial = (both >>> 32) - 1;
        waiting.restore(in, this, context);
    }
}
