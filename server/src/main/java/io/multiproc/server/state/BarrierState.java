package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.BarrierOp;
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
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A barrier. Between entries, fewer than all parties wait, and nobody waits while it is broken.
 *
 * <p>With an action, the last party waits for it in the line of the service, the others here, in front of those that have come
 * too early for the next round.
 */
final class BarrierState extends WaitingState<Waiter> {
    private static final Reply BROKEN = Reply.integer(-1);
    static final Reply TIMED_OUT = Reply.integer(-2);

    private long parties = 1;
    private boolean broken;

    /** The action: an instance and the name of its method. */
    private byte @Nullable [] instance;

    private byte[] method = Values.NULL;
    /** The number of the call that is the action of this round; 0 for none. */
    private long acting;

    BarrierState(long id, @Nullable String name) {
        super(ObjectType.BARRIER, id, name, Waiter::new);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        parties = Values.integer(b, first);
        if (count > 1) {
            int second = Values.skip(b, first);
            byte[] reference = Values.copy(b, second);
            instance = reference;
            method = Values.copy(b, Values.skip(b, second));
            context.references().retain(reference);
        }
    }

    /** Each process has an instance of its own for the action; the barrier keeps the first one. */
    @Override
    @Nullable
    String difference(byte[] b, int first, int count) {
        long asked = Values.integer(b, first);
        if (asked != parties) {
            return "is for " + parties + " parties, not " + asked;
        }
        if (count == 1) {
            return null;
        }
        byte[] wanted = Values.copy(b, Values.skip(b, Values.skip(b, first)));
        return instance != null && Arrays.equals(wanted, method)
                ? null
                : "has " + (instance == null ? "no action" : "the action " + Values.text(method)) + ", not the action "
                        + Values.text(wanted);
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        boolean completes = op == BarrierOp.AWAIT && instance == null && waiting.size() == parties - 1;
        return broken || completes ? StateMachine.KEEPS_NOTHING : super.growth(op, a, caller);
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof BarrierOp barrierOp)) {
            throw notMine(op);
        }
        return switch (barrierOp) {
            case AWAIT -> await(a.integer(0), context);
            case RESET -> {
                breakIt(context);
                broken = false;
                yield Reply.NOTHING;
            }
            case ABORT -> {
                breakIt(context);
                yield Reply.NOTHING;
            }
            case PARTIES -> Reply.integer(parties);
            case WAITING -> Reply.integer(waiters());
            case IS_BROKEN -> Reply.bool(broken);
        };
    }

    private @Nullable Reply await(long timeout, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (broken) {
            return BROKEN;
        }
        if (acting == 0 && waiting.size() == parties - 1) {
            if (instance == null) {
                return passed(context);
            }
            Reply refusal = refusal(context);
            if (refusal != null) {
                breakIt(context);
                return refusal;
            }
            context.park(this, waiting, timeout == 0 ? Long.MAX_VALUE : deadline);
            goOn(context);
            return null;
        }
        if (timeout == 0) {
            breakIt(context);
            return TIMED_OUT;
        }
        context.park(this, waiting, deadline);
        return null;
    }

    /** Lets the other parties of this round go; the answer of the last one. */
    Reply passed(ApplyContext context) {
        acting = 0;
        for (long arrival = 0; arrival < parties - 1; arrival++) {
            Waiter w = waiting.first();
            if (w == null) {
                throw new IllegalStateException("a party is missing");
            }
            context.finish(w, Reply.integer(arrival));
        }
        return Reply.integer(parties - 1);
    }

    /** The action has thrown: the answer of the last party. */
    Reply failed(byte[] thrown, ApplyContext context) {
        acting = 0;
        breakIt(context);
        StringBuilder text = new StringBuilder("the barrier is broken: its action failed");
        String separator = ": ";
        if (Tag.of(thrown, 0) == Tag.LIST || Tag.of(thrown, 0) == Tag.TUPLE) {
            // type and message; the trace is for those who call the method themselves
            for (byte[] part : Values.elements(thrown, 0).stream().limit(2).toList()) {
                if (Tag.of(part, 0) == Tag.STRING) {
                    text.append(separator).append(Values.text(part, 0));
                    separator = ": ";
                }
            }
        }
        return Reply.error(ErrorCode.ILLEGAL_STATE, text.toString());
    }

    /** The action will have no outcome: its host or the last party is gone. */
    void actionLost(@Nullable SessionState gone, ApplyContext context) {
        acting = 0;
        forget(gone, context);
        breakIt(context);
    }

    /** Begins the action if all parties of a round are there and none is under way. */
    void goOn(ApplyContext context) {
        byte[] reference = instance;
        if (reference == null || acting != 0 || waiting.size() < parties) {
            return;
        }
        Waiter last = waiting.first();
        for (long i = 1; last != null && i < parties; i++) {
            last = waiting.after(last);
        }
        ServiceState service = service(context);
        Reply refusal = refusal(context);
        if (last == null || service == null || refusal != null) {
            if (last != null && refusal != null) {
                context.finish(last, refusal);
            }
            breakIt(context);
            return;
        }
        waiting.remove(last);
        acting = service.act(last, this, Values.refId(reference, 0), method, context);
    }

    private @Nullable ServiceState service(ApplyContext context) {
        byte[] reference = instance;
        return reference != null && context.references().object(Values.refId(reference, 0)) instanceof InstanceState i
                ? i.present(context)
                : null;
    }

    private @Nullable Reply refusal(ApplyContext context) {
        ServiceState service = service(context);
        return service == null
                ? Reply.error(ErrorCode.ILLEGAL_STATE, "the barrier is broken: the class of its action was deleted")
                : service.refusal();
    }

    private void breakIt(ApplyContext context) {
        broken = true;
        stopActing(null, BROKEN, context);
        finishAll(BROKEN, context);
    }

    private void stopActing(@Nullable SessionState gone, Reply reply, ApplyContext context) {
        long call = acting;
        ServiceState service = service(context);
        acting = 0;
        if (call != 0 && service != null) {
            service.stopActing(call, gone, reply, context);
        }
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        context.finish(w, TIMED_OUT);
        breakIt(context);
    }

    @Override
    void cancel(Waiter w, ApplyContext context) {
        context.finish(w, cancelledReply());
        breakIt(context);
    }

    @Override
    void abandon(Waiter w, ApplyContext context) {
        forget(w.session, context);
        stopActing(w.session, BROKEN, context);
        breakIt(context);
    }

    @Override
    void leave(Waiter w, ApplyContext context) {
        context.unpark(w);
        breakIt(context);
    }

    @Override
    long size() {
        return waiters();
    }

    @Override
    byte[] describe(int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.DICT, maxBytes)
                .add("parties", Values.ofInteger(parties))
                .add("waiting", Values.ofInteger(waiters()))
                .add("broken", Values.ofBool(broken));
        if (instance != null) {
            out.add("action", instance).add("method", method);
        }
        return out.build();
    }

    @Override
    void forEachStored(Consumer<byte[]> sink) {
        if (instance != null) {
            sink.accept(instance);
        }
    }

    @Override
    void dispose(ApplyContext context) {
        stopActing(null, goneReply(), context);
        super.dispose(context);
        if (instance != null) {
            context.references().release(instance);
        }
    }

    @Override
    ObjectState durableCopy() {
        BarrierState copy = new BarrierState(id(), name());
        copy.parties = parties;
        // the parties that wait will not be there
        copy.broken = broken || waiters() > 0 || acting != 0;
        copy.instance = instance;
        copy.method = method;
        return copy;
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(parties).u8(broken ? 1 : 0).i64(acting).optionalBytes(instance);
        out.bytes(method);
        waiting.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        parties = in.i64();
        broken = in.u8() == 1;
        acting = in.i64();
        instance = in.optionalBytes();
        method = in.bytes();
        waiting.restore(in, this, context);
    }
}
