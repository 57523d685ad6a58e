package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.SnapshotWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many sessions call everything on everything, with timeouts, cancellations, acknowledgements and session ends. */
@Tag("once")
class RandomRunTest {
    /** No state answers these. */
    private static final Set<ManagerOp> OF_THE_SERVER = Set.of(
            ManagerOp.INFO,
            ManagerOp.SHUTDOWN,
            ManagerOp.KEYS,
            ManagerOp.RELOAD_KEYS,
            ManagerOp.END_SESSIONS,
            ManagerOp.BEGIN_BACKUP,
            ManagerOp.READ_BACKUP,
            ManagerOp.CLUSTER,
            ManagerOp.ADD_NODE,
            ManagerOp.REMOVE_NODE,
            ManagerOp.TRANSFER_LEADERSHIP);

    private static final int MAX_REPLY = 6_000;

    /** A parked request. */
    private record Parked(Op op, long object) {}

    /** An entry with all that came of it. */
    private record Step(Entry entry, List<String> outcome) {}

    private Random random = new Random();
    private Bench bench = new Bench();
    private RandomCalls calls = new RandomCalls(random, bench);
    private final List<Long> live = new ArrayList<>();
    /** In order of parking. */
    private final Map<Long, Parked> parked = new LinkedHashMap<>();

    private final Map<Long, Long> sessionOf = new HashMap<>();
    private final Map<Long, Long> tokens = new HashMap<>();
    private final Set<Op> succeeded = new HashSet<>();
    private final List<Step> steps = new ArrayList<>();
    private String trace = "";

    private void start(long seed) {
        random = new Random(seed);
        bench = new Bench(new SharedState(MAX_REPLY));
        calls = new RandomCalls(random, bench);
        live.clear();
        parked.clear();
        steps.clear();
        tokens.clear();
        open();
        for (int i = 0; i < RandomCalls.NAMES.size(); i++) {
            call(
                    live.get(0),
                    0,
                    ManagerOp.OPEN,
                    ObjectType.values()[i].wireName(),
                    RandomCalls.NAMES.get(i),
                    RandomCalls.arguments(ObjectType.values()[i]));
        }
    }

    private void open() {
        Reply id = apply(0, 0, new Command.SessionOpened("s" + ++bench.sessions, "test"));
        assertNotNull(id);
        live.add(Values.integer(id.bytes(), id.start()));
    }

    private void step() {
        int kind = random.nextInt(30);
        long session = live.get(random.nextInt(live.size()));
        if (kind == 0) {
            bench.time += random.nextInt(20);
            apply(0, 0, new Command.Tick());
        } else if (kind == 1 && live.size() < 5) {
            open();
        } else if (kind == 2 && live.size() > 1 && random.nextInt(4) == 0) {
            live.remove(session);
            parked.keySet().removeIf(request -> owner(request) == session);
            apply(session, 0, new Command.SessionClosed("test"));
        } else if (kind == 3 && !parked.isEmpty()) {
            List<Long> requests = new ArrayList<>(parked.keySet());
            long request = requests.get(random.nextInt(requests.size()));
            if (random.nextBoolean()) {
                apply(owner(request), request, new Command.Cancel());
            } else {
                long asker = owner(request);
                parked.remove(request);
                apply(asker, request, new Command.Abandon());
            }
        } else if (kind < 6) {
            SessionState state = bench.state.session(session);
            assertNotNull(state);
            long[] requests = state.deliveries.sortedKeys();
            if (requests.length > 0) {
                Command answer = random.nextInt(4) == 0 ? new Command.GiveBack() : new Command.Acknowledge();
                apply(session, requests[random.nextInt(requests.length)], answer);
            }
        } else if (kind == 7) {
            apply(
                    session,
                    0,
                    new Command.Orphaned(calls.objectId(), random.nextInt(3), random.nextInt(3), random.nextInt(30)));
        } else if (kind == 6 && !parked.isEmpty()) {
            // sent again while parked
            long request = parked.keySet().iterator().next();
            Parked p = parked.get(request);
            assertNotNull(p);
            assertNull(apply(owner(request), request, new Command.Invoke(p.op, p.object, args(p.op))), trace);
        } else {
            long object = random.nextInt(6) == 0 ? 0 : calls.objectId();
            ObjectState state = bench.state.object(object);
            boolean wrong = random.nextInt(50) == 0;
            Op op = calls.op(object == 0 || state == null ? null : wrong ? ObjectType.LIST : state.type());
            bench.time += random.nextInt(4) == 0 ? 1 : 0;
            call(session, object, op, calls.args(op));
        }
        check();
    }

