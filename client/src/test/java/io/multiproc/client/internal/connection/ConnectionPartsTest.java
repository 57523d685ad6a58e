package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.NotPermittedException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.QueueShutDownException;
import io.multiproc.client.RegistryMismatchException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.ServerFaultException;
import io.multiproc.client.ServerRestartedException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.StaleTokenException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The small parts of a connection, each by itself. */
@Timeout(60)
class ConnectionPartsTest {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPartsTest.class);

    // ---- addresses

    @ParameterizedTest
    @CsvSource({
        "tcp://host:1, host, 1",
        "tcp://host, host, 50000",
        "tcp://10.0.0.7:65535, 10.0.0.7, 65535",
        "tcp://[::1]:7, ::1, 7",
        "tcp://[fe80::1], fe80::1, 50000"
    })
    void tcpAddresses(String uri, String host, int port) {
        Address address = Address.parse(uri);
        assertEquals(host, address.host());
        assertEquals(port, address.port());
        assertNull(address.path());
    }

    @Test
    void unixAddresses() {
        assertEquals(new Address("", 0, "/run/user/1/m.sock", false), Address.parse("unix:///run/user/1/m.sock"));
        assertTrue(Address.parse("tls://h:1").isEncrypted());
        assertFalse(Address.parse("tcp://h:1").isEncrypted());
        assertEquals("/with space", Address.parse("unix:///with%20space").path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host:1",
                "http://host:1",
                "tcp://",
                "tcp://host:1/path",
                "tcp://host:x",
                "unix://relative",
                "unix:",
                "tcp://ho st:1",
                "TCP"
            })
    void whatIsNoAddress(String uri) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Address.parse(uri));
        assertEquals(
                "'" + uri
                        + "' is not an address; write tls://host:port for another machine, tcp://host:port on this one, or unix:///path",
                e.getMessage());
    }

    // ---- errors

    private static final Map<ErrorCode, Class<? extends RuntimeException>> EXCEPTIONS = Map.ofEntries(
            Map.entry(ErrorCode.BAD_ARGUMENT, IllegalArgumentException.class),
            Map.entry(ErrorCode.BAD_VALUE, IllegalArgumentException.class),
            Map.entry(ErrorCode.WRONG_TYPE, WrongTypeException.class),
            Map.entry(ErrorCode.NAME_TAKEN, WrongTypeException.class),
            Map.entry(ErrorCode.UNHASHABLE, WrongTypeException.class),
            Map.entry(ErrorCode.NO_SUCH_OBJECT, NoSuchObjectException.class),
            Map.entry(ErrorCode.STALE_TOKEN, StaleTokenException.class),
            Map.entry(ErrorCode.QUEUE_SHUT_DOWN, QueueShutDownException.class),
            Map.entry(ErrorCode.SESSION_EXPIRED, SessionExpiredException.class),
            Map.entry(ErrorCode.SERVER_RESTARTED, ServerRestartedException.class),
            Map.entry(ErrorCode.NOT_OWNER, IllegalMonitorStateException.class),
            Map.entry(ErrorCode.INDEX_OUT_OF_RANGE, IndexOutOfBoundsException.class),
            Map.entry(ErrorCode.NOT_COMPARABLE, ClassCastException.class),
            Map.entry(ErrorCode.ILLEGAL_STATE, IllegalStateException.class),
            Map.entry(ErrorCode.REGISTRY_MISMATCH, RegistryMismatchException.class),
            Map.entry(ErrorCode.CANCELLED, CancellationException.class),
            Map.entry(ErrorCode.UNKNOWN_OPERATION, RequestRejectedException.class),
            Map.entry(ErrorCode.BUSY, RequestRejectedException.class),
            Map.entry(ErrorCode.TOO_LARGE, RequestRejectedException.class),
            Map.entry(ErrorCode.SHUTTING_DOWN, RequestRejectedException.class),
            Map.entry(ErrorCode.NOT_LEADER, RequestRejectedException.class),
            Map.entry(ErrorCode.FORBIDDEN, RequestRejectedException.class),
            Map.entry(ErrorCode.NOT_PERMITTED, NotPermittedException.class),
            Map.entry(ErrorCode.AUTH_FAILED, AuthenticationException.class),
            Map.entry(ErrorCode.UNSUPPORTED_VERSION, ProtocolException.class),
            Map.entry(ErrorCode.INTERNAL, ServerFaultException.class));

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void eachErrorHasItsException(ErrorCode code) {
        RuntimeException e = Errors.exception(code, "the text");
        assertSame(EXCEPTIONS.get(code), e.getClass());
        assertEquals("the text", e.getMessage());
        if (e instanceof ManagerException m) {
            assertEquals(code, m.code());
            boolean unknown = code == ErrorCode.INTERNAL
                    || code == ErrorCode.SESSION_EXPIRED
                    || code == ErrorCode.SERVER_RESTARTED;
            assertEquals(unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED, m.outcome(), code.name());
        }
    }

    @Test
    void theServersLastWord() {
        ManagerException revoked = Errors.goodbye(ErrorCode.NOT_PERMITTED, "tcp://h:1", "the key 'x' was revoked");
        assertEquals(NotPermittedException.class, revoked.getClass());
        assertEquals(Outcome.UNKNOWN, revoked.outcome());
        assertEquals(Outcome.NOT_APPLIED, revoked.refused().outcome());
        ManagerException expired = Errors.goodbye(ErrorCode.SESSION_EXPIRED, "tcp://h:1", "too long");
        assertInstanceOf(SessionExpiredException.class, expired);
        assertEquals("the server at tcp://h:1 ended the session: too long", expired.getMessage());
        for (ErrorCode code : ErrorCode.values()) {
            if (code != ErrorCode.SESSION_EXPIRED && code != ErrorCode.NOT_PERMITTED) {
                ManagerException e = Errors.goodbye(code, "tcp://h:1", "x");
                assertInstanceOf(ConnectionLostException.class, e, code.name());
                assertEquals(code, e.code());
                assertEquals(Outcome.UNKNOWN, e.outcome());
            }
        }
    }

    @Test
    void failuresOfTheHandshake() {
        Exception cause = new Exception();
        Map<ErrorCode, Class<? extends ManagerException>> expected = Map.of(
                ErrorCode.AUTH_FAILED, AuthenticationException.class,
                ErrorCode.SESSION_EXPIRED, SessionExpiredException.class,
                ErrorCode.SERVER_RESTARTED, ServerRestartedException.class,
                ErrorCode.NOT_PERMITTED, NotPermittedException.class,
                ErrorCode.BUSY, RequestRejectedException.class,
                ErrorCode.NOT_LEADER, RequestRejectedException.class,
                ErrorCode.SHUTTING_DOWN, RequestRejectedException.class);
        for (ErrorCode code : ErrorCode.values()) {
            ManagerException e = Errors.handshake(code, "text", cause);
            assertSame(expected.getOrDefault(code, ProtocolException.class), e.getClass(), code.name());
            assertSame(cause, e.getCause());
            assertEquals("text", e.getMessage());
        }
    }

    // ---- receipts

    @Test
    void receiptsAreDueAfterManyReplies() {
        Receipts receipts = new Receipts();
        assertFalse(receipts.isUnreported());
        for (int i = 0; i < 63; i++) {
            receipts.add(10);
            assertTrue(receipts.isUnreported());
            assertFalse(receipts.isDue());
        }
        receipts.add(10);
        assertTrue(receipts.isDue());
        assertFalse(receipts.isUrgent());
        assertEquals(64, receipts.received());
        receipts.report();
        assertFalse(receipts.isDue());
        assertFalse(receipts.isUnreported());
        receipts.add(1);
        assertEquals(65, receipts.received());
        assertFalse(receipts.isDue(), "counts anew");
    }

    @Test
    void receiptsAreDueAndThenUrgentAfterManyBytes() {
        Receipts receipts = new Receipts();
        receipts.add((256 << 10) - 1);
        assertFalse(receipts.isDue());
        receipts.add(1);
        assertTrue(receipts.isDue());
        assertFalse(receipts.isUrgent());
        receipts.add((4 << 20) - (256 << 10) - 1);
        assertFalse(receipts.isUrgent());
        receipts.add(1);
        assertTrue(receipts.isUrgent());
        receipts.report();
        assertFalse(receipts.isUrgent());
    }

    // ---- tasks of the I/O thread

    @Test
    void completionsComeBeforeChores() {
        List<String> seen = new ArrayList<>();
        IoTasks tasks = new IoTasks(new IoThread(() -> {}, "io"));
        assertTrue(tasks.isEmpty());
        tasks.addChore(() -> seen.add("chore 1"));
        tasks.addChore(() -> {
            seen.add("chore 2");
            tasks.addCompletion(() -> seen.add("completion 2"));
        });
        tasks.addChore(() -> seen.add("chore 3"));
        tasks.addCompletion(() -> {
            seen.add("completion 1");
            throw new IllegalStateException("is logged");
        });
        assertFalse(tasks.isEmpty());
        tasks.run(LOG);
        assertEquals(List.of("completion 1", "chore 1", "chore 2", "completion 2", "chore 3"), seen);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void aTaskStartsTheThread() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        new IoTasks(new IoThread(started::countDown, "io")).addChore(() -> {});
        assertTrue(started.await(20, TimeUnit.SECONDS));
    }

    @Test
    void aCompletionAfterTheEndRunsAllTheSame() throws Exception {
        List<String> names = Collections.synchronizedList(new ArrayList<>());
        IoTasks tasks = new IoTasks(new IoThread(() -> {}, "io of t"));
        tasks.addCompletion(() -> names.add("before"));
        tasks.finish(LOG);
        assertEquals(List.of("before"), names);
        CountDownLatch done = new CountDownLatch(1);
        tasks.addCompletion(() -> {
            names.add(Thread.currentThread().getName());
            done.countDown();
        });
        assertTrue(done.await(20, TimeUnit.SECONDS));
        assertEquals(List.of("before", "io of t end"), names, "never on the thread that adds it");
    }

    // ---- late replies

    @Test
    void whatALateReplyBrings() {
        for (Tag tag : Tag.values()) {
            byte[] reply = {9, 9, 0, tag.code()};
            assertEquals(tag != Tag.ABSENT && tag != Tag.FALSE, LateReply.isIn(reply, 2), tag.name());
        }
        assertFalse(LateReply.isIn(new byte[] {1, Tag.TRUE.code()}, 0), "an error");
    }

    @Test
    void whatUndoesAGrant() {
        Map<Op, Op> undo = Map.of(
                LockOp.ACQUIRE, LockOp.RELEASE,
                SemaphoreOp.ACQUIRE, SemaphoreOp.RELEASE,
                RwLockOp.ACQUIRE_READ, RwLockOp.RELEASE_READ,
                RwLockOp.ACQUIRE_WRITE, RwLockOp.RELEASE_WRITE);
        undo.forEach((grant, release) -> {
            assertTrue(LateReply.isGrant(grant));
            assertEquals(release, grant.undo());
            assertEquals(
                    grant.spec().args().get(0).shape(),
                    release.spec().args().get(0).shape(),
                    "the same argument");
        });
        assertFalse(LateReply.isGrant(LockOp.RELEASE));
        assertNull(QueueOp.TAKE.undo());
    }

    // ---- calls

    private static Call call(Op op, Object... args) {
        return new Call(op, 1, args, new ByteWriter());
    }

    @Test
    void aCallHasADeadlineIfItMayWaitForSomeTime() {
        long before = System.nanoTime();
        long deadline = call(QueueOp.TAKE, 5_000L).deadline;
        assertTrue(deadline - before >= TimeUnit.SECONDS.toNanos(5), () -> "after " + (deadline - before));
        assertTrue(deadline - System.nanoTime() <= TimeUnit.SECONDS.toNanos(5));
        assertEquals(0, call(QueueOp.TAKE, -1L).deadline, "for ever");
        assertEquals(0, call(QueueOp.TAKE, 0L).deadline, "not at all");
        assertEquals(0, call(DictOp.SET, 5L, 5L).deadline, "no time-out");
    }

    @Test
    void theReplyToACallWhoseTimeIsUp() {
        assertArrayEquals(
                new byte[] {0, Tag.ABSENT.code()}, call(QueueOp.TAKE, 5L).timeoutReply());
        assertArrayEquals(
                new byte[] {0, Tag.ABSENT.code()}, call(LockOp.ACQUIRE, 1L, 5L).timeoutReply());
        assertArrayEquals(
                new byte[] {0, Tag.FALSE.code()},
                call(SemaphoreOp.ACQUIRE, 1L, 5L).timeoutReply());
        assertNull(call(QueueOp.TAKE, -1L).timeoutReply(), "its time is never up");
        assertNull(call(QueueOp.PUT, 1L, 5L).timeoutReply(), "what it does cannot be taken back");
    }

    @Test
    void whichCallsAreAnsweredAtOnce() {
        assertTrue(call(DictOp.GET, 1L).isImmediate());
        assertFalse(call(QueueOp.TAKE, -1L).isImmediate());
    }

    @Test
    void aReplyInTwoPiecesIsJoinedForWhoWantsItWhole() {
        Call call = call(DictOp.GET, 1L);
        call.complete(new byte[] {9, 0, 13, 3}, 1, new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, call.ownBytes());
        assertArrayEquals(new byte[] {0, 13, 3, 1, 2, 3}, call.reply());
        assertEquals(0, call.replyAt());
        assertNull(call.ownBytes());
        assertArrayEquals(new byte[] {0, 13, 3, 1, 2, 3}, call.reply());
    }

    @Test
    void theLengthOfARequestCountsWhatItBorrows() {
        ByteWriter frame = new ByteWriter().i32(0).raw(new byte[10]);
        Call call = new Call(DictOp.SET, 1, new Object[0], frame);
        assertEquals(10, call.length());
        call.borrow(new byte[1_000]);
        assertEquals(1_010, call.length());
    }

    // ---- pending calls

    @Test
    void repliesAreDueWhileACallIsUnanswered() {
        PendingCalls pending = new PendingCalls();
        assertFalse(pending.areRepliesDue());
        Call call = call(DictOp.GET, 1L);
        pending.number(call);
        assertEquals(1, call.id);
        pending.add(call);
        assertTrue(pending.areRepliesDue());
        assertSame(call, pending.remove(1));
        assertNull(pending.remove(1));
        assertFalse(pending.areRepliesDue());
        Call next = call(QueueOp.TAKE, -1L);
        pending.number(next);
        assertEquals(2, next.id);
        pending.add(next);
        assertEquals(List.of(next), pending.drain());
        assertFalse(pending.areRepliesDue());
    }

    @Test
    void aCallIsReplacedByOneWithItsId() {
        PendingCalls pending = new PendingCalls();
        Call call = call(DictOp.GET, 1L);
        pending.number(call);
        pending.add(call);
        assertEquals(1, pending.immediate());
        AbandonedCall abandoned = new AbandonedCall(call, (c, payload, at) -> {});
        assertTrue(pending.replace(abandoned));
        assertSame(abandoned, pending.get(1));
        assertEquals(1, pending.size());
        assertEquals(0, pending.immediate(), "nobody waits for that one");
        assertSame(abandoned, pending.remove(1));
        assertFalse(pending.replace(call), "it has gone");
        assertEquals(0, pending.size());
        assertNull(pending.get(1));
    }
}
