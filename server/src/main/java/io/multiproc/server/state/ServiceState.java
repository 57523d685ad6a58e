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
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A registered class: the calls that its host has not fetched yet, and those that it runs. The manager knows nothing of the
 * class. Between entries, the host waits for a call only while there is none to fetch.
 */
final class ServiceState extends ObjectState implements Ownable {
    private @Nullable SessionState host;
    private long since;
    private byte[] methods = Values.NULL;
    private long lastCall;

    private final Waiters<Waiter> fetchers = Waiters.plain();
    /** Calls to be fetched. */
    private final Waiters<ServiceCall> calls = new Waiters<>(ServiceCall::new);

    private final Waiters<ServiceCall> running = new Waiters<>(ServiceCall::new);
    private final ArrayDeque<Long> ended = new ArrayDeque<>();

    ServiceState(long id, @Nullable String name) {
        super(ObjectType.SERVICE, id, name);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        throw new IllegalStateException("made without arguments");
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        boolean fetches = op == ServiceOp.NEXT && (!calls.isEmpty() || !ended.isEmpty());
        return fetches ? StateMachine.KEEPS_NOTHING : super.growth(op, a, caller);
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof ServiceOp serviceOp)) {
            throw notMine(op);
        }
        return switch (serviceOp) {
            case HOST -> {
                if (host != null && host != context.caller()) {
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
                host = context.caller();
                since = context.index();
                methods = a.value(0);
                host.owned.put(id(), this);
                yield Reply.NOTHING;
            }
            case NEXT -> next(a.integer(0), context);
            case ANSWER -> {
                checkHost(context);
                KeyedEntries.checkReferences(a, 2, context);
                answer(a, context);
                yield Reply.NOTHING;
            }
            case METHODS -> host == null ? Reply.ABSENT : Reply.value(methods);
        };
    }

    private void checkHost(ApplyContext context) {
        if (host != context.caller()) {
            throw new ValueException(ErrorCode.NOT_OWNER, "this session does not host the service");
        }
    }

    private @Nullable Reply next(long timeout, ApplyContext context) {
        checkHost(context);
        long deadline = context.deadline(timeout);
        Reply reply = fetch();
        if (reply == null && timeout != 0) {
            context.park(this, fetchers, deadline);
            return null;
        }
        return reply == null ? Reply.ABSENT : reply;
    }

    private @Nullable Reply fetch() {
        Long gone = ended.poll();
        if (gone != null) {
            return call(0, fields(gone, Values.ofText(""), Values.container(Tag.LIST, List.of())));
        }
        ServiceCall w = calls.first();
        if (w == null) {
            return null;
        }
        calls.remove(w);
        running.add(w);
        return call(w.number, contentOf(w));
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

    private static byte[] contentOf(ServiceCall w) {
        byte[] content = w.content;
        if (content == null) {
            throw new IllegalStateException("a call without content");
        }
        return content;
    }

    /** Takes a call of an instance; its request is parked until the answer comes. */
    @Nullable
    Reply call(InstanceState instance, Args a, ApplyContext context) {
        if (host == null) {
            throw noHost();
        }
        KeyedEntries.checkReferences(a, 1, context);
        long deadline = context.deadline(a.integer(2));
        if (a.integer(2) == 0) {
            throw badArgument("a call takes time: its timeout is a number of milliseconds or -1 (no limit), not 0");
        }
        byte[] fields = fields(instance.id(), a.value(0), a.value(1));
        context.checkWaiters(this);
        context.references().retain(fields);
        ServiceCall w = context.park(this, calls, deadline);
        w.number = ++lastCall;
        w.content = fields;
        settle(context);
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
    long act(Waiter party, BarrierState barrier, long instance, byte[] method, ApplyContext context) {
        ServiceCall w = context.move(party, this, calls);
        w.number = ++lastCall;
        w.content = fields(instance, method, Values.container(Tag.LIST, List.of()));
        w.barrier = barrier.id();
        settle(context);
        return w.number;
    }

    /** The barrier is broken: the call that acts for it is forgotten. It answers the party unless its session has ended. */
    void stopActing(long number, @Nullable SessionState gone, Reply reply, ApplyContext context) {
        for (Waiters<ServiceCall> list : List.of(calls, running)) {
            for (ServiceCall w = list.first(); w != null; w = list.after(w)) {
                if (w.number == number) {
                    if (w.session == gone) {
                        context.unpark(w);
                    } else {
                        context.finish(w, reply);
                    }
                    return;
                }
            }
        }
    }

    /** The barrier that a call acts for. */
    private static @Nullable BarrierState barrier(ServiceCall w, ApplyContext context) {
        return w.barrier != 0 && context.references().object(w.barrier) instanceof BarrierState b ? b : null;
    }

    private ValueException noHost() {
        return new ValueException(
                ErrorCode.ILLEGAL_STATE,
                "no process serves '" + name() + "' now: the one that registered it has ended, or none has yet");
    }

    /** The host is to forget an instance. */
    void instanceEnded(long instance, ApplyContext context) {
        if (host != null) {
            ended.add(instance);
            settle(context);
        }
    }

    private void settle(ApplyContext context) {
        for (Waiter f = fetchers.first(); f != null; f = fetchers.first()) {
            Reply reply = fetch();
            if (reply == null) {
                return;
            }
            context.finish(f, reply);
        }
    }

    private void answer(Args a, ApplyContext context) {
        long number = a.integer(0);
        for (ServiceCall w = running.first(); w != null; w = running.after(w)) {
            if (w.number == number) {
                byte[] value = a.value(2);
                BarrierState barrier = barrier(w, context);
                if (barrier != null) {
                    end(w, a.bool(1) ? barrier.passed(context) : barrier.failed(value, context), context);
                    barrier.goOn(context);
                    return;
                }
                ByteWriter out = new ByteWriter(value.length + 16);
                int mark = out.begin(Tag.TUPLE);
                byte[] reply = out.bool(a.bool(1)).raw(value).end(mark, 2).toByteArray();
                // counted as stored while it is handed over, so that the caller comes to hold what is in it
                context.references().retain(reply);
                end(w, Reply.value(reply), context);
                context.references().release(reply);
                return;
            }
        }
    }

    /** Answers a call and forgets its arguments. */
    private void end(ServiceCall w, Reply reply, ApplyContext context) {
        byte[] fields = contentOf(w);
        context.finish(w, reply);
        context.references().release(fields);
    }

    /** As {@link #end} for a call that has no result. */
    private void fail(ServiceCall w, Reply reply, ApplyContext context) {
        end(w, reply, context);
        BarrierState barrier = barrier(w, context);
        if (barrier != null) {
            barrier.actionLost(null, context);
        }
    }

    private void endAll(Reply reply, ApplyContext context) {
        for (Waiters<ServiceCall> list : List.of(calls, running)) {
            for (ServiceCall w = list.first(); w != null; w = list.first()) {
                fail(w, reply, context);
            }
        }
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        if (!(w instanceof ServiceCall call)) {
            context.finish(w, Reply.ABSENT);
        } else {
            fail(
                    call,
                    call.barrier != 0
                            ? BarrierState.TIMED_OUT
                            : Reply.error(ErrorCode.CANCELLED, "the method has not returned in time; it may go on"),
                    context);
        }
    }

    @Override
    void cancel(Waiter w, ApplyContext context) {
        if (w instanceof ServiceCall call) {
            fail(call, cancelledReply(), context);
        } else {
            context.finish(w, cancelledReply());
        }
    }

    @Override
    void abandon(Waiter w, ApplyContext context) {
        context.unpark(w);
        if (w instanceof ServiceCall call) {
            context.references().release(contentOf(call));
            BarrierState barrier = barrier(call, context);
            if (barrier != null) {
                barrier.actionLost(w.session, context);
            }
        }
    }

    @Override
    public void forEachOwner(OwnerSink sink) {
        // its host is no owner of a lock
    }

    @Override
    public void forEachWaiting(WaitingSink sink) {
        // calls are not waits for an owner
    }

    @Override
    public boolean releaseAll(ApplyContext context) {
        throw new ValueException(ErrorCode.WRONG_TYPE, "object " + id() + " is a service: nobody owns it as a lock");
    }

    @Override
    public long ownedSince(SessionState session) {
        return since;
    }

    @Override
    public void ownerGone(SessionState session, ApplyContext context) {
        host = null;
        methods = Values.NULL;
        ended.clear();
        session.owned.remove(id());
        endAll(
                Reply.error(
                        ErrorCode.ILLEGAL_STATE,
                        "the process that serves '" + name()
                                + "' ended before it answered: the method may have run or not"),
                context);
    }

    @Override
    void dispose(ApplyContext context) {
        for (Waiter w = fetchers.first(); w != null; w = fetchers.first()) {
            context.finish(w, goneReply());
        }
        endAll(goneReply(), context);
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
    void restore(SnapshotReader in, ApplyContext context) {
        long session = in.i64();
        since = in.i64();
        methods = in.bytes();
        lastCall = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            ended.add(in.i64());
        }
        if (session != 0) {
            SessionState present = context.sessions().present(session);
            present.owned.put(id(), this);
            host = present;
        }
        fetchers.restore(in, this, context);
        calls.restore(in, this, context);
        running.restore(in, this, context);
    }
}