    private long owner(long request) {
        Long session = sessionOf.get(request);
        assertNotNull(session);
        return session;
    }

    private io.multiproc.protocol.wire.Args args(Op op) {
        while (true) {
            try {
                return Bench.args(op, calls.args(op));
            } catch (ValueException e) {
                // a random key was no key
            }
        }
    }

    private void call(long session, long object, Op op, @Nullable Object... args) {
        io.multiproc.protocol.wire.Args checked;
        try {
            checked = Bench.args(op, args);
        } catch (ValueException e) {
            return;
        }
        long request = ++bench.request;
        sessionOf.put(request, session);
        trace = trace.replaceAll(" last.*", "") + " last " + op.wireName() + Arrays.toString(args) + " on " + object;
        Reply reply = apply(session, request, new Command.Invoke(op, object, checked));
        if (reply == null) {
            parked.put(request, new Parked(op, object));
            succeeded.add(op);
        } else if (!reply.isError()) {
            succeeded.add(op);
        }
    }

    private @Nullable Reply apply(long session, long request, Command command) {
        Entry entry = new Entry(bench.time, session, request, command);
        List<String> outcome = new ArrayList<>();
        Reply reply = bench.state.apply(entry, (s, r, answer) -> {
            outcome.add(s + " " + r + " " + answer);
            completed(s, r, Coded.reply(answer));
        });
        bench.index = bench.state.lastIndex();
        outcome.add(String.valueOf(reply));
        steps.add(new Step(entry, outcome));
        return reply;
    }

    /** A request is answered once, to a live session; who is served came before all who still wait for the same. */
    private void completed(long session, long request, @Nullable Object reply) {
        assertTrue(live.contains(session), trace);
        Parked p = parked.remove(request);
        assertNotNull(p, trace);
        assertEquals(session, sessionOf.get(request), trace);
        boolean served = !(reply instanceof Coded.Failure) && reply != ABSENT && !Boolean.FALSE.equals(reply);
        assertTrue(reply != PARKED, trace);
        if (served
                && (p.op == QueueOp.TAKE
                        || p.op == QueueOp.TAKE_DELIVERY
                        || p.op == QueueOp.PUT
                        || p.op == LockOp.ACQUIRE)) {
            for (Map.Entry<Long, Parked> other : parked.entrySet()) {
                assertTrue(!other.getValue().equals(p) || other.getKey() > request, trace);
            }
        }
    }

