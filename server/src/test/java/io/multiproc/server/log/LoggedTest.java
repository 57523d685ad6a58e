package io.multiproc.server.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.FakeState;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine with a log: answers come after the sync, in order, and each once. */
@Timeout(30)
@SuppressWarnings("NullAway.Init")
class LoggedTest {
    private static final Args TAKE = Args.of(QueueOp.TAKE, Values.ofInteger(-1));

    @TempDir
    Path folder;

    private final FakeState state = new FakeState();
    private final FailingDisk disk = new FailingDisk();
    private final List<String> sent = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long time = 1000;
    private Journal journal;
    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        journal = Journal.open(folder.resolve("data"), Fsync.ALWAYS, disk, 1 << 20);
        journal.replayFrom(1, (first, record, skip, done, all) -> {});
        engine = new Engine(
                state,
                () -> time,
                (delay, task) -> () -> {},
                (s, request, reply) -> sent.add(request + " later " + reply),
                new EngineOptions("1.2.3", 4096, false, List::of),
                () -> {},
                (applier, clock) -> new Logged(
                        journal,
                        Fsync.ALWAYS,
                        (what, j, e) -> failures.add(LogFailure.line(what, j, e)),
                        applier,
                        clock));
    }

    @AfterEach
    void close() {
        disk.slow = null;
        journal.close();
    }

    private long syncs() {
        return disk.steps.stream()
                .filter(s -> s.startsWith("sync ") && s.endsWith(".log"))
                .count();
    }

    private void submit(long session, long request, Op op, Args args) {
        engine.submit(session, request, op, 1, args, (r, reply) -> sent.add(r + " " + reply));
    }

    private static Args set(String key, long value) {
        return Args.of(DictOp.SET, Values.ofText(key), Values.ofInteger(value));
    }

    private List<LogRecord> records() throws IOException {
        journal.close();
        List<LogRecord> out = new ArrayList<>();
        try (Journal again = Journal.open(folder.resolve("data"), Fsync.ALWAYS, Disk.REAL, 1 << 20)) {
            again.replayFrom(1, (first, record, skip, done, all) -> {
                // its arguments are views that do not outlive the call
                byte[] bytes = RecordCodec.encode(record);
                out.add(RecordCodec.read(bytes, 0, bytes.length));
            });
        }
        return out;
    }

    /** However long the disk takes, nobody is answered before it, and nothing is applied. */
    @Test
    void aSlowDiskIsWaitedFor() throws Exception {
        CyclicBarrier sync = new CyclicBarrier(2);
        FutureTask<Void> loop = new FutureTask<>(() -> {
            long session = engine.openSession("me", "here");
            disk.slow = sync;
            engine.beginBurst();
            submit(session, 1, DictOp.SET, set("k", 7));
            submit(session, 2, QueueOp.TAKE, TAKE);
            engine.endBurst();
            return null;
        });
        new Thread(loop).start();
        sync.await();
        assertEquals(List.of(), List.copyOf(sent));
        assertEquals(1, state.entries.size(), "the session's opening");
        disk.slow = null;
        sync.await();
        loop.get();
        assertEquals(List.of("1 " + Reply.NOTHING, "2 null"), sent);
    }

    @Test
    void aBurstIsOneRecordAndOneSyncAndIsAnsweredAfterIt() throws Exception {
        long session = engine.openSession("me", "here");
        long before = syncs();
        engine.beginBurst();
        byte[] shared = new ByteWriter()
                .u8(2)
                .raw(Values.ofText("k"))
                .raw(Values.ofInteger(7))
                .toByteArray();
        submit(session, 1, DictOp.SET, Args.parse(DictOp.SET, shared, 0, shared.length));
        // the next read of the loop overwrites what arrived
        Arrays.fill(shared, (byte) -1);
        submit(session, 2, QueueOp.TAKE, TAKE);
        submit(session, 3, DictOp.GET, Args.of(DictOp.GET, Values.ofText("k")));
        submit(session, 4, QueueOp.PUT, Args.of(QueueOp.PUT, Values.ofInteger(5), Values.ofInteger(-1)));
        assertEquals(List.of(), sent);
        assertEquals(before, syncs());
        time = 1007;
        engine.endBurst();
        assertEquals(before + 1, syncs());
        assertEquals(
                List.of(
                        "1 " + Reply.NOTHING,
                        "2 null",
                        "3 " + Reply.integer(7),
                        "2 later " + Reply.integer(5),
                        "4 " + Reply.TRUE),
                sent);
        List<LogRecord> records = records();
        LogRecord last = records.get(records.size() - 1);
        assertEquals(1007, last.time());
        assertEquals(4, last.commands().size());
    }

    @Test
    void whatIsSubmittedWhileABurstIsAppliedIsCommittedWithIt() throws Exception {
        long session = engine.openSession("me", "here");
        engine.beginBurst();
        engine.submit(session, 1, DictOp.SET, 1, set("a", 1), (r, reply) -> {
            sent.add("1");
            submit(session, 2, DictOp.SET, set("b", 2));
            sent.add("asked " + engine.invoke(session, 3, DictOp.GET, 1, Args.of(DictOp.GET, Values.ofText("c"))));
            sent.add("1 done");
        });
        submit(session, 4, DictOp.SET, set("c", 3));
        engine.endBurst();
        // what was submitted before comes before what is asked in between
        assertEquals(
                List.of("1", "4 " + Reply.NOTHING, "2 " + Reply.NOTHING, "asked " + Reply.integer(3), "1 done"), sent);
    }

    @Test
    void aCompletionThatThrowsKeepsNoOtherFromBeingCalled() {
        long session = engine.openSession("me", "here");
        engine.beginBurst();
        engine.submit(session, 1, DictOp.SET, 1, set("a", 1), (r, reply) -> {
            throw new IllegalStateException("as if");
        });
        engine.submit(session, 2, DictOp.SET, 1, set("a", 1), (r, reply) -> {
            throw new OutOfMemoryError("as if");
        });
        submit(session, 3, DictOp.SET, set("a", 2));
        engine.endBurst();
        assertEquals(List.of("3 " + Reply.NOTHING), sent);
    }

    @Test
    void whatIsRefusedDoesNotOvertakeWhatIsOnItsWay() {
        long me = engine.openSession("me", "here");
        long other = engine.openSession("other", "there");
        engine.beginBurst();
        submit(me, 1, DictOp.SET, set("a", 1));
        engine.after(me, () -> sent.add("refused 2"));
        engine.after(other, () -> sent.add("other"));
        engine.submit(me, 3, ManagerOp.SHUTDOWN, 0, Args.of(ManagerOp.SHUTDOWN), (r, reply) -> sent.add("3"));
        submit(me, 4, QueueOp.SIZE, Args.of(QueueOp.SIZE));
        assertEquals(List.of("other", "1 " + Reply.NOTHING, "refused 2", "3", "4 " + Reply.integer(0)), sent);
        engine.endBurst();
    }

    @Test
    void aLargeBurstIsSeveralRecordsAndOneSync() throws Exception {
        long session = engine.openSession("me", "here");
        long before = syncs();
        engine.beginBurst();
        for (int i = 0; i < 1300; i++) {
            submit(session, i, DictOp.SET, set("k" + i, i));
        }
        engine.endBurst();
        assertEquals(1300, sent.size());
        for (int i = 0; i < 1300; i++) {
            assertEquals(i + " " + Reply.NOTHING, sent.get(i));
        }
        assertEquals(before + 1, syncs());
        List<LogRecord> records = records();
        assertEquals(
                List.of(512, 512, 276),
                records.subList(records.size() - 3, records.size()).stream()
                        .map(r -> r.commands().size())
                        .toList());
    }

    /** The state keeps the array that a large request came in; the log has a copy of its bytes. */
    @Test
    void aLargeValueIsAppliedFromTheArrayThatItCameIn() throws Exception {
        long session = engine.openSession("me", "here");
        ByteWriter out = new ByteWriter();
        out.raw(Values.ofText("k"));
        int start = out.size();
        out.raw(Values.ofText("v".repeat(3_000_000)));
        byte[] own = out.toByteArray();
        Args args = Args.parseOwn(DictOp.SET, 2, own);
        engine.beginBurst();
        submit(session, 1, DictOp.SET, args);
        submit(session, 2, DictOp.SET, set("small", 1));
        engine.endBurst();
        Entry applied = state.entries.get(state.entries.size() - 2);
        assertSame(own, ((Command.Invoke) applied.command()).args().buffer());
        List<LogRecord> records = records();
        LoggedCommand logged = records.get(records.size() - 2).commands().get(0);
        byte[] value = ((Command.Invoke) logged.command()).args().value(1);
        assertArrayEquals(Arrays.copyOfRange(own, start, own.length), value);
        assertEquals(1, records.get(records.size() - 1).commands().size());
    }

    @Test
    void nothingOfABurstIsAnsweredIfTheLogFails() throws Exception {
        for (String step : List.of("write", "sync")) {
            failures.clear();
            sent.clear();
            if (journal.next() > 1 && step.equals("sync")) {
                disk.failing = null;
                journal.close();
                open();
            }
            long session = engine.openSession("me", "here");
            int applied = state.entries.size();
            engine.beginBurst();
            submit(session, 1, DictOp.SET, set("a", 1));
            disk.failing = step;
            assertThrows(IllegalStateException.class, engine::endBurst);
            assertEquals(1, failures.size());
            assertTrue(failures.get(0).contains(": Input/output error ("), failures.get(0));
            assertEquals(List.of(), sent);
            assertEquals(applied, state.entries.size());
            disk.failing = null;
            assertThrows(IllegalStateException.class, () -> submit(session, 2, DictOp.SET, set("a", 1)));
            assertThrows(IllegalStateException.class, engine::commit);
            assertEquals(List.of(), sent);
        }
    }

    /** Random bursts of random sessions: each command is answered once, in the order of its session, and never before its sync. */
    @Test
    void eachIsAnsweredOnceInItsOrderAndAfterTheSync() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long[] sessions = new long[5];
        for (int i = 0; i < sessions.length; i++) {
            sessions[i] = engine.openSession("s" + i, "");
        }
        long[] asked = new long[sessions.length];
        long[] answered = new long[sessions.length];
        @Nullable Random[] inside = {random};
        for (int burst = 0; burst < 300; burst++) {
            engine.beginBurst();
            for (int n = random.nextInt(20); n > 0; n--) {
                ask(random.nextInt(sessions.length), sessions, asked, answered, inside, seed);
            }
            engine.endBurst();
            for (int i = 0; i < sessions.length; i++) {
                assertEquals(asked[i], answered[i], "seed " + seed);
            }
        }
        long total = journal.next() - 1;
        assertEquals(
                total, records().stream().mapToLong(r -> r.commands().size()).sum(), "seed " + seed);
    }

    private void ask(int who, long[] sessions, long[] asked, long[] answered, @Nullable Random[] inside, long seed) {
        Random random = Objects.requireNonNull(inside[0]);
        long request = ++asked[who];
        long syncs = syncs();
        int kind = random.nextInt(4);
        Runnable check = () -> {
            assertEquals(++answered[who], request, "seed " + seed);
            if (random.nextInt(10) == 0) {
                ask(random.nextInt(sessions.length), sessions, asked, answered, inside, seed);
            }
            if (random.nextInt(30) == 0) {
                engine.commit();
            }
        };
        if (kind == 0) {
            engine.after(sessions[who], check);
        } else if (kind == 1) {
            engine.submit(sessions[who], request, QueueOp.SIZE, 1, Args.of(QueueOp.SIZE), (r, reply) -> check.run());
        } else {
            engine.submit(sessions[who], request, DictOp.SET, 1, set("k" + request, request), (r, reply) -> {
                assertTrue(syncs() > syncs, "seed " + seed + ": answered before the sync");
                check.run();
            });
        }
    }
}
