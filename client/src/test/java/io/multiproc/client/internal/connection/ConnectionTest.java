package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Outcome;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.client.internal.connection.ScriptedServer.Request;
import io.multiproc.client.internal.connection.TestClient.Caller;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls over one wire: requests, replies, cancelling, acknowledging, and the ends of a session. */
@Timeout(60)
class ConnectionTest {
    private static final long FOREVER = -1L;

    private ScriptedServer server;
    private TestClient client;
    private Peer peer;

    @BeforeEach
    void open() throws Exception {
        server = ScriptedServer.start();
        client = TestClient.open(server);
        peer = client.peer;
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    // ---- requests and replies

    @Test
    void requestsHaveIdsInARowAndArriveAsTheyWereEncoded() throws Exception {
        for (long id = 1; id <= 5; id++) {
            Caller caller = client.calls(DictOp.PUT, 40 + id, "key", id);
            Request request = peer.request(DictOp.PUT);
            assertEquals(id, request.id());
            assertEquals(40 + id, request.object());
            assertEquals(2, request.args()[0], "the number of arguments");
            assertArrayEquals(new ByteWriter().string("key").integer(id).toByteArray(), request.values());
            peer.reply(request, Values.ofInteger(-id));
            assertArrayEquals(Values.ofInteger(-id), caller.value());
        }
    }

    @Test
    void theReplyOfACallIsItsOwnInWhateverOrderTheyCome() throws Exception {
        List<Caller> callers = new ArrayList<>();
        for (long i = 0; i < 12; i++) {
            callers.add(client.calls(DictOp.GET, i, "k"));
        }
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            requests.add(peer.request(DictOp.GET));
        }
        Collections.reverse(requests);
        for (Request request : requests) {
            peer.reply(request, Values.ofInteger(1_000 + request.object()));
        }
        for (Caller caller : callers) {
            assertArrayEquals(Values.ofInteger(1_000 + caller.call.object), caller.value());
        }
    }

    @Test
    void aReplyThatArrivesByteByByteIsWhole() throws Exception {
        Caller caller = client.calls(DictOp.GET, 1, "k");
        Request request = peer.request();
        ByteWriter frame = new ByteWriter();
        Messages.reply(frame, request.id(), Reply.text("a value"));
        for (byte b : frame.toByteArray()) {
            peer.writeRaw(new byte[] {b});
        }
        assertEquals("a value", Values.text(caller.value()));
    }

