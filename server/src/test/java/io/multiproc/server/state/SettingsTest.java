package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.server.access.Audit;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateLimits;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The settings and the identity of a state: between which commands they change, and what keeps them. */
class SettingsTest {
    private static final Settings NARROW = new Settings(100, new StateLimits(5, 2, 1), 200, 4_000, 3_000, 9_000, 0);
    private static final Settings WIDE =
            new Settings(1 << 20, new StateLimits(500, 200, 100), 200, 4_000, 3_000, 9_000, 1 << 20);

    private final Bench bench = new Bench();

    @Test
    void theyChangeBetweenTwoCommands() {
        long session = bench.open();
        long dict = bench.create(session, ObjectType.DICT);
        bench.call(session, dict, DictOp.SET, 1, "x".repeat(200));
        bench.call(session, dict, DictOp.SET, 2, 2);
        assertNull(bench.apply(0, 0, new Command.SettingsChanged(NARROW)));
        assertEquals(NARROW, bench.state.settings());
        Bench.assertFails(ErrorCode.BUSY, bench.call(session, dict, DictOp.SET, 3, 3));
        long list = bench.create(session, ObjectType.LIST);
        Bench.assertFails(ErrorCode.BUSY, bench.call(session, list, ListOp.ADD_ALL, List.of(1, 2, 3)));
        Bench.assertFails(ErrorCode.TOO_LARGE, bench.call(session, dict, DictOp.SNAPSHOT));
        assertNull(bench.apply(0, 0, new Command.SettingsChanged(WIDE)));
        bench.call(session, dict, DictOp.SET, 3, 3);
        assertEquals(3L, bench.call(session, dict, DictOp.SIZE));
    }

    @Test
    void aSnapshotKeepsThem() {
        assertNull(bench.apply(0, 0, new Command.Genesis(77, NARROW)));
        assertNull(bench.apply(0, 0, new Command.Genesis(78, WIDE)));
        assertEquals(77, bench.state.clusterId());
        assertEquals(NARROW, bench.state.settings(), "a state begins once");
        SharedState again = new SharedState();
        assertEquals(0, again.clusterId());
        again.restore(bench.snapshot());
        assertEquals(77, again.clusterId());
        assertEquals(NARROW, again.settings());
        assertArrayEquals(bench.snapshot(), new Bench(again).snapshot());
    }

    /** What outlives a server that has no log has no sessions, so clients must not take it for the same. */
    @Test
    void whatOutlivesTheServerIsAnother() {
        bench.apply(0, 0, new Command.Genesis(77, NARROW));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        bench.state.durableSnapshot().writeTo(out);
        SharedState next = new SharedState();
        next.restore(out.toByteArray());
        assertEquals(0, next.clusterId());
        assertEquals(NARROW, next.settings());
        Engine engine = engine(next, WIDE);
        assertNotEquals(0, engine.epoch());
        assertNotEquals(77, engine.epoch());
        assertEquals(engine.epoch(), next.clusterId());
        assertEquals(WIDE, next.settings());
    }

    @Test
    void anEngineSaysWhatIsNewAndNoMore() {
        SharedState state = bench.state;
        long id = engine(state, NARROW).epoch();
        assertEquals(1, state.lastIndex());
        assertEquals(id, engine(state, NARROW).epoch());
        assertEquals(1, state.lastIndex(), "nothing is new");
        assertEquals(id, engine(state, WIDE).epoch());
        assertEquals(2, state.lastIndex());
        assertEquals(WIDE, state.settings());
        assertEquals(id, engine(state, null).epoch());
        assertEquals(2, state.lastIndex());
    }

    private static Engine engine(SharedState state, @org.jspecify.annotations.Nullable Settings settings) {
        return new Engine(
                state,
                () -> 1_000,
                (delay, task) -> () -> {},
                (session, request, reply) -> {},
                new EngineOptions("1", 1 << 20, false, List::of, Map::of, 8, Audit.NONE, settings),
                () -> {});
    }
}
