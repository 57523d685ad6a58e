package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LockStateTest {
    private final Bench bench = new Bench();
    private final long a = bench.open();
    private final long b = bench.open();
    private final long c = bench.open();
    private final long lock = bench.openNamed(a, ObjectType.LOCK, "lock");
    private final long rlock = bench.openNamed(a, ObjectType.RLOCK, "rlock");

    private @Nullable Object call(long session, LockOp op, @Nullable Object... args) {
        return bench.call(session, lock, op, args);
    }

    private @Nullable Object callR(long session, LockOp op, @Nullable Object... args) {
        return bench.call(session, rlock, op, args);
    }

    @Test
    void handsOnInOrderOfArrivalWithGrowingTokens() {
        assertEquals(bench.index + 1, call(a, LockOp.ACQUIRE, 1, 0));
        assertEquals(bench.index, call(a, LockOp.TOKEN, 1));
        assertEquals(ABSENT, call(b, LockOp.ACQUIRE, 1, 0));
        assertEquals(PARKED, call(b, LockOp.ACQUIRE, 1, -1));
        long rb = bench.request;
        assertEquals(PARKED, call(c, LockOp.ACQUIRE, 1, -1));
        long rc = bench.request;
        assertEquals(2L, call(a, LockOp.QUEUE_LENGTH));
        assertNull(call(a, LockOp.RELEASE, 1));
        bench.assertDone(done(b, rb, bench.index));
        assertEquals(true, call(a, LockOp.IS_LOCKED));
        assertNull(call(b, LockOp.RELEASE, 1));
        bench.assertDone(done(c, rc, bench.index));
        assertEquals(1L, call(c, LockOp.HOLD_COUNT, 1));
        assertNull(call(c, LockOp.RELEASE, 1));
        assertEquals(false, call(a, LockOp.IS_LOCKED));
    }

    @Test
    void saysWhoFollowsWhomWithinASession() {
        callR(a, LockOp.ACQUIRE, 1, -1);
        callR(a, LockOp.ACQUIRE, 1, -1);
        assertEquals(PARKED, callR(a, LockOp.ACQUIRE, 2, -1));
        long second = bench.request;
        assertEquals(PARKED, callR(a, LockOp.ACQUIRE, 3, -1));
        long third = bench.request;
        assertEquals(
                List.of(new Bench.Follower(a, second, 1, 2, true), new Bench.Follower(a, third, 2, 1, false)),
                bench.followers);
        bench.followers.clear();
        assertEquals(PARKED, callR(b, LockOp.ACQUIRE, 1, -1), "behind another session");
        assertEquals(PARKED, callR(a, LockOp.ACQUIRE, 4, -1), "the same");
        assertEquals(PARKED, callR(a, LockOp.ACQUIRE, 5, 100), "may leave by itself");
        long fifth = bench.request;
        assertEquals(PARKED, callR(a, LockOp.ACQUIRE, 6, -1), "behind one that may, which does not matter to it");
        assertEquals(List.of(new Bench.Follower(a, bench.request, 5, 1, false)), bench.followers);
        bench.followers.clear();
        bench.tick(100);
        bench.assertDone(done(a, fifth, ABSENT));
        assertEquals(List.of(), bench.followers, "nobody is told of a change: whoever followed it is granted as ever");
        assertEquals(ABSENT, callR(a, LockOp.ACQUIRE, 7, 0));
        assertEquals(List.of(), bench.followers);
    }

    @Test
    void onlyTheOwnerReleases() {
        assertFails(ErrorCode.NOT_OWNER, "the lock is not locked", call(a, LockOp.RELEASE, 1));
        call(a, LockOp.ACQUIRE, 1, 0);
        String held = "the lock is held by another thread or process";
        assertFails(ErrorCode.NOT_OWNER, held, call(a, LockOp.RELEASE, 2));
        assertFails(ErrorCode.NOT_OWNER, held, call(b, LockOp.RELEASE, 1));
        assertFails(ErrorCode.NOT_OWNER, held, call(b, LockOp.AWAIT, 1, "c", -1));
        assertFails(ErrorCode.NOT_OWNER, held, call(b, LockOp.SIGNAL, 1, "c", 1));
        assertEquals(0L, call(b, LockOp.HOLD_COUNT, 1));
        assertEquals(ABSENT, call(b, LockOp.TOKEN, 1));
    }

    @Test
    void aLockIsNotReentrant() {
        call(a, LockOp.ACQUIRE, 1, 0);
        assertFails(
                ErrorCode.ILLEGAL_STATE,
                "this thread already holds the lock and would wait for itself for ever; use an rlock",
                call(a, LockOp.ACQUIRE, 1, -1));
        assertEquals(ABSENT, call(a, LockOp.ACQUIRE, 1, 0));
        assertEquals(PARKED, call(a, LockOp.ACQUIRE, 1, 10));
        long id = bench.request;
        bench.tick(10);
        bench.assertDone(done(a, id, ABSENT));
    }

    @Test
    void anRlockIsReentrantUnderItsFirstToken() {
        Object token = callR(a, LockOp.ACQUIRE, 1, -1);
        assertEquals(token, callR(a, LockOp.ACQUIRE, 1, -1));
        assertEquals(2L, callR(a, LockOp.HOLD_COUNT, 1));
        assertEquals(PARKED, callR(a, LockOp.ACQUIRE, 2, -1));
        callR(a, LockOp.RELEASE, 1);
        bench.assertDone();
        callR(a, LockOp.RELEASE, 1);
        assertEquals(1, bench.done.size());
    }

    @Test
    void awaitReleasesAllLevelsAndGetsThemBack() {
        callR(a, LockOp.ACQUIRE, 1, -1);
        Object token = callR(a, LockOp.ACQUIRE, 1, -1);
        assertEquals(PARKED, callR(a, LockOp.AWAIT, 1, "ready", -1));
        long wait = bench.request;
        callR(b, LockOp.ACQUIRE, 7, -1);
        assertEquals(0L, callR(b, LockOp.SIGNAL, 7, "other", -1));
        assertEquals(1L, callR(b, LockOp.SIGNAL, 7, "ready", 5));
        assertEquals(1L, callR(b, LockOp.QUEUE_LENGTH));
        bench.assertDone();
        callR(b, LockOp.RELEASE, 7);
        bench.assertDone(done(a, wait, true));
        assertEquals(2L, callR(a, LockOp.HOLD_COUNT, 1));
        Object again = callR(a, LockOp.TOKEN, 1);
        assertTrue(token instanceof Long t && again instanceof Long u && u > t);
    }

    @Test
    void signalsWakeInOrder() {
        for (long session : new long[] {a, b, c}) {
            call(session, LockOp.ACQUIRE, 1, -1);
            call(session, LockOp.AWAIT, 1, "x", -1);
        }
        long d = bench.open();
        call(d, LockOp.ACQUIRE, 1, -1);
        assertFails(ErrorCode.BAD_ARGUMENT, call(d, LockOp.SIGNAL, 1, "x", 0));
        assertFails(ErrorCode.BAD_ARGUMENT, call(d, LockOp.SIGNAL, 1, "x", -2));
        assertEquals(1L, call(d, LockOp.SIGNAL, 1, "x", 1));
        assertEquals(2L, call(d, LockOp.SIGNAL, 1, "x", -1));
        call(d, LockOp.RELEASE, 1);
        call(a, LockOp.RELEASE, 1);
        call(b, LockOp.RELEASE, 1);
        assertEquals(
                java.util.List.of(a, b, c),
                bench.done.stream().map(Bench.Done::session).toList());
    }

    @Test
    void anUnsignalledWaitAnswersFalseWithTheLock() {
        call(a, LockOp.ACQUIRE, 1, -1);
        call(a, LockOp.AWAIT, 1, "x", 10);
        long wait = bench.request;
        call(b, LockOp.ACQUIRE, 1, -1);
        bench.tick(10);
        bench.assertDone();
        call(b, LockOp.RELEASE, 1);
        bench.assertDone(done(a, wait, false));
        assertEquals(1L, call(a, LockOp.HOLD_COUNT, 1));
        call(a, LockOp.AWAIT, 1, "x", 10);
        wait = bench.request;
        bench.tick(10); // the lock is free: had at once
        bench.assertDone(done(a, wait, false));
        assertEquals(false, call(a, LockOp.AWAIT, 1, "x", 0));
        assertEquals(1L, call(a, LockOp.HOLD_COUNT, 1));
        call(b, LockOp.ACQUIRE, 1, -1);
        bench.done.clear();
        assertEquals(PARKED, call(a, LockOp.AWAIT, 1, "x", 0)); // lets the other one in between
        wait = bench.request;
        assertEquals(b, bench.done.remove(0).session());
        call(b, LockOp.RELEASE, 1);
        bench.assertDone(done(a, wait, false));
    }

    @Test
    void aCancelledWaitAnswersOnceItOwnsTheLock() {
        call(a, LockOp.ACQUIRE, 1, -1);
        call(a, LockOp.AWAIT, 1, "x", -1);
        long wait = bench.request;
        call(b, LockOp.ACQUIRE, 1, -1);
        bench.cancel(a, wait);
        bench.assertDone();
        call(b, LockOp.RELEASE, 1);
        assertFails(ErrorCode.CANCELLED, bench.done.get(0).reply());
        assertEquals(1L, call(a, LockOp.HOLD_COUNT, 1));
    }

    @Test
    void aSignalToACancelledWaiterGoesToTheNext() {
        for (long session : new long[] {a, b}) {
            call(session, LockOp.ACQUIRE, 1, -1);
            call(session, LockOp.AWAIT, 1, "x", -1);
        }
        long waitB = bench.request;
        call(c, LockOp.ACQUIRE, 1, -1);
        call(c, LockOp.SIGNAL, 1, "x", 1);
        bench.cancel(a, waitB - 2);
        assertEquals(2L, call(c, LockOp.QUEUE_LENGTH));
        call(c, LockOp.RELEASE, 1);
        assertFails(ErrorCode.CANCELLED, bench.done.remove(0).reply());
        call(a, LockOp.RELEASE, 1);
        bench.assertDone(done(b, waitB, true));
    }

    @Test
    void aSignalToADeadWaiterGoesToTheNext() {
        for (long session : new long[] {a, b}) {
            call(session, LockOp.ACQUIRE, 1, -1);
            call(session, LockOp.AWAIT, 1, "x", -1);
        }
        long waitB = bench.request;
        call(c, LockOp.ACQUIRE, 1, -1);
        call(c, LockOp.SIGNAL, 1, "x", 1);
        bench.close(a);
        call(c, LockOp.RELEASE, 1);
        bench.assertDone(done(b, waitB, true));
    }

    @Test
    void aDeadSessionOwnsAndWaitsNoMore() {
        call(a, LockOp.ACQUIRE, 1, -1);
        callR(a, LockOp.ACQUIRE, 1, -1);
        call(b, LockOp.ACQUIRE, 1, -1);
        call(c, LockOp.ACQUIRE, 1, -1);
        long rc = bench.request;
        bench.close(b);
        bench.close(a);
        bench.assertDone(done(c, rc, bench.index));
        assertEquals(false, callR(c, LockOp.IS_LOCKED));
        assertFails(ErrorCode.ILLEGAL_STATE, call(a, LockOp.IS_LOCKED));
    }

    @Test
    void cancelAndTimeoutLeaveTheQueue() {
        call(a, LockOp.ACQUIRE, 1, -1);
        call(b, LockOp.ACQUIRE, 1, -1);
        bench.cancel(b, bench.request);
        assertFails(ErrorCode.CANCELLED, bench.done.remove(0).reply());
        call(c, LockOp.ACQUIRE, 1, 5);
        bench.tick(5);
        bench.assertDone(done(c, bench.request, ABSENT));
        call(a, LockOp.RELEASE, 1);
        bench.assertDone();
        assertEquals(false, call(a, LockOp.IS_LOCKED));
    }

    @Test
    void oneEntryThatGrantsTwiceGivesTwoTokens() {
        call(a, LockOp.ACQUIRE, 1, -1);
        call(a, LockOp.AWAIT, 1, "x", 10);
        long waitA = bench.request;
        bench.time += 10;
        // the wait of a ends and owns the lock when the entry is applied, and the entry ends a
        bench.close(a);
        assertEquals(waitA, bench.done.remove(0).request());
        assertEquals(bench.index + 1, call(b, LockOp.ACQUIRE, 1, -1));
        call(b, LockOp.AWAIT, 1, "x", 10);
        call(c, LockOp.ACQUIRE, 1, -1);
        call(c, LockOp.AWAIT, 1, "x", 10);
        bench.time += 10;
        bench.close(b);
        Object token = call(c, LockOp.TOKEN, 1);
        assertEquals(bench.index, token); // one more than the index of the closing entry
    }

    @Test
    void deletionAnswersAllWhoWait() {
        call(a, LockOp.ACQUIRE, 1, -1);
        call(a, LockOp.AWAIT, 1, "x", -1);
        call(b, LockOp.ACQUIRE, 1, -1);
        call(c, LockOp.ACQUIRE, 1, -1);
        assertEquals(true, bench.call(c, 0, ManagerOp.DELETE, "lock"));
        assertEquals(2, bench.done.size());
        for (Bench.Done d : bench.done) {
            assertFails(ErrorCode.NO_SUCH_OBJECT, d.reply());
        }
        bench.close(b);
    }

    @Test
    void tenThousandWaiters() {
        int n = 10_000;
        call(a, LockOp.ACQUIRE, 0, -1);
        long[] requests = new long[n];
        for (int i = 0; i < n; i++) {
            call(b, LockOp.ACQUIRE, i, 1000 + i % 7);
            requests[i] = bench.request;
        }
        for (int i = 0; i < n; i += 2) {
            bench.cancel(b, requests[i]);
        }
        assertEquals(n / 2, bench.done.size());
        call(a, LockOp.RELEASE, 0);
        for (int i = 1; i < n - 2; i += 2) {
            assertNull(call(b, LockOp.RELEASE, i));
        }
        assertEquals(n, bench.done.size());
        assertEquals(Long.MAX_VALUE, bench.state.nextDeadline());
    }
}
