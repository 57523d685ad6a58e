package io.multiproc.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.FakeState;
import io.multiproc.server.machine.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine whose order of commands gathers bursts, as one with a log does: each burst is one record, and is applied from its bytes. */
@Timeout(20)
class BurstsTest {
    private final FakeState state = new FakeState();
    private final List<String> sent = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<byte[]> records = new ArrayList<>();
    private long time = 1000;
    private final Engine engine = new Engine(
            state,
            () -> time,
            (delay, task) -> {
                timers.add(task);
                return () -> timers.remove(task);
            },
            (s, request, reply) -> sent.add(request + " later " + reply),
            new EngineOptions("1.2.3", 4096, false, List::of),
            () -> {},
            (applier, clock) -> new Gathered(records::add, applier, clock));

    private void submit(long session, long request, Op op, long object, Args args) {
        engine.submit(session, request, op, object, args, (r, reply) -> sent.add(r + " " + reply));
    }

    @Test
    void aBurstIsOneRecordAndIsAnsweredAtItsEnd() {
        long session = engine.openSession("me", "here");
        int before = records.size();
        assertTrue(engine.gathers());
        engine.beginBurst();
        byte[] frame = Values.ofText("k");
        submit(session, 1, DictOp.SET, 1, Args.of(DictOp.SET, frame, Values.ofInteger(7)));
        submit(session, 2, QueueOp.TAKE, 2, Args.of(QueueOp.TAKE, Values.ofInteger(-1)));
        submit(session, 3, DictOp.GET, 1, Args.of(DictOp.GET, frame));
        submit(session, 4, QueueOp.PUT, 2, Args.of(QueueOp.PUT, Values.ofInteger(5), Values.ofInteger(-1)));
        assertEquals(List.of(), sent);
        time = 1007;
        engine.endBurst();
        assertEquals(before + 1, records.size());
        assertEquals(
                List.of(
                        "1 " + Reply.NOTHING,
                        "2 null",
                        "3 " + Reply.integer(7),
                        "2 later " + Reply.integer(5),
                        "4 " + Reply.TRUE),
                sent);
        List<Entry> applied = state.entries.subList(state.entries.size() - 4, state.entries.size());
        assertEquals(
                List.of(1007L, 1007L, 1007L, 1007L),
                applied.stream().map(Entry::time).toList());
        assertEquals(
                4,
                engine.stats().applied(DictOp.SET)
                        + engine.stats().applied(DictOp.GET)
                        + engine.stats().applied(QueueOp.PUT)
                        + engine.stats().applied(QueueOp.TAKE));
    }

    /** A session sees what it wrote: a read behind a write that is on its way becomes a command. */
    @Test
    void aReadWaitsForTheWritesBeforeIt() {
        long session = engine.openSession("me", "here");
        Args none = Args.of(QueueOp.SIZE);
        engine.beginBurst();
        submit(session, 1, QueueOp.SIZE, 2, none);
        assertEquals(List.of("1 " + Reply.integer(0)), sent);
        submit(session, 2, QueueOp.TAKE, 2, Args.of(QueueOp.TAKE, Values.ofInteger(-1)));
        submit(session, 3, QueueOp.SIZE, 2, none);
        assertEquals(1, sent.size());
        engine.endBurst();
        assertEquals(List.of("1 " + Reply.integer(0), "2 null", "3 " + Reply.integer(1)), sent);
    }

    @Test
    void aTickAndTheEndOfASessionComeInTheirOrder() {
        long session = engine.openSession("me", "here");
        engine.beginBurst();
        submit(session, 1, QueueOp.TAKE, 2, Args.of(QueueOp.TAKE, Values.ofInteger(50)));
        engine.endBurst();
        assertEquals(1, timers.size());
        time = 1060;
        engine.beginBurst();
        timers.remove(0).run();
        engine.closeSession(session, "done");
        assertEquals(1, engine.sessionCount(), "it is open until its end is applied");
        assertEquals(List.of("1 null"), sent);
        engine.endBurst();
        assertEquals(List.of("1 null", "1 later " + Reply.ABSENT), sent);
        assertEquals(0, engine.sessionCount());
    }

    /** What was submitted before is applied first, and its completions may submit more. */
    @Test
    void whoCannotWaitHasTheBurstCommitted() {
        long session = engine.openSession("me", "here");
        engine.beginBurst();
        Args args = Args.of(DictOp.SET, Values.ofText("k"), Values.ofInteger(7));
        engine.submit(session, 1, DictOp.SET, 1, args, (r, reply) -> {
            sent.add(r + " " + reply);
            submit(session, 3, DictOp.SET, 1, args);
        });
        assertEquals(Reply.NOTHING, engine.invoke(session, 2, DictOp.SET, 1, args));
        assertEquals(List.of("1 " + Reply.NOTHING, "3 " + Reply.NOTHING), sent);
        engine.endBurst();
        assertFalse(records.isEmpty());
    }

    @Test
    void aCompletionThatFailsIsNothingToOthers() {
        long session = engine.openSession("me", "here");
        engine.beginBurst();
        Args args = Args.of(DictOp.SET, Values.ofText("k"), Values.ofInteger(7));
        engine.submit(session, 1, DictOp.SET, 1, args, (r, reply) -> {
            throw new IllegalStateException("thrown by a test");
        });
        submit(session, 2, DictOp.SET, 1, args);
        engine.endBurst();
        assertEquals(List.of("2 " + Reply.NOTHING), sent);
    }
}
