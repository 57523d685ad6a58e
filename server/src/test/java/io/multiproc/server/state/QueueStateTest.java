package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QueueStateTest {
    private final Bench bench = new Bench();
    private final long session = bench.open();
    private final long other = bench.open();
    private final long queue = bench.openNamed(session, ObjectType.QUEUE, "q", 2);

    private @Nullable Object call(QueueOp op, @Nullable Object... args) {
        return bench.call(session, queue, op, args);
    }

    @Test
    void takersAreServedInOrderOfArrival() {
        assertEquals(PARKED, call(QueueOp.TAKE, -1));
        long first = bench.request;
        assertEquals(PARKED, bench.call(other, queue, QueueOp.TAKE, -1));
        long second = bench.request;
        assertEquals(true, call(QueueOp.PUT, "a", 0));
        bench.assertDone(done(session, first, "a"));
        assertEquals(true, call(QueueOp.PUT, "b", 0));
        bench.assertDone(done(other, second, "b"));
        assertEquals(ABSENT, call(QueueOp.TAKE, 0));
    }

    @Test
    void puttersAreAdmittedInOrderAndNotOvertaken() {
        call(QueueOp.PUT, 1, 0);
        call(QueueOp.PUT, 2, 0);
        assertEquals(false, call(QueueOp.PUT, 9, 0));
        assertEquals(PARKED, call(QueueOp.PUT, 3, -1));
        long third = bench.request;
        assertEquals(PARKED, call(QueueOp.PUT, 4, -1));
        long fourth = bench.request;
        assertEquals(0L, call(QueueOp.REMAINING_CAPACITY));
        assertEquals(1L, call(QueueOp.TAKE, 0));
        bench.assertDone(done(session, third, true));
        assertEquals(List.of(2L, 3L), call(QueueOp.SLICE, 0, 10));
        assertEquals(true, call(QueueOp.REMOVE_VALUE, 2));
        bench.assertDone(done(session, fourth, true));
        assertEquals(List.of(3L, 4L), call(QueueOp.DRAIN, 10));
        assertEquals(0L, call(QueueOp.SIZE));
    }

    @Test
    void waitsEndInTimeInOrderOfDeadline() {
        assertEquals(PARKED, call(QueueOp.TAKE, 50));
        long late = bench.request;
        assertEquals(PARKED, call(QueueOp.TAKE, 20));
        long early = bench.request;
        assertEquals(bench.time + 20, bench.state.nextDeadline());
        bench.tick(19);
        bench.assertDone();
        bench.tick(31);
        bench.assertDone(done(session, early, ABSENT), done(session, late, ABSENT));
        assertEquals(Long.MAX_VALUE, bench.state.nextDeadline());
        call(QueueOp.PUT, 1, 0);
        call(QueueOp.PUT, 2, 0);
        assertEquals(PARKED, call(QueueOp.PUT, 3, 10));
        long put = bench.request;
        bench.time += 10;
        assertEquals(1L, call(QueueOp.TAKE, 0)); // the wait had ended when room came
        bench.assertDone(done(session, put, false));
        assertEquals(1L, call(QueueOp.SIZE));
    }

    @Test
    void timeoutsAreChecked() {
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.TAKE, -2));
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.PUT, 1, -2));
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.JOIN, -2));
        assertEquals(PARKED, call(QueueOp.TAKE, Long.MAX_VALUE));
        assertEquals(Long.MAX_VALUE, bench.state.nextDeadline());
    }

    @Test
    void aRepeatedRequestDoesNotParkTwice() {
        assertEquals(PARKED, call(QueueOp.TAKE, -1));
        long id = bench.request;
        assertEquals(PARKED, bench.callAs(session, id, queue, QueueOp.TAKE, -1));
        call(QueueOp.PUT, 1, 0);
        bench.assertDone(done(session, id, 1L));
        assertFails(ErrorCode.ILLEGAL_STATE, bench.callAs(session, id, queue, QueueOp.TAKE, 0));
    }

    @Test
    void cancelledWaitsLeaveNothingBehind() {
        call(QueueOp.TAKE, -1);
        long id = bench.request;
        bench.cancel(session, id);
        assertFails(ErrorCode.CANCELLED, bench.done.remove(0).reply());
        bench.cancel(session, id);
        bench.assertDone();
        call(QueueOp.PUT, 1, 0);
        assertEquals(1L, call(QueueOp.SIZE));
    }

    @Test
    void undeliveredItemsReturnToTheHeadInOrder() {
        call(QueueOp.PUT, 1, 0);
        call(QueueOp.PUT, 2, 0);
        assertEquals(1L, bench.call(other, queue, QueueOp.TAKE, 0));
        assertEquals(2L, bench.call(other, queue, QueueOp.TAKE, 0));
        call(QueueOp.PUT, 3, 0);
        call(QueueOp.PUT, 4, 0);
        bench.close(other);
        assertEquals(List.of(1L, 2L, 3L, 4L), call(QueueOp.SLICE, 0, 10));
        assertEquals(0L, call(QueueOp.REMAINING_CAPACITY));
        assertEquals(false, call(QueueOp.PUT, 5, 0));
        assertEquals(4L, call(QueueOp.UNFINISHED));
    }

    @Test
    void itemsOfSeveralDeadSessionsAreInTheirOriginalOrder() {
        long big = bench.openNamed(session, ObjectType.SIMPLE_QUEUE, "big");
        bench.call(session, big, QueueOp.ADD_ALL, List.of(0, 1, 2, 3, 4, 5, 6));
        long third = bench.open();
        bench.call(other, big, QueueOp.TAKE, 0);
        bench.call(third, big, QueueOp.DRAIN, 2);
        bench.call(other, big, QueueOp.DRAIN, 2);
        bench.close(other);
        assertEquals(List.of(0L, 3L, 4L, 5L, 6L), bench.call(session, big, QueueOp.SLICE, 0, 9));
        assertEquals(true, bench.call(session, big, QueueOp.REMOVE_VALUE, 3));
        bench.close(third);
        assertEquals(List.of(0L, 1L, 2L, 4L, 5L, 6L), bench.call(session, big, QueueOp.SLICE, 0, 9));
        assertEquals(List.of(0L, 1L), bench.call(session, big, QueueOp.DRAIN, 2));
        bench.close(session);
        long last = bench.open();
        assertEquals(List.of(0L, 1L, 2L, 4L, 5L, 6L), bench.call(last, big, QueueOp.SLICE, 0, 9));
    }

    @Test
    void returnedItemsGoToWaitingTakers() {
        call(QueueOp.PUT, 1, 0);
        call(QueueOp.TAKE, 0);
        assertEquals(PARKED, bench.call(other, queue, QueueOp.TAKE, -1));
        long waiting = bench.request;
        bench.close(session);
        bench.assertDone(done(other, waiting, 1L));
    }

    @Test
    void itemsGivenBackGoToWaitingTakersOrTheHead() {
        call(QueueOp.PUT, 1, 0);
        call(QueueOp.PUT, 2, 0);
        assertEquals(1L, call(QueueOp.TAKE, 0));
        long taken = bench.request;
        bench.giveBack(session, taken);
        assertEquals(List.of(1L, 2L), call(QueueOp.SLICE, 0, 10));
        bench.giveBack(session, taken);
        assertEquals(2L, call(QueueOp.SIZE));
        call(QueueOp.DRAIN, 2);
        long drained = bench.request;
        assertEquals(PARKED, bench.call(other, queue, QueueOp.TAKE, -1));
        long waiting = bench.request;
        bench.giveBack(session, drained);
        bench.assertDone(done(other, waiting, 1L));
    }

    @Test
    void allAtOnceGoesToAnUnboundedQueueThatSomebodyWaitsAt() {
        long big = bench.openNamed(session, ObjectType.QUEUE, "unbounded");
        assertEquals(PARKED, bench.call(other, big, QueueOp.TAKE, -1));
        long waiting = bench.request;
        assertEquals(true, bench.call(session, big, QueueOp.ADD_ALL, List.of(1, 2)));
        bench.assertDone(done(other, waiting, 1L));
    }

    @Test
    void acknowledgedItemsAreGone() {
        call(QueueOp.PUT, 1, 0);
        bench.call(other, queue, QueueOp.TAKE, 0);
        long id = bench.request;
        bench.acknowledge(other, id + 100);
        bench.acknowledge(other, id);
        bench.acknowledge(other, id);
        bench.close(other);
        assertEquals(0L, call(QueueOp.SIZE));
    }

    @Test
    void addAllIsAllOrNothingAndCountsWaitingTakersAsRoom() {
        assertEquals(false, call(QueueOp.ADD_ALL, List.of(1, 2, 3)));
        assertEquals(0L, call(QueueOp.SIZE));
        assertEquals(PARKED, bench.call(other, queue, QueueOp.TAKE, -1));
        assertEquals(true, call(QueueOp.ADD_ALL, List.of(1, 2, 3)));
        assertEquals(List.of(2L, 3L), call(QueueOp.SLICE, 0, 5));
        assertEquals(true, call(QueueOp.ADD_ALL, List.of()));
    }

    @Test
    void onlyTaskDoneFinishesItems() {
        assertEquals(true, call(QueueOp.JOIN, -1));
        call(QueueOp.PUT, 1, 0);
        call(QueueOp.PUT, 2, 0);
        call(QueueOp.CLEAR);
        assertEquals(2L, call(QueueOp.UNFINISHED));
        assertEquals(false, call(QueueOp.JOIN, 0));
        assertEquals(PARKED, call(QueueOp.JOIN, -1));
        long join = bench.request;
        assertEquals(PARKED, call(QueueOp.JOIN, 5));
        long impatient = bench.request;
        bench.tick(5);
        bench.assertDone(done(session, impatient, false));
        call(QueueOp.TASK_DONE);
        bench.assertDone();
        call(QueueOp.TASK_DONE);
        bench.assertDone(done(session, join, true));
        assertFails(ErrorCode.ILLEGAL_STATE, "task_done() called too many times", call(QueueOp.TASK_DONE));
    }

    @Test
    void bulkRemovalUsesEqualityByValue() {
        long q = bench.create(session, ObjectType.JOINABLE_QUEUE);
        bench.call(session, q, QueueOp.ADD_ALL, List.of(1, "a", 2.0, List.of(1), "a"));
        assertEquals(true, bench.call(session, q, QueueOp.CONTAINS, 2));
        assertEquals(true, bench.call(session, q, QueueOp.REMOVE_ALL, List.of("a", 9)));
        assertEquals(false, bench.call(session, q, QueueOp.REMOVE_ALL, List.of("a", 9)));
        assertEquals(true, bench.call(session, q, QueueOp.RETAIN_ALL, List.of(2, List.of(1.0))));
        assertEquals(List.of(2.0, List.of(1L)), bench.call(session, q, QueueOp.SLICE, 0, 9));
        assertEquals(2.0, bench.call(session, q, QueueOp.PEEK));
        assertEquals((long) Integer.MAX_VALUE, bench.call(session, q, QueueOp.REMAINING_CAPACITY));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(session, q, QueueOp.SLICE, -1, 9));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(session, q, QueueOp.DRAIN, -1));
        assertEquals(List.of(), bench.call(session, q, QueueOp.DRAIN, 0));
    }

    @Test
    void deletingAQueueAnswersAllWhoWait() {
        call(QueueOp.TAKE, -1);
        long id = bench.request;
        assertEquals(true, bench.call(other, 0, ManagerOp.DELETE, "q"));
        assertEquals(id, bench.done.get(0).request());
        assertFails(ErrorCode.NO_SUCH_OBJECT, bench.done.get(0).reply());
        assertFails(ErrorCode.NO_SUCH_OBJECT, call(QueueOp.SIZE));
    }
}
