package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.server.state.Coded.Ref;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What outlives the server. */
@Timeout(60)
class DurableSnapshotTest {
    private final Bench before = new Bench();
    private final long a = before.open();
    private final long b = before.open();

    private static byte[] bytes(DurableSnapshot snapshot) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        snapshot.writeTo(out);
        return out.toByteArray();
    }

    /** The server after this one, with a first session. */
    private static Bench next(byte[] snapshot) {
        SharedState state = new SharedState();
        state.restore(new ByteArrayInputStream(snapshot));
        Bench bench = new Bench(state);
        return bench;
    }

    private Bench next() {
        return next(bytes(before.state.durableSnapshot()));
    }

    private static @Nullable Object describe(Bench bench, long session, String name) {
        return bench.call(session, 0, ManagerOp.DESCRIBE, name);
    }

    @Test
    void everyTypeKeepsItsContentAndItsId() {
        Map<ObjectType, Long> ids = new TreeMap<>();
        for (ObjectType type : ObjectType.values()) {
            ids.put(
                    type,
                    before.openNamed(
                            a,
                            type,
                            type.wireName(),
                            RandomCalls.arguments(type).toArray()));
        }
        before.call(a, ids.get(ObjectType.DICT), DictOp.SET, "k", List.of(1, "x"));
        before.call(a, ids.get(ObjectType.DICT), DictOp.SET, 1.5, Coded.tup(1L, 2L));
        before.call(a, ids.get(ObjectType.LIST), ListOp.ADD_ALL, List.of("a", new byte[70_000].length, "c"));
        before.call(a, ids.get(ObjectType.NAMESPACE), NamespaceOp.SET, "x", 7);
        for (ObjectType queue : List.of(ObjectType.QUEUE, ObjectType.JOINABLE_QUEUE, ObjectType.SIMPLE_QUEUE)) {
            before.call(a, ids.get(queue), QueueOp.ADD_ALL, List.of("one", "two"));
        }
        Bench after = next();
        long s = after.open();
        for (ObjectType type : ObjectType.values()) {
            assertEquals(ids.get(type), after.openNamed(s, type, type.wireName()));
            if (type != ObjectType.LOCK && type != ObjectType.RLOCK) {
                assertEquals(
                        describe(before, a, type.wireName()), describe(after, s, type.wireName()), type.wireName());
            }
        }
        assertEquals(before.call(a, 0, ManagerOp.NAMES), after.call(s, 0, ManagerOp.NAMES));
        assertEquals(Coded.tup(1L, 2L), after.call(s, ids.get(ObjectType.DICT), DictOp.GET, 1.5));
        assertEquals(2L, after.call(s, ids.get(ObjectType.JOINABLE_QUEUE), QueueOp.UNFINISHED));
    }

    @Test
    void largeValuesAndManyEntriesAreKept() {
        long list = before.openNamed(a, ObjectType.LIST, "l");
        for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 300_000}) {
            before.call(a, list, ListOp.ADD, "x".repeat(size));
        }
        long dict = before.openNamed(a, ObjectType.DICT, "d");
        for (int i = 0; i < 10_000; i++) {
            before.call(a, dict, DictOp.SET, i, i * 2);
        }
        for (int i = 0; i < 10_000; i += 3) {
            before.call(a, dict, DictOp.REMOVE, i);
        }
        Bench after = next();
        long s = after.open();
        assertEquals(describe(before, a, "l"), describe(after, s, "l"));
        assertEquals(describe(before, a, "d"), describe(after, s, "d"));
        assertEquals(before.call(a, dict, DictOp.CHUNK, 5_000, 10, 2), after.call(s, dict, DictOp.CHUNK, 5_000, 10, 2));
    }

    @Test
    void sharedAndNestedObjectsKeepTheirIdentityAndTheirCounts() {
        long inner = before.create(a, ObjectType.DICT);
        long middle = before.create(a, ObjectType.LIST, List.of(new Ref(ObjectType.DICT, inner)));
        long one = before.openNamed(a, ObjectType.DICT, "one");
        long two = before.openNamed(a, ObjectType.NAMESPACE, "two");
        before.call(a, one, DictOp.SET, "x", List.of(new Ref(ObjectType.LIST, middle)));
        before.call(a, two, NamespaceOp.SET, "y", new Ref(ObjectType.DICT, inner));
        before.create(a, ObjectType.LIST, List.of(new Ref(ObjectType.DICT, inner))); // held by the session only
        Bench after = next();
        long s = after.open();
        assertEquals(4, after.state.numberOfObjects());
        after.call(s, inner, DictOp.SET, "seen", true);
        assertEquals(Map.of("seen", true), after.call(s, inner, DictOp.SNAPSHOT));
        after.call(s, 0, ManagerOp.DELETE, "one");
        assertEquals(2, after.state.numberOfObjects(), "the list in the middle is freed, the dict in 'two' is not");
        after.call(s, 0, ManagerOp.DELETE, "two");
        assertEquals(0, after.state.numberOfObjects());
        assertEquals(0, after.state.storedReferences());
    }

    @Test
    void circlesThatNothingNamedHoldsAreLeftOut() {
        long x = before.create(a, ObjectType.LIST);
        long y = before.create(a, ObjectType.LIST, List.of(new Ref(ObjectType.LIST, x)));
        before.call(a, x, ListOp.ADD, new Ref(ObjectType.LIST, y));
        assertEquals(0, next().state.numberOfObjects());
        long name = before.openNamed(a, ObjectType.DICT, "name");
        before.call(a, name, DictOp.SET, 1, new Ref(ObjectType.LIST, x));
        assertEquals(3, next().state.numberOfObjects());
    }

    @Test
    void itemsOnTheirWayAreBackInFront() {
        long queue = before.openNamed(a, ObjectType.JOINABLE_QUEUE, "q", 3);
        before.call(a, queue, QueueOp.ADD_ALL, List.of(1, 2, 3));
        before.call(a, queue, QueueOp.TAKE, 0);
        long second = before.request + 1;
        before.call(b, queue, QueueOp.TAKE, 0);
        before.call(a, queue, QueueOp.DRAIN, 5);
        before.acknowledge(b, second);
        before.call(b, queue, QueueOp.TASK_DONE); // 2 is done, 1 and 3 are in progress
        before.call(a, queue, QueueOp.ADD_ALL, List.of(4, 5, 6));
        before.call(b, queue, QueueOp.PUT, 7, -1); // waits: never happened
        Bench after = next();
        long s = after.open();
        assertEquals(List.of(1L, 3L, 4L, 5L, 6L), describe(after, s, "q"));
        assertEquals(5L, after.call(s, queue, QueueOp.UNFINISHED));
        assertEquals(Coded.tup(1L, 2L), firstTwo(after.call(s, queue, QueueOp.TAKE_DELIVERY, 0)));
        // and this server goes on undisturbed
        assertEquals(List.of(4L, 5L, 6L), describe(before, a, "q"));
        assertEquals(0L, after.call(s, queue, QueueOp.REMAINING_CAPACITY));
    }

    private static Object firstTwo(@Nullable Object delivery) {
        List<?> fields = ((Coded.Tup) java.util.Objects.requireNonNull(delivery)).fields();
        return Coded.tup(fields.get(0), fields.get(1));
    }

    @Test
    void aJoinableQueueKeepsItsSettingsAndItsDeadLetterQueue() {
        long queue = before.openNamed(a, ObjectType.JOINABLE_QUEUE, "q");
        long letters = before.create(a, ObjectType.QUEUE);
        before.call(a, queue, QueueOp.CONFIGURE, 50, 1, new Ref(ObjectType.QUEUE, letters));
        before.call(a, queue, QueueOp.PUT, "x", 0);
        Bench after = next();
        long s = after.open();
        after.call(s, queue, QueueOp.TAKE, 0);
        after.tick(50);
        assertEquals(List.of("x"), after.call(s, letters, QueueOp.SLICE, 0, 9));
    }

    @Test
    void objectsInUndeliveredItemsAreKept() {
        long queue = before.openNamed(a, ObjectType.QUEUE, "q");
        long dict = before.create(a, ObjectType.DICT, Map.of("in", "transit"));
        before.call(a, queue, QueueOp.PUT, new Ref(ObjectType.DICT, dict), 0);
        before.call(b, queue, QueueOp.TAKE, 0);
        Bench after = next();
        long s = after.open();
        assertEquals(new Ref(ObjectType.DICT, dict), after.call(s, queue, QueueOp.TAKE, 0));
        assertEquals(Map.of("in", "transit"), after.call(s, dict, DictOp.SNAPSHOT));
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectType.class,
            names = {"LOCK", "RLOCK"})
    void locksAreFreeAndNobodyWaits(ObjectType type) {
        long lock = before.openNamed(a, type, "l");
        Object token = before.call(a, lock, LockOp.ACQUIRE, 1, -1);
        before.call(b, lock, LockOp.ACQUIRE, 1, -1);
        Bench after = next();
        long s = after.open();
        assertEquals(false, after.call(s, lock, LockOp.IS_LOCKED));
        assertEquals(0L, after.call(s, lock, LockOp.QUEUE_LENGTH));
        Object newToken = after.call(s, lock, LockOp.ACQUIRE, 1, 0);
        assertTrue((Long) newToken > (Long) token, newToken + " after " + token);
        assertEquals(true, before.call(a, lock, LockOp.IS_LOCKED));
    }

    @Test
    void conditionsHaveNoWaiters() {
        long lock = before.openNamed(a, ObjectType.RLOCK, "l");
        before.call(a, lock, LockOp.ACQUIRE, 1, -1);
        before.call(a, lock, LockOp.AWAIT, 1, "c", -1);
        Bench after = next();
        long s = after.open();
        after.call(s, lock, LockOp.ACQUIRE, 1, 0);
        assertEquals(0L, after.call(s, lock, LockOp.SIGNAL, 1, "c", -1));
    }

    @Test
    void theNamesOfClassesAreKeptAndTheirVersionsAreNot() {
        before.call(
                a,
                0,
                ManagerOp.REGISTER_CLASSES,
                List.of(Coded.tup(1000, "com.acme.Job", "a record", Map.of("x", "int"))));
        Bench after = next();
        assertEquals("com.acme.Job", after.state.className(1000));
        long s = after.open();
        assertNull(after.call(
                s,
                0,
                ManagerOp.REGISTER_CLASSES,
                List.of(Coded.tup(1000, "com.acme.Job", "a record", Map.of("x", "java.lang.String")))));
    }

    @Test
    void idsAndTokensGoOnGrowing() {
        long lock = before.openNamed(a, ObjectType.LOCK, "l");
        before.create(a, ObjectType.DICT);
        long last = before.create(a, ObjectType.DICT);
        before.close(a);
        byte[] snapshot = bytes(before.state.durableSnapshot());
        Bench after = next(snapshot);
        long s = after.open();
        assertTrue(after.create(s, ObjectType.DICT) > last);
        long token = (Long) after.call(s, lock, LockOp.ACQUIRE, 1, 0);
        assertTrue(token > before.index);

        // the one above crashes without another snapshot: the next one knows nothing of what it gave
        Bench crashed = next(snapshot);
        crashed.state.leap();
        long t = crashed.open();
        assertTrue((Long) crashed.call(t, lock, LockOp.ACQUIRE, 1, 0) > token + 1_000_000_000L);
        assertTrue(crashed.create(t, ObjectType.DICT) > last + 1_000_000_000L);
    }

    @Test
    void anImageDoesNotSeeWhatHappensAfterIt() {
        long dict = before.openNamed(a, ObjectType.DICT, "d");
        long list = before.openNamed(a, ObjectType.LIST, "l");
        long queue = before.openNamed(a, ObjectType.QUEUE, "q");
        for (int i = 0; i < 20; i++) {
            before.call(a, dict, DictOp.SET, i, i);
            before.call(a, list, ListOp.ADD, 19 - i);
            before.call(a, queue, QueueOp.PUT, i, 0);
        }
        Object d = describe(before, a, "d");
        Object l = describe(before, a, "l");
        Object q = describe(before, a, "q");
        DurableSnapshot snapshot = before.state.durableSnapshot();
        for (int i = 0; i < 20; i++) {
            before.call(a, dict, DictOp.ADD, i, 100);
            before.call(a, queue, QueueOp.TAKE, 0);
        }
        for (int i = 100; i < 200; i++) {
            before.call(a, dict, DictOp.SET, i, i);
            before.call(a, dict, DictOp.REMOVE, i - 100);
        }
        before.call(a, list, ListOp.SORT, false);
        before.call(a, list, ListOp.REMOVE_AT, 3);
        before.call(a, 0, ManagerOp.DELETE, "q");
        Bench after = next(bytes(snapshot));
        long s = after.open();
        assertEquals(d, describe(after, s, "d"));
        assertEquals(l, describe(after, s, "l"));
        assertEquals(q, describe(after, s, "q"));
    }

    /** The image against the long way: copy everything, end all sessions there. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomStatesAreAsAfterTheEndOfAllSessions(long seed) {
        Random random = new Random(seed);
        RandomCalls calls = new RandomCalls(random, before);
        for (int i = 0; i < 2_000; i++) {
            long session = random.nextBoolean() ? a : b;
            ObjectState object = random.nextInt(4) == 0 ? null : before.state.object(calls.objectId());
            io.multiproc.protocol.op.Op op = calls.op(object == null ? null : object.type());
            if (op != ManagerOp.INFO && op != ManagerOp.SHUTDOWN) {
                before.call(session, object == null ? 0 : object.id(), op, calls.args(op));
            }
            if (random.nextInt(4) == 0) {
                before.acknowledge(session, before.request - random.nextInt(6));
            }
            if (i % 50 == 0) {
                compare("seed " + seed + " step " + i);
            }
        }
    }

    private void compare(String trace) {
        byte[] snapshot = bytes(before.state.durableSnapshot());
        Bench after = next(snapshot);
        assertArrayEquals(snapshot, bytes(after.state.durableSnapshot()), trace);
        SharedState copy = new SharedState();
        copy.restore(before.snapshot());
        Bench longWay = new Bench(copy);
        longWay.close(a);
        longWay.close(b);
        long s = after.open();
        long t = longWay.open();
        assertEquals(longWay.call(t, 0, ManagerOp.NAMES), after.call(s, 0, ManagerOp.NAMES), trace);
        for (String name : RandomCalls.NAMES) {
            Object expected = describe(longWay, t, name);
            if (!(expected instanceof Map<?, ?> m) || !m.containsKey("locked")) {
                assertEquals(expected, describe(after, s, name), trace + " " + name);
            }
        }
        List<?> objects = (List<?>) after.call(s, 0, ManagerOp.OBJECTS);
        for (Object row : objects) {
            ObjectState twin = copy.object((Long) ((Map<?, ?>) row).get("id"));
            assertNotNull(twin, trace);
            assertEquals(twin.size(), ((Map<?, ?>) row).get("size"), trace);
        }
    }

    @Test
    void aSnapshotOfAnotherVersionOrWithAnEndMissingIsRefused() {
        before.openNamed(a, ObjectType.DICT, "d");
        byte[] snapshot = bytes(before.state.durableSnapshot());
        for (int length = 0; length < snapshot.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(snapshot, length);
            assertThrows(IllegalArgumentException.class, () -> next(cut), () -> "length " + cut.length);
        }
        assertThrows(
                IllegalArgumentException.class, () -> next(java.util.Arrays.copyOf(snapshot, snapshot.length + 1)));
        snapshot[0]++;
        assertThrows(IllegalArgumentException.class, () -> next(snapshot));
    }
}
