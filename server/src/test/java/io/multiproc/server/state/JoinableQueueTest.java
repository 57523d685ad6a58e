package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a joinable queue keeps of what was taken. */
class JoinableQueueTest {
    private final Bench bench = new Bench();
    private final long session = bench.open();
    private final long other = bench.open();
    private final long queue = bench.openNamed(session, ObjectType.JOINABLE_QUEUE, "q");

    private @Nullable Object call(QueueOp op, @Nullable Object... args) {
        return bench.call(session, queue, op, args);
    }

    /** Takes as another session, and acknowledges. */
    private @Nullable Object take(QueueOp op, @Nullable Object... args) {
        Object reply = bench.call(other, queue, op, args);
        bench.acknowledge(other, bench.request);
        return reply;
    }

    /** What the list of sessions says of one. */
    private long inProgress(long id) {
        return inProgress(bench, id);
    }

    private static long inProgress(Bench bench, long id) {
        Object rows = bench.call(id, 0, ManagerOp.SESSIONS);
        if (rows instanceof List<?> l) {
            for (Object row : l) {
                if (row instanceof Map<?, ?> m && Long.valueOf(id).equals(m.get("id"))) {
                    return m.get("in_progress") instanceof Long n ? n : -1;
                }
            }
        }
        return -1;
    }

    private static long number(@Nullable Object delivery) {
        return delivery instanceof Coded.Tup t && t.fields().get(2) instanceof Long n ? n : -1;
    }

    @Test
    void deliveriesThatCameTogetherAreReportedOneByOne() {
        call(QueueOp.ADD_ALL, List.of("a", "b", "c", "d"));
        assertEquals("a", take(QueueOp.TAKE, 0));
        Object both = take(QueueOp.DRAIN_DELIVERIES, 2);
        long b = both instanceof List<?> l ? number(l.get(0)) : -1;
        long c = both instanceof List<?> l ? number(l.get(1)) : -1;
        assertEquals(List.of(Coded.tup("b", 1L, b), Coded.tup("c", 1L, c)), both);
        assertEquals(true, bench.call(other, queue, QueueOp.DONE, c));
        bench.close(other);
        assertEquals(List.of("a", "b", "d"), call(QueueOp.SLICE, 0, 9));
        assertEquals(List.of(), call(QueueOp.DRAIN_DELIVERIES, 0));
        long plain = bench.openNamed(session, ObjectType.QUEUE, "no deliveries");
        assertFails(ErrorCode.WRONG_TYPE, bench.call(session, plain, QueueOp.DRAIN_DELIVERIES, 1));
    }

