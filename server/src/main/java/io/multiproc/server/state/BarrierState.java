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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A barrier. Between entries, fewer than all parties wait, and nobody waits while it is broken.
 *
 * <p>With an action, the last party waits for it in the line of the service, the others here, in front of those that have come
 * too early for the next round.
 */
final class BarrierState extends WaitingState {
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
        super(ObjectType.BARRIER, id, name);
    }

    void parties(long count) {
        parties = count;
    }

    /** Takes a checked reference to an instance, and the name of a method. */
    void action(byte[] reference, byte[] name, Turn turn) {
        instance = reference;
        method = name;
        turn.references().retain(reference);
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
                breakIt(turn);
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
        if (acting == 0 && waiting.size() == parties - 1) {
            if (instance == null) {
                return passed(turn);
            }
            Reply refusal = refusal(turn);
            if (refusal != null) {
                breakIt(turn);
                return refusal;
            }
            turn.park(this, waiting, timeout == 0 ? Long.MAX_VALUE : deadline);
            goOn(turn);
            return null;
        }
        if (timeout == 0) {
            breakIt(turn);
            return TIMED_OUT;
        }
        turn.park(this, waiting, deadline);
        return null;
    }

    /** Lets the other parties of this round go; the answer of the last one. */
    Reply passed(Turn turn) {
        acting = 0;
        for (long arrival = 0; arrival < parties - 1; arrival++) {
            Waiter w = waiting.first();
            if (w == null) {
                throw new IllegalStateException("a party is missing");
            }
            turn.finish(w, Reply.integer(arrival));
        }
        return Reply.integer(parties - 1);
    }

    /** The action has thrown: the answer of the last party. */
    Reply failed(byte[] thrown, Turn turn) {
        acting = 0;
        breakIt(turn);
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
    void actionLost(@Nullable SessionState gone, Turn turn) {
        acting = 0;
        forget(gone, turn);
        breakIt(turn);
    }

    /** Begins the action if all parties of a round are there and none is under way. */
    void goOn(Turn turn) {
        byte[] reference = instance;
        if (reference == null || acting != 0 || waiting.size() < parties) {
            return;
        }
        Waiter last = waiting.first();
        for (long i = 1; last != null && i < parties; i++) {
            last = last.next;
        }
        ServiceState service = service(turn);
        Reply refusal = refusal(turn);
        if (last == null || service == null || refusal != null) {
            if (last != null && refusal != null) {
                turn.finish(last, refusal);
            }
            breakIt(turn);
            return;
        }
        waiting.remove(last);
        acting = service.act(last, this, Values.refId(reference, 0), method, turn);
    }

    private @Nullable ServiceState service(Turn turn) {
        byte[] reference = instance;
        return reference != null && turn.references().object(Values.refId(reference, 0)) instanceof InstanceState i
                ? i.present(turn)
                : null;
    }

    private @Nullable Reply refusal(Turn turn) {
        ServiceState service = service(turn);
        return service == null
                ? Reply.error(ErrorCode.ILLEGAL_STATE, "the barrier is broken: the class of its action was deleted")
                : service.refusal();
    }

    private void breakIt(Turn turn) {
        broken = true;
        stopActing(null, BROKEN, turn);
        finishAll(BROKEN, turn);
    }

    private void stopActing(@Nullable SessionState gone, Reply reply, Turn turn) {
        long call = acting;
        ServiceState service = service(turn);
        acting = 0;
        if (call != 0 && service != null) {
            service.stopActing(call, gone, reply, turn);
        }
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
        forget(w.session, turn);
        stopActing(w.session, BROKEN, turn);
        breakIt(turn);
    }

    @Override
    void leave(Waiter w, Turn turn) {
        turn.unpark(w);
        breakIt(turn);
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
    void dispose(Turn turn) {
        stopActing(null, goneReply(), turn);
        super.dispose(turn);
        if (instance != null) {
            turn.references().release(instance);
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
    void restore(SnapshotReader in, Turn turn) {
        parties = in.i64();
        broken = in.u8() == 1;
        acting = in.i64();
        instance = in.optionalBytes();
        method = in.bytes();
        waiting.restore(in, this, turn);
    }
}
