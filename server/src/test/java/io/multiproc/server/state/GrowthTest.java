package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.StateMachine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every operation that makes the state grow says so before, and is refused without having changed anything. */
@Timeout(60)
class GrowthTest {
    /** A delivery, a grant, a hold: what goes on while nothing more is stored. */
    private static final int SMALL = 300;
    /** An operation that changes nothing but what its arguments bring takes about their size in a snapshot. */
    private static final int ARGUMENTS = 8;

    /** The operations that the heap guard must not refuse: they read, remove, release or end. */
    private static final Set<Op> GO_ON = goOn();

    private static Set<Op> goOn() {
        Set<Op> out = new HashSet<>();
        for (Op op : OpTable.all()) {
            if (!op.has(Flag.STORES) && !op.has(Flag.MAY_PARK)) {
                out.add(op);
            }
        }
        return out;
    }

    private final Random random = new Random(19);

    private Args args(RandomCalls calls, Op op) {
        while (true) {
            try {
                return Bench.args(op, calls.args(op));
            } catch (ValueException e) {
                // not plausible: another time
            }
        }
    }

    private static long firstObjects(Bench bench, long session) {
        for (int i = 0; i < RandomCalls.NAMES.size(); i++) {
            ObjectType type = ObjectType.values()[i];
            bench.openNamed(
                    session,
                    type,
                    RandomCalls.NAMES.get(i),
                    RandomCalls.arguments(type).toArray());
        }
        return RandomCalls.NAMES.size();
    }

    /** The snapshot is a measure of all that is kept: what grows there without a word to the guard would grow without end. */
    @Test
    void whatGrowsSaysSoBefore() {
        Set<Op> grown = new HashSet<>();
        for (int round = 0; round < 12; round++) {
            Bench bench = new Bench();
            RandomCalls calls = new RandomCalls(random, bench);
            long[] sessions = {bench.open(), bench.open(), bench.open()};
            long objects = firstObjects(bench, sessions[0]);
            for (int i = 0; i < 1500; i++) {
                ObjectType type = i % 9 == 0 ? null : ObjectType.values()[random.nextInt((int) objects)];
                Op op = calls.op(type);
                long session = sessions[random.nextInt(sessions.length)];
                long object = type == null ? 0 : type.ordinal() + 1L;
                Args args = args(calls, op);
                long growth = bench.state.growth(session, op, object, args);
                int before = bench.snapshot().length;
                Reply unused = bench.apply(session, ++bench.request, new Command.Invoke(op, object, args));
                int more = bench.snapshot().length - before;
                if (growth == StateMachine.KEEPS_NOTHING) {
                    assertTrue(more <= SMALL, op.wireName() + " grew by " + more + " and was to keep nothing");
                } else {
                    int bytes = args.count() == 0 ? 0 : args.stop(args.count() - 1) - args.start(0);
                    assertTrue(
                            more <= growth + (long) ARGUMENTS * bytes + SMALL,
                            op.wireName() + " grew by " + more + ", but said " + growth + " besides " + bytes);
                    if (more > 0) {
                        grown.add(op);
                    }
                }
            }
        }
        assertTrue(grown.size() > 30, "only these were seen to grow: " + grown);
    }

    /** With all of the heap as a reserve, nothing that stores is admitted: the engine refuses it before it becomes an entry. */
    @Test
    void whatIsRefusedHasChangedNothing() {
        Bench bench = new Bench();
        RandomCalls calls = new RandomCalls(random, bench);
        long first = bench.open();
        long objects = firstObjects(bench, first);
        assertNull(bench.call(first, ObjectType.LIST.ordinal() + 1L, ListOp.ADD_ALL, List.of(1, 2, 3)));
        Engine engine = engine(bench, 100);
        // it looks at the heap when so much was stored, and then at each request
        Args large = Bench.args(ListOp.ADD, new byte[100_000]);
        Reply busy = engine.invoke(first, 999_999, ListOp.ADD, ObjectType.LIST.ordinal() + 1L, large);
        assertNotNull(busy);
        assertEquals(ErrorCode.BUSY, busy.error());
        Set<Op> refused = new HashSet<>();
        for (Op op : OpTable.all()) {
            // the objects are needed to the end
            for (int i = 0; i < 60 && op != ManagerOp.DELETE; i++) {
                long object = objectOf(op, objects);
                if (op == ListOp.REPEAT) {
                    assertNull(bench.call(first, object, ListOp.ADD, 1));
                }
                // all names of the random calls are taken, and their lists may be empty
                boolean fresh = op == ManagerOp.OPEN && i == 0;
                Args args = fresh
                        ? Bench.args(op, "dict", "fresh", List.of())
                        : op == ListOp.REPEAT ? Bench.args(op, 9) : args(calls, op);
                boolean keeps = bench.state.growth(first, op, object, args) != StateMachine.KEEPS_NOTHING;
                byte[] before = bench.snapshot();
                Reply reply = engine.invoke(first, 1_000_000 + i, op, object, args);
                if (keeps) {
                    assertNotNull(reply, op.wireName());
                    assertEquals(ErrorCode.BUSY, reply.error(), op.wireName());
                    assertArrayEquals(before, bench.snapshot(), op.wireName());
                    refused.add(op);
                } else if (GO_ON.contains(op) && reply != null) {
                    assertNotEquals(ErrorCode.BUSY, reply.error(), op.wireName());
                }
            }
        }
        for (Op op : OpTable.all()) {
            assertTrue(!op.has(Flag.STORES) || refused.contains(op), op.wireName() + " was never refused");
        }
    }

