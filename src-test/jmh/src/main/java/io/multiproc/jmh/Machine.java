package io.multiproc.jmh;

import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.state.SharedState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server's state with one session: stamps entries as the engine does, and counts the answers to parked requests. */
final class Machine implements Completions {
    /** The first command opens it. */
    static final long SESSION = 1;

    private final SharedState state = new SharedState();
    private long request;
    private long completed;

    Machine() {
        state.apply(new Entry(1_000, 0, 0, new Command.SessionOpened("jmh", "jmh:1")), this);
    }

    @Override
    public void complete(long session, long number, Reply reply) {
        completed++;
    }

    /** How many requests were answered after they had been parked. */
    long completed() {
        return completed;
    }

    /** The object of a new name. */
    long make(ObjectType type) {
        Reply reply = Objects.requireNonNull(apply(
                0,
                Args.of(
                        ManagerOp.OPEN,
                        Values.ofText(type.wireName()),
                        Values.ofText(type.wireName()),
                        Values.container(Tag.LIST, List.of())),
                ManagerOp.OPEN));
        return Values.refId(reply.bytes(), reply.start());
    }

    /** Does an operation under a new request number; null when it is parked. */
    @Nullable
    Reply apply(long object, Args args, Op op) {
        return state.apply(new Entry(1_000, SESSION, ++request, new Command.Invoke(op, object, args)), this);
    }

    /** Does an operation that must succeed at once. */
    Reply done(long object, Op op, Args args) {
        Reply reply = apply(object, args, op);
        if (reply == null || reply.isError()) {
            throw new IllegalStateException(op.wireName() + " gave " + reply);
        }
        return reply;
    }

    /** The client has received what the last request delivered. */
    void acknowledge() {
        state.apply(new Entry(1_000, SESSION, request, new Command.Acknowledge()), this);
    }
}
