package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is owned through a session that goes on, by somebody who is gone. */
class OrphanedHoldTest {
    private static final long PATIENCE = 100;

    private final Bench bench = new Bench();
    /** Stands for all Python clients. */
    private final long python = bench.open();

    private final long a = bench.open();
    private final long b = bench.open();
    private final long lock = bench.openNamed(a, ObjectType.LOCK, "lock");

    private @Nullable Object call(long session, long object, Op op, @Nullable Object... args) {
        return bench.call(session, object, op, args);
    }

    private boolean orphaned(long object, long holder, long live) {
        Reply reply = bench.apply(python, 0, new Command.Orphaned(object, holder, live, PATIENCE));
        return Boolean.TRUE.equals(reply == null ? null : Coded.reply(reply));
    }

    @Test
    void aWaiterGetsAnOrphanedLockAfterThePatience() {
        call(python, lock, LockOp.ACQUIRE, 7, 0);
        assertEquals(PARKED, call(a, lock, LockOp.ACQUIRE, 1, -1));
        long ra = bench.request;
        bench.tick(10 * PATIENCE);
        bench.assertDone(); // its acquirer is there
        assertTrue(orphaned(lock, 7, 0));
        bench.tick(PATIENCE - 1);
        assertEquals(PARKED, call(b, lock, LockOp.ACQUIRE, 1, -1));
        long rb = bench.request;
        bench.assertDone();
        bench.tick(1);
        bench.assertDone(done(a, ra, bench.index));
        bench.tick(10 * PATIENCE);
        bench.assertDone(); // a is alive
        call(a, lock, LockOp.RELEASE, 1);
        bench.assertDone(done(b, rb, bench.index));
        assertFails(ErrorCode.NOT_OWNER, call(python, lock, LockOp.RELEASE, 7));
    }

    @Test
    void whoComesLaterWaitsForAsLong() {
        call(python, lock, LockOp.ACQUIRE, 7, 0);
        assertTrue(orphaned(lock, 7, 0));
        bench.tick(10 * PATIENCE);
        assertEquals(ABSENT, call(a, lock, LockOp.ACQUIRE, 1, 0));
        assertEquals(PARKED, call(a, lock, LockOp.ACQUIRE, 1, PATIENCE / 2));
        long ra = bench.request;
        bench.tick(PATIENCE / 2);
        bench.assertDone(done(a, ra, ABSENT));
        assertEquals(PARKED, call(b, lock, LockOp.ACQUIRE, 1, -1));
        long rb = bench.request;
        bench.tick(PATIENCE - 1);
        bench.assertDone();
        bench.tick(1);
        bench.assertDone(done(b, rb, bench.index));
    }

    @Test
    void anybodyMayReleaseItBefore() {
        call(python, lock, LockOp.ACQUIRE, 7, 0);
        assertTrue(orphaned(lock, 7, 0));
        assertEquals(PARKED, call(a, lock, LockOp.ACQUIRE, 1, -1));
        long ra = bench.request;
        assertNull(call(python, lock, LockOp.RELEASE, 7));
        bench.assertDone(done(a, ra, bench.index));
        assertEquals(PARKED, call(b, lock, LockOp.ACQUIRE, 1, -1));
        bench.tick(10 * PATIENCE);
        bench.assertDone();
    }

    @Test
    void onlyWhatItsHolderStillHasIsOrphaned() {
        call(python, lock, LockOp.ACQUIRE, 7, 0);
        assertEquals(false, orphaned(lock, 6, 0));
        call(python, lock, LockOp.RELEASE, 7);
        assertEquals(false, orphaned(lock, 7, 0));
        assertEquals(false, orphaned(12345, 7, 0));
        call(a, lock, LockOp.ACQUIRE, 7, 0);
        assertEquals(false, orphaned(lock, 7, 0));
    }

    @Test
    void itIsSeen() {
        call(python, lock, LockOp.ACQUIRE, 7, 0);
        assertTrue(!String.valueOf(call(a, 0, ManagerOp.LOCKS)).contains("orphaned"));
        assertTrue(orphaned(lock, 7, 0));
        String seen = String.valueOf(call(a, 0, ManagerOp.LOCKS));
        assertTrue(seen.contains("orphaned=1") && seen.contains("since=" + bench.time), seen);
    }