    private void check() {
        Map<Long, Long> references = new HashMap<>();
        Map<Long, Long> holds = new HashMap<>();
        int waiting = 0;
        for (long id : live) {
            SessionState session = bench.state.session(id);
            assertNotNull(session, trace);
            for (long object : session.holds.sortedKeys()) {
                holds.merge(object, session.holds.present(object), Long::sum);
            }
            for (long request : session.parked.sortedKeys()) {
                Waiter w = session.parked.present(request);
                assertTrue(parked.containsKey(request), trace);
                assertTrue(w.fields().outcome() != Waiter.Outcome.PENDING || w.deadline > bench.time, trace);
                waiting++;
                byte[] value = w.fields().value();
                if (value != null) {
                    count(references, value);
                }
                assertSame(w.object(), bench.state.object(w.object().id()), trace);
                Parked p = parked.get(request);
                if (p != null && (p.op == QueueOp.TAKE || p.op == QueueOp.TAKE_DELIVERY)) {
                    assertEquals(0, w.object().size(), trace);
                }
                if (w.object() instanceof LockState lock) {
                    assertTrue(lock.owner() != null || p == null || p.op == LockOp.AWAIT, trace);
                }
            }
            for (long request : session.deliveries.sortedKeys()) {
                SessionState.Delivery d = session.deliveries.present(request);
                for (byte[] item : d.kept() ? new byte[0][] : d.items()) {
                    count(references, item);
                }
            }
        }
        assertEquals(parked.size(), waiting, trace);
        int waiters = 0;
        for (long id = 1; id <= bench.index; id++) {
            ObjectState object = bench.state.object(id);
            if (object == null) {
                continue;
            }
            count(references, object.describe(1 << 24));
            waiters += object.waiters();
            if (object instanceof QueueState q) {
                q.forEachKept(kept -> count(references, kept));
            }
            if (object instanceof SemaphoreState semaphore) {
                assertTrue(semaphore.size() >= 0 && semaphore.total() >= semaphore.size(), trace);
                assertTrue(
                        semaphore.type() != ObjectType.BOUNDED_SEMAPHORE || semaphore.total() == semaphore.bound(),
                        trace);
            }
            if (object instanceof LockState lock) {
                SessionState owner = lock.owner();
                assertTrue(owner == null || bench.state.session(owner.id()) == owner, trace);
                assertTrue(owner == null || owner.owned.get(id) == lock, trace);
                long before = tokens.getOrDefault(id, 0L);
                assertTrue(lock.token() >= before, trace);
                tokens.put(id, lock.token());
            }
        }
        assertEquals(waiting, waiters, trace);
        long stored = 0;
        for (long id = 1; id <= bench.index; id++) {
            ObjectState object = bench.state.object(id);
            if (object != null) {
                stored += object.references;
                assertEquals(references.getOrDefault(id, 0L), object.references, trace + " references of " + id);
                assertEquals(holds.getOrDefault(id, 0L), object.holds, trace + " holds of " + id);
                assertTrue(object.name() != null || object.references + object.holds > 0, trace);
            }
        }
        assertEquals(stored, bench.state.storedReferences(), trace);
        assertTrue(bench.state.nextDeadline() > bench.time, trace);
    }

    private static void count(Map<Long, Long> references, byte[] value) {
        Values.forEachRef(value, 0, id -> references.merge(id, 1L, Long::sum));
    }

    private static byte[] snapshot(SharedState state) {
        ByteWriter out = new ByteWriter();
        state.snapshot(out);
        return out.toByteArray();
    }

    private static List<String> replay(SharedState state, Entry entry) {
        List<String> outcome = new ArrayList<>();
        Reply reply = state.apply(entry, (s, r, answer) -> outcome.add(s + " " + r + " " + answer));
        outcome.add(String.valueOf(reply));
        return outcome;
    }

    @Test
    void everyRowIsHitAndInvariantsHold() {
        // a new row or type changes what each seed does, so a rare row may need a few more of them
        for (long seed = 51; seed < 63 || (seed < 75 && !missing().isEmpty()); seed++) {
            start(seed);
            for (int i = 0; i < 2_500; i++) {
                trace = "seed " + seed + " step " + i + trace.replaceAll("^.*?( last|$)", "$1");
                step();
            }
        }
        assertEquals(List.of(), missing());
    }