    private static long objectOf(Op op, long objects) {
        for (ObjectType type : ObjectType.values()) {
            if (type.ordinal() < objects && type.operations().contains(op)) {
                return type.ordinal() + 1L;
            }
        }
        return 0;
    }

    @Test
    void whoHoldsManyMoreObjectsIsRefusedOnlyThem() {
        Bench bench = new Bench();
        long owner = bench.open();
        long reader = bench.open();
        List<Object> references = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            references.add(new Coded.Ref(ObjectType.EVENT, bench.create(owner, ObjectType.EVENT)));
        }
        long list = bench.create(owner, ObjectType.LIST, references);
        // nobody has this much: scarce from the first look on
        Engine engine = engine(bench, 200);
        Args all = Bench.args(ListOp.SLICE, Coded.Special.ABSENT, Coded.Special.ABSENT, Coded.Special.ABSENT);
        Reply refused = null;
        for (int i = 0; i < 100 && refused == null; i++) {
            byte[] before = bench.snapshot();
            Reply reply = engine.invoke(reader, i, ListOp.SLICE, list, all);
            assertNotNull(reply);
            if (reply.isError()) {
                refused = reply;
                assertArrayEquals(before, bench.snapshot());
            } else {
                engine.closeSession(reader, "again");
                bench.apply(reader, 0, new Command.SessionClosed("again"));
                reader = bench.open();
            }
        }
        assertNotNull(refused);
        assertEquals(ErrorCode.BUSY, refused.error());
        Reply one = engine.invoke(reader, 1000, ListOp.GET, list, Bench.args(ListOp.GET, 7));
        assertNotNull(one);
        assertFalse(one.isError());
        Reply held = engine.invoke(owner, 1001, ListOp.SLICE, list, all);
        assertNotNull(held);
        assertFalse(held.isError(), "its owner holds them already");
    }

    private static Engine engine(Bench bench, int reserve) {
        return new Engine(
                bench.state,
                () -> bench.time,
                (delay, task) -> () -> {},
                (session, request, reply) -> {},
                new EngineOptions(
                        "1", 1 << 20, false, List::of, Map::of, reserve, io.multiproc.server.access.Audit.NONE, null),
                () -> {});
    }

    @Test
    void whatIsThereIsOpenedWithoutRoom() {
        Bench bench = new Bench();
        long session = bench.open();
        bench.openNamed(session, ObjectType.DICT, "d");
        assertEquals(StateMachine.KEEPS_NOTHING, growth(bench, session, 0, ManagerOp.OPEN, "dict", "d", List.of()));
        assertTrue(growth(bench, session, 0, ManagerOp.OPEN, "dict", "e", List.of()) > 1000);
        assertTrue(growth(bench, session, 0, ManagerOp.CREATE, "array", List.of("d", 1_000_000)) > 8_000_000);
    }

    /** Whoever sends it gets an error, as with room for everything. */
    @Test
    void anOperationOfAnotherTypeGrowsNothing() {
        Bench bench = new Bench();
        long session = bench.open();
        for (ObjectType type :
                List.of(ObjectType.READ_WRITE_LOCK, ObjectType.QUEUE, ObjectType.DICT, ObjectType.LIST)) {
            long id = bench.create(session, type);
            for (Op op : OpTable.all()) {
                if (type.has(op) || op instanceof ManagerOp) {
                    assertEquals(!(op instanceof ManagerOp), type.operations().contains(op));
                    continue;
                }
                byte[][] values = new byte[op.spec().required()][];
                Arrays.fill(values, Values.ofText("x"));
                Args args;
                try {
                    args = Args.of(op, values);
                } catch (ValueException e) {
                    Arrays.fill(values, Values.ofInteger(1));
                    try {
                        args = Args.of(op, values);
                    } catch (ValueException e2) {
                        continue;
                    }
                }
                assertEquals(StateMachine.KEEPS_NOTHING, bench.state.growth(session, op, id, args), op.wireName());
            }
        }
    }

    @Test
    void aRepeatedListSaysWhatItBecomes() {
        Bench bench = new Bench();
        long session = bench.open();
        long list = bench.create(session, ObjectType.LIST, List.of(1, 2, 3, 4));
        assertTrue(growth(bench, session, list, ListOp.REPEAT, 1_000_000) > 16_000_000);
        assertEquals(StateMachine.KEEPS_NOTHING, growth(bench, session, list, ListOp.REPEAT, 0));
    }

    /** A table that was filled at once is full to the last place, and what only changes there would seem to double it each time. */
    @Test
    void aChangeOfWhatIsThereIsNoGrowthOfAFullTable() {
        Bench bench = new Bench();
        long session = bench.open();
        Map<Object, Object> entries = new HashMap<>();
        for (long i = 0; i < 10_000; i++) {
            entries.put(i, "value");
        }
        long dict = bench.create(session, ObjectType.DICT);
        assertNull(bench.call(session, dict, DictOp.PUT_ALL, entries));
        assertTrue(growth(bench, session, dict, DictOp.PUT, 5L, "other") < 1_000);
        assertTrue(growth(bench, session, dict, DictOp.ADD, 5L, 1) < 1_000);
        assertTrue(growth(bench, session, dict, DictOp.PUT, "new", "other") > 100_000);
        long set = bench.create(session, ObjectType.SET);
        Object unused = bench.call(session, set, SetOp.ADD_ALL, new ArrayList<>(entries.keySet()));
        assertTrue(growth(bench, session, set, SetOp.ADD, 5L) < 1_000);
        assertTrue(growth(bench, session, set, SetOp.ADD, "new") > 100_000);
    }

    private static long growth(Bench bench, long session, long object, Op op, @Nullable Object... args) {
        return bench.state.growth(session, op, object, Bench.args(op, args));
    }
}
