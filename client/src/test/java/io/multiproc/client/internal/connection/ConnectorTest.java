package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.ServerRestartedException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Opening a connection, and what the program is told when that fails. */
@Timeout(60)
class ConnectorTest {
    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private FutureTask<Connector.Link> connects(Authkey key, Duration timeout, Hello hello) {
        return TestClient.start("connects", () -> Connector.connect(server.uri(), key, timeout, 0, hello));
    }

    private FutureTask<Connector.Link> connects() {
        return connects(ScriptedServer.KEY, Duration.ofSeconds(20), Hello.named("me"));
    }

    @Test
    void theServerSaysWhatItIs() throws Exception {
        FutureTask<Connector.Link> connects = connects();
        Peer peer = server.lease(1234).heartbeat(567).maxFrame(8_901).accept();
        Connector.Link link = TestClient.get(connects);
        assertEquals(peer.ack(0), link.ack());
        assertEquals("me", peer.hello().name());
        link.wire().close();
        peer.awaitEnd();
    }

    @Test
    void aSecretIsToldOnlyToAServerThatHasProvedTheKey() throws Exception {
        Hello resume = new Hello(
                Hello.VERSION, Hello.VERSION, 5, 0, new byte[Hello.FINGERPRINT], "me", new Hello.Resume(1, 2, 3));
        FutureTask<Connector.Link> connects = connects(ScriptedServer.KEY, Duration.ofSeconds(20), resume);
        Peer impostor = server.acceptRaw();
        impostor.startHandshake();
        byte[] unused = impostor.read(); // the answer
        unused = impostor.read(); // the challenge
        impostor.refuseChallenge();
        TestClient.error(connects, AuthenticationException.class);
        // and no Hello
        impostor.awaitEndAtOnce();
    }

    @Test
    void anotherKeyIsRefusedByTheClient() throws Exception {
        FutureTask<Connector.Link> connects =
                connects(Authkey.ofText("another"), Duration.ofSeconds(20), Hello.named("me"));
        Peer peer = server.acceptRaw();
        peer.startHandshake();
        byte[] unused = peer.read();
        unused = peer.read();
        peer.refuseChallenge();
        AuthenticationException e = TestClient.error(connects, AuthenticationException.class);
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
        assertTrue(e.getMessage().startsWith(server.uri() + ": the peer rejected this side's answer"), e.getMessage());
    }

    @Test
    void whatTheServerRefusesIsTold() throws Exception {
        refused(ErrorCode.BUSY, RequestRejectedException.class);
        refused(ErrorCode.SHUTTING_DOWN, RequestRejectedException.class);
        refused(ErrorCode.SESSION_EXPIRED, SessionExpiredException.class);
        refused(ErrorCode.SERVER_RESTARTED, ServerRestartedException.class);
        refused(ErrorCode.UNSUPPORTED_VERSION, ProtocolException.class);
    }

    private void refused(ErrorCode code, Class<? extends ManagerException> type) throws Exception {
        FutureTask<Connector.Link> connects = connects();
        Peer peer = server.acceptRaw();
        peer.handshake();
        peer.refuse(code, "because of this");
        ManagerException e = TestClient.error(connects, type);
        assertEquals(code, e.code());
        assertTrue(e.getMessage().contains("because of this"), e.getMessage());
        peer.awaitEnd();
    }

    @Test
    void nobodyListens() {
        server.close();
        ManagerException e = assertThrows(
                ManagerException.class,
                () -> Connector.connect(
                        server.uri(), ScriptedServer.KEY, Duration.ofSeconds(20), 0, Hello.named("me")));
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        assertTrue(e.getMessage().startsWith("cannot connect to " + server.uri() + ": "), e.getMessage());
        assertTrue(e.getMessage().endsWith(". Is the manager running there?"), e.getMessage());
    }

    @Test
    void theServerSaysNothing() throws Exception {
        FutureTask<Connector.Link> connects = connects(ScriptedServer.KEY, Duration.ofMillis(100), Hello.named("me"));
        Peer silent = server.acceptRaw();
        ProtocolException e = TestClient.error(connects, ProtocolException.class);
        assertEquals(
                "no answer from " + server.uri()
                        + " within 100 ms. Is it a multiproc server? If it listens with TLS, write tls:// for tcp://",
                e.getMessage());
        silent.awaitEnd();
    }

    @Test
    void aConnectionThatIsDroppedAtOnceIsMadeAgain() throws Exception {
        FutureTask<Connector.Link> connects = connects();
        for (int i = 0; i < 4; i++) {
            server.acceptRaw().cut();
        }
        server.accept();
        TestClient.get(connects).wire().close();
    }

    @Test
    void theServerClosesAtOnceEachTime() throws Exception {
        FutureTask<Connector.Link> connects = connects();
        for (int i = 0; i < 5; i++) {
            server.acceptRaw().cut();
        }
        ConnectionLostException e = TestClient.error(connects, ConnectionLostException.class);
        assertEquals(ErrorCode.BUSY, e.code());
        assertTrue(
                e.getMessage()
                        .matches(
                                server.uri()
                                        + " closed the connection during the handshake, after \\d+ ms: it is ending, "
                                        + "has too many connections, .*the handshake took longer than it allows .*--handshake-timeout.*"),
                e.getMessage());
    }

    @Test
    void aHandshakeThatTookTooLongIsTriedAgain() throws Exception {
        FutureTask<Connector.Link> connects = TestClient.start(
                "connects",
                () -> Connector.connect(
                        server.uri(), ScriptedServer.KEY, null, Duration.ofSeconds(20), 0, Hello.named("me"), 0));
        server.acceptRaw().cut();
        server.acceptRaw().cut();
        Peer peer = server.accept();
        TestClient.get(connects).wire().close();
        peer.awaitEnd();
    }

    @Test
    void theServerSpeaksAnotherProtocol() throws Exception {
        FutureTask<Connector.Link> connects = connects();
        Peer peer = server.acceptRaw();
        peer.writeRaw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        ProtocolException e = TestClient.error(connects, ProtocolException.class);
        assertTrue(e.getMessage().startsWith(server.uri() + ": the server announced a frame of "), e.getMessage());
        peer.awaitEnd();

        FutureTask<Connector.Link> other = connects();
        Peer framed = server.acceptRaw();
        framed.send(out -> out.i32(5).raw(new byte[] {'h', 'e', 'l', 'l', 'o'}));
        ProtocolException f = TestClient.error(other, ProtocolException.class);
        assertTrue(f.getMessage().contains("the peer is no manager"), f.getMessage());
    }

    @Test
    void anInterruptEndsTheAttempt() throws Exception {
        Thread[] thread = {null};
        FutureTask<Connector.Link> connects = TestClient.start("connects", () -> {
            thread[0] = Thread.currentThread();
            thread[0].interrupt();
            return Connector.connect(server.uri(), ScriptedServer.KEY, Duration.ofSeconds(20), 0, Hello.named("me"));
        });
        ManagerException e = TestClient.error(connects, ManagerException.class);
        assertTrue(e.getMessage().contains("no answer"), "it does not wait for the whole time: " + e.getMessage());
    }

    @Test
    void anAddressThatIsNone() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> Connector.connect(
                        "http://host", ScriptedServer.KEY, Duration.ofSeconds(20), 0, Hello.named("me")));
        assertTrue(
                e.getMessage().contains("write tls://host:port for another machine, tcp://host:port on this one"),
                e.getMessage());
    }
}
