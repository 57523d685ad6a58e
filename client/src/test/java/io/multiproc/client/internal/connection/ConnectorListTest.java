package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ServerRestartedException;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Connector} with several addresses. */
@Timeout(60)
class ConnectorListTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private ScriptedServer a;
    private ScriptedServer b;
    private ConnectionOptions options;

    @BeforeEach
    void start() throws Exception {
        a = ScriptedServer.start();
        b = ScriptedServer.start();
        options = new ConnectionOptions(
                a.uri() + "," + b.uri(), ScriptedServer.KEY, null, LONG, "me", 0, LONG, 0, new byte[Hello.FINGERPRINT]);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private FutureTask<Connector.Link> connects(Duration timeout, Hello hello) {
        return TestClient.start("connects", () -> Connector.connect(options, timeout, hello));
    }

    private static Hello resume() {
        return new Hello(
                Hello.VERSION, Hello.VERSION, 5, 0, new byte[Hello.FINGERPRINT], "me", new Hello.Resume(1, 2, 3));
    }

    private static void refuse(ScriptedServer server, ErrorCode code) {
        Peer peer = server.acceptRaw();
        peer.handshake();
        peer.refuse(code, "because of this");
        peer.awaitEnd();
    }

    @Test
    void theNextOneIsTriedAndThenComesFirst() throws Exception {
        a.close();
        FutureTask<Connector.Link> first = connects(LONG, Hello.named("me"));
        b.accept();
        TestClient.get(first).wire().close();
        assertEquals(b.uri(), options.addresses().inOrder().get(0).uri());
    }

    @Test
    void oneThatSaysNothingLeavesTimeForTheOthers() throws Exception {
        FutureTask<Connector.Link> connects = connects(Duration.ofSeconds(2), Hello.named("me"));
        Peer silent = a.acceptRaw();
        b.accept();
        TestClient.get(connects).wire().close();
        silent.awaitEnd();
    }

    @Test
    void eachFailureIsTold() throws Exception {
        a.close();
        b.close();
        ManagerException e = TestClient.error(connects(LONG, Hello.named("me")), ManagerException.class);
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        String text = e.getMessage();
        assertTrue(text.startsWith("no address of the manager can be used: cannot connect to " + a.uri()), text);
        assertTrue(text.contains("; cannot connect to " + b.uri()), text);
        assertEquals(1, e.getSuppressed().length);
    }

    @Test
    void aSessionIsOverWhenTheAddressThatItWasWithSaysSo() throws Exception {
        for (ErrorCode code : List.of(ErrorCode.SERVER_RESTARTED, ErrorCode.SESSION_EXPIRED)) {
            FutureTask<Connector.Link> connects = connects(LONG, resume());
            refuse(a, code);
            assertSame(code, TestClient.error(connects, ManagerException.class).code());
        }
    }

    @Test
    void aSessionIsOverWhenAnAddressKnowsThatItHasEnded() throws Exception {
        a.close();
        FutureTask<Connector.Link> connects = connects(LONG, resume());
        refuse(b, ErrorCode.SESSION_EXPIRED);
        assertSame(
                ErrorCode.SESSION_EXPIRED,
                TestClient.error(connects, ManagerException.class).code());
    }

    @Test
    void aStrangerEndsNoSession() throws Exception {
        a.close();
        FutureTask<Connector.Link> connects = connects(LONG, resume());
        refuse(b, ErrorCode.SERVER_RESTARTED);
        ManagerException e = TestClient.error(connects, ManagerException.class);
        assertSame(ErrorCode.INTERNAL, e.code());
        assertFalse(e instanceof ServerRestartedException, e.toString());
    }

    @Test
    void aWrongKeyIsToldToWhoHasNoSession() throws Exception {
        b.close();
        FutureTask<Connector.Link> connects = connects(LONG, Hello.named("me"));
        Peer peer = a.acceptRaw();
        peer.startHandshake();
        byte[] unused = peer.read();
        unused = peer.read();
        peer.refuseChallenge();
        AuthenticationException e = TestClient.error(connects, AuthenticationException.class);
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
    }
}
