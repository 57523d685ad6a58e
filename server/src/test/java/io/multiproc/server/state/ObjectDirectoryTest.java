package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObjectDirectoryTest {
    private final Bench bench = new Bench();
    private final long a = bench.open();
    private final long b = bench.open();

    private @Nullable Object call(ManagerOp op, @Nullable Object... args) {
        return bench.call(a, 0, op, args);
    }

    private long objects() {
        return bench.state.numberOfObjects();
    }

    @Test
    void namesAreOpenedFoundAndDeleted() {
        long id = bench.openNamed(a, ObjectType.LIST, "x", List.of(1));
        assertEquals(1, id);
        assertEquals(id, bench.openNamed(b, ObjectType.LIST, "x", List.of(2)));
        assertEquals(new Coded.Ref(ObjectType.LIST, id), call(ManagerOp.FIND, "x"));
        assertEquals(ABSENT, call(ManagerOp.FIND, "y"));
        assertFails(ErrorCode.NAME_TAKEN, "'x' is a list, not a dict", call(ManagerOp.OPEN, "dict", "x", List.of()));
        assertFails(ErrorCode.NAME_TAKEN, "'x' is a list, not an rlock", call(ManagerOp.OPEN, "rlock", "x", List.of()));
        bench.openNamed(a, ObjectType.QUEUE, "q");
        assertEquals(List.of("x", "q"), call(ManagerOp.NAMES));
        assertEquals(List.of(1L), call(ManagerOp.DESCRIBE, "x"));
        assertEquals(ABSENT, call(ManagerOp.DESCRIBE, "y"));
        assertEquals(true, call(ManagerOp.DELETE, "x"));
        assertEquals(false, call(ManagerOp.DELETE, "x"));
        assertFails(
                ErrorCode.NO_SUCH_OBJECT,
                "object 1 does not exist: it was deleted, or freed when its last holder let go",
                bench.call(a, id, ListOp.SIZE));
        assertEquals(3, bench.openNamed(a, ObjectType.LIST, "x"));
        assertEquals(List.of("q", "x"), call(ManagerOp.NAMES));
        assertEquals(2L, call(ManagerOp.NUMBER_OF_OBJECTS));
    }

    /** Made with, opened with the same or nothing, opened with another, and what is said of it. */
    @Test
    void anotherCapacityThanItHasIsRefused() {
        for (ObjectType type : List.of(ObjectType.QUEUE, ObjectType.JOINABLE_QUEUE, ObjectType.PRIORITY_QUEUE)) {
            differs(type, List.of(100), List.of(10), "has capacity 100, not capacity 10");
            differs(type, List.of(100), List.of(0), "has capacity 100, not no bound");
            differs(type, List.of(), List.of(7), "has no bound, not capacity 7");
            same(type, List.of(0), List.of(-1));
        }
        for (ObjectType type : List.of(ObjectType.SEMAPHORE, ObjectType.BOUNDED_SEMAPHORE)) {
            differs(type, List.of(3), List.of(2), "was made with 3 permits, not 2");
            differs(type, List.of(), List.of(2), "was made with 1 permits, not 2");
        }
        differs(ObjectType.BARRIER, List.of(3), List.of(4), "is for 3 parties, not 4");
        Coded.Ref service = new Coded.Ref(ObjectType.SERVICE, bench.openNamed(a, ObjectType.SERVICE, "service"));
        Coded.Ref instance = new Coded.Ref(ObjectType.INSTANCE, bench.create(a, ObjectType.INSTANCE, service));
        differs(ObjectType.BARRIER, List.of(3), List.of(3, instance, "m"), "has no action, not the action m");
        differs(
                ObjectType.BARRIER,
                List.of(3, instance, "m"),
                List.of(3, instance, "n"),
                "has the action m, not the action n");
        same(ObjectType.BARRIER, List.of(3, instance, "m"), List.of(3));
        differs(ObjectType.COUNT_DOWN_LATCH, List.of(3), List.of(2), "was made with the count 3, not 2");
        differs(ObjectType.VALUE, List.of("i", 1), List.of("q", 1), "has type code i, not q");
        same(ObjectType.VALUE, List.of("i", 1), List.of("i", 2));
        differs(ObjectType.ARRAY, List.of("i", 5), List.of("d", 5), "has type code i, not d");
        differs(ObjectType.ARRAY, List.of("i", 5), List.of("i", List.of(1, 2)), "has length 5, not 2");
        same(ObjectType.ARRAY, List.of("i", List.of(1, 2)), List.of("i", 2));
        Coded.Ref one = new Coded.Ref(ObjectType.LOCK, bench.create(a, ObjectType.LOCK));
        Coded.Ref other = new Coded.Ref(ObjectType.LOCK, bench.create(a, ObjectType.LOCK));
        differs(
                ObjectType.CONDITION,
                List.of(one),
                List.of(other),
                "has lock " + one.id() + ", not lock " + other.id());
        differs(ObjectType.CONDITION, List.of(), List.of(other), "has a lock of its own, not lock " + other.id());
        // what is content, not capacity, is nobody's demand
        same(ObjectType.LIST, List.of(List.of(1)), List.of(List.of(2)));
        same(ObjectType.DICT, List.of(Map.of(1, 2)), List.of(Map.of()));
    }

    private long same(ObjectType type, List<?> made, List<?> asked) {
        String name = "same " + objects();
        long id = bench.openNamed(a, type, name, made.toArray());
        assertEquals(id, bench.openNamed(b, type, name, made.toArray()));
        assertEquals(id, bench.openNamed(b, type, name, asked.toArray()));
        // no arguments, and those that could never be, are said by the type
        assertEquals(new Coded.Ref(type, id), bench.call(b, 0, ManagerOp.OPEN, type.wireName(), name, List.of()));
        assertFails(
                ErrorCode.BAD_ARGUMENT, bench.call(b, 0, ManagerOp.OPEN, type.wireName(), name, List.of(1, 2, 3, 4)));
        return id;
    }

    private void differs(ObjectType type, List<?> made, List<?> asked, String text) {
        String name = "different " + objects();
        long id = bench.openNamed(a, type, name, made.toArray());
        String article = type == ObjectType.ARRAY ? "an " : "a ";
        assertFails(
                ErrorCode.BAD_ARGUMENT,
                "'" + name + "', which exists, is " + article + type.wireName() + " that " + text,
                bench.call(b, 0, ManagerOp.OPEN, type.wireName(), name, asked));
        assertEquals(id, bench.openNamed(b, type, name, made.toArray()));
        // a snapshot keeps what it was made with
        bench.state.restore(bench.snapshot());
        assertEquals(id, bench.openNamed(b, type, name, made.toArray()));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(b, 0, ManagerOp.OPEN, type.wireName(), name, asked));
    }

    @Test
    void namesAndTypesAreChecked() {
        assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.OPEN, "list", "", List.of()));
        assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.OPEN, "heap", "x", List.of()));
        Object failure = call(ManagerOp.CREATE, "heap", List.of());
        assertTrue(failure instanceof Coded.Failure f && f.message().contains("dict, list, namespace, queue"));
        assertTrue(call(ManagerOp.OPEN, "list", "x".repeat(1024), List.of()) instanceof Coded.Ref);
        assertTrue(call(ManagerOp.OPEN, "list", "x".repeat(1025), List.of()) instanceof Coded.Failure);
        assertFails(ErrorCode.UNKNOWN_OPERATION, call(ManagerOp.INFO));
        assertFails(ErrorCode.UNKNOWN_OPERATION, call(ManagerOp.SHUTDOWN));
        assertFails(ErrorCode.UNKNOWN_OPERATION, bench.call(a, 0, DictOp.SIZE));
    }

    @Test
    void argumentsOfEachType() {
        for (ObjectType type : ObjectType.values()) {
            assertTrue(bench.create(a, type, RandomCalls.arguments(type).toArray()) > 0);
            assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.CREATE, type.wireName(), List.of("x")));
            assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.CREATE, type.wireName(), List.of(1, 2)));
        }
        assertFails(
                ErrorCode.BAD_ARGUMENT,
                "a list takes nothing or a list, not 1",
                call(ManagerOp.CREATE, "list", List.of(1)));
        assertFails(ErrorCode.UNHASHABLE, call(ManagerOp.CREATE, "dict", List.of(Map.of(List.of(), 1))));
        assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.CREATE, "namespace", List.of(Map.of(1, 1))));
        assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.CREATE, "lock", List.of(1)));
        long dict = bench.create(a, ObjectType.DICT, Map.of(1, "x"));
        assertEquals("x", bench.call(a, dict, DictOp.GET, true));
        long queue = bench.create(a, ObjectType.QUEUE, 3);
        assertEquals(3L, bench.call(a, queue, QueueOp.REMAINING_CAPACITY));
        for (Object unbounded : new Object[] {0, -1, Long.MAX_VALUE}) {
            queue = bench.create(a, ObjectType.JOINABLE_QUEUE, unbounded);
            assertEquals((long) Integer.MAX_VALUE, bench.call(a, queue, QueueOp.REMAINING_CAPACITY));
        }
    }

    @Test
    void anonymousObjectsLiveAsLongAsTheyAreHeld() {
        long id = bench.create(a, ObjectType.LIST);
        assertNull(call(ManagerOp.RELEASE, Map.of(id + 7, 1, id, 0)));
        assertEquals(1, objects());
        assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.RELEASE, Map.of(id, "x")));
        assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.RELEASE, Map.of("x", 1)));
        assertFails(ErrorCode.BAD_ARGUMENT, call(ManagerOp.RELEASE, Map.of(id, -1)));
        assertNull(call(ManagerOp.RELEASE, Map.of(id, 5)));
        assertEquals(0, objects());
        bench.create(a, ObjectType.LIST);
        bench.close(a);
        assertEquals(0, objects());
    }

    @Test
    void storedReferencesKeepObjectsAlive() {
        Coded.Ref inner = new Coded.Ref(ObjectType.LIST, bench.create(a, ObjectType.LIST));
        long dict = bench.openNamed(a, ObjectType.DICT, "d");
        bench.call(a, dict, DictOp.SET, "k", List.of(inner, tup(inner)));
        call(ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(2, objects());
        // the reader of a value receives two holds
        assertEquals(List.of(inner, tup(inner)), bench.call(b, dict, DictOp.GET, "k"));
        assertNull(bench.call(a, dict, DictOp.CLEAR));
        assertEquals(2, objects());
        bench.call(b, 0, ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(2, objects());
        bench.call(b, 0, ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(1, objects());
        assertFails(ErrorCode.NO_SUCH_OBJECT, bench.call(a, dict, DictOp.SET, "k", inner));
        assertEquals(0L, bench.call(a, dict, DictOp.SIZE));
    }

    @Test
    void aRemovedValueIsHeldByWhoReceivesIt() {
        Coded.Ref inner = new Coded.Ref(ObjectType.LIST, bench.create(a, ObjectType.LIST));
        long list = bench.openNamed(a, ObjectType.LIST, "l");
        bench.call(a, list, ListOp.ADD, inner);
        call(ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(inner, bench.call(b, list, ListOp.REMOVE_AT, 0));
        assertEquals(2, objects());
        bench.close(b);
        assertEquals(1, objects());
    }

    @Test
    void referencesTravelThroughQueues() {
        long queue = bench.openNamed(a, ObjectType.QUEUE, "q", 1);
        Coded.Ref inner = new Coded.Ref(ObjectType.LOCK, bench.create(a, ObjectType.LOCK));
        assertEquals(PARKED, bench.call(b, queue, QueueOp.TAKE, -1));
        long take = bench.request;
        bench.call(a, queue, QueueOp.PUT, inner, 0);
        assertEquals(inner, bench.done.get(0).reply());
        call(ManagerOp.RELEASE, Map.of(inner.id(), 1));
        bench.acknowledge(b, take);
        assertEquals(2, objects());
        bench.call(b, 0, ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(1, objects());
        // a parked put refers too, and lets go when it is cancelled
        bench.call(a, queue, QueueOp.PUT, 1, 0);
        inner = new Coded.Ref(ObjectType.LOCK, bench.create(a, ObjectType.LOCK));
        assertEquals(PARKED, bench.call(b, queue, QueueOp.PUT, inner, -1));
        long put = bench.request;
        call(ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(2, objects());
        bench.cancel(b, put);
        assertEquals(1, objects());
        // or when its session ends
        inner = new Coded.Ref(ObjectType.LOCK, bench.create(b, ObjectType.LOCK));
        assertEquals(PARKED, bench.call(b, queue, QueueOp.PUT, inner, -1));
        bench.call(b, 0, ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(2, objects());
        bench.close(b);
        assertEquals(1, objects());
    }

    @Test
    void undeliveredReferencesReturnWithTheirItem() {
        long queue = bench.openNamed(a, ObjectType.QUEUE, "q");
        Coded.Ref inner = new Coded.Ref(ObjectType.DICT, bench.create(a, ObjectType.DICT));
        bench.call(a, queue, QueueOp.PUT, inner, 0);
        call(ManagerOp.RELEASE, Map.of(inner.id(), 1));
        assertEquals(inner, bench.call(b, queue, QueueOp.TAKE, 0));
        bench.close(b);
        assertEquals(2, objects());
        assertEquals(inner, bench.call(a, queue, QueueOp.TAKE, 0));
        call(ManagerOp.DELETE, "q");
        bench.close(a);
        assertEquals(0, objects());
    }

    @Test
    void referencesMustBeOfTheRightType() {
        Coded.Ref wrong = new Coded.Ref(ObjectType.DICT, bench.create(a, ObjectType.LIST));
        long dict = bench.openNamed(a, ObjectType.DICT, "d");
        assertFails(
                ErrorCode.WRONG_TYPE,
                "object " + wrong.id() + " is a list, not a dict",
                bench.call(a, dict, DictOp.SET, "k", wrong));
        assertFails(ErrorCode.WRONG_TYPE, bench.call(a, dict, DictOp.PUT_ALL, Map.of("k", List.of(wrong))));
        assertEquals(0L, bench.call(a, dict, DictOp.SIZE));
    }

    @Test
    void longChainsAreFreedWithoutRecursion() {
        Coded.Ref head = new Coded.Ref(ObjectType.LIST, bench.create(a, ObjectType.LIST));
        for (int i = 0; i < 100_000; i++) {
            Coded.Ref next = new Coded.Ref(ObjectType.LIST, bench.create(a, ObjectType.LIST, List.of(head)));
            bench.call(a, 0, ManagerOp.RELEASE, Map.of(head.id(), 1));
            head = next;
        }
        assertEquals(100_001, objects());
        bench.call(a, 0, ManagerOp.RELEASE, Map.of(head.id(), 1));
        assertEquals(0, objects());
    }

    @Test
    void deletionReleasesWhatWasStored() {
        Coded.Ref inner = new Coded.Ref(ObjectType.LIST, bench.create(a, ObjectType.LIST));
        long n = bench.openNamed(a, ObjectType.NAMESPACE, "n");
        bench.call(a, n, NamespaceOp.SET, "x", inner);
        call(ManagerOp.RELEASE, Map.of(inner.id(), 1));
        call(ManagerOp.DELETE, "n");
        assertEquals(0, objects());
    }

    @Test
    void aFreedLockAnswersWhoWaits() {
        long lock = bench.create(a, ObjectType.LOCK);
        bench.call(a, lock, LockOp.ACQUIRE, 1, -1);
        assertEquals(PARKED, bench.call(b, lock, LockOp.ACQUIRE, 1, -1));
        call(ManagerOp.RELEASE, Map.of(lock, 1));
        assertFails(ErrorCode.NO_SUCH_OBJECT, bench.done.get(0).reply());
        bench.close(a);
        bench.close(b);
    }

    private static Object version(int id, String name, Object... fields) {
        Map<Object, Object> types = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            types.put(fields[i], fields[i + 1]);
        }
        return tup(id, name, "a class with fields", types);
    }

    private @Nullable Object register(long session, Object... classes) {
        return bench.call(session, 0, ManagerOp.REGISTER_CLASSES, List.of(classes));
    }

    @Test
    void contradictingRegistrationsAreRefusedAsAWhole() {
        ErrorCode mismatch = ErrorCode.REGISTRY_MISMATCH;
        long other = bench.open();
        assertNull(register(a, version(1, "A", "x", "int"), version(2, "B")));
        assertNull(register(other, version(2, "B"), version(3, "C")));
        assertFails(mismatch, register(other, version(9, "Z"), version(1, "X")));
        assertFails(mismatch, register(other, version(7, "A")));
        Object failure = register(other, version(1, "A", "x", "java.lang.String"));
        assertFails(mismatch, failure);
        assertTrue(
                failure instanceof Coded.Failure f
                        && f.message().contains("field x of class A with id 1 is java.lang.String in program")
                        && f.message().contains("but int in program"),
                String.valueOf(failure));
        assertFails(mismatch, register(other, version(8, "Y"), version(8, "W")));
        assertFails(mismatch, register(other, tup(2, "B", "an enum", Map.of())));
        // an opaque schema, as clients announced that knew no evolution
        assertFails(mismatch, register(other, tup(1, "A", "h1")));
        assertFails(ErrorCode.BAD_ARGUMENT, register(other, "A"));
        assertFails(ErrorCode.BAD_ARGUMENT, register(other, tup(1, "A", 5)));
        assertFails(ErrorCode.BAD_ARGUMENT, register(other, tup(1, "A", "a record", Map.of(1, "int"))));
        assertFails(ErrorCode.BAD_ARGUMENT, register(other, version(1, "x".repeat(513))));
        assertNull(register(other, version(9, "Q"), version(8, "W")));
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            many.add(version(100 + i, "class" + i));
        }
        assertFails(ErrorCode.TOO_LARGE, bench.call(other, 0, ManagerOp.REGISTER_CLASSES, many));
        assertNull(bench.call(other, 0, ManagerOp.REGISTER_CLASSES, many.subList(0, 9_000)));
    }

    @Test
    void compatibleVersionsOfAClassLiveTogetherAndAreForgottenWithTheirSessions() {
        long other = bench.open();
        long third = bench.open();
        assertNull(register(a, version(1, "A", "x", "int", "gone", "java.lang.String")));
        assertNull(register(other, version(1, "A", "x", "long", "new", "java.util.List")));
        assertFails(ErrorCode.REGISTRY_MISMATCH, register(third, version(1, "A", "new", "int")));
        bench.close(other);
        assertNull(register(third, version(1, "A", "new", "int")));
        // a second announcement of the same session is compared with the others only
        assertNull(register(third, version(4, "D")));
        bench.close(a);
        bench.close(third);
        long last = bench.open();
        assertNull(register(last, version(1, "B", "x", "boolean")));
        assertEquals("B", bench.state.className(1));
    }

    @Test
    void listings() {
        long lock = bench.openNamed(a, ObjectType.LOCK, "m");
        bench.call(a, lock, LockOp.ACQUIRE, 1, -1);
        long token = bench.index;
        bench.call(b, lock, LockOp.ACQUIRE, 1, -1);
        bench.create(a, ObjectType.LIST, List.of(1, 2));
        Object rows = call(ManagerOp.OBJECTS);
        assertTrue(rows instanceof List<?> l
                && l.get(0) instanceof Map<?, ?> m
                && "m".equals(m.get("name"))
                && "lock".equals(m.get("type"))
                && Long.valueOf(a).equals(m.get("holder"))
                && Long.valueOf(token).equals(m.get("token"))
                && Long.valueOf(1).equals(m.get("waiters"))
                && l.get(1) instanceof Map<?, ?> n
                && n.get("name") == null
                && Long.valueOf(2).equals(n.get("size"))
                && Long.valueOf(1).equals(n.get("references")));
        Object sessions = call(ManagerOp.SESSIONS);
        assertTrue(sessions instanceof List<?> l
                && l.size() == 2
                && l.get(0) instanceof Map<?, ?> m
                && Long.valueOf(1).equals(m.get("locks"))
                && Long.valueOf(2).equals(m.get("holds"))
                && Long.valueOf(1000).equals(m.get("opened"))
                && "client1".equals(m.get("name"))
                && l.get(1) instanceof Map<?, ?> n
                && Long.valueOf(1).equals(n.get("waits"))
                && "test:2".equals(n.get("address")));
    }
}
