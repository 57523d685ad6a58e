package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.ServiceOp;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A barrier whose action is a method of a registered class. */
class BarrierActionTest {
    private final Bench bench = new Bench();
    private final long host = bench.open();
    private final long a = bench.open();
    private final long b = bench.open();
    private final long service = bench.openNamed(host, ObjectType.SERVICE, "Rounds");
    private final long instance;
    private final long barrier;

    BarrierActionTest() {
        bench.call(host, service, ServiceOp.HOST, List.of("next"));
        instance = bench.create(a, ObjectType.INSTANCE, new Coded.Ref(ObjectType.SERVICE, service));
        barrier = bench.openNamed(
                a, ObjectType.BARRIER, "barrier", 2, new Coded.Ref(ObjectType.INSTANCE, instance), "next");
        // the barrier alone keeps its instance
        bench.call(a, 0, ManagerOp.RELEASE, java.util.Map.of(instance, 1));
    }

    private long await(long session, int timeout) {
        assertEquals(PARKED, bench.call(session, barrier, BarrierOp.AWAIT, timeout));
        return bench.request;
    }

    private @Nullable Object fetch() {
        return bench.call(host, service, ServiceOp.NEXT, 0);
    }

    private void answer(long number, boolean success, Object value) {
        bench.call(host, service, ServiceOp.ANSWER, number, success, value);
    }

    @Test
    void theActionRunsOnceARoundBeforeAnybodyGoesOn() {
        for (long round = 1; round <= 3; round++) {
            long ra = await(a, -1);
            assertEquals(ABSENT, fetch(), "not all have come");
            long rb = await(b, 0);
            bench.assertDone();
            assertEquals(tup(round, instance, "next", List.of()), fetch());
            assertEquals(ABSENT, fetch());
            bench.assertDone();
            answer(round, true, "ignored");
            bench.assertDone(done(a, ra, 0L), done(b, rb, 1L));
        }
        assertEquals(false, bench.call(a, barrier, BarrierOp.IS_BROKEN));
    }

    @Test
    void anActionThatThrowsBreaksTheBarrier() {
        long ra = await(a, -1);
        long rb = await(b, -1);
        fetch();
        answer(1, false, tup("java.lang.Oops", "no way", "trace"));
        bench.assertDone(
                done(a, ra, -1L),
                done(
                        b,
                        rb,
                        new Coded.Failure(
                                ErrorCode.ILLEGAL_STATE,
                                "the barrier is broken: its action failed: java.lang.Oops: no way")));
        assertEquals(-1L, bench.call(a, barrier, BarrierOp.AWAIT, -1));
        bench.call(a, barrier, BarrierOp.RESET);
        long again = await(a, -1);
        await(b, -1);
        fetch();
        answer(2, true, 0);
        assertEquals(done(a, again, 0L), bench.done.get(0));
    }

    @Test
    void whoComesTooEarlyBelongsToTheNextRound() {
        long ra = await(a, -1);
        long rb = await(b, -1);
        long next = await(a, -1);
        long last = await(b, -1);
        fetch();
        answer(1, true, 0);
        bench.assertDone(done(a, ra, 0L), done(b, rb, 1L));
        assertEquals(tup(2L, instance, "next", List.of()), fetch(), "the next round was complete");
        answer(2, true, 0);
        bench.assertDone(done(a, next, 0L), done(b, last, 1L));
    }

