package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.ServerRestartedException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.client.internal.connection.ScriptedServer.Request;
import io.multiproc.client.internal.connection.TestClient.Caller;
import io.multiproc.client.internal.connection.TestClient.Late;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that break: what is sent again and what is not, what calls do meanwhile, and when the session is over. */
@Timeout(60)
class ReconnectTest {
    private static final long FOREVER = -1L;

    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    // ---- what is sent again

    @Test
    void aRequestThatHasArrivedIsNotSentAgain() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller take = client.calls(QueueOp.TAKE, 1, FOREVER);
            Request request = client.peer.request(QueueOp.TAKE);
            client.peer.cut();
            client.event("disconnected: the server at " + server.uri() + " closed the connection");
            Peer again = server.acceptAgain(1);
            client.event("reconnected");
            assertFalse(take.isDone());
            again.reply(request, Values.ofText("item"));
            assertEquals("item", Values.text(take.value()));
            // had the take been sent again, it would come before this
            Caller next = client.calls(DictOp.GET, 2, "k");
            Request get = again.request(DictOp.GET);
            assertEquals(request.id() + 1, get.id());
            assertEquals(List.of(request.id()), again.acknowledged());
            again.reply(get, Values.TRUE);
            assertArrayEquals(Values.TRUE, next.value());
        }
    }

    @Test
    void aRequestThatHasNotArrivedIsSentAgainAsItWas() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller put = client.calls(DictOp.PUT, 3, "key", 17L);
            byte[] first = client.peer.next(Messages.REQUEST);
            client.peer.cut();
            Peer again = server.acceptAgain(0);
            assertArrayEquals(first, again.next(Messages.REQUEST));
            again.reply(1, Values.ABSENT);
            assertArrayEquals(Values.ABSENT, put.value());
            client.event("disconnected");
            client.event("reconnected");
        }
    }

    @Test
    void ofManyRequestsThoseAreSentAgainThatTheServerDoesNotHave() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            List<AsyncCall<byte[]>> calls = new ArrayList<>();
            for (long i = 0; i < 20; i++) {
                calls.add(client.async(DictOp.GET, 100 + i, "k"));
            }
            for (int i = 0; i < 20; i++) {
                client.peer.request();
            }
            client.peer.reset();
            Peer again = server.acceptAgain(13);
            for (long i = 13; i < 20; i++) {
                Request request = again.request(DictOp.GET);
                assertEquals(i + 1, request.id());
                assertEquals(100 + i, request.object());
            }
            again.send(out -> {
                for (int id = 20; id >= 1; id--) {
                    Messages.reply(out, id, Reply.integer(99 + id));
                }
            });
            for (AsyncCall<byte[]> call : calls) {
                assertArrayEquals(Values.ofInteger(call.object), TestClient.get(call.future));
            }
        }
    }

    /** It has lost the answers to reads, so the client keeps all that is not answered, whatever a HelloAck has said before, and says from where on. */
    @Test
    void aServerThatIsStartedAgainGetsAllThatIsNotAnswered() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            List<AsyncCall<byte[]>> calls = new ArrayList<>();
            for (long i = 0; i < 6; i++) {
                calls.add(client.async(DictOp.GET, i, "k"));
            }
            for (int i = 0; i < 6; i++) {
                client.peer.request();
            }
            client.peer.send(out -> Messages.reply(out, 2, Reply.integer(2)));
            assertArrayEquals(Values.ofInteger(2), TestClient.get(calls.get(1).future));
            client.peer.cut();
            Peer same = server.acceptAgain(5);
            assertEquals(2, same.hello().resume().confirmed());
            assertEquals(3, same.hello().resume().keptFrom());
            assertEquals(6, same.request(DictOp.GET).id());
            same.cut();
            Peer next = server.acceptAgain(2);
            assertEquals(2, next.hello().resume().confirmed());
            assertEquals(3, next.hello().resume().keptFrom());
            for (long id = 3; id <= 6; id++) {
                assertEquals(id, next.request(DictOp.GET).id());
            }
            next.send(out -> {
                // the second has come before
                for (int id : new int[] {2, 1, 3, 4, 5, 6}) {
                    Messages.reply(out, id, Reply.integer(id));
                }
            });
            for (int i = 0; i < 6; i++) {
                assertArrayEquals(Values.ofInteger(i + 1), TestClient.get(calls.get(i).future));
            }
        }
    }

    @Test
    void whatIsSentAgainIsSentAgainAsOftenAsTheConnectionBreaks() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            List<AsyncCall<byte[]>> calls = new ArrayList<>();
            for (long i = 0; i < 6; i++) {
                calls.add(client.async(DictOp.GET, i, "k"));
            }
            for (int i = 0; i < 6; i++) {
                client.peer.request();
            }
            client.peer.cut();
            for (int arrived = 0; arrived < 6; arrived++) {
                Peer again = server.acceptAgain(arrived);
                for (int i = arrived; i < 6; i++) {
                    assertEquals(i + 1, again.request().id());
                }
                again.cut();
            }
            Peer last = server.acceptAgain(6);
            calls.add(client.async(DictOp.GET, 6, "k"));
            assertEquals(7, last.request().id(), "all others had arrived");
            for (int id = 1; id <= 7; id++) {
                last.reply(id, Values.ofInteger(id - 1));
            }
            for (AsyncCall<byte[]> call : calls) {
                assertArrayEquals(Values.ofInteger(call.object), TestClient.get(call.future));
            }
        }
    }

    @Test
    void whatIsNoRequestIsSentAgainToo() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller take = client.calls(QueueOp.TAKE, 1, FOREVER);
            Request request = client.peer.request(QueueOp.TAKE);
            client.peer.reply(request, Values.ofText("item"));
            assertEquals("item", Values.text(take.value()));
            assertEquals(request.id(), client.peer.idOf(Messages.ACKNOWLEDGE));
            assertEquals(1, client.peer.idOf(Messages.RECEIVED));
            client.peer.cut();
            Peer again = server.acceptAgain(1);
            assertEquals(request.id(), again.idOf(Messages.ACKNOWLEDGE), "the item would be handed out twice");
        }
    }

    @Test
    void theHelloTellsHowManyRepliesHaveArrived() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            for (int i = 0; i < 3; i++) {
                Caller caller = client.calls(DictOp.GET, 1, "k");
                client.peer.reply(client.peer.request(), Values.TRUE);
                assertArrayEquals(Values.TRUE, caller.value());
            }
            Caller open = client.calls(QueueOp.TAKE, 1, FOREVER);
            client.peer.request();
            client.peer.cut();
            Peer again = server.acceptAgain(4);
            assertEquals(3, again.hello().resume().received());
            again.reply(4, Values.ABSENT);
            assertArrayEquals(Values.ABSENT, open.value());
            again.cut();
            Peer third = server.acceptAgain(4);
            assertEquals(4, third.hello().resume().received());
        }
    }

    @Test
    void aReplyThatTheServerSendsAgainReachesItsCaller() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller caller = client.calls(DictOp.GET, 1, "k");
            Request request = client.peer.request();
            ByteWriter reply = new ByteWriter();
            Messages.reply(reply, request.id(), Reply.text("a long reply of which half arrives"));
            client.peer.writeRaw(Arrays.copyOf(reply.toByteArray(), 20));
            client.peer.cut();
            // in one packet with the HelloAck: no readiness will tell of it
            Peer again = server.acceptRaw();
            again.handshake();
            assertEquals(0, again.hello().resume().received(), "half a reply does not count");
            again.acknowledge(1, out -> Messages.reply(out, request.id(), Reply.text("a long reply")));
            assertEquals("a long reply", Values.text(caller.value()));
        }
    }

    @Test
    void callsMadeMeanwhileAreSentInOrderAfterwards() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            client.async(DictOp.GET, 0, "k");
            client.peer.request();
            client.peer.cut();
            client.event("disconnected");
            assertFalse(client.connection.isConnected());
            for (long i = 1; i < 50; i++) {
                client.async(DictOp.GET, i, "k");
            }
            Peer again = server.acceptAgain(0);
            for (long i = 0; i < 50; i++) {
                assertEquals(i, again.request(DictOp.GET).object());
            }
            client.event("reconnected");
            assertTrue(client.connection.isConnected());
        }
    }

    @Test
    void aLargeArrayIsSentAgainThoughItIsNotCopied() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            byte[] value = new byte[3 << 20];
            new java.util.Random(1).nextBytes(value);
            Caller put = client.calls(TestClient.borrowing(DictOp.PUT, 1, "key", value));
            byte[] part = new byte[100_000];
            client.peer.readRaw(part);
            client.peer.reset();
            Peer again = server.acceptAgain(0);
            Request request = again.request(DictOp.PUT);
            byte[] expected = new ByteWriter()
                    .string("key")
                    .raw(ScriptedServer.bytes(value))
                    .toByteArray();
            assertArrayEquals(expected, request.values());
            assertArrayEquals(
                    Arrays.copyOfRange(part, 4 + Messages.REQUEST_HEADER + 1, 90_000),
                    Arrays.copyOf(expected, 90_000 - 5 - Messages.REQUEST_HEADER));
            again.reply(request, Values.ABSENT);
            assertArrayEquals(Values.ABSENT, put.value());
        }
    }

    // ---- calls without a connection

    @Test
    void aCallWithATimeoutEndsInTimeIfNobodyAnswersThere() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller take = client.calls(QueueOp.TAKE, 1, 300L);
            Caller acquire = client.calls(SemaphoreOp.ACQUIRE, 2, 1L, 300L);
            client.peer.request();
            client.peer.request();
            server.stopListening();
            client.peer.cut();
            assertArrayEquals(Values.ABSENT, take.value());
            assertArrayEquals(Values.FALSE, acquire.value());
            client.event("disconnected");
            client.assertLives();
        }
    }

    @Test
    void whatItBringsAfterAllIsTakenBack() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller take = client.calls(QueueOp.TAKE, 1, 200L);
            Request request = client.peer.request();
            server.stopListening();
            client.peer.cut();
            assertArrayEquals(Values.ABSENT, take.value());
            try (ScriptedServer back = server.startAgain()) {
                Peer again = back.acceptAgain(1);
                again.reply(request, Values.ofText("item"));
                Late late = client.late();
                assertEquals(QueueOp.TAKE, late.call().op);
                assertEquals(request.id(), late.call().id);
                assertEquals("item", Values.text(Arrays.copyOfRange(late.reply(), 1, late.reply().length)));
                client.connection.takeBack(late.call());
                assertEquals(request.id(), again.idOf(Messages.GIVE_BACK));
            }
        }
    }

    @Test
    void aLateGrantIsUndone() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller acquire = client.calls(LockOp.ACQUIRE, 6, 77L, 200L);
            Request request = client.peer.request();
            server.stopListening();
            client.peer.cut();
            assertArrayEquals(Values.ABSENT, acquire.value());
            try (ScriptedServer back = server.startAgain()) {
                Peer again = back.acceptAgain(1);
                again.reply(request, Values.ofInteger(1234));
                client.connection.takeBack(client.late().call());
                Request release = again.request(LockOp.RELEASE);
                assertEquals(6, release.object());
                assertArrayEquals(Values.ofInteger(77), release.values(), "the same holder");
            }
        }
    }

    @Test
    void aLateReplyThatBringsNothingIsNotTakenBack() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller take = client.calls(QueueOp.TAKE, 1, 200L);
            Request request = client.peer.request();
            server.stopListening();
            client.peer.cut();
            assertArrayEquals(Values.ABSENT, take.value());
            try (ScriptedServer back = server.startAgain()) {
                Peer again = back.acceptAgain(1);
                Caller next = client.calls(DictOp.GET, 2, "k");
                Request get = again.request();
                again.reply(request, Values.ABSENT);
                again.reply(get, Values.TRUE);
                assertArrayEquals(Values.TRUE, next.value());
                assertTrue(client.nothingIsLate());
            }
        }
    }

    @Test
    void callsWaitForAConnectionAsLongAsTheProgramWants() throws Exception {
        try (TestClient client = TestClient.open(server, server.options(Duration.ofMillis(200)))) {
            Caller get = client.calls(DictOp.GET, 1, "k");
            Request request = client.peer.request();
            server.stopListening();
            client.peer.cut();
            ConnectionLostException e = get.error(ConnectionLostException.class);
            assertEquals(Outcome.UNKNOWN, e.outcome(), "the request may have arrived");
            assertEquals(
                    "there has been no connection to " + server.uri()
                            + " for more than 200 ms; the client goes on trying, and what this call may bring is given back",
                    e.getMessage());
            ConnectionLostException refused = assertThrows(
                    ConnectionLostException.class, () -> client.connection.send(TestClient.call(DictOp.GET, 1, "k")));
            assertEquals(Outcome.NOT_APPLIED, refused.outcome(), "a new one is not even sent");
            client.assertLives();
            try (ScriptedServer back = server.startAgain()) {
                Peer again = back.acceptAgain(1);
                again.reply(request, Values.TRUE);
                client.event("disconnected");
                client.event("reconnected");
                Caller next = client.calls(DictOp.GET, 2, "k");
                Request get2 = again.request();
                assertEquals(request.id() + 1, get2.id(), "the refused one got no id");
                again.reply(get2, Values.FALSE);
                assertArrayEquals(Values.FALSE, next.value());
                assertEquals(DictOp.GET, client.late().call().op);
            }
        }
    }

    @Test
    void aFutureEndsWithTheOthers() throws Exception {
        try (TestClient client = TestClient.open(server, server.options(Duration.ofMillis(200)))) {
            AsyncCall<byte[]> get = client.async(DictOp.GET, 1, "k");
            client.peer.request();
            server.stopListening();
            client.peer.cut();
            assertEquals(
                    Outcome.UNKNOWN,
                    TestClient.error(get.future, ConnectionLostException.class).outcome());
        }
    }

    @Test
    void anInterruptEndsACallWithoutAConnection() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller take = client.callsInterruptibly(QueueOp.TAKE, 1, FOREVER);
            Request request = client.peer.request();
            server.stopListening();
            client.peer.cut();
            client.event("disconnected");
            take.interrupt();
            assertTrue(take.awaitEnd(), "interrupted");
            assertThrows(CancellationException.class, take.call::reply);
            try (ScriptedServer back = server.startAgain()) {
                Peer again = back.acceptAgain(1);
                assertEquals(request.id(), again.idOf(Messages.CANCEL));
                again.reply(request, Values.ofText("item"));
                assertEquals(request.id(), client.late().call().id);
            }
        }
    }

    @Test
    void aLargeArrayOfACallThatHasEndedMayChange() throws Exception {
        try (TestClient client = TestClient.open(server, server.options(Duration.ofMillis(200)))) {
            byte[] value = new byte[1 << 20];
            Arrays.fill(value, (byte) 7);
            Caller put = client.calls(TestClient.borrowing(DictOp.PUT, 1, "key", value));
            byte[] part = new byte[1000];
            client.peer.readRaw(part);
            server.stopListening();
            client.peer.reset();
            put.error(ConnectionLostException.class);
            byte[] expected = new ByteWriter()
                    .string("key")
                    .raw(ScriptedServer.bytes(value))
                    .toByteArray();
            Arrays.fill(value, (byte) 8);
            try (ScriptedServer back = server.startAgain()) {
                Request again = back.acceptAgain(0).request(DictOp.PUT);
                assertArrayEquals(expected, again.values());
            }
        }
    }

    // ---- the end of the session

    @Test
    void aServerThatClaimsMoreThanWasSentEndsTheSession() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller get = client.calls(DictOp.GET, 1, "k");
            client.peer.request();
            client.peer.cut();
            Peer again = server.acceptAgain(2);
            ProtocolException e = get.error(ProtocolException.class);
            assertEquals(
                    "the server at " + server.uri() + " says that it has 2 frames of 1; the session cannot go on",
                    e.getMessage());
            client.event("disconnected");
            assertInstanceOf(ProtocolException.class, client.end());
            again.awaitEnd();
        }
    }

    @Test
    void aServerThatHasForgottenFramesItHadEndsTheSession() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            for (int i = 0; i < 2; i++) {
                Caller get = client.calls(DictOp.GET, 1, "k");
                client.peer.reply(client.peer.request(), Values.TRUE);
                assertArrayEquals(Values.TRUE, get.value());
            }
            client.peer.cut();
            server.acceptAgain(1);
            client.event("disconnected");
            assertInstanceOf(ProtocolException.class, client.end());
        }
    }

    @Test
    void anExpiredSessionIsOver() throws Exception {
        endsWith(ErrorCode.SESSION_EXPIRED, SessionExpiredException.class);
    }

    @Test
    void aSessionOfAServerThatHasEndedIsOver() throws Exception {
        endsWith(ErrorCode.SERVER_RESTARTED, ServerRestartedException.class);
    }

    @Test
    void aServerOfAnotherVersionIsNotTriedAgain() throws Exception {
        endsWith(ErrorCode.UNSUPPORTED_VERSION, ProtocolException.class);
    }

    private void endsWith(ErrorCode code, Class<? extends RuntimeException> type) throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller get = client.calls(DictOp.GET, 1, "k");
            AsyncCall<byte[]> take = client.async(QueueOp.TAKE, 1, FOREVER);
            client.peer.request();
            client.peer.request();
            client.peer.cut();
            Peer again = server.acceptRaw();
            again.handshake();
            again.refuse(code, "no");
            get.error(type);
            TestClient.error(take.future, type);
            client.event("disconnected");
            assertInstanceOf(type, client.end());
        }
    }

    @Test
    void aServerThatIsBusyIsTriedAgain() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Caller get = client.calls(DictOp.GET, 1, "k");
            Request request = client.peer.request();
            client.peer.cut();
            for (int i = 0; i < 3; i++) {
                Peer busy = server.acceptRaw();
                busy.handshake();
                busy.refuse(ErrorCode.BUSY, "later");
            }
            server.acceptRaw().cut();
            Peer again = server.acceptAgain(1);
            again.reply(request, Values.TRUE);
            assertArrayEquals(Values.TRUE, get.value());
        }
    }

    @Test
    void theSessionIsOverAfterItsLease() throws Exception {
        try (TestClient client = TestClient.open(server.lease(150))) {
            Caller get = client.calls(DictOp.GET, 1, "k");
            client.peer.request();
            server.stopListening();
            client.peer.cut();
            SessionExpiredException e = get.error(SessionExpiredException.class);
            assertTrue(
                    e.getMessage().startsWith("no connection to " + server.uri() + " within the lease of 150 ms"),
                    e.getMessage());
            client.event("disconnected");
            assertInstanceOf(SessionExpiredException.class, client.end());
        }
    }

    @Test
    void closingEndsTheAttemptsToConnect() throws Exception {
        TestClient client = TestClient.open(server);
        Caller get = client.calls(DictOp.GET, 1, "k");
        client.peer.request();
        client.peer.cut();
        client.event("disconnected");
        Peer silent = server.acceptRaw(); // the attempt stands in the handshake
        client.close();
        get.error(ManagerClosedException.class);
        assertInstanceOf(ManagerClosedException.class, client.end());
        silent.awaitEnd();
    }

    @Test
    void aCutWhileClosingIsNoNews() throws Exception {
        TestClient client = TestClient.open(server);
        client.peer.cut();
        client.connection.close();
        String first = client.event("");
        if (first.startsWith("disconnected")) {
            // the client saw the cut before it was closed
            assertInstanceOf(ManagerClosedException.class, client.end());
        } else {
            assertEquals("ended: this manager is closed; connect again to go on", first);
        }
    }
}