    @Test
    void anAbandonedWaitOnAConditionDoesNotGetTheLockBack() {
        call(python, lock, LockOp.ACQUIRE, 7, 0);
        assertEquals(PARKED, call(python, lock, LockOp.AWAIT, 7, "c", -1));
        assertNull(bench.apply(python, bench.request, new Command.Abandon()));
        bench.assertDone();
        assertEquals(false, call(a, lock, LockOp.IS_LOCKED));
        call(a, lock, LockOp.ACQUIRE, 1, 0);
        assertEquals(0L, call(a, lock, LockOp.SIGNAL, 1, "c", -1));
    }

    @Test
    void anAbandonedWaitLeavesTheOthersOfItsSessionWaiting() {
        long pool = bench.openNamed(a, ObjectType.SEMAPHORE, "pool", 0);
        for (int i = 0; i < 3; i++) {
            assertEquals(PARKED, call(python, pool, SemaphoreOp.ACQUIRE, 1, -1));
        }
        long last = bench.request;
        assertNull(bench.apply(python, last - 1, new Command.Abandon()));
        bench.assertDone();
        call(a, pool, SemaphoreOp.RELEASE, 2);
        bench.assertDone(Bench.done(python, last - 2, true), Bench.done(python, last, true));

        long barrier = bench.openNamed(a, ObjectType.BARRIER, "barrier", 3);
        assertEquals(PARKED, call(python, barrier, BarrierOp.AWAIT, -1));
        assertEquals(PARKED, call(python, barrier, BarrierOp.AWAIT, -1));
        long second = bench.request;
        assertNull(bench.apply(python, second - 1, new Command.Abandon()));
        assertEquals(1, bench.done.size(), "it is broken for the other party");
        assertEquals(second, bench.done.get(0).request());
    }

    @Test
    void permitsOfAPoolComeBackAsTheyAreNeeded() {
        long pool = bench.openNamed(a, ObjectType.BOUNDED_SEMAPHORE, "pool", 3);
        call(python, pool, SemaphoreOp.ACQUIRE, 1, 0);
        call(python, pool, SemaphoreOp.ACQUIRE, 1, 0);
        call(a, pool, SemaphoreOp.ACQUIRE, 1, 0);
        assertTrue(orphaned(pool, 0, 1)); // one of the two is in use
        assertEquals(PARKED, call(b, pool, SemaphoreOp.ACQUIRE, 1, -1));
        long first = bench.request;
        assertEquals(PARKED, call(b, pool, SemaphoreOp.ACQUIRE, 1, -1));
        bench.tick(PATIENCE);
        bench.assertDone(done(b, first, true));
        bench.tick(10 * PATIENCE);
        bench.assertDone();
        assertEquals(1L, call(b, pool, SemaphoreOp.HELD));
    }

    @Test
    void allOrphansOfAPoolComeBackOneByOne() {
        long pool = bench.openNamed(a, ObjectType.SEMAPHORE, "pool", 2);
        call(python, pool, SemaphoreOp.ACQUIRE, 1, 0);
        call(python, pool, SemaphoreOp.ACQUIRE, 1, 0);
        assertTrue(orphaned(pool, 0, 0));
        // through the same session, as Python clients wait
        assertEquals(PARKED, call(python, pool, SemaphoreOp.ACQUIRE, 1, -1));
        long first = bench.request;
        bench.tick(PATIENCE);
        bench.assertDone(done(python, first, true));
        assertEquals(PARKED, call(b, pool, SemaphoreOp.ACQUIRE, 1, -1));
        long second = bench.request;
        bench.tick(PATIENCE);
        bench.assertDone(done(b, second, true));
        assertEquals(PARKED, call(b, pool, SemaphoreOp.ACQUIRE, 1, -1));
        bench.tick(10 * PATIENCE);
        bench.assertDone(); // the first one's is in use
        assertTrue(orphaned(pool, 0, 0));
        bench.tick(PATIENCE);
        assertEquals(1, bench.done.size());
    }

    @Test
    void aSemaphoreThatCountsEventsMissesNothing() {
        long events = bench.openNamed(a, ObjectType.SEMAPHORE, "events", 0);
        call(a, events, SemaphoreOp.RELEASE, 1);
        call(python, events, SemaphoreOp.ACQUIRE, 1, 0);
        assertTrue(orphaned(events, 0, 0));
        assertEquals(PARKED, call(b, events, SemaphoreOp.ACQUIRE, 1, -1));
        bench.tick(10 * PATIENCE);
        bench.assertDone();
    }
}