    @Test
    void aTaskIsReportedByTheNumberOfItsDelivery() {
        call(QueueOp.ADD_ALL, List.of("a", "b", "c"));
        long a = number(take(QueueOp.TAKE_DELIVERY, 0));
        long b = number(take(QueueOp.TAKE_DELIVERY, 0));
        bench.call(other, queue, QueueOp.TASK_DONE, b);
        assertEquals(2L, call(QueueOp.UNFINISHED));
        // somebody without an item has reported the one that is on its way to its taker: one more is done, as in
        // CPython
        assertEquals(1, inProgress(other));
        call(QueueOp.TASK_DONE);
        assertEquals(0, inProgress(other));
        bench.call(other, queue, QueueOp.TASK_DONE, a);
        assertEquals(0L, call(QueueOp.UNFINISHED));
        // more than were put, although an item is in progress: an error, and it stays so
        take(QueueOp.TAKE_DELIVERY, 0);
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(other, queue, QueueOp.TASK_DONE, a));
        assertEquals(1, inProgress(other));
        long plain = bench.openNamed(session, ObjectType.QUEUE, "no numbers");
        assertFails(ErrorCode.WRONG_TYPE, bench.call(session, plain, QueueOp.TASK_DONE, 1));
    }

    @Test
    void whatAnEndedSessionDidNotFinishIsBackInOrderWithItsCount() {
        call(QueueOp.ADD_ALL, List.of("a", "b", "c", "d"));
        assertEquals("a", take(QueueOp.TAKE, 0));
        assertEquals(List.of("b", "c"), take(QueueOp.DRAIN, 2));
        assertEquals(3L, call(QueueOp.IN_PROGRESS));
        bench.call(other, queue, QueueOp.TASK_DONE);
        bench.close(other);
        assertEquals(List.of("b", "c", "d"), call(QueueOp.SLICE, 0, 9));
        assertEquals(3L, call(QueueOp.UNFINISHED));
        assertEquals(0L, call(QueueOp.IN_PROGRESS));
        Object again = call(QueueOp.TAKE_DELIVERY, 0);
        assertEquals(Coded.tup("b", 2L, number(again)), again);
        call(QueueOp.TAKE, 0);
        Object fresh = call(QueueOp.TAKE_DELIVERY, 0);
        assertEquals(Coded.tup("d", 1L, number(fresh)), fresh);
        assertEquals(ABSENT, call(QueueOp.TAKE_DELIVERY, 0));
    }

    @Test
    void whatIsLeftUnfinishedDoesNotComeBack() {
        call(QueueOp.ADD_ALL, List.of("a", "b", "c"));
        take(QueueOp.TAKE, 0);
        take(QueueOp.TAKE, 0);
        bench.call(session, queue, QueueOp.LEAVE_UNFINISHED); // which has taken none
        assertEquals(2, inProgress(other));
        take(QueueOp.LEAVE_UNFINISHED);
        take(QueueOp.LEAVE_UNFINISHED);
        assertEquals(0, inProgress(other));
        bench.close(other);
        assertEquals(1L, call(QueueOp.SIZE));
        assertEquals(3L, call(QueueOp.UNFINISHED));
        assertEquals("c", call(QueueOp.TAKE, 0));
        for (int i = 0; i < 3; i++) {
            assertNull(call(QueueOp.TASK_DONE));
        }
        assertEquals(true, call(QueueOp.JOIN, 0));
    }

    @Test
    void theListOfSessionsSaysHowManyItemsEachHasInProgress() {
        long second = bench.openNamed(session, ObjectType.JOINABLE_QUEUE, "second");
        call(QueueOp.CONFIGURE, 50, 0);
        call(QueueOp.ADD_ALL, List.of("a", "b", "c", "d"));
        bench.call(session, second, QueueOp.ADD_ALL, List.of(1, 2));
        assertEquals(0, inProgress(other));
        Object first = take(QueueOp.TAKE_DELIVERY, 0);
        take(QueueOp.DRAIN, 2);
        bench.call(other, second, QueueOp.TAKE, 0);
        assertEquals(4, inProgress(other));
        assertEquals(0, inProgress(session));
        call(QueueOp.DONE, number(first)); // reported by another session
        assertEquals(3, inProgress(other));
        bench.call(other, second, QueueOp.TASK_DONE);
        assertEquals(2, inProgress(other));
        Bench twin = new Bench();
        twin.state.restore(bench.snapshot());
        assertEquals(2, inProgress(twin, other));
        bench.tick(50);
        assertEquals(0, inProgress(other), "their time was up");
        take(QueueOp.TAKE, 0);
        assertEquals(1, inProgress(other));
        bench.call(other, second, QueueOp.TAKE, 0);
        bench.giveBack(other, bench.request);
        assertEquals(1, inProgress(other), "never received");
        bench.call(session, 0, ManagerOp.DELETE, "q");
        assertEquals(0, inProgress(other), "the queue is gone");
    }

    @Test
    void aPlainQueueForgetsWhatWasAcknowledged() {
        long plain = bench.openNamed(session, ObjectType.QUEUE, "plain");
        bench.call(session, plain, QueueOp.PUT, 1, 0);
        bench.call(other, plain, QueueOp.TAKE, 0);
        bench.acknowledge(other, bench.request);
        bench.close(other);
        assertEquals(0L, bench.call(session, plain, QueueOp.SIZE));
        assertEquals(1L, bench.call(session, plain, QueueOp.UNFINISHED));
        assertFails(ErrorCode.WRONG_TYPE, bench.call(session, plain, QueueOp.TAKE_DELIVERY, 0));
        assertFails(ErrorCode.WRONG_TYPE, bench.call(session, plain, QueueOp.DONE, 1));
        assertFails(ErrorCode.WRONG_TYPE, bench.call(session, plain, QueueOp.CONFIGURE, 1, 0));
    }

    @Test
    void whoTookNothingReportsForTheOthers() {
        call(QueueOp.ADD_ALL, List.of(1, 2, 3));
        take(QueueOp.TAKE, 0);
        take(QueueOp.TAKE, 0);
        assertNull(call(QueueOp.TASK_DONE)); // 1, which the other took
        bench.close(other);
        assertEquals(List.of(2L, 3L), call(QueueOp.SLICE, 0, 9));
        assertEquals(2L, call(QueueOp.UNFINISHED));
        assertNull(call(QueueOp.TASK_DONE)); // nothing is in progress: only the count falls
        assertNull(call(QueueOp.TASK_DONE));
        assertEquals(List.of(2L, 3L), call(QueueOp.SLICE, 0, 9));
        assertFails(ErrorCode.ILLEGAL_STATE, "task_done() called too many times", call(QueueOp.TASK_DONE));
    }

    @Test
    void whatIsNotDoneInTimeGoesBackAndALateReportIsHarmless() {
        call(QueueOp.CONFIGURE, 50, 0);
        call(QueueOp.ADD_ALL, List.of("a", "b"));
        take(QueueOp.TAKE, 0);
        bench.time += 10;
        take(QueueOp.TAKE, 0);
        assertEquals(bench.time + 40, bench.state.nextDeadline());
        bench.tick(40);
        assertEquals(List.of("a"), call(QueueOp.SLICE, 0, 9));
        assertEquals("a", call(QueueOp.TAKE, 0));
        // the other finishes "a", late, and then "b", in time
        assertNull(bench.call(other, queue, QueueOp.TASK_DONE));
        assertEquals(2L, call(QueueOp.UNFINISHED));
        assertNull(bench.call(other, queue, QueueOp.TASK_DONE));
        assertEquals(1L, call(QueueOp.UNFINISHED));
        bench.tick(49);
        assertEquals(List.of(), call(QueueOp.SLICE, 0, 9));
        assertNull(call(QueueOp.TASK_DONE));
        bench.tick(1);
        assertEquals(0L, call(QueueOp.SIZE));
        assertEquals(Long.MAX_VALUE, bench.state.nextDeadline());
    }

    @Test
    void aNumberFinishesItsDeliveryOnly() {
        call(QueueOp.CONFIGURE, 50, 0);
        call(QueueOp.ADD_ALL, List.of("a", "b"));
        long a = number(take(QueueOp.TAKE_DELIVERY, 0));
        long b = number(take(QueueOp.TAKE_DELIVERY, 0));
        assertEquals(true, call(QueueOp.DONE, b));
        assertEquals(false, call(QueueOp.DONE, b));
        bench.tick(50);
        assertEquals(false, bench.call(other, queue, QueueOp.DONE, a));
        long again = number(call(QueueOp.TAKE_DELIVERY, 0));
        assertEquals(true, call(QueueOp.DONE, again));
        assertEquals(0L, call(QueueOp.UNFINISHED));
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(other, queue, QueueOp.TASK_DONE));
    }

    @Test
    void aWaiterGetsWhatComesBackInTheFormItAskedFor() {
        call(QueueOp.CONFIGURE, 50, 0);
        call(QueueOp.PUT, "a", 0);
        take(QueueOp.TAKE, 0);
        assertEquals(PARKED, call(QueueOp.TAKE_DELIVERY, -1));
        long waiting = bench.request;
        bench.tick(50);
        Object reply = bench.done.remove(0).reply();
        assertEquals(Coded.tup("a", 2L, number(reply)), reply);
        bench.assertDone();
        bench.giveBack(session, waiting);
        // it was not received: that delivery does not count
        Object next = call(QueueOp.TAKE_DELIVERY, 0);
        assertEquals(Coded.tup("a", 2L, number(next)), next);
    }

    @Test
    void afterSoManyDeliveriesAnItemGoesToTheDeadLetters() {
        long letters = bench.openNamed(session, ObjectType.QUEUE, "letters", 1);
        bench.call(session, letters, QueueOp.PUT, "full", 0);
        call(QueueOp.CONFIGURE, 0, 2, new Coded.Ref(ObjectType.QUEUE, letters));
        call(QueueOp.PUT, "poison", 0);
        take(QueueOp.TAKE, 0);
        bench.close(other);
        assertEquals(1L, call(QueueOp.SIZE));
        assertEquals(PARKED, call(QueueOp.JOIN, -1));
        long join = bench.request;
        long third = bench.open();
        bench.call(third, queue, QueueOp.TAKE, 0);
        bench.close(third);
        assertEquals(0L, call(QueueOp.SIZE));
        bench.assertDone(done(session, join, true));
        assertEquals(List.of("full", "poison"), bench.call(session, letters, QueueOp.SLICE, 0, 9));
    }

    @Test
    void withoutItsDeadLetterQueueAnItemStays() {
        long letters = bench.openNamed(session, ObjectType.QUEUE, "letters");
        call(QueueOp.CONFIGURE, 0, 1, new Coded.Ref(ObjectType.QUEUE, letters));
        bench.call(session, 0, ManagerOp.DELETE, "letters");
        call(QueueOp.PUT, "a", 0);
        take(QueueOp.TAKE, 0);
        bench.close(other);
        assertEquals(List.of("a"), call(QueueOp.SLICE, 0, 9));
    }

    @Test
    void settingsAreChecked() {
        long sorted = bench.openNamed(session, ObjectType.PRIORITY_QUEUE, "sorted");
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.CONFIGURE, -1, 0));
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.CONFIGURE, 0, 1));
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.CONFIGURE, 0, 1, "letters"));
        assertFails(
                ErrorCode.BAD_ARGUMENT, call(QueueOp.CONFIGURE, 0, 1, new Coded.Ref(ObjectType.JOINABLE_QUEUE, queue)));
        assertFails(
                ErrorCode.BAD_ARGUMENT,
                call(QueueOp.CONFIGURE, 0, 1, new Coded.Ref(ObjectType.PRIORITY_QUEUE, sorted)));
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.CONFIGURE, 0, 0, new Coded.Ref(ObjectType.QUEUE, sorted)));
        assertFails(ErrorCode.NO_SUCH_OBJECT, call(QueueOp.CONFIGURE, 0, 1, new Coded.Ref(ObjectType.QUEUE, 999)));
        assertEquals(Long.MAX_VALUE, bench.state.nextDeadline());
    }

    @Test
    void aLimitThatIsSetLaterHoldsForWhatIsTakenAlready() {
        call(QueueOp.PUT, 1, 0);
        take(QueueOp.TAKE, 0);
        bench.time += 100;
        call(QueueOp.CONFIGURE, 30, 0);
        assertEquals(bench.time + 1, bench.state.nextDeadline());
        bench.tick(1);
        assertEquals(1L, call(QueueOp.SIZE));
    }

    @Test
    void aDeletedQueueLeavesNothingWithItsTakers() {
        byte[] empty = bench.snapshot();
        long dict = bench.create(session, ObjectType.DICT);
        call(QueueOp.CONFIGURE, 50, 0);
        call(QueueOp.PUT, new Coded.Ref(ObjectType.DICT, dict), 0);
        call(QueueOp.PUT, 2, 0);
        bench.call(other, queue, QueueOp.DRAIN, 2);
        long drained = bench.request;
        assertEquals(1L, bench.state.storedReferences());
        bench.call(session, 0, ManagerOp.DELETE, "q");
        assertEquals(0L, bench.state.storedReferences());
        assertEquals(Long.MAX_VALUE, bench.state.nextDeadline());
        bench.giveBack(other, drained);
        bench.close(other);
        assertEquals(0L, bench.state.storedReferences());
        assertEquals(0, bench.state.session(session).inFlight.size());
        Bench fresh = new Bench();
        fresh.state.restore(empty);
        assertArrayEquals(empty, fresh.snapshot());
    }
}
