package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.ServiceOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A registered class: the calls that its host has not fetched yet, and those that it runs. The manager knows nothing of the
 * class. Between entries, the host waits for a call only while there is none to fetch.
 */
final class ServiceState extends ObjectState implements Owned {
    private @Nullable SessionState host;
    private long since;
    private byte[] methods = Values.NULL;
    private long lastCall;

    private final Waiters fetchers = new Waiters();
    /** Calls to be fetched: their holder is the number, their value the instance, method and arguments. */
    private final Waiters calls = new Waiters();

    private final Waiters running = new Waiters();
    private final ArrayDeque<Long> ended = new ArrayDeque<>();

    ServiceState(long id, @Nullable String name) {
        super(ObjectType.SERVICE, id, name);
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, Turn turn) {
        if (!(op instanceof ServiceOp serviceOp)) {
            throw notMine(op);
        }
        return switch (serviceOp) {
            case HOST -> {
                if (host != null && host != turn.caller()) {
                    throw new ValueException(
                            ErrorCode.ILLEGAL_STATE,
                            "'" + name() + "' is registered by another process already, session " + host.id());
                }
                for (byte[] method : a.values(0)) {
                    if (Tag.of(method, 0) != Tag.STRING) {
                        throw badArgument("the names of methods are texts, not "
                                + Tag.of(method, 0).typeName());
                    }
                }
                host = turn.caller();
                since = turn.index();
                methods = a.value(0);
                host.owned.put(id(), this);
                yield Reply.NOTHING;
            }
            case NEXT -> next(a.integer(0), turn);
            case ANSWER -> {
                checkHost(turn);
                Entries.checkReferences(a, 2, turn);
                answer(a, turn);
                yield Reply.NOTHING;
            }
            case METHODS -> host == null ? Reply.ABSENT : Reply.value(methods);
        };
    }

    private void checkHost(Turn turn) {
        if (host != turn.caller()) {
            throw new ValueException(ErrorCode.NOT_OWNER, "this session does not host the service");
        }
    }

    private @Nullable Reply next(long timeout, Turn turn) {
        checkHost(turn);
        long deadline = turn.deadline(timeout);
        Reply reply = fetch();
        if (reply == null && timeout != 0) {
            turn.park(this, fetchers, deadline);
            return null;
        }
        return reply == null ? Reply.ABSENT : reply;
    }

    private @Nullable Reply fetch() {
        Long gone = ended.poll();
        if (gone != null) {
            return call(0, fields(gone, Values.ofText(""), Values.container(Tag.LIST, List.of())));
        }
        Waiter w = calls.first();
        if (w == null) {
            return null;
        }
        calls.remove(w);
        running.add(w);
        return call(w.holder, valueOf(w));
    }

    /** A call without its number: a tuple of instance, method and arguments. */
    private static byte[] fields(long instance, byte[] method, byte[] arguments) {
        return Values.container(Tag.TUPLE, List.of(Values.ofInteger(instance), method, arguments));
    }

    private static Reply call(long number, byte[] fields) {
        int first = Values.first(0);
        ByteWriter out = new ByteWriter(fields.length + 16);
        int mark = out.begin(Tag.TUPLE);
        out.integer(number).raw(fields, first, fields.length - first);
        return Reply.value(out.end(mark, 4).toByteArray());
    }

    private static byte[] valueOf(Waiter w) {
        byte[] value = w.value;
        if (value == null) {
            throw new IllegalStateException("a call without content");
        }
        return value;
    }

    /** Takes a call of an instance; its request is parked until the answer comes. */
    @Nullable
    Reply call(InstanceState instance, Args a, Turn turn) {
        if (host == null) {
            throw noHost();
        }
        Entries.checkReferences(a, 1, turn);
        long deadline = turn.deadline(a.integer(2));
        if (a.integer(2) == 0) {
            throw badArgument("a call takes time: its timeout is a number of milliseconds or -1 (no limit), not 0");
        }
        byte[] fields = fields(instance.id(), a.value(0), a.value(1));
        turn.checkWaiters(this);
        turn.references().retain(fields);
        Waiter w = turn.park(this, calls, deadline);
        w.holder = ++lastCall;
        w.value = fields;
        settle(turn);
        return null;
    }

    /** Why no call can be made now; null if one can. */
    @Nullable
    Reply refusal() {
        return host == null ? Reply.error(noHost()) : null;
    }

    /**
     * Makes a call of the last party of a barrier that waits there already, and returns the call's number; the barrier learns its
     * outcome.
     */
    long act(Waiter party, BarrierState barrier, long instance, byte[] method, Turn turn) {
        party.object = this;
        party.holder = ++lastCall;
        party.value = fields(instance, method, Values.container(Tag.LIST, List.of()));
        party.barrier = barrier.id();
        calls.add(party);
        settle(turn);
        return party.holder;
    }

    /** The barrier is broken: the call that acts for it is forgotten. It answers the party unless its session has ended. */
    void stopActing(long number, @Nullable SessionState gone, Reply reply, Turn turn) {
        for (Waiters list : new Waiters[] {calls, running}) {
            for (Waiter w = list.first(); w != null; w = w.next) {
                if (w.holder == number) {
                    if (w.session == gone) {
                        turn.unpark(w);
                    } else {
                        turn.finish(w, reply);
                    }
                    return;
                }
            }
        }
    }

    /** The barrier that a call acts for. */
    private static @Nullable BarrierState barrier(Waiter w, Turn turn) {
        return w.barrier != 0 && turn.references().object(w.barrier) instanceof BarrierState b ? b : null;
    }

