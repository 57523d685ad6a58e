package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.server.machine.StateLimits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What would exceed a limit is refused and changes nothing. */
class StateLimitsTest {
    private final Bench bench = new Bench(new SharedState(1 << 20, new StateLimits(4, 3, 2)));
    private final long session = bench.open();

    private long open(ObjectType type, @Nullable Object... arguments) {
        return bench.openNamed(session, type, "o", arguments);
    }

    private @Nullable Object call(long object, Op op, @Nullable Object... args) {
        return bench.call(session, object, op, args);
    }

    private void assertBusy(long object, Op op, @Nullable Object... args) {
        List<Object> before = contents();
        assertFails(ErrorCode.BUSY, call(object, op, args));
        assertEquals(before, contents(), op + " changed something");
    }

    private List<Object> contents() {
        List<Object> out =
                new java.util.ArrayList<>(List.of(bench.state.storedReferences(), bench.state.nextDeadline()));
        for (long id = 1; id < 20; id++) {
            ObjectState o = bench.state.object(id);
            if (o != null) {
                out.addAll(
                        List.of(id, java.util.Objects.requireNonNull(Coded.value(o.describe(1 << 20))), o.waiters()));
            }
        }
        return out;
    }

    @Test
    void objects() {
        for (int i = 0; i < 4; i++) {
            bench.openNamed(session, ObjectType.DICT, "d" + i);
        }
        assertBusy(0, ManagerOp.OPEN, "dict", "d4", List.of());
        assertBusy(0, ManagerOp.CREATE, "list", List.of());
        bench.openNamed(session, ObjectType.DICT, "d3"); // it is there
        call(0, ManagerOp.DELETE, "d0");
        bench.create(session, ObjectType.LIST);
    }

    @Test
    void entriesOfDictsAndNamespaces() {
        long dict = open(ObjectType.DICT);
        call(dict, DictOp.PUT_ALL, Map.of(1, 1, 2, 2));
        assertBusy(dict, DictOp.PUT_ALL, Map.of(3, 3, 4, 4));
        assertNull(call(dict, DictOp.PUT_ALL, Map.of(1, 5, 2, 5, 3, 5)));
        assertBusy(dict, DictOp.SET, 4, 4);
        assertBusy(dict, DictOp.PUT_IF_ABSENT, 4, 4);
        assertBusy(dict, DictOp.ADD, 4, 4);
        assertNull(call(dict, DictOp.SET, 3, 6));
        assertEquals(7L, call(dict, DictOp.ADD, 3, 1));
        call(dict, DictOp.REMOVE, 1);
        assertNull(call(dict, DictOp.SET, 4, 4));
        assertBusy(0, ManagerOp.CREATE, "dict", List.of(Map.of(1, 1, 2, 2, 3, 3, 4, 4)));
        long space = bench.create(session, ObjectType.NAMESPACE, Map.of("a", 1, "b", 2, "c", 3));
        assertBusy(space, NamespaceOp.SET, "d", 4);
        assertNull(call(space, NamespaceOp.SET, "a", 4));
    }

    @Test
    void elementsOfListsAndSets() {
        long list = open(ObjectType.LIST, List.of(1, 2, 3));
        assertBusy(list, ListOp.ADD, 4);
        assertBusy(list, ListOp.ADD_AT, 0, 4);
        assertBusy(list, ListOp.ADD_ALL, List.of(4));
        assertBusy(list, ListOp.REPEAT, 2);
        assertNull(call(list, ListOp.REPEAT, 1));
        assertEquals(3L, call(list, ListOp.SET, 2, 9));
        assertBusy(0, ManagerOp.CREATE, "list", List.of(List.of(1, 2, 3, 4)));
        assertBusy(0, ManagerOp.CREATE, "array", List.of("i", 4));
        long set = bench.create(session, ObjectType.SET, List.of(1, 2));
        assertBusy(set, SetOp.ADD_ALL, List.of(3, 4));
        assertEquals(true, call(set, SetOp.ADD_ALL, List.of(1, 2, 3)));
        assertBusy(set, SetOp.ADD, 4);
        assertEquals(false, call(set, SetOp.ADD, 3));
    }

    @Test
    void itemsOfQueues() {
        long queue = open(ObjectType.JOINABLE_QUEUE);
        call(queue, QueueOp.ADD_ALL, List.of(1, 2, 3));
        assertBusy(queue, QueueOp.PUT, 4, -1);
        assertBusy(queue, QueueOp.ADD_ALL, List.of(4));
        call(queue, QueueOp.TAKE, 0);
        // in progress is not gone
        assertBusy(queue, QueueOp.PUT, 4, 0);
        call(queue, QueueOp.TASK_DONE);
        assertEquals(true, call(queue, QueueOp.PUT, 4, 0));
        // what comes back is not refused
        call(queue, QueueOp.TAKE, 0);
        bench.giveBack(session, bench.request);
        assertEquals(3L, call(queue, QueueOp.SIZE));
    }

    @Test
    void waiters() {
        long queue = open(ObjectType.QUEUE, 1);
        assertEquals(PARKED, call(queue, QueueOp.TAKE, -1));
        assertEquals(PARKED, call(queue, QueueOp.TAKE, -1));
        assertBusy(queue, QueueOp.TAKE, -1);
        assertEquals(Coded.Special.ABSENT, call(queue, QueueOp.TAKE, 0));
        call(queue, QueueOp.ADD_ALL, List.of(1, 2, 3));
        assertEquals(PARKED, call(queue, QueueOp.PUT, 4, -1));
        assertEquals(PARKED, call(queue, QueueOp.PUT, 5, -1));
        assertBusy(queue, QueueOp.PUT, 6, -1);
        long lock = bench.openNamed(session, ObjectType.LOCK, "l");
        call(lock, LockOp.ACQUIRE, 1, -1);
        assertEquals(PARKED, call(lock, LockOp.ACQUIRE, 2, -1));
        assertEquals(PARKED, call(lock, LockOp.ACQUIRE, 3, -1));
        assertBusy(lock, LockOp.ACQUIRE, 4, -1);
        assertBusy(lock, LockOp.AWAIT, 1, "c", -1);
    }
}
