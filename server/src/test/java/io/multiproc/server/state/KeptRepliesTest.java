package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Dialect;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.OpenSession;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a state keeps for a client that comes back to another server: which replies, how many, and what a frame does that comes once more. */
class KeptRepliesTest {
    private final Bench bench = new Bench();
    private final long maker = bench.open();
    private final long counter = bench.create(maker, ObjectType.COUNTER);
    private final long queue = bench.create(maker, ObjectType.QUEUE);
    private final long session = open(Dialect.NATIVE);

    private void keep(long bytes) {
        Settings settings = new Settings(100_000, StateLimits.DEFAULT, 100, 3_600_000, 2_000, 30_000, bytes);
        assertNull(bench.apply(0, 0, new Command.SettingsChanged(settings)));
    }

    private long open(Dialect dialect) {
        assertNotNull(bench.apply(0, 0, new Command.SessionOpened("c", "a", dialect, 7, 30_000, "key")));
        return bench.state.lastIndex();
    }

    private @Nullable Object call(long who, long frame, long confirmed, Op op, long object, @Nullable Object... args) {
        Command command = new Command.Invoke(op, object, Bench.args(op, args));
        return Coded.reply(bench.state.apply(
                new Entry(bench.time, who, frame, frame, confirmed, command), (s, request, reply) -> {}));
    }

    private List<String> kept(SharedState state, long who) {
        List<String> out = new ArrayList<>();
        state.forEachKept(who, (s, request, reply) -> out.add(request + " " + Coded.reply(reply)));
        return out;
    }

    private OpenSession opened(SharedState state, long id) {
        return state.sessions().stream().filter(s -> s.id() == id).findFirst().orElseThrow();
    }

    @Test
    void aFrameThatComesAgainChangesNothing() {
        keep(1 << 20);
        assertEquals(1L, call(session, 1, 0, CounterOp.ADD, counter, 1));
        assertEquals(2L, call(session, 2, 0, CounterOp.ADD, counter, 1));
        assertEquals(1L, call(session, 1, 0, CounterOp.ADD, counter, 1));
        assertEquals(2L, call(session, 2, 0, CounterOp.ADD, counter, 1));
        assertEquals(2L, bench.call(maker, counter, CounterOp.GET));
        assertEquals(Coded.Special.PARKED, call(session, 3, 0, QueueOp.TAKE, queue, -1));
        assertEquals(Coded.Special.PARKED, call(session, 3, 0, QueueOp.TAKE, queue, -1), "it waits on");
        assertArrayEquals(new long[] {3}, bench.state.waiting(session));
        bench.call(maker, queue, QueueOp.PUT, "x", -1);
        assertEquals("x", call(session, 3, 0, QueueOp.TAKE, queue, -1), "it has been answered meanwhile");
        assertEquals(0L, bench.call(maker, queue, QueueOp.SIZE));
        assertEquals(3, opened(bench.state, session).frame());
    }

    @Test
    void whatIsConfirmedIsForgotten() {
        keep(1 << 20);
        call(session, 1, 0, CounterOp.ADD, counter, 1);
        call(session, 2, 0, CounterOp.GET, counter);
        call(session, 3, 0, QueueOp.TAKE, queue, -1);
        call(session, 4, 0, CounterOp.ADD, queue, 1);
        bench.call(maker, queue, QueueOp.PUT, "x", -1);
        List<String> all = kept(bench.state, session);
        assertEquals(3, all.size(), all::toString);
        assertEquals("1 1", all.get(0), "a read is done again");
        assertTrue(all.get(1).startsWith("4 Failure"), all::toString);
        assertEquals("3 x", all.get(2), "in the order in which they arose");
        assertEquals(3, bench.state.keptReplies(session));
        call(session, 5, 2, CounterOp.GET, counter);
        assertEquals(List.of("3 x"), kept(bench.state, session));
        assertEquals(3, bench.state.keptReplies(session));
        SharedState again = new SharedState();
        again.restore(bench.snapshot());
        assertEquals(List.of("3 x"), kept(again, session));
        assertEquals(3, again.keptReplies(session));
        assertEquals(opened(bench.state, session), opened(again, session));
        assertEquals(5, opened(again, session).frame());
        assertTrue(opened(again, session).canResume());
        assertArrayEquals(bench.snapshot(), new Bench(again).snapshot());
    }

    @Test
    void whoConfirmsNothingCannotResume() {
        keep(1_000);
        for (int i = 1; i < 100; i++) {
            assertEquals((long) i, call(session, i, 0, CounterOp.ADD, counter, 1), "it is served all the same");
        }
        assertEquals(List.of(), kept(bench.state, session));
        assertFalse(opened(bench.state, session).canResume());
        SharedState again = new SharedState();
        again.restore(bench.snapshot());
        assertFalse(opened(again, session).canResume());
    }

    @Test
    void othersKeepNothing() {
        call(session, 1, 0, CounterOp.ADD, counter, 1);
        assertEquals(List.of(), kept(bench.state, session), "not without a log");
        keep(1 << 20);
        long python = open(Dialect.PYTHON);
        call(python, 1, 0, CounterOp.ADD, counter, 1);
        assertEquals(List.of(), kept(bench.state, python));
        assertFalse(opened(bench.state, python).canResume());
        assertFalse(opened(bench.state, maker).canResume());
        Reply none = bench.state.apply(
                new Entry(
                        bench.time,
                        session,
                        0,
                        new Command.Invoke(CounterOp.ADD, counter, Bench.args(CounterOp.ADD, 1))),
                (s, request, reply) -> {});
        assertNotNull(Objects.requireNonNull(none));
        assertEquals(List.of(), kept(bench.state, session), "it is the server's own");
    }
}
