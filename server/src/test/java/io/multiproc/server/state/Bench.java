package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state under test: numbers and stamps entries, keeps completions. */
final class Bench {
    /** What a completion said. */
    record Done(long session, long request, @Nullable Object reply) {}

    /** What was said of a parked request. */
    record Follower(long session, long request, long holder, long levels, boolean owns) {}

    final List<Follower> followers = new ArrayList<>();
    final SharedState state;
    final List<Done> done = new ArrayList<>();
    /** Of the last entry. */
    long index;

    long time = 1_000;
    long request;
    long sessions;

    Bench() {
        this(new SharedState());
    }

    Bench(SharedState state) {
        this.state = state;
    }

    long open() {
        long id = openSession();
        assertEquals(state.lastIndex(), id);
        return id;
    }

    /** As {@link #open}, in a state whose numbers may be ahead of the count of entries. */
    long openSession() {
        sessions++;
        Reply id = apply(0, 0, new Command.SessionOpened("client" + sessions, "test:" + sessions));
        assertNotNull(id);
        return Values.integer(id.bytes(), id.start());
    }

    void close(long session) {
        assertNull(apply(session, 0, new Command.SessionClosed("test")));
    }

    void cancel(long session, long id) {
        assertNull(apply(session, id, new Command.Cancel()));
    }

    void acknowledge(long session, long id) {
        assertNull(apply(session, id, new Command.Acknowledge()));
    }

    void giveBack(long session, long id) {
        assertNull(apply(session, id, new Command.GiveBack()));
    }

    void tick(long millis) {
        time += millis;
        assertNull(apply(0, 0, new Command.Tick()));
    }

    @Nullable
    Reply apply(long session, long id, Command command) {
        Reply reply = state.apply(new Entry(time, session, id, command), new Completions() {
            @Override
            public void complete(long s, long r, Reply reply) {
                done.add(new Done(s, r, Coded.reply(reply)));
            }

            @Override
            public void follows(long s, long r, long holder, long levels, boolean owns) {
                followers.add(new Follower(s, r, holder, levels, owns));
            }
        });
        index = state.lastIndex();
        return reply;
    }

    /** Calls an operation under a new request id, which is then {@link #request}. */
    @Nullable
    Object call(long session, long object, Op op, @Nullable Object... args) {
        return callAs(session, ++request, object, op, args);
    }

    @Nullable
    Object callAs(long session, long id, long object, Op op, @Nullable Object... args) {
        Args checked;
        try {
            checked = args(op, args);
        } catch (ValueException e) {
            return Coded.reply(Reply.error(e));
        }
        return Coded.reply(apply(session, id, new Command.Invoke(op, object, checked)));
    }

    static Args args(Op op, @Nullable Object... args) {
        byte[][] encoded = new byte[args.length][];
        for (int i = 0; i < args.length; i++) {
            encoded[i] = Coded.of(args[i]);
        }
        return Args.of(op, encoded);
    }

    long create(long session, ObjectType type, @Nullable Object... arguments) {
        return id(call(session, 0, ManagerOp.CREATE, type.wireName(), java.util.Arrays.asList(arguments)));
    }

    long openNamed(long session, ObjectType type, String name, @Nullable Object... arguments) {
        return id(call(session, 0, ManagerOp.OPEN, type.wireName(), name, java.util.Arrays.asList(arguments)));
    }

    private static long id(@Nullable Object reply) {
        if (reply instanceof Coded.Ref ref) {
            return ref.id();
        }
        throw new AssertionError("no reference: " + reply);
    }

    static void assertFails(ErrorCode code, @Nullable Object reply) {
        if (reply instanceof Coded.Failure failure) {
            assertEquals(code, failure.code(), failure.message());
        } else {
            throw new AssertionError("expected " + code + ", got " + reply);
        }
    }

    static void assertFails(ErrorCode code, String message, @Nullable Object reply) {
        assertEquals(new Coded.Failure(code, message), reply);
    }

    /** Checks the completions since the last call. */
    void assertDone(Done... expected) {
        assertEquals(List.of(expected), done);
        done.clear();
    }

    static Done done(long session, long request, @Nullable Object reply) {
        return new Done(session, request, reply);
    }

    byte[] snapshot() {
        ByteWriter out = new ByteWriter();
        state.snapshot(out);
        return out.toByteArray();
    }
}
