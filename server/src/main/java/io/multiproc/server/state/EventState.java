package io.multiproc.server.state;

import io.multiproc.protocol.op.EventOp;
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

/** An event. Between entries, somebody waits only while it is not set. */
final class EventState extends WaitingState<Waiter> {
    private boolean set;

    EventState(long id, @Nullable String name) {
        super(ObjectType.EVENT, id, name, Waiter::new);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        throw new IllegalStateException("made without arguments");
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        return op == EventOp.AWAIT && set ? StateMachine.KEEPS_NOTHING : super.growth(op, a, caller);
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof EventOp eventOp)) {
            throw notMine(op);
        }
        return switch (eventOp) {
            case SET -> {
                set = true;
                finishAll(Reply.TRUE, context);
                yield Reply.NOTHING;
            }
            case CLEAR -> {
                set = false;
                yield Reply.NOTHING;
            }
            case IS_SET -> Reply.bool(set);
            case AWAIT -> await(set, a.integer(0), context);
        };
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        context.finish(w, Reply.FALSE);
    }

    @Override
    long size() {
        return set ? 1 : 0;
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("set", Values.ofBool(set))
                .add("waiters", Values.ofInteger(waiters()))
                .build();
    }

    @Override
    ObjectState durableCopy() {
        EventState copy = new EventState(id(), name());
        copy.set = set;
        return copy;
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.u8(set ? 1 : 0);
        waiting.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        set = in.u8() == 1;
        waiting.restore(in, this, context);
    }
}
