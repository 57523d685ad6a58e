package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.ConditionOp;
import io.multiproc.protocol.op.EventOp;
import io.multiproc.protocol.op.LatchOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SynchroniserStateTest {
    private final Bench bench = new Bench();
    private final long a = bench.open();
    private final long b = bench.open();
    private final long c = bench.open();

    private @Nullable Object make(ObjectType type, Object... arguments) {
        return bench.call(a, 0, ManagerOp.CREATE, type.wireName(), List.of(arguments));
    }

    @Test
    void anEventWakesAllAndStaysSet() {
        long event = bench.create(a, ObjectType.EVENT);
        assertEquals(false, bench.call(a, event, EventOp.IS_SET));
        assertEquals(false, bench.call(a, event, EventOp.AWAIT, 0));
        assertEquals(PARKED, bench.call(a, event, EventOp.AWAIT, -1));
        long ra = bench.request;
        assertEquals(PARKED, bench.call(b, event, EventOp.AWAIT, 5));
        long rb = bench.request;
        assertEquals(PARKED, bench.call(c, event, EventOp.AWAIT, 50));
        long rc = bench.request;
        bench.tick(5);
        bench.assertDone(done(b, rb, false));
        bench.call(b, event, EventOp.SET);
        bench.assertDone(done(a, ra, true), done(c, rc, true));
        assertEquals(true, bench.call(b, event, EventOp.AWAIT, 0));
        bench.call(b, event, EventOp.CLEAR);
        assertEquals(PARKED, bench.call(b, event, EventOp.AWAIT, -1));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(b, event, EventOp.AWAIT, -2));
        bench.cancel(b, bench.request - 1);
        assertEquals(1, bench.done.size());
    }

    @Test
    void aLatchOpensOnce() {
        long latch = bench.create(a, ObjectType.COUNT_DOWN_LATCH, 3);
        assertEquals(PARKED, bench.call(b, latch, LatchOp.AWAIT, -1));
        long rb = bench.request;
        assertEquals(2L, bench.call(a, latch, LatchOp.COUNT_DOWN, 1));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(a, latch, LatchOp.COUNT_DOWN, 0));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(a, latch, LatchOp.COUNT_DOWN, -1));
        bench.assertDone();
        assertEquals(0L, bench.call(a, latch, LatchOp.COUNT_DOWN, 5));
        bench.assertDone(done(b, rb, true));
        assertEquals(0L, bench.call(a, latch, LatchOp.COUNT_DOWN, 1));
        assertEquals(true, bench.call(a, latch, LatchOp.AWAIT, -1));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.COUNT_DOWN_LATCH));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.COUNT_DOWN_LATCH, -1));
    }

    @Test
    void permitsAreServedInOrderAndFreedWithTheirSession() {
        long s = bench.openNamed(a, ObjectType.SEMAPHORE, "s", 3);
        assertEquals(true, bench.call(a, s, SemaphoreOp.ACQUIRE, 2, -1));
        assertEquals(PARKED, bench.call(b, s, SemaphoreOp.ACQUIRE, 3, -1));
        long rb = bench.request;
        assertEquals(false, bench.call(c, s, SemaphoreOp.ACQUIRE, 1, 0), "it does not overtake");
        assertEquals(PARKED, bench.call(c, s, SemaphoreOp.ACQUIRE, 1, 10));
        long rc = bench.request;
        assertEquals(2L, bench.call(c, s, SemaphoreOp.QUEUE_LENGTH));
        bench.close(a);
        bench.assertDone(done(b, rb, true));
        assertEquals(0L, bench.call(c, s, SemaphoreOp.AVAILABLE));
        assertEquals(3L, bench.call(b, s, SemaphoreOp.HELD));
        bench.call(b, s, SemaphoreOp.RELEASE, 1);
        bench.assertDone(done(c, rc, true));
    }

    @Test
    void aSmallerRequestGoesOnWhenTheGreaterOneBeforeItLeaves() {
        long s = bench.create(a, ObjectType.SEMAPHORE, 1);
        assertEquals(PARKED, bench.call(a, s, SemaphoreOp.ACQUIRE, 2, 5));
        long ra = bench.request;
        assertEquals(PARKED, bench.call(b, s, SemaphoreOp.ACQUIRE, 1, -1));
        long rb = bench.request;
        bench.tick(5);
        bench.assertDone(done(a, ra, false), done(b, rb, true));
    }

    @Test
    void permitsCanBeHandedOver() {
        long s = bench.openNamed(a, ObjectType.SEMAPHORE, "s", 2);
        bench.call(a, s, SemaphoreOp.ACQUIRE, 2, -1);
        bench.call(b, s, SemaphoreOp.RELEASE, 1);
        assertEquals(1L, bench.call(a, s, SemaphoreOp.HELD), "one of them was taken over");
        bench.close(a);
        assertEquals(2L, bench.call(b, s, SemaphoreOp.AVAILABLE), "and is not freed twice");
        bench.call(b, s, SemaphoreOp.RELEASE, 3);
        assertEquals(5L, bench.call(b, s, SemaphoreOp.DRAIN));
        assertEquals(0L, bench.call(b, s, SemaphoreOp.DRAIN));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(b, s, SemaphoreOp.RELEASE, 0));
        assertNull(bench.call(b, s, SemaphoreOp.RELEASE, Integer.MAX_VALUE));
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(b, s, SemaphoreOp.RELEASE, 1));
        assertEquals((long) Integer.MAX_VALUE, bench.call(b, s, SemaphoreOp.AVAILABLE));
    }

    @Test
    void aBoundedSemaphoreKeepsItsBound() {
        long s = bench.create(a, ObjectType.BOUNDED_SEMAPHORE, 2);
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(a, s, SemaphoreOp.RELEASE, 1));
        assertFails(ErrorCode.BAD_ARGUMENT, bench.call(a, s, SemaphoreOp.ACQUIRE, 3, -1));
        bench.call(a, s, SemaphoreOp.ACQUIRE, 1, -1);
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(a, s, SemaphoreOp.RELEASE, 2));
        assertEquals(1L, bench.call(a, s, SemaphoreOp.HELD), "nothing was released");
        assertNull(bench.call(a, s, SemaphoreOp.RELEASE, 1));
        assertEquals(2L, bench.call(a, s, SemaphoreOp.AVAILABLE));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.BOUNDED_SEMAPHORE, -1));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.SEMAPHORE, "many"));
    }

    @Test
    void aBarrierTakesRounds() {
        long barrier = bench.create(a, ObjectType.BARRIER, 3);
        for (int round = 0; round < 3; round++) {
            assertEquals(PARKED, bench.call(a, barrier, BarrierOp.AWAIT, -1));
            long ra = bench.request;
            assertEquals(PARKED, bench.call(b, barrier, BarrierOp.AWAIT, -1));
            long rb = bench.request;
            assertEquals(2L, bench.call(c, barrier, BarrierOp.WAITING));
            assertEquals(2L, bench.call(c, barrier, BarrierOp.AWAIT, 0));
            bench.assertDone(done(a, ra, 0L), done(b, rb, 1L));
        }
        assertEquals(3L, bench.call(c, barrier, BarrierOp.PARTIES));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.BARRIER, 0));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.BARRIER));
    }

    @Test
    void aBarrierBreaks() {
        long barrier = bench.openNamed(a, ObjectType.BARRIER, "barrier", 4);
        bench.call(a, barrier, BarrierOp.AWAIT, 5);
        long ra = bench.request;
        bench.call(b, barrier, BarrierOp.AWAIT, -1);
        long rb = bench.request;
        bench.tick(5);
        bench.assertDone(done(a, ra, -2L), done(b, rb, -1L));
        assertEquals(true, bench.call(c, barrier, BarrierOp.IS_BROKEN));
        assertEquals(-1L, bench.call(c, barrier, BarrierOp.AWAIT, -1));
        bench.call(c, barrier, BarrierOp.RESET);
        assertEquals(false, bench.call(c, barrier, BarrierOp.IS_BROKEN));
        bench.call(b, barrier, BarrierOp.AWAIT, -1);
        rb = bench.request;
        bench.call(c, barrier, BarrierOp.RESET);
        bench.assertDone(done(b, rb, -1L));
        assertEquals(-2L, bench.call(c, barrier, BarrierOp.AWAIT, 0));
        bench.call(c, barrier, BarrierOp.RESET);
        // two parties of a session that ends, and one of another
        bench.call(a, barrier, BarrierOp.AWAIT, -1);
        bench.call(b, barrier, BarrierOp.AWAIT, -1);
        rb = bench.request;
        bench.call(a, barrier, BarrierOp.AWAIT, -1);
        bench.close(a);
        bench.assertDone(done(b, rb, -1L));
        bench.call(c, barrier, BarrierOp.RESET);
        bench.call(c, barrier, BarrierOp.ABORT);
        assertEquals(-1L, bench.call(c, barrier, BarrierOp.AWAIT, -1));
    }

    @Test
    void readersShareAndWritersDoNot() {
        long lock = bench.create(a, ObjectType.READ_WRITE_LOCK);
        assertEquals(true, bench.call(a, lock, RwLockOp.ACQUIRE_READ, 1, 0));
        assertEquals(true, bench.call(b, lock, RwLockOp.ACQUIRE_READ, 1, 0));
        assertEquals(ABSENT, bench.call(c, lock, RwLockOp.ACQUIRE_WRITE, 1, 0));
        assertEquals(PARKED, bench.call(c, lock, RwLockOp.ACQUIRE_WRITE, 1, -1));
        long rc = bench.request;
        assertEquals(false, bench.call(b, lock, RwLockOp.ACQUIRE_READ, 2, 0), "the writer came first");
        assertEquals(true, bench.call(b, lock, RwLockOp.ACQUIRE_READ, 1, 0), "who reads may read again");
        assertEquals(PARKED, bench.call(b, lock, RwLockOp.ACQUIRE_READ, 2, -1));
        long rb = bench.request;
        assertEquals(tup(3L, false, 2L), bench.call(b, lock, RwLockOp.STATE));
        bench.call(b, lock, RwLockOp.RELEASE_READ, 1);
        bench.call(b, lock, RwLockOp.RELEASE_READ, 1);
        bench.assertDone();
        bench.call(a, lock, RwLockOp.RELEASE_READ, 1);
        bench.assertDone(done(c, rc, bench.index));
        assertEquals(tup(0L, 1L), bench.call(c, lock, RwLockOp.HOLDS, 1));
        assertEquals(true, bench.call(c, lock, RwLockOp.ACQUIRE_READ, 1, 0), "the writer may read");
        bench.call(c, lock, RwLockOp.RELEASE_WRITE, 1);
        bench.assertDone(done(b, rb, true));
        assertEquals(ABSENT, bench.call(c, lock, RwLockOp.TOKEN, 1));
    }

    @Test
    void whoDoesNotOwnTheReadWriteLockCannotReleaseIt() {
        long lock = bench.openNamed(a, ObjectType.READ_WRITE_LOCK, "rw");
        assertFails(ErrorCode.NOT_OWNER, bench.call(a, lock, RwLockOp.RELEASE_READ, 1));
        assertFails(ErrorCode.NOT_OWNER, bench.call(a, lock, RwLockOp.RELEASE_WRITE, 1));
        Object token = bench.call(a, lock, RwLockOp.ACQUIRE_WRITE, 1, -1);
        assertEquals(token, bench.call(a, lock, RwLockOp.ACQUIRE_WRITE, 1, -1));
        assertFails(ErrorCode.NOT_OWNER, bench.call(b, lock, RwLockOp.RELEASE_WRITE, 1));
        assertFails(ErrorCode.NOT_OWNER, bench.call(a, lock, RwLockOp.RELEASE_WRITE, 2));
        bench.call(b, lock, RwLockOp.ACQUIRE_READ, 1, -1);
        long rb = bench.request;
        bench.close(a);
        bench.assertDone(done(b, rb, true));
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(b, lock, RwLockOp.ACQUIRE_WRITE, 1, -1));
        assertEquals(ABSENT, bench.call(b, lock, RwLockOp.ACQUIRE_WRITE, 1, 0));
        bench.close(b);
        assertEquals(bench.index + 1, bench.call(c, lock, RwLockOp.ACQUIRE_WRITE, 1, 0));
    }

    @Test
    void aConditionNamesOneOfItsLock() {
        long condition = bench.create(a, ObjectType.CONDITION);
        Object reply = bench.call(a, condition, ConditionOp.LOCK);
        long lock = ((Coded.Ref) reply).id();
        assertEquals(ObjectType.RLOCK, ((Coded.Ref) reply).type());
        bench.call(a, lock, LockOp.ACQUIRE, 1, -1);
        bench.call(a, lock, LockOp.AWAIT, 1, "#" + condition, -1);
        long ra = bench.request;
        assertEquals(1L, bench.call(b, condition, ConditionOp.WAITERS));
        bench.call(b, lock, LockOp.ACQUIRE, 1, -1);
        assertEquals(1L, bench.call(b, lock, LockOp.SIGNAL, 1, "#" + condition, 1));
        bench.call(b, lock, LockOp.RELEASE, 1);
        bench.assertDone(done(a, ra, true));
    }

    @Test
    void aConditionKeepsItsLockAndEndsItsWaits() {
        long lock = bench.create(a, ObjectType.LOCK);
        Coded.Ref ref = new Coded.Ref(ObjectType.LOCK, lock);
        long condition = bench.openNamed(a, ObjectType.CONDITION, "condition", ref);
        bench.call(a, 0, ManagerOp.RELEASE, java.util.Map.of(lock, 1));
        assertEquals(ref, bench.call(b, condition, ConditionOp.LOCK));
        bench.call(b, lock, LockOp.ACQUIRE, 1, -1);
        bench.call(b, lock, LockOp.AWAIT, 1, "#" + condition, -1);
        bench.call(a, 0, ManagerOp.DELETE, "condition");
        assertEquals(1, bench.done.size());
        assertFails(ErrorCode.NO_SUCH_OBJECT, bench.done.get(0).reply());
        assertEquals(false, bench.call(b, lock, LockOp.IS_LOCKED));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.CONDITION, "lock"));
        long event = bench.create(a, ObjectType.EVENT);
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.CONDITION, new Coded.Ref(ObjectType.EVENT, event)));
        assertFails(ErrorCode.NO_SUCH_OBJECT, make(ObjectType.CONDITION, new Coded.Ref(ObjectType.LOCK, 999)));
    }
}
