package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    void aSessionIsOverWhenAllSaySo() throws Exception {
        FutureTask<Connector.Link> one = connects(LONG, resume());
        refuse(a, ErrorCode.SERVER_RESTARTED);
        Peer goesOn = b.acceptRaw();
        goesOn.handshake();
        goesOn.acknowledge(0);
        TestClient.get(one).wire().close();

        // the one that answered comes first now
        FutureTask<Connector.Link> all = connects(LONG, resume());
        refuse(b, ErrorCode.SESSION_EXPIRED);
        refuse(a, ErrorCode.SERVER_RESTARTED);
        assertSame(
                ErrorCode.SESSION_EXPIRED,
                TestClient.error(all, ManagerException.class).code());

        b.close();
        FutureTask<Connector.Link> unclear = connects(LONG, resume());
        refuse(a, ErrorCode.SERVER_RESTARTED);
        ManagerException e = TestClient.error(unclear, ManagerException.class);
        assertSame(ErrorCode.INTERNAL, e.code());
        assertTrue(!(e instanceof ServerRestartedException), e.toString());
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