    private ValueException noHost() {
        return new ValueException(
                ErrorCode.ILLEGAL_STATE,
                "no process serves '" + name() + "' now: the one that registered it has ended, or none has yet");
    }

    /** The host is to forget an instance. */
    void instanceEnded(long instance, Turn turn) {
        if (host != null) {
            ended.add(instance);
            settle(turn);
        }
    }

    private void settle(Turn turn) {
        for (Waiter f = fetchers.first(); f != null; f = fetchers.first()) {
            Reply reply = fetch();
            if (reply == null) {
                return;
            }
            turn.finish(f, reply);
        }
    }

    private void answer(Args a, Turn turn) {
        long number = a.integer(0);
        for (Waiter w = running.first(); w != null; w = w.next) {
            if (w.holder == number) {
                byte[] value = a.value(2);
                BarrierState barrier = barrier(w, turn);
                if (barrier != null) {
                    end(w, a.bool(1) ? barrier.passed(turn) : barrier.failed(value, turn), turn);
                    barrier.goOn(turn);
                    return;
                }
                ByteWriter out = new ByteWriter(value.length + 16);
                int mark = out.begin(Tag.TUPLE);
                byte[] reply = out.bool(a.bool(1)).raw(value).end(mark, 2).toByteArray();
                // counted as stored while it is handed over, so that the caller comes to hold what is in it
                turn.references().retain(reply);
                end(w, Reply.value(reply), turn);
                turn.references().release(reply);
                return;
            }
        }
    }

    /** Answers a call and forgets its arguments. */
    private void end(Waiter w, Reply reply, Turn turn) {
        byte[] fields = valueOf(w);
        turn.finish(w, reply);
        turn.references().release(fields);
    }

    /** As {@link #end} for a call that has no result. */
    private void fail(Waiter w, Reply reply, Turn turn) {
        end(w, reply, turn);
        BarrierState barrier = barrier(w, turn);
        if (barrier != null) {
            barrier.actionLost(null, turn);
        }
    }

    private void endAll(Reply reply, Turn turn) {
        for (Waiters list : new Waiters[] {calls, running}) {
            for (Waiter w = list.first(); w != null; w = list.first()) {
                fail(w, reply, turn);
            }
        }
    }

    @Override
    void expire(Waiter w, Turn turn) {
        if (w.list == fetchers) {
            turn.finish(w, Reply.ABSENT);
        } else {
            fail(
                    w,
                    w.barrier != 0
                            ? BarrierState.TIMED_OUT
                            : Reply.error(ErrorCode.CANCELLED, "the method has not returned in time; it may go on"),
                    turn);
        }
    }

    @Override
    void cancel(Waiter w, Turn turn) {
        if (w.list == fetchers) {
            turn.finish(w, cancelledReply());
        } else {
            fail(w, cancelledReply(), turn);
        }
    }

    @Override
    void abandon(Waiter w, Turn turn) {
        boolean call = w.list != fetchers;
        turn.unpark(w);
        if (call) {
            turn.references().release(valueOf(w));
        }
        BarrierState barrier = barrier(w, turn);
        if (barrier != null) {
            barrier.actionLost(w.session, turn);
        }
    }

    @Override
    public void forEachOwner(OwnerSink sink) {
        // its host is no owner of a lock
    }

    @Override
    public void forEachWaiting(Consumer<Waiter> sink) {
        // calls are not waits for an owner
    }

    @Override
    public boolean releaseAll(Turn turn) {
        throw new ValueException(ErrorCode.WRONG_TYPE, "object " + id() + " is a service: nobody owns it as a lock");
    }

    @Override
    public long ownedSince(SessionState session) {
        return since;
    }

    @Override
    public void ownerGone(SessionState session, Turn turn) {
        host = null;
        methods = Values.NULL;
        ended.clear();
        session.owned.remove(id());
        endAll(
                Reply.error(
                        ErrorCode.ILLEGAL_STATE,
                        "the process that serves '" + name()
                                + "' ended before it answered: the method may have run or not"),
                turn);
    }

    @Override
    void dispose(Turn turn) {
        for (Waiter w = fetchers.first(); w != null; w = fetchers.first()) {
            turn.finish(w, goneReply());
        }
        endAll(goneReply(), turn);
        if (host != null) {
            host.owned.remove(id());
            host = null;
        }
    }

    @Override
    long size() {
        return running.size();
    }

    @Override
    int waiters() {
        return fetchers.size() + calls.size() + running.size();
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("host", host == null ? Values.NULL : Values.ofInteger(host.id()))
                .add("methods", methods)
                .add("waiting", Values.ofInteger(calls.size()))
                .add("running", Values.ofInteger(running.size()))
                .build();
    }

    @Override
    ObjectState durableCopy() {
        return new ServiceState(id(), name());
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        // what calls hold ends with their sessions
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(host == null ? 0 : host.id())
                .i64(since)
                .bytes(methods)
                .i64(lastCall)
                .i32(ended.size());
        ended.forEach(out::i64);
        fetchers.snapshot(out);
        calls.snapshot(out);
        running.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, Turn turn) {
        long session = in.i64();
        since = in.i64();
        methods = in.bytes();
        lastCall = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            ended.add(in.i64());
        }
        if (session != 0) {
            SessionState present = turn.sessions().present(session);
            present.owned.put(id(), this);
            host = present;
        }
        fetchers.restore(in, this, turn);
        calls.restore(in, this, turn);
        running.restore(in, this, turn);
    }
}