    private List<String> missing() {
        return OpTable.all().stream()
                .filter(op -> !succeeded.contains(op) && !OF_THE_SERVER.contains(op))
                .map(Op::wireName)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63})
    void twinsAndRevivedTwinsAgree(long seed) {
        start(seed);
        SharedState twin = new SharedState(MAX_REPLY);
        SharedState revived = new SharedState(MAX_REPLY);
        for (int i = 0, done = 0; i < 1_500; i++) {
            trace = "seed " + seed + " step " + i;
            step();
            for (; done < steps.size(); done++) {
                Step s = steps.get(done);
                assertEquals(s.outcome, replay(twin, s.entry), trace);
                assertEquals(s.outcome, replay(revived, s.entry), trace);
            }
            byte[] snapshot = bench.snapshot();
            assertArrayEquals(snapshot, snapshot(twin), trace);
            assertArrayEquals(snapshot, snapshot(revived), trace);
            assertEquals(bench.state.nextDeadline(), revived.nextDeadline(), trace);
            revived = new SharedState(MAX_REPLY);
            revived.restore(snapshot);
            assertArrayEquals(snapshot, snapshot(revived), trace);
        }
    }

    /** A read without an entry answers what the entry would, and changes nothing; an operation that it does not answer is one that may. */
    @Test
    void queriesChangeNothingAndAnswerTheSame() {
        start(81);
        Set<Op> answered = new HashSet<>();
        Set<Op> referred = new HashSet<>();
        for (int i = 0; i < 1_200; i++) {
            trace = "seed 81 step " + i;
            step();
            byte[] before = bench.snapshot();
            for (int n = 0; n < 8; n++) {
                long id = random.nextInt(6) == 0 ? 0 : calls.objectId();
                ObjectState object = bench.state.object(id);
                Op op = calls.op(object == null ? null : object.type());
                long session = live.get(random.nextInt(live.size()));
                io.multiproc.protocol.wire.Args args;
                try {
                    args = Bench.args(op, calls.args(op));
                } catch (ValueException e) {
                    continue;
                }
                Reply read = bench.state.query(session, op, id, args);
                if (!op.has(Flag.READ) || op.has(Flag.MAY_PARK)) {
                    assertNull(read, trace + op);
                } else if (op != ManagerOp.INFO && op != ManagerOp.OBJECTS) {
                    SharedState twin = new SharedState(MAX_REPLY);
                    twin.restore(before);
                    Reply applied = twin.apply(
                            new Entry(bench.time, session, Long.MAX_VALUE, new Command.Invoke(op, id, args)),
                            (s, r, reply) -> {});
                    if (read == null) {
                        assertNotNull(applied, trace + op);
                        boolean refers = Values.mayHoldRefs(applied.bytes(), applied.start());
                        assertTrue(op == ManagerOp.FIND || refers, trace + op);
                        referred.add(op);
                    } else {
                        assertEquals(String.valueOf(applied), read.toString(), trace + op);
                        answered.add(op);
                    }
                }
            }
            assertArrayEquals(before, bench.snapshot(), trace);
        }
        assertTrue(answered.size() > 45, answered.toString());
        assertTrue(referred.contains(ManagerOp.FIND) && referred.contains(DictOp.GET), referred.toString());
        assertNotNull(bench.state.query(99_999, ManagerOp.NAMES, 0, Bench.args(ManagerOp.NAMES)));
    }

    /** Nothing that an entry changes is missed, whichever objects the image has got by then. */
    @ParameterizedTest
    @ValueSource(longs = {91, 92, 93, 94, 95, 96})
    void anImageTakenWhileEntriesAreAppliedIsTheSnapshotOfItsIndex(long seed) {
        start(seed);
        int images = 0;
        StateImage image = null;
        byte[] expected = {};
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        SnapshotWriter out = new SnapshotWriter(written);
        for (int i = 0; i < 6_000; i++) {
            trace = "seed " + seed + " step " + i;
            if (image == null) {
                expected = bench.snapshot();
                // everything is copied as if it were large, or nothing is
                image = bench.state.image(System::nanoTime, random.nextBoolean() ? 0 : Integer.MAX_VALUE);
                image.head().forEach(part -> part.writeTo(out));
            } else if (random.nextInt(3) == 0) {
                List<SnapshotWriter.Part> parts = image.slice(() -> random.nextInt(4) > 0);
                parts.forEach(part -> part.writeTo(out));
                if (parts.isEmpty()) {
                    out.flush();
                    assertArrayEquals(expected, written.toByteArray(), trace);
                    written.reset();
                    image = null;
                    images++;
                }
            }
            step();
        }
        assertTrue(images > 100, trace + " " + images);
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72})
    void aSnapshotAtAnyIndexContinuesEqually(long seed) {
        start(seed);
        List<byte[]> snapshots = new ArrayList<>();
        List<Integer> at = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            trace = "seed " + seed + " step " + i;
            step();
            snapshots.add(bench.snapshot());
            at.add(steps.size());
        }
        byte[] last = bench.snapshot();
        SharedState state = new SharedState(MAX_REPLY);
        for (int i = 0; i < snapshots.size(); i++) {
            state.restore(snapshots.get(i));
            for (Step s : steps.subList(at.get(i), steps.size())) {
                assertEquals(s.outcome, replay(state, s.entry), "seed " + seed + " from " + i);
            }
            assertArrayEquals(last, snapshot(state), "seed " + seed + " from " + i);
        }
    }
}