    @Test
    void theEndOfTheHostBreaksIt() {
        long ra = await(a, -1);
        long rb = await(b, -1);
        fetch();
        bench.close(host);
        assertEquals(2, bench.done.size());
        assertEquals(done(a, ra, -1L), bench.done.get(1));
        assertEquals(rb, bench.done.get(0).request());
        assertFails(ErrorCode.ILLEGAL_STATE, bench.done.get(0).reply());
        bench.call(a, barrier, BarrierOp.RESET);
        await(a, -1);
        bench.done.clear();
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(b, barrier, BarrierOp.AWAIT, -1));
        assertEquals(1, bench.done.size(), "the other party finds it broken");
        assertEquals(true, bench.call(a, barrier, BarrierOp.IS_BROKEN));
    }

    @Test
    void timeoutsCancelsAndEndsOfSessionsBreakItWhileItActs() {
        long ra = await(a, 5);
        long rb = await(b, -1);
        fetch();
        bench.tick(5);
        bench.assertDone(done(a, ra, -2L), done(b, rb, -1L));
        answer(1, true, "too late");
        bench.assertDone();

        bench.call(a, barrier, BarrierOp.RESET);
        ra = await(a, -1);
        rb = await(b, 5);
        bench.tick(5);
        bench.assertDone(done(b, rb, -2L), done(a, ra, -1L));

        bench.call(a, barrier, BarrierOp.RESET);
        ra = await(a, -1);
        rb = await(b, -1);
        bench.cancel(b, rb);
        assertFails(ErrorCode.CANCELLED, bench.done.get(0).reply());
        assertEquals(done(a, ra, -1L), bench.done.get(1));
        bench.done.clear();

        bench.call(a, barrier, BarrierOp.RESET);
        ra = await(a, -1);
        await(b, -1);
        await(b, -1);
        bench.close(b);
        bench.assertDone(done(a, ra, -1L));
        assertEquals(0L, bench.call(a, barrier, BarrierOp.WAITING));
    }

    @Test
    void resettingAndDeletingForgetTheAction() {
        long ra = await(a, -1);
        long rb = await(b, -1);
        fetch();
        bench.call(a, barrier, BarrierOp.RESET);
        bench.assertDone(done(b, rb, -1L), done(a, ra, -1L));
        answer(1, true, "too late");
        assertEquals(false, bench.call(a, barrier, BarrierOp.IS_BROKEN));
        await(a, -1);
        await(b, -1);
        bench.call(a, 0, ManagerOp.DELETE, "barrier");
        assertEquals(2, bench.done.size());
        bench.done.forEach(d -> assertFails(ErrorCode.NO_SUCH_OBJECT, d.reply()));
        assertEquals(null, bench.state.object(instance), "nobody else held it");
    }

    @Test
    void theClassOfTheActionIsDeleted() {
        await(a, -1);
        await(b, -1);
        bench.call(a, 0, ManagerOp.DELETE, "Rounds");
        assertEquals(2, bench.done.size());
        bench.call(a, barrier, BarrierOp.RESET);
        await(a, -1);
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(b, barrier, BarrierOp.AWAIT, -1));
    }

    @Test
    void aSnapshotKeepsTheAction() {
        await(a, -1);
        long rb = await(b, -1);
        byte[] snapshot = bench.snapshot();
        Bench twin = new Bench();
        twin.state.restore(snapshot);
        twin.time = bench.time;
        twin.request = bench.request;
        assertArrayEquals(snapshot, twin.snapshot());
        assertEquals(tup(1L, instance, "next", List.of()), twin.call(host, service, ServiceOp.NEXT, 0));
        twin.call(host, service, ServiceOp.ANSWER, 1, true, 0);
        assertEquals(done(b, rb, 1L), twin.done.get(1));
    }

    @Test
    void whatIsNoActionIsRefused() {
        Coded.Ref ref = new Coded.Ref(ObjectType.INSTANCE, instance);
        for (List<Object> arguments : List.<List<Object>>of(
                List.of(2, ref),
                List.of(2, "next", ref),
                List.of(2, ref, 5),
                List.of(0, ref, "next"),
                List.of(2, new Coded.Ref(ObjectType.BARRIER, barrier), "next"),
                List.of(2, ref, "next", 1))) {
            assertFails(
                    ErrorCode.BAD_ARGUMENT,
                    bench.call(a, 0, ManagerOp.CREATE, ObjectType.BARRIER.wireName(), arguments));
        }
        assertFails(
                ErrorCode.NO_SUCH_OBJECT,
                bench.call(
                        a,
                        0,
                        ManagerOp.CREATE,
                        ObjectType.BARRIER.wireName(),
                        List.of(2, new Coded.Ref(ObjectType.INSTANCE, 999), "next")));
    }
}