    @Test
    void manyRepliesInOneWriteReachTheirCallers() throws Exception {
        List<AsyncCall<byte[]>> calls = new ArrayList<>();
        // fewer than those from which on the rest is left to the reader
        for (long i = 0; i < 30; i++) {
            calls.add(client.async(DictOp.GET, i, "k"));
        }
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            requests.add(peer.request(DictOp.GET));
        }
        Collections.shuffle(requests, new java.util.Random(3));
        peer.send(out -> requests.forEach(r -> Messages.reply(out, r.id(), Reply.integer(r.object()))));
        for (AsyncCall<byte[]> call : calls) {
            assertArrayEquals(Values.ofInteger(call.object), TestClient.get(call.future));
        }
    }

    @Test
    void requestsThatAreLeftToTheReaderFollowTheNextReply() throws Exception {
        List<AsyncCall<byte[]>> calls = new ArrayList<>();
        for (long i = 0; i < 200; i++) {
            calls.add(client.async(DictOp.GET, i, "k"));
        }
        for (long i = 0; i < 200; i++) {
            Request request = peer.request(DictOp.GET);
            assertEquals(i, request.object(), "in the order of the calls");
            peer.reply(request, Values.ofInteger(i));
        }
        for (AsyncCall<byte[]> call : calls) {
            assertArrayEquals(Values.ofInteger(call.object), TestClient.get(call.future));
        }
    }

    @Test
    void anErrorReplyIsThrownToItsCaller() throws Exception {
        Caller caller = client.calls(DictOp.GET, 1, "k");
        peer.error(peer.request(), ErrorCode.NO_SUCH_OBJECT, "there is no object 1");
        NoSuchObjectException e = caller.error(NoSuchObjectException.class);
        assertEquals("there is no object 1", e.getMessage());
        assertEquals(ErrorCode.NO_SUCH_OBJECT, e.code());

        AsyncCall<byte[]> call = client.async(DictOp.GET, 1, "k");
        peer.error(peer.request(), ErrorCode.INDEX_OUT_OF_RANGE, "9 of 3");
        assertEquals(
                "9 of 3",
                TestClient.error(call.future, IndexOutOfBoundsException.class).getMessage());
    }

    @Test
    void aReplyToNobodyIsIgnored() throws Exception {
        peer.reply(999, Values.TRUE);
        Caller caller = client.calls(DictOp.GET, 1, "k");
        Request request = peer.request();
        peer.reply(request, Values.TRUE);
        assertArrayEquals(Values.TRUE, caller.value());
        peer.reply(request, Values.FALSE); // once more
        Caller next = client.calls(DictOp.GET, 1, "k");
        peer.reply(peer.request(), Values.ofInteger(2));
        assertArrayEquals(Values.ofInteger(2), next.value());
        assertArrayEquals(Values.TRUE, caller.value());
    }

    @Test
    void futuresCompleteOnTheIoThread() throws Exception {
        Caller caller = client.calls(DictOp.GET, 1, "k");
        Request get = peer.request();
        // it reads for the future, too, but leaves its completion to the I/O thread
        caller.awaitReading();
        AsyncCall<byte[]> call = client.async(QueueOp.TAKE, 1, FOREVER);
        CompletableFuture<String> on =
                call.future.thenApply(v -> Thread.currentThread().getName());
        Request take = peer.request();
        peer.send(out -> {
            Messages.reply(out, take.id(), Reply.text("item"));
            Messages.reply(out, get.id(), Reply.TRUE);
        });
        assertArrayEquals(Values.TRUE, caller.value());
        assertEquals("multiproc-io " + server.uri(), TestClient.get(on));
    }

    /** A request that is left to the I/O thread leaves before that runs the program's code. */
    @Test
    void aCallbackDoesNotHoldUpTheRequestsOfOthers() throws Exception {
        CompletableFuture<Void> entered = new CompletableFuture<>();
        CompletableFuture<Void> mayGoOn = new CompletableFuture<>();
        AsyncCall<byte[]> slow = client.async(DictOp.GET, 0, "k");
        CompletableFuture<Void> hung = slow.future.thenAccept(v -> {
            entered.complete(null);
            mayGoOn.join();
        });
        Request first = peer.request();
        TestClient.awaitWithin("awaitReadable", "multiproc-io " + server.uri());
        List<Caller> callers = new ArrayList<>();
        List<Request> requests = new ArrayList<>();
        for (long i = 1; i <= 3; i++) {
            callers.add(client.calls(DictOp.GET, i, "k"));
            requests.add(peer.request());
        }
        // enough are on their way: this one waits for the next burst of replies
        Caller left = client.calls(DictOp.GET, 4, "k");
        callers.add(left);
        left.awaitParked();
        peer.reply(first, Values.TRUE);
        TestClient.get(entered);
        requests.add(peer.request());
        assertEquals(4, requests.get(3).object());
        mayGoOn.complete(null);
        for (Request request : requests) {
            peer.reply(request, Values.ofInteger(request.object()));
        }
        for (Caller caller : callers) {
            assertArrayEquals(Values.ofInteger(caller.call.object), caller.value());
        }
        TestClient.get(hung);
    }

    @Test
    void aCallbackMayCallAndItsRequestLeavesThoughItsThreadIsBusy() throws Exception {
        CompletableFuture<AsyncCall<byte[]>> second = new CompletableFuture<>();
        AsyncCall<byte[]> first = client.async(DictOp.GET, 1, "first");
        CompletableFuture<Void> hung = first.future.thenAccept(v -> {
            second.complete(client.async(DictOp.GET, 2, "second"));
        });
        peer.reply(peer.request(), Values.TRUE);
        Request request = peer.request(DictOp.GET);
        assertEquals(2, request.object());
        peer.reply(request, Values.FALSE);
        TestClient.get(hung);
        assertArrayEquals(Values.FALSE, TestClient.get(TestClient.get(second).future));
    }

    @Test
    void aBlockingCallDoesNotWaitForACallbackThatTakesItsTime() throws Exception {
        CompletableFuture<Void> entered = new CompletableFuture<>();
        CompletableFuture<Void> mayGoOn = new CompletableFuture<>();
        AsyncCall<byte[]> slow = client.async(DictOp.GET, 1, "k");
        CompletableFuture<Void> hung = slow.future.thenAccept(v -> {
            entered.complete(null);
            mayGoOn.join();
        });
        peer.reply(peer.request(), Values.TRUE);
        TestClient.get(entered);
        // the I/O thread stands in the callback and has the role of the reader, or had it
        Caller caller = client.calls(DictOp.GET, 2, "k");
        Request request = peer.request();
        assertEquals(2, request.object());
        mayGoOn.complete(null);
        peer.reply(request, Values.TRUE);
        assertArrayEquals(Values.TRUE, caller.value());
        TestClient.get(hung);
    }

    @Test
    void aFailingCallbackHarmsNobodyElse() throws Exception {
        AsyncCall<byte[]> first = client.async(DictOp.GET, 1, "k");
        CompletableFuture<Void> hung = first.future.thenAccept(v -> {
            throw new IllegalStateException("the program's fault");
        });
        peer.reply(peer.request(), Values.TRUE);
        TestClient.error(hung, IllegalStateException.class);
        AsyncCall<byte[]> next = client.async(DictOp.GET, 2, "k");
        peer.reply(peer.request(), Values.FALSE);
        assertArrayEquals(Values.FALSE, TestClient.get(next.future));
    }

    @Test
    void choresRunOnTheIoThreadInOrder() throws Exception {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Void> last = new CompletableFuture<>();
        for (int i = 0; i < 3; i++) {
            String name = "chore " + i;
            client.connection.onIoThread(
                    () -> seen.add(name + " " + Thread.currentThread().getName()));
        }
        client.connection.onIoThread(() -> {
            throw new IllegalStateException("is logged");
        });
        client.connection.onIoThread(() -> last.complete(null));
        TestClient.get(last);
        String io = " multiproc-io " + server.uri();
        assertEquals(List.of("chore 0" + io, "chore 1" + io, "chore 2" + io), seen);
    }

    // ---- deliveries are acknowledged

    @Test
    void anItemIsAcknowledgedWithTheNextRequest() throws Exception {
        Caller take = client.calls(QueueOp.TAKE, 1, FOREVER);
        Request request = peer.request(QueueOp.TAKE);
        peer.reply(request, Values.ofText("item"));
        assertEquals("item", Values.text(take.value()));
        Caller next = client.calls(DictOp.GET, 1, "k");
        Request get = peer.request(DictOp.GET);
        assertEquals(List.of(request.id()), peer.acknowledged());
        peer.reply(get, Values.NULL);
        assertArrayEquals(Values.NULL, next.value());
    }

    @Test
    void anItemIsAcknowledgedByItselfIfNothingFollows() throws Exception {
        Caller take = client.calls(QueueOp.TAKE, 1, FOREVER);
        Request request = peer.request(QueueOp.TAKE);
        peer.reply(request, Values.ofText("item"));
        assertEquals("item", Values.text(take.value()));
        assertEquals(request.id(), peer.idOf(Messages.ACKNOWLEDGE));
        assertEquals(1, peer.idOf(Messages.RECEIVED), "and so is its reply");
    }

    @Test
    void aReplyWithoutAnItemIsNotAcknowledgedNorIsAnError() throws Exception {
        Caller none = client.calls(QueueOp.TAKE, 1, 0L);
        peer.reply(peer.request(QueueOp.TAKE), Values.ABSENT);
        assertArrayEquals(Values.ABSENT, none.value());
        Caller failing = client.calls(QueueOp.TAKE, 1, FOREVER);
        peer.error(peer.request(QueueOp.TAKE), ErrorCode.QUEUE_SHUT_DOWN, "no more");
        failing.error(io.multiproc.client.QueueShutDownException.class);
        Caller next = client.calls(DictOp.GET, 1, "k");
        peer.reply(peer.request(DictOp.GET), Values.NULL);
        assertArrayEquals(Values.NULL, next.value());
        assertEquals(List.of(), peer.acknowledged());
    }

    @Test
    void aFuturesItemIsAcknowledged() throws Exception {
        AsyncCall<byte[]> take = client.async(QueueOp.TAKE, 1, FOREVER);
        Request request = peer.request(QueueOp.TAKE);
        peer.reply(request, Values.ofText("item"));
        assertEquals("item", Values.text(TestClient.get(take.future)));
        assertEquals(request.id(), peer.idOf(Messages.ACKNOWLEDGE));
    }

    // ---- giving up

    @Test
    void anInterruptCancelsACallThatAllowsIt() throws Exception {
        Caller caller = client.callsInterruptibly(QueueOp.TAKE, 1, FOREVER);
        Request take = peer.request(QueueOp.TAKE);
        caller.interrupt();
        assertEquals(take.id(), peer.idOf(Messages.CANCEL));
        assertFalse(caller.isDone(), "the reply is awaited all the same");
        peer.error(take, ErrorCode.CANCELLED, "cancelled");
        assertTrue(caller.awaitEnd(), "interrupted");
        assertThrows(CancellationException.class, caller.call::reply);
    }

    @Test
    void anItemThatCameBeforeTheCancelIsNotLost() throws Exception {
        Caller caller = client.callsInterruptibly(QueueOp.TAKE, 1, FOREVER);
        Request take = peer.request(QueueOp.TAKE);
        caller.interrupt();
        assertEquals(take.id(), peer.idOf(Messages.CANCEL));
        peer.reply(take, Values.ofText("item"));
        assertTrue(caller.awaitEnd(), "interrupted");
        assertEquals("item", Values.text(caller.value()));
        assertEquals(take.id(), peer.idOf(Messages.ACKNOWLEDGE));
    }

    @Test
    void anInterruptWaitsForTheEndOfACallThatDoesNotAllowIt() throws Exception {
        Caller caller = client.calls(DictOp.GET, 1, "k");
        Request get = peer.request(DictOp.GET);
        caller.interrupt();
        // the next message is the next request: nothing was cancelled
        Caller other = client.calls(DictOp.SIZE, 1);
        Request size = peer.request(DictOp.SIZE);
        peer.reply(get, Values.TRUE);
        peer.reply(size, Values.ofInteger(3));
        assertTrue(caller.awaitEnd(), "still interrupted");
        assertArrayEquals(Values.TRUE, caller.value());
        assertFalse(other.awaitEnd());
    }

    @Test
    void aCancelledFutureCancelsItsRequestIfThatWaits() throws Exception {
        AsyncCall<byte[]> take = client.async(QueueOp.TAKE, 1, FOREVER);
        Request request = peer.request(QueueOp.TAKE);
        assertTrue(take.future.cancel(true));
        assertEquals(request.id(), peer.idOf(Messages.CANCEL));
        AsyncCall<byte[]> get = client.async(DictOp.GET, 1, "k");
        Request other = peer.request(DictOp.GET);
        assertTrue(get.future.cancel(true));
        // nothing to cancel at the server: the next message is a request
        AsyncCall<byte[]> size = client.async(DictOp.SIZE, 1);
        peer.reply(peer.request(DictOp.SIZE), Values.ofInteger(1));
        peer.reply(other, Values.TRUE);
        assertArrayEquals(Values.ofInteger(1), TestClient.get(size.future));
    }

    @Test
    void anItemForACancelledFutureIsGivenBack() throws Exception {
        AsyncCall<byte[]> take = client.async(QueueOp.TAKE, 1, FOREVER);
        Request request = peer.request(QueueOp.TAKE);
        assertTrue(take.future.cancel(true));
        assertEquals(request.id(), peer.idOf(Messages.CANCEL));
        peer.reply(request, Values.ofText("item"));
        assertEquals(request.id(), peer.idOf(Messages.GIVE_BACK));
    }

    @Test
    void aGrantForACancelledFutureIsUndone() throws Exception {
        AsyncCall<byte[]> acquire = client.async(SemaphoreOp.ACQUIRE, 8, 3L, FOREVER);
        Request request = peer.request(SemaphoreOp.ACQUIRE);
        assertTrue(acquire.future.cancel(true));
        assertEquals(request.id(), peer.idOf(Messages.CANCEL));
        peer.reply(request, Values.TRUE);
        Request release = peer.request(SemaphoreOp.RELEASE);
        assertEquals(8, release.object());
        assertArrayEquals(Values.ofInteger(3), release.values(), "as many permits");
    }

    @Test
    void nothingIsUndoneIfNothingWasGranted() throws Exception {
        AsyncCall<byte[]> acquire = client.async(LockOp.ACQUIRE, 8, 3L, 60_000L);
        Request request = peer.request(LockOp.ACQUIRE);
        assertTrue(acquire.future.cancel(true));
        assertEquals(request.id(), peer.idOf(Messages.CANCEL));
        peer.reply(request, Values.ABSENT);
        AsyncCall<byte[]> refused = client.async(LockOp.ACQUIRE, 8, 4L, FOREVER);
        Request second = peer.request(LockOp.ACQUIRE);
        assertTrue(refused.future.cancel(true));
        assertEquals(second.id(), peer.idOf(Messages.CANCEL));
        peer.error(second, ErrorCode.CANCELLED, "cancelled");
        Caller next = client.calls(DictOp.GET, 1, "k");
        peer.reply(peer.request(DictOp.GET), Values.TRUE);
        assertArrayEquals(Values.TRUE, next.value());
    }

    // ---- receipts

    @Test
    void theServerHearsOfManyRepliesWithARequest() throws Exception {
        Caller caller = client.calls(DictOp.GET, 1, "k");
        Request first = peer.request();
        peer.send(out -> {
            for (int i = 0; i < 63; i++) {
                Messages.reply(out, 999, Reply.NOTHING); // replies to nobody count, too
            }
            Messages.reply(out, first.id(), Reply.NOTHING);
        });
        assertArrayEquals(Values.NULL, caller.value());
        Caller next = client.calls(DictOp.GET, 2, "k");
        Request request = peer.request();
        assertEquals(2, request.object());
        // it leaves with the request, in front of it or behind it
        if (peer.received().isEmpty()) {
            assertEquals(64, peer.idOf(Messages.RECEIVED));
        } else {
            assertEquals(List.of(64L), peer.received());
        }
        peer.reply(request, Values.NULL);
        assertArrayEquals(Values.NULL, next.value());
    }

    @Test
    void theServerHearsOfLargeRepliesAtOnce() throws Exception {
        byte[] megabytes = new byte[5 << 20];
        Caller caller = client.calls(DictOp.GET, 1, "k");
        Request request = peer.request();
        caller.awaitReading();
        peer.reply(request, ScriptedServer.bytes(megabytes));
        assertArrayEquals(megabytes, caller.value());
        Caller next = client.calls(DictOp.GET, 2, "k");
        // in front of the next request, not behind it
        assertEquals(1, peer.idOf(Messages.RECEIVED));
        peer.reply(peer.request(), Values.TRUE);
        assertArrayEquals(Values.TRUE, next.value());
    }

    // ---- the end

    @Test
    void closingSaysGoodbyeAndFailsWhatIsUnanswered() throws Exception {
        Caller caller = client.calls(QueueOp.TAKE, 1, FOREVER);
        AsyncCall<byte[]> call = client.async(QueueOp.TAKE, 2, FOREVER);
        CompletableFuture<String> on = call.future.handle((v, e) ->
                e.getClass().getSimpleName() + " on " + Thread.currentThread().getName());
        peer.request();
        peer.request();
        client.close();
        byte[] goodbye = peer.next(Messages.GOODBYE);
        assertEquals(ErrorCode.CANCELLED, Messages.errorCode(goodbye, 1));
        assertEquals("closed by the client", Messages.errorText(goodbye, 1, goodbye.length));
        peer.awaitEnd();
        caller.error(ManagerClosedException.class);
        assertTrue(TestClient.get(on).startsWith("ManagerClosedException on multiproc-io " + server.uri()), on::join);
        assertInstanceOf(ManagerClosedException.class, client.end());
        assertTrue(client.connection.isEnded());
        assertInstanceOf(ManagerClosedException.class, client.connection.ended());
        Call late = TestClient.call(DictOp.GET, 1, "k");
        assertThrows(ManagerClosedException.class, () -> client.connection.send(late));
    }

    @Test
    void closingTwiceEndsOnce() throws Exception {
        client.close();
        client.close();
        assertInstanceOf(ManagerClosedException.class, client.end());
        peer.next(Messages.GOODBYE);
        peer.awaitEnd();
    }

    @Test
    void theServersGoodbyeEndsTheSession() throws Exception {
        Caller caller = client.calls(QueueOp.TAKE, 1, FOREVER);
        peer.request();
        peer.goodbye(ErrorCode.SHUTTING_DOWN, "the server is ending");
        ConnectionLostException e = caller.error(ConnectionLostException.class);
        assertEquals(ErrorCode.SHUTTING_DOWN, e.code());
        assertEquals(Outcome.UNKNOWN, e.outcome());
        assertEquals("the server at " + server.uri() + " ended the session: the server is ending", e.getMessage());
        assertInstanceOf(ConnectionLostException.class, client.end());
        ConnectionLostException refused = assertThrows(
                ConnectionLostException.class, () -> client.connection.send(TestClient.call(DictOp.SIZE, 1)));
        assertEquals(Outcome.NOT_APPLIED, refused.outcome());
        peer.awaitEnd();
    }

    @Test
    void aGoodbyeOfAnExpiredSessionSaysSo() throws Exception {
        Caller caller = client.calls(QueueOp.TAKE, 1, FOREVER);
        peer.request();
        peer.goodbye(ErrorCode.SESSION_EXPIRED, "silent for too long");
        caller.error(SessionExpiredException.class);
        assertInstanceOf(SessionExpiredException.class, client.end());
    }

    /** Each caller's exception says where that caller was, and all share what happened. */
    @Test
    void theEndIsToldToEachCallerWithItsOwnTrace() throws Exception {
        List<Caller> callers = List.of(client.calls(QueueOp.TAKE, 1, FOREVER), client.calls(QueueOp.TAKE, 2, FOREVER));
        peer.request();
        peer.request();
        peer.goodbye(ErrorCode.SHUTTING_DOWN, "the server is ending");
        List<ConnectionLostException> told = new ArrayList<>();
        for (Caller caller : callers) {
            caller.awaitEnd();
            // as the thread of the call does
            ConnectionLostException e = assertThrows(ConnectionLostException.class, caller.call::reply);
            assertTrue(
                    Arrays.stream(e.getStackTrace())
                            .anyMatch(f -> f.getMethodName().equals("theEndIsToldToEachCallerWithItsOwnTrace")),
                    () -> Arrays.toString(e.getStackTrace()));
            told.add(e);
        }
        assertNotSame(told.get(0), told.get(1));
        assertNotNull(told.get(0).getCause());
        assertSame(told.get(0).getCause(), told.get(1).getCause());
    }

    @Test
    void aCallAfterTheCloseWasNotMade() {
        client.close();
        ManagerClosedException e = assertThrows(
                ManagerClosedException.class, () -> client.connection.send(TestClient.call(DictOp.SIZE, 1)));
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        assertEquals(Outcome.NOT_APPLIED, e.again().outcome());
    }

    @Test
    void aClientThatMakesNoCallsLearnsOfTheGoodbye() throws Exception {
        peer.goodbye(ErrorCode.SHUTTING_DOWN, "the server is ending");
        assertInstanceOf(ConnectionLostException.class, client.end());
    }

    @Test
    void choresAndCompletionsAfterTheEnd() throws Exception {
        AsyncCall<byte[]> call = client.async(QueueOp.TAKE, 1, FOREVER);
        peer.request();
        client.close();
        TestClient.error(call.future, ManagerClosedException.class);
        client.connection.onIoThread(() -> fail("there is no I/O thread any more"));
        AsyncCall<byte[]> late = new AsyncCall<>(
                client.connection,
                DictOp.SIZE,
                1,
                new Object[0],
                TestClient.call(DictOp.SIZE, 1).frame,
                (payload, at, ownBytes) -> payload);
        assertThrows(ManagerClosedException.class, () -> client.connection.send(late));
        assertFalse(late.future.isDone(), "who sends is told by the exception");
    }

    /** A peer that says what no server says is not believed, but the session may go on over another connection. */
    @Test
    void aMessageOfUnknownKindBreaksTheConnection() throws Exception {
        peer.send(out -> out.i32(1).u8(99));
        Caller caller = client.calls(DictOp.GET, 1, "k");
        client.event("disconnected: the connection to " + server.uri() + " broke");
        Peer again = server.acceptAgain(0);
        client.event("reconnected");
        Request request = again.request(DictOp.GET);
        again.reply(request, Values.TRUE);
        assertArrayEquals(Values.TRUE, caller.value());
    }

    /** Its number would be read from what is behind it. */
    @Test
    void aPongThatIsTooShortBreaksTheConnection() throws Exception {
        peer.send(out -> out.i32(5).u8(Messages.PONG).i32(1));
        client.event("disconnected: the connection to " + server.uri() + " broke");
        server.acceptAgain(0);
        client.event("reconnected");
    }

    @Test
    void aFrameLargerThanAgreedBreaksTheConnection() throws Exception {
        peer.send(out -> out.i32((64 << 20) + 1).u8(Messages.REPLY));
        client.event("disconnected");
        server.acceptAgain(0);
        client.event("reconnected");
    }
}
