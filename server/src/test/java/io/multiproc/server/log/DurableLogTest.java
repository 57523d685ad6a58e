package io.multiproc.server.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateLimits;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A state that is read from its log is the one that was logged. */
@Timeout(60)
class DurableLogTest {
    private static final Settings SETTINGS =
            new Settings(1 << 20, StateLimits.DEFAULT, 1000, 60_000, 10_000, 30_000, 1 << 20);
    private static final Settings OTHERS =
            new Settings(1 << 20, StateLimits.DEFAULT, 1000, 60_000, 9_000, 30_000, 1 << 20);

    @TempDir
    Path folder;

    private DurableLog open(SharedState state, Fsync fsync) throws IOException {
        return DurableLog.open(
                folder.resolve("data"), fsync, state, state::lastIndex, journal -> 0, (what, journal, e) -> {
                    throw new AssertionError(LogFailure.line(what, journal, e));
                });
    }

    private static Engine engine(DurableLog log, SharedState state, Settings settings) {
        return new Engine(
                state,
                log.clock(),
                (delay, task) -> () -> {},
                (session, request, reply) -> {},
                new EngineOptions(
                        "1", 1 << 20, true, List::of, Map::of, 8, io.multiproc.server.access.Audit.NONE, settings),
                () -> {},
                log.order());
    }

    private static byte[] bytes(SharedState state) {
        ByteWriter out = new ByteWriter();
        state.snapshot(out);
        return out.toByteArray();
    }

    private static long make(Engine engine, long session, String type) {
        Args args = Args.of(ManagerOp.CREATE, Values.ofText(type), Values.container(Tag.LIST, List.of()));
        Reply reply = Objects.requireNonNull(engine.invoke(session, 1, ManagerOp.CREATE, 0, args));
        return Values.refId(reply.bytes(), reply.start());
    }

    @Test
    void aRestartGoesOnWithTheSameState() throws Exception {
        for (Fsync fsync : List.of(Fsync.ALWAYS, Fsync.NEVER, new Fsync(1))) {
            SharedState state = new SharedState();
            long cluster = 0;
            try (DurableLog log = open(state, fsync)) {
                long before = state.clusterId();
                Engine engine = engine(log, state, SETTINGS);
                cluster = engine.epoch();
                assertTrue(before == 0 || before == cluster, "an identity stays");
                engine.goOn();
                assertEquals(0, state.numberOfSessions());
                long session = engine.openSession("me", "here");
                long dict = make(engine, session, "dict");
                long queue = make(engine, session, "queue");
                engine.beginBurst();
                for (int i = 0; i < 2000; i++) {
                    engine.submit(
                            session,
                            10 + i,
                            DictOp.SET,
                            dict,
                            Args.of(DictOp.SET, Values.ofInteger(i), Values.ofInteger(i)),
                            (r, reply) -> {});
                }
                engine.submit(
                        session,
                        5,
                        QueueOp.TAKE,
                        queue,
                        Args.of(QueueOp.TAKE, Values.ofInteger(600_000)),
                        (r, reply) -> {});
                engine.endBurst();
                assertEquals("1", String.valueOf(engine.stats().counts().waits()));
            }
            SharedState again = new SharedState();
            try (DurableLog log = open(again, fsync)) {
                assertArrayEquals(bytes(state), bytes(again));
                assertEquals(cluster, again.clusterId());
                assertEquals(1, again.sessions().size());
                assertTrue(log.clock().getAsLong() > 1_000_000_000_000L);
                // other settings are a command, too
                Engine engine = engine(log, again, OTHERS);
                assertEquals(cluster, engine.epoch());
                assertNotEquals(bytes(state).length, 0);
            }
            SharedState third = new SharedState();
            try (DurableLog log = open(third, fsync)) {
                assertArrayEquals(bytes(again), bytes(third));
                assertEquals(OTHERS, third.settings());
                assertEquals("always", Fsync.ALWAYS.toString());
                assertEquals(fsync.toString(), log.facts().get("fsync"));
            }
        }
    }

    @Test
    void whatIsWrittenIsSyncedByAndBy() throws Exception {
        SharedState state = new SharedState();
        try (DurableLog log = open(state, new Fsync(1))) {
            Engine engine = engine(log, state, SETTINGS);
            long session = engine.openSession("me", "here");
            long before = (Long) Objects.requireNonNull(log.facts().get("fsync_last_us"));
            assertTrue(before >= 0);
            engine.commit();
            while (engine.stats().log().syncs() == 0) {
                Thread.onSpinWait();
            }
            assertTrue(state.isOpen(session));
        }
    }

    @Test
    void wordsForWhen() {
        assertEquals(Fsync.ALWAYS, Fsync.parse("always"));
        assertEquals(Fsync.NEVER, Fsync.parse("never"));
        assertEquals(new Fsync(250), Fsync.parse("250"));
        for (String bad : List.of("", "0", "-1", "1.5", "60001", "99999", "Always")) {
            assertThrows(IllegalArgumentException.class, () -> Fsync.parse(bad), bad);
        }
    }
}
