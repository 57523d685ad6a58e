package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a queue does once it was shut down. */
class QueueShutdownTest {
    private static final Coded.Failure FULL_STOP =
            new Coded.Failure(ErrorCode.QUEUE_SHUT_DOWN, "queue 'q' was shut down and takes no items any more");
    private static final Coded.Failure EMPTY_STOP =
            new Coded.Failure(ErrorCode.QUEUE_SHUT_DOWN, "queue 'q' was shut down and has no items left");

    private final Bench bench = new Bench();
    private final long session = bench.open();
    private final long other = bench.open();
    private final long queue = bench.openNamed(session, ObjectType.QUEUE, "q", 2);
    private final long jobs = bench.openNamed(session, ObjectType.JOINABLE_QUEUE, "j");
    private final long letters = bench.openNamed(session, ObjectType.QUEUE, "letters");

    private @Nullable Object call(QueueOp op, @Nullable Object... args) {
        return bench.call(session, queue, op, args);
    }

    private @Nullable Object job(QueueOp op, @Nullable Object... args) {
        return bench.call(session, jobs, op, args);
    }

    /** Takes as another session, and acknowledges. */
    private @Nullable Object take(long from) {
        Object reply = bench.call(other, from, QueueOp.TAKE, 0);
        bench.acknowledge(other, bench.request);
        return reply;
    }

    private static SharedState restored(byte[] snapshot) {
        SharedState state = new SharedState();
        state.restore(snapshot);
        return state;
    }

    private long nextSession;

