package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.Sequencer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The command that a connection has submitted last: there is one at a time, on its way to the state, waiting there, or applied. Its continuation makes the
 * result of the call, at once where commands are applied at once, else at the end of the burst.
 */
final class Submitted implements Sequencer.Completion {
    /** For commands whose answer nobody needs. */
    static final Sequencer.Completion UNASKED = (request, reply) -> {};

    private static final Reply FAULT = Reply.error(ErrorCode.INTERNAL, "a fault of the server, see its log");

    /** The call needs the answer of a read that has become a command: it is made again when that is applied. */
    static final class Again extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Again() {
            super("a read that became a command", null, false, false);
        }
    }

    private record Read(Op op, long object, byte[] args, Reply reply) {}

    private final PythonSession caller;
    private final Engine engine;
    /** Whether commands may be applied later than they are submitted. */
    private final boolean later;

    private long session;
    private long request;
    private Op op = ManagerOp.INFO;
    /** The answer of a command that has none, or null if it waits then. */
    private @Nullable Reply standard;

    private boolean submitting;
    private boolean onItsWay;
    private boolean isThere;
    private @Nullable Reply reply;
    /** Null after a read. */
    private @Nullable Function<Reply, Object> then;

    private long object;
    private byte @Nullable [] args;
    /** The answers of reads that became commands, for the call that is made again. */
    private List<Read> reads = List.of();

    Submitted(PythonSession caller, Engine engine) {
        this.caller = caller;
        this.engine = engine;
        this.later = engine.gathers();
    }

    boolean isOnItsWay() {
        return onItsWay;
    }

    /**
     * Submits an operation.
     *
     * @param by the session that asks
     * @param whenWaiting the answer of an operation that waits, for who does not want to; null to wait
     * @param f makes the result of the answer, which may be an error
     * @return the result, or {@link MethodCall#LATER}
     */
    Object operation(
            long by,
            long number,
            Op operation,
            long target,
            Args given,
            @Nullable Reply whenWaiting,
            Function<Reply, Object> f) {
        begin(by, number, operation, whenWaiting);
        try {
            engine.submit(by, number, operation, target, given, this);
        } finally {
            submitting = false;
        }
        return outcome(f);
    }

    /** Submits that a session gets one more reference. */
    Object retain(long by, long target, Function<Reply, Object> f) {
        begin(by, 0, ManagerOp.INFO, FAULT);
        try {
            engine.retain(by, target, this);
        } finally {
            submitting = false;
        }
        return outcome(f);
    }

    /** Reads. @throws Again if that became a command that is not applied yet */
    Reply read(long by, long number, Op operation, long target, Args given) {
        for (Read r : reads) {
            if (r.op == operation && r.object == target && Arrays.equals(r.args, given.encoded())) {
                return r.reply;
            }
        }
        begin(by, number, operation, FAULT);
        try {
            engine.submit(by, number, operation, target, given, this);
        } finally {
            submitting = false;
        }
        if (isThere) {
            return caller.received(by, number, operation, fetch());
        }
        then = null;
        object = target;
        args = given.encoded();
        onItsWay = true;
        throw new Again();
    }

    /** The call has its result. */
    void forget() {
        reads = List.of();
        then = null;
        args = null;
    }

    private void begin(long by, long number, Op operation, @Nullable Reply whenNone) {
        if (onItsWay) {
            throw new IllegalStateException(op.wireName() + " is on its way");
        }
        session = by;
        request = number;
        op = operation;
        standard = whenNone;
        isThere = false;
        submitting = true;
    }

    private Object outcome(Function<Reply, Object> f) {
        if (isThere && reply != null) {
            reads = List.of();
            Reply answer = caller.received(session, request, op, fetch());
            if (later) {
                // what was submitted must not be submitted again
                caller.stage(f, answer);
            }
            return f.apply(answer);
        }
        then = f;
        if (isThere) {
            caller.parked(session, request);
        } else {
            onItsWay = true;
        }
        return MethodCall.LATER;
    }

    private Reply fetch() {
        Reply r = reply;
        reply = null;
        return r == null ? FAULT : r;
    }

    @Override
    public void applied(long number, @Nullable Reply given) {
        Reply answer = given == null ? standard : given;
        if (submitting) {
            reply = answer;
            isThere = true;
            return;
        }
        onItsWay = false;
        byte[] read = args;
        if (then == null && read != null && answer != null) {
            if (reads.isEmpty()) {
                reads = new ArrayList<>();
            }
            reads.add(new Read(op, object, read, caller.received(session, request, op, answer)));
            args = null;
            caller.again();
        } else if (answer == null) {
            caller.parked(session, request);
        } else {
            goOn(answer);
        }
        caller.applied();
    }

    /** The answer to what waited. */
    void answered(long by, long number, Reply answer) {
        if (then != null && !onItsWay && by == session && number == request) {
            goOn(answer);
        }
    }

    private void goOn(Reply answer) {
        Function<Reply, Object> f = then;
        then = null;
        reads = List.of();
        if (f != null) {
            caller.goOn(f, caller.received(session, request, op, answer));
        }
    }
}
