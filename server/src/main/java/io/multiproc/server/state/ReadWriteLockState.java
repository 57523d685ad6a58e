package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.RwLockOp;
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
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A read-write lock, reentrant in both ways and fair: readers that come after a waiting writer wait behind it. The writer may
 * read as well, and keeps reading when it stops writing; a reader cannot become the writer.
 */
final class ReadWriteLockState extends WaitingState<ReadWriteWaiter> implements Ownable {
    /** Comparable, so that hash tables stay fast with holders that a client has chosen to collide. */
    private record Owner(SessionState session, long holder) implements Comparable<Owner> {
        @Override
        public int compareTo(Owner other) {
            int bySession = Long.compare(session.id(), other.session.id());
            return bySession != 0 ? bySession : Long.compare(holder, other.holder);
        }
    }

    private final Map<Owner, Long> readers = new LinkedHashMap<>();
    private @Nullable Owner writer;
    private long writes;
    private long token; // of the latest grant to a writer

    ReadWriteLockState(long id, @Nullable String name) {
        super(ObjectType.READ_WRITE_LOCK, id, name, ReadWriteWaiter::new);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        throw new IllegalStateException("made without arguments");
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        if (caller == null || !op.has(Flag.MAY_PARK)) {
            return StateMachine.KEEPS_NOTHING;
        }
        Owner me = new Owner(caller, a.integer(0));
        boolean again = me.equals(writer) || (op == RwLockOp.ACQUIRE_READ && readers.containsKey(me));
        boolean granted = writer == null && readers.isEmpty() && waiting.isEmpty();
        // each further reader is one more, granted at once or not
        return again || granted ? StateMachine.KEEPS_NOTHING : PARKED;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof RwLockOp lockOp)) {
            throw notMine(op);
        }
        if (lockOp == RwLockOp.STATE) {
            return pair(total(), Values.ofBool(writer != null), Values.ofInteger(waiters()));
        }
        Owner me = new Owner(context.caller(), a.integer(0));
        return switch (lockOp) {
            case ACQUIRE_READ -> acquireRead(me, a.integer(1), context);
            case ACQUIRE_WRITE -> acquireWrite(me, a.integer(1), context);
            case RELEASE_READ -> {
                Long levels = readers.get(me);
                if (levels == null) {
                    throw notOwner("this thread does not read under the lock");
                }
                if (levels > 1) {
                    readers.put(me, levels - 1);
                } else {
                    readers.remove(me);
                    forgetIfFree(me.session);
                    settle(context);
                }
                yield Reply.NOTHING;
            }
            case RELEASE_WRITE -> {
                if (!me.equals(writer)) {
                    throw notOwner(
                            writer == null
                                    ? "nobody writes under the lock"
                                    : "another thread or process writes under the lock");
                }
                writes--;
                if (writes == 0) {
                    writer = null;
                    forgetIfFree(me.session);
                    settle(context);
                }
                yield Reply.NOTHING;
            }
            case HOLDS -> pair(readers.getOrDefault(me, 0L), Values.ofInteger(me.equals(writer) ? writes : 0), null);
            case TOKEN -> me.equals(writer) ? Reply.integer(token) : Reply.ABSENT;
            case STATE -> throw new IllegalStateException("answered before");
        };
    }

    private static ValueException notOwner(String text) {
        return new ValueException(ErrorCode.NOT_OWNER, text);
    }

    private static Reply pair(long first, byte[] second, byte @Nullable [] third) {
        ByteWriter out = new ByteWriter();
        int mark = out.begin(Tag.TUPLE);
        out.integer(first).raw(second);
        if (third != null) {
            out.raw(third);
        }
        return Reply.value(out.end(mark, third == null ? 2 : 3).toByteArray());
    }

    private long total() {
        long sum = 0;
        for (long levels : readers.values()) {
            sum += levels;
        }
        return sum;
    }

    private @Nullable Reply acquireRead(Owner me, long timeout, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (readers.containsKey(me) || me.equals(writer) || (writer == null && waiting.isEmpty())) {
            read(me);
            return Reply.TRUE;
        }
        return park(me, false, timeout, deadline, Reply.FALSE, context);
    }

    private @Nullable Reply acquireWrite(Owner me, long timeout, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (me.equals(writer)) {
            writes++;
            return Reply.integer(token);
        }
        if (readers.containsKey(me) && timeout != 0) {
            throw new ValueException(
                    ErrorCode.ILLEGAL_STATE,
                    "this thread reads under the lock and would wait for itself for ever: release the read lock first");
        }
        if (writer == null && readers.isEmpty() && waiting.isEmpty()) {
            write(me, context);
            return Reply.integer(token);
        }
        return park(me, true, timeout, deadline, Reply.ABSENT, context);
    }

    private @Nullable Reply park(
            Owner me, boolean writing, long timeout, long deadline, Reply now, ApplyContext context) {
        if (timeout == 0) {
            return now;
        }
        ReadWriteWaiter w = context.park(this, waiting, deadline);
        w.holder = me.holder;
        w.writes = writing;
        return null;
    }

    private void read(Owner owner) {
        readers.merge(owner, 1L, Long::sum);
        owner.session.owned.put(id(), this);
    }

    private void write(Owner owner, ApplyContext context) {
        writer = owner;
        writes = 1;
        token = Math.max(context.index(), token + 1);
        owner.session.owned.put(id(), this);
    }

    private void forgetIfFree(SessionState session) {
        boolean owns = writer != null && writer.session == session;
        for (Owner o : readers.keySet()) {
            owns |= o.session == session;
        }
        if (!owns) {
            session.owned.remove(id());
        }
    }

    @Override
    void settle(ApplyContext context) {
        for (ReadWriteWaiter w = waiting.first(); w != null && writer == null; w = waiting.first()) {
            if (!w.writes) {
                read(new Owner(w.session, w.holder));
                context.finish(w, Reply.TRUE);
            } else if (readers.isEmpty()) {
                write(new Owner(w.session, w.holder), context);
                context.finish(w, Reply.integer(token));
            } else {
                return;
            }
        }
    }

    @Override
    void expire(Waiter w, ApplyContext context) {
        context.finish(w, ((ReadWriteWaiter) w).writes ? Reply.ABSENT : Reply.FALSE);
        settle(context);
    }

    @Override
    public void forEachOwner(OwnerSink sink) {
        readers.forEach((o, levels) -> sink.owner(o.session, o.holder, levels));
        if (writer != null) {
            sink.owner(writer.session, writer.holder, writes);
        }
    }

    @Override
    public void forEachWaiting(WaitingSink sink) {
        waiting.forEach(w -> sink.waiting(w.session, w.holder, w.levels(), w.since));
    }

    @Override
    public boolean releaseAll(ApplyContext context) {
        boolean owned = writer != null || !readers.isEmpty();
        disownAll();
        settle(context);
        return owned;
    }

    @Override
    public long ownedSince(SessionState session) {
        return writer != null && writer.session == session ? token : 0;
    }

    @Override
    public void ownerGone(SessionState session, ApplyContext context) {
        disown(session);
        settle(context);
    }

    private void disown(SessionState session) {
        readers.keySet().removeIf(o -> o.session == session);
        if (writer != null && writer.session == session) {
            writer = null;
            writes = 0;
        }
        session.owned.remove(id());
    }

    @Override
    void dispose(ApplyContext context) {
        super.dispose(context);
        disownAll();
    }

    private void disownAll() {
        while (!readers.isEmpty()) {
            disown(readers.keySet().iterator().next().session);
        }
        if (writer != null) {
            disown(writer.session);
        }
    }

    @Override
    long size() {
        return writer != null ? writes : total();
    }

    @Override
    byte[] describe(int maxBytes) {
        return new ContainerBuilder(Tag.DICT, maxBytes)
                .add("reads", Values.ofInteger(total()))
                .add("writer", writer == null ? Values.NULL : Values.ofInteger(writer.session.id()))
                .add("token", writer == null ? Values.NULL : Values.ofInteger(token))
                .add("waiters", Values.ofInteger(waiters()))
                .build();
    }

    @Override
    ObjectState durableCopy() {
        ReadWriteLockState copy = new ReadWriteLockState(id(), name());
        copy.token = token;
        return copy;
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i32(readers.size());
        readers.forEach(
                (owner, levels) -> out.i64(owner.session.id()).i64(owner.holder).i64(levels));
        Owner w = writer;
        out.i64(w == null ? 0 : w.session.id())
                .i64(w == null ? 0 : w.holder)
                .i64(writes)
                .i64(token);
        waiting.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        for (int n = in.i32(); n > 0; n--) {
            Owner owner = new Owner(context.sessions().present(in.i64()), in.i64());
            readers.put(owner, in.i64());
            owner.session.owned.put(id(), this);
        }
        long session = in.i64();
        long holder = in.i64();
        writes = in.i64();
        token = in.i64();
        if (writes > 0) {
            Owner owner = new Owner(context.sessions().present(session), holder);
            owner.session.owned.put(id(), this);
            writer = owner;
        }
        waiting.restore(in, this, context);
    }
}