    private Bench restarted() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        bench.state.durableSnapshot().writeTo(out);
        Bench next = new Bench(restored(out.toByteArray()));
        nextSession = next.open();
        return next;
    }

    @ParameterizedTest
    @EnumSource(names = {"QUEUE", "JOINABLE_QUEUE", "SIMPLE_QUEUE", "PRIORITY_QUEUE"})
    void whatIsThereCanStillBeTakenAndNothingPut(ObjectType type) {
        long q = bench.create(session, type);
        bench.call(session, q, QueueOp.ADD_ALL, List.of(1, 2, 3));
        assertEquals(false, bench.call(session, q, QueueOp.IS_SHUTDOWN));
        assertNull(bench.call(other, q, QueueOp.SHUTDOWN, false));
        assertEquals(true, bench.call(session, q, QueueOp.IS_SHUTDOWN));
        assertFails(ErrorCode.QUEUE_SHUT_DOWN, bench.call(session, q, QueueOp.PUT, 4, 0));
        assertFails(ErrorCode.QUEUE_SHUT_DOWN, bench.call(session, q, QueueOp.PUT, 4, -1));
        assertFails(ErrorCode.QUEUE_SHUT_DOWN, bench.call(session, q, QueueOp.ADD_ALL, List.of()));
        assertEquals(3L, bench.call(session, q, QueueOp.SIZE));
        assertEquals(1L, bench.call(session, q, QueueOp.PEEK));
        assertEquals(1L, bench.call(session, q, QueueOp.TAKE, 0));
        assertEquals(2L, bench.call(session, q, QueueOp.TAKE, -1));
        assertEquals(List.of(3L), bench.call(session, q, QueueOp.DRAIN, 9));
        assertFails(ErrorCode.QUEUE_SHUT_DOWN, bench.call(session, q, QueueOp.TAKE, 0));
        assertFails(ErrorCode.QUEUE_SHUT_DOWN, bench.call(session, q, QueueOp.TAKE, -1));
        assertEquals(List.of(), bench.call(session, q, QueueOp.DRAIN, 9));
        assertEquals(ABSENT, bench.call(session, q, QueueOp.PEEK));
        assertEquals(3L, bench.call(session, q, QueueOp.UNFINISHED));
        bench.assertDone();
    }

    @Test
    void takersWhoWaitAreTold() {
        assertEquals(PARKED, bench.call(other, queue, QueueOp.TAKE, -1));
        long waiting = bench.request;
        assertEquals(PARKED, bench.call(other, queue, QueueOp.TAKE, 50));
        call(QueueOp.SHUTDOWN, false);
        bench.assertDone(done(other, waiting, EMPTY_STOP), done(other, waiting + 1, EMPTY_STOP));
        bench.tick(100);
        bench.assertDone();
    }

    @Test
    void puttersWhoWaitAreToldAndPutNothing() {
        call(QueueOp.ADD_ALL, List.of("a", "b"));
        long dict = bench.create(other, ObjectType.DICT);
        assertEquals(PARKED, bench.call(other, queue, QueueOp.PUT, new Coded.Ref(ObjectType.DICT, dict), -1));
        assertEquals(1, bench.state.storedReferences());
        long waiting = bench.request;
        call(QueueOp.SHUTDOWN, false);
        bench.assertDone(done(other, waiting, FULL_STOP));
        assertEquals(0, bench.state.storedReferences());
        assertEquals("a", call(QueueOp.TAKE, 0));
        assertEquals(1L, call(QueueOp.SIZE));
        assertEquals(1L, call(QueueOp.REMAINING_CAPACITY));
    }

    @Test
    void whoSentASenselessTimeoutIsToldThat() {
        call(QueueOp.SHUTDOWN, false);
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.TAKE, -2));
        assertFails(ErrorCode.BAD_ARGUMENT, call(QueueOp.PUT, 1, -2));
    }

    @Test
    void immediatelyDropsAndReleasesWhatIsThere() {
        long dict = bench.create(other, ObjectType.DICT);
        call(QueueOp.PUT, new Coded.Ref(ObjectType.DICT, dict), 0);
        bench.close(other);
        assertNotNull(bench.state.object(dict));
        call(QueueOp.SHUTDOWN, true);
        assertNull(bench.state.object(dict), "held by the dropped item only");
        assertEquals(EMPTY_STOP, call(QueueOp.TAKE, 0));
        assertEquals(0L, call(QueueOp.UNFINISHED));
    }

    @Test
    void anImmediateOneMayFollowAndStays() {
        call(QueueOp.ADD_ALL, List.of("a", "b"));
        call(QueueOp.SHUTDOWN, false);
        assertEquals(2L, call(QueueOp.SIZE));
        assertEquals("a", bench.call(other, queue, QueueOp.TAKE, 0));
        call(QueueOp.SHUTDOWN, true);
        call(QueueOp.SHUTDOWN, false);
        assertEquals(0L, call(QueueOp.SIZE));
        bench.giveBack(other, bench.request - 2);
        assertEquals(0L, call(QueueOp.SIZE), "what comes back is dropped");
    }

    @Test
    void joinersGoWhenTheDroppedItemsWereTheLast() {
        job(QueueOp.ADD_ALL, List.of("a", "b"));
        assertEquals(PARKED, job(QueueOp.JOIN, -1));
        long join = bench.request;
        job(QueueOp.SHUTDOWN, false);
        bench.assertDone();
        job(QueueOp.SHUTDOWN, true);
        bench.assertDone(done(session, join, true));
        assertFails(ErrorCode.ILLEGAL_STATE, job(QueueOp.TASK_DONE));
    }

    @Test
    void joinersWaitForWhatIsInProgress() {
        job(QueueOp.ADD_ALL, List.of("a", "b", "c"));
        take(jobs);
        assertEquals(PARKED, job(QueueOp.JOIN, -1));
        long join = bench.request;
        job(QueueOp.SHUTDOWN, true);
        bench.assertDone();
        assertEquals(1L, job(QueueOp.UNFINISHED));
        assertEquals(1L, job(QueueOp.IN_PROGRESS));
        bench.call(other, jobs, QueueOp.TASK_DONE);
        bench.assertDone(done(session, join, true));
    }

    @Test
    void droppingMoreThanIsUnfinishedEndsAtNone() {
        job(QueueOp.ADD_ALL, List.of("a", "b"));
        job(QueueOp.TASK_DONE);
        assertEquals(PARKED, job(QueueOp.JOIN, -1));
        long join = bench.request;
        job(QueueOp.SHUTDOWN, true);
        bench.assertDone(done(session, join, true));
        assertEquals(0L, job(QueueOp.UNFINISHED));
    }

    @Test
    void whatADeadTakerDidNotFinishIsTakenAgain() {
        job(QueueOp.ADD_ALL, List.of("a", "b"));
        take(jobs);
        take(jobs);
        job(QueueOp.SHUTDOWN, false);
        assertFails(ErrorCode.QUEUE_SHUT_DOWN, job(QueueOp.TAKE, -1));
        bench.close(other);
        assertEquals(List.of("a", "b"), job(QueueOp.SLICE, 0, 9));
        assertEquals("a", job(QueueOp.TAKE, 0));
        assertEquals("b", job(QueueOp.TAKE, 0));
        assertFails(ErrorCode.QUEUE_SHUT_DOWN, job(QueueOp.TAKE_DELIVERY, 0));
    }

    @Test
    void whatADeadTakerDidNotFinishIsDroppedAfterAnImmediateOne() {
        long dict = bench.create(session, ObjectType.DICT);
        job(QueueOp.ADD_ALL, List.of(new Coded.Ref(ObjectType.DICT, dict), "b"));
        take(jobs);
        assertEquals("b", bench.call(other, jobs, QueueOp.TAKE, 0)); // not acknowledged
        assertEquals(PARKED, job(QueueOp.JOIN, -1));
        long join = bench.request;
        job(QueueOp.SHUTDOWN, true);
        bench.assertDone();
        bench.close(other);
        bench.assertDone(done(session, join, true));
        assertEquals(0L, job(QueueOp.SIZE));
        assertEquals(0L, job(QueueOp.IN_PROGRESS));
        assertEquals(0, bench.state.storedReferences());
    }

    @Test
    void whatIsLateIsDroppedAfterAnImmediateOneAndItsReportIsIgnored() {
        job(QueueOp.CONFIGURE, 20, 0, null);
        job(QueueOp.ADD_ALL, List.of("a", "b"));
        take(jobs);
        take(jobs);
        job(QueueOp.SHUTDOWN, true);
        bench.call(other, jobs, QueueOp.TASK_DONE);
        bench.tick(30);
        assertEquals(0L, job(QueueOp.UNFINISHED));
        assertNull(bench.call(other, jobs, QueueOp.TASK_DONE), "of the late item: closes its gap");
        assertFails(ErrorCode.ILLEGAL_STATE, bench.call(other, jobs, QueueOp.TASK_DONE));
    }

    @Test
    void deadLettersGoToTheirQueueUnlessThatOneWasShutDown() {
        job(QueueOp.CONFIGURE, 20, 1, new Coded.Ref(ObjectType.QUEUE, letters));
        job(QueueOp.ADD_ALL, List.of("a", "b"));
        take(jobs);
        job(QueueOp.SHUTDOWN, true);
        bench.tick(30);
        assertEquals(List.of("a"), bench.call(session, letters, QueueOp.SLICE, 0, 9));

        long more = bench.create(session, ObjectType.JOINABLE_QUEUE);
        bench.call(session, more, QueueOp.CONFIGURE, 20, 1, new Coded.Ref(ObjectType.QUEUE, letters));
        bench.call(session, more, QueueOp.PUT, "c", 0);
        bench.call(session, letters, QueueOp.SHUTDOWN, false);
        take(more);
        bench.tick(30);
        assertEquals(List.of("a"), bench.call(session, letters, QueueOp.SLICE, 0, 9));
        assertEquals(List.of("c"), bench.call(session, more, QueueOp.SLICE, 0, 9), "delivered on");
    }

    @Test
    void aPriorityQueueTakesBackInItsOrder() {
        long q = bench.create(session, ObjectType.PRIORITY_QUEUE);
        bench.call(session, q, QueueOp.ADD_ALL, List.of(3, 1, 2));
        assertEquals(1L, bench.call(other, q, QueueOp.TAKE, 0));
        bench.call(session, q, QueueOp.SHUTDOWN, false);
        bench.close(other);
        assertEquals(List.of(1L, 2L, 3L), bench.call(session, q, QueueOp.DRAIN, 9));
    }

    @Test
    void theListOfObjectsSaysSo() {
        call(QueueOp.SHUTDOWN, false);
        if (bench.call(session, 0, ManagerOp.OBJECTS) instanceof List<?> rows) {
            for (Object row : rows) {
                if (row instanceof Map<?, ?> facts) {
                    assertEquals("q".equals(facts.get("name")) ? true : null, facts.get("shutdown"));
                }
            }
            assertEquals(3, rows.size());
        } else {
            throw new AssertionError("no rows");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void snapshotsKeepIt(boolean immediate) {
        call(QueueOp.SHUTDOWN, immediate);
        byte[] snapshot = bench.snapshot();
        Bench twin = new Bench(restored(snapshot));
        assertArrayEquals(snapshot, twin.snapshot());
        Bench next = restarted();
        assertEquals(true, next.call(nextSession, queue, QueueOp.IS_SHUTDOWN));
        assertEquals(FULL_STOP, next.call(nextSession, queue, QueueOp.PUT, "c", 0));
        assertEquals(false, next.call(nextSession, jobs, QueueOp.IS_SHUTDOWN));
    }

    @Test
    void anImageHasWhatComesBackOnlyIfItWasNotImmediate() {
        for (boolean immediate : new boolean[] {false, true}) {
            String name = "image" + immediate;
            long joinable = bench.openNamed(session, ObjectType.JOINABLE_QUEUE, name);
            long plain = bench.openNamed(session, ObjectType.QUEUE, name + " plain");
            for (long q : new long[] {joinable, plain}) {
                bench.call(session, q, QueueOp.ADD_ALL, List.of("a", "b"));
                bench.call(other, q, QueueOp.TAKE, 0);
                bench.call(session, q, QueueOp.SHUTDOWN, immediate);
            }
            Bench next = restarted();
            for (long q : new long[] {joinable, plain}) {
                assertEquals(immediate ? List.of() : List.of("a", "b"), next.call(nextSession, q, QueueOp.SLICE, 0, 9));
                assertEquals(immediate ? 0L : 2L, next.call(nextSession, q, QueueOp.UNFINISHED));
            }
        }
    }

    private static byte[] fixture(String name) throws IOException {
        try (InputStream in = QueueShutdownTest.class.getResourceAsStream("/snapshots/" + name)) {
            assertNotNull(in, name);
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("(?m)^#.*$", "").replaceAll("\\s", ""));
        }
    }

    @Test
    void snapshotsFromBeforeAreOfOpenQueues() throws IOException {
        Bench old = new Bench(restored(fixture("v6.hex")));
        old.request = 1_000;
        for (long q = 1; q <= 3; q++) {
            assertEquals(false, old.call(1, q, QueueOp.IS_SHUTDOWN));
        }
        assertEquals(List.of(1L, 2L, 3L), old.call(1, 3, QueueOp.DRAIN, 9));
        assertEquals(1L, old.call(1, 2, QueueOp.IN_PROGRESS));
        old.call(1, 1, QueueOp.SHUTDOWN, false);
        assertEquals(1, old.done.size(), "the put that waits");
        assertEquals(FULL_STOP, old.done.get(0).reply());
        old.close(2);
        assertEquals(List.of("a", "b"), old.call(1, 2, QueueOp.SLICE, 0, 9));
        byte[] now = old.snapshot();
        assertEquals(10, now[0]);
        assertArrayEquals(now, new Bench(restored(now)).snapshot());

        Bench file = new Bench(restored(fixture("v6-durable.hex")));
        long s = file.open();
        assertEquals(List.of("one", "two"), file.call(s, 1, QueueOp.DRAIN, 9));
        assertEquals(List.of("a", "b"), file.call(s, 2, QueueOp.DRAIN, 9));
        assertEquals(List.of(1L, 2L, 3L), file.call(s, 3, QueueOp.DRAIN, 9));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 11})
    void otherVersionsAreRefused(int version) throws IOException {
        byte[] snapshot = fixture("v6.hex");
        snapshot[0] = (byte) version;
        Exception e = assertThrows(IllegalArgumentException.class, () -> restored(snapshot));
        assertEquals("a snapshot of version " + version + ", not 10", e.getMessage());
    }
}
