package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link ServerSearch} among the nodes of a cluster. */
@Timeout(60)
class ServerSearchTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private ScriptedServer a;
    private ScriptedServer b;
    private ScriptedServer c;

    @BeforeEach
    void start() throws Exception {
        a = ScriptedServer.start();
        b = ScriptedServer.start();
        c = ScriptedServer.start();
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        c.close();
    }

    private static ConnectionOptions options(String uris) {
        return new ConnectionOptions(
                uris, ScriptedServer.KEY, null, LONG, "me", 0, LONG, 0, new byte[Hello.FINGERPRINT]);
    }

    private static FutureTask<Connector.Link> connects(ConnectionOptions options, Duration timeout, Hello hello) {
        return TestClient.start("connects", () -> Connector.connect(options, timeout, hello));
    }

    private static Hello resume() {
        return new Hello(
                Hello.VERSION, Hello.VERSION, 5, 0, new byte[Hello.FINGERPRINT], "me", new Hello.Resume(1, 2, 3));
    }

    private void follows(ScriptedServer node, ScriptedServer... leader) {
        Peer peer = node.acceptRaw();
        peer.handshake();
        peer.refuseAsFollower(
                leader.length == 0 ? "an election is on" : "another one leads",
                leader.length == 0 ? List.of() : List.of(leader[0].uri()),
                List.of(a.uri(), b.uri(), c.uri()));
        peer.awaitEnd();
    }

    private static List<String> order(ConnectionOptions options) {
        return options.addresses().inOrder().stream().map(Addresses.Named::uri).toList();
    }

    @Test
    void whoKnowsOneFollowerFindsTheCluster() throws Exception {
        ConnectionOptions options = options(a.uri());
        FutureTask<Connector.Link> connects = connects(options, LONG, Hello.named("me"));
        follows(a, c);
        c.accept();
        TestClient.get(connects).wire().close();
        assertEquals(List.of(c.uri(), a.uri(), b.uri()), order(options));
        assertEquals(List.of(a.uri()), options.addresses().uris(), "what was given");
    }

    @Test
    void theLeaderComesBeforeWhatWasGiven() throws Exception {
        ConnectionOptions options = options(a.uri() + "," + b.uri());
        FutureTask<Connector.Link> connects = connects(options, LONG, Hello.named("me"));
        follows(a, c);
        c.accept();
        TestClient.get(connects).wire().close();
        assertEquals(List.of(c.uri(), a.uri(), b.uri()), order(options));
    }

    @Test
    void allAreAskedAgainWhileNoneLeads() throws Exception {
        FutureTask<Connector.Link> connects = connects(options(a.uri()), LONG, Hello.named("me"));
        for (int round = 0; round < 3; round++) {
            follows(a);
            follows(b);
            follows(c);
        }
        follows(a, b);
        b.accept();
        TestClient.get(connects).wire().close();
    }

    @Test
    void aLeaderThatIsOutOfReachLeavesWhatWasGiven() throws Exception {
        c.close();
        FutureTask<Connector.Link> connects = connects(options(a.uri() + "," + b.uri()), LONG, Hello.named("me"));
        follows(a, c);
        b.accept();
        TestClient.get(connects).wire().close();
    }

    @Test
    void nodesThatNameEachOtherSendNobodyAroundForEver() throws Exception {
        c.close();
        AtomicBoolean over = new AtomicBoolean();
        FutureTask<Connector.Link> connects = connects(options(a.uri()), Duration.ofMillis(700), Hello.named("me"));
        FutureTask<Boolean> nodes = TestClient.start("nodes", () -> {
            while (!over.get()) {
                follows(a, b);
                follows(b, a);
            }
            return true;
        });
        ManagerException e = TestClient.error(connects, ManagerException.class);
        assertSame(ErrorCode.NOT_LEADER, e.code());
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        String text = e.getMessage();
        assertTrue(text.startsWith("the node that leads cannot be reached from here: "), text);
        over.set(true);
        a.close();
        b.close();
        nodes.cancel(true);
    }

    @Test
    void thatNobodyLeadsIsSaidInWords() throws Exception {
        b.close();
        c.close();
        FutureTask<Connector.Link> connects = connects(options(a.uri()), Duration.ofMillis(150), Hello.named("me"));
        follows(a);
        ManagerException e = TestClient.error(connects, ManagerException.class);
        assertSame(ErrorCode.NOT_LEADER, e.code());
        String text = e.getMessage();
        assertTrue(text.startsWith("no node of " + a.uri() + " leads: " + a.uri() + ": an election is on"), text);
        assertTrue(text.contains("cannot connect to " + b.uri()), text);
        assertTrue(text.endsWith("'multiproc cluster' shows the nodes"), text);
    }

    @Test
    void whoResumesIsToldAfterOneRound() throws Exception {
        FutureTask<Connector.Link> connects = connects(options(a.uri()), LONG, resume());
        follows(a);
        follows(b);
        follows(c);
        assertSame(
                ErrorCode.NOT_LEADER,
                TestClient.error(connects, ManagerException.class).code());
    }

    @Test
    void theLeaderDecidesThatASessionIsOver() throws Exception {
        FutureTask<Connector.Link> connects = connects(options(a.uri()), LONG, resume());
        follows(a, b);
        Peer leader = b.acceptRaw();
        leader.handshake();
        leader.refuse(ErrorCode.SERVER_RESTARTED, "not here");
        leader.awaitEnd();
        assertSame(
                ErrorCode.SERVER_RESTARTED,
                TestClient.error(connects, ManagerException.class).code());
    }

    @Test
    void aClusterThatIsNotTheSessionsDecidesNothing() throws Exception {
        ScriptedServer own = ScriptedServer.start();
        own.close();
        FutureTask<Connector.Link> connects = connects(options(own.uri() + "," + a.uri()), LONG, resume());
        follows(a, b);
        Peer leader = b.acceptRaw();
        leader.handshake();
        leader.refuse(ErrorCode.SERVER_RESTARTED, "not here");
        leader.awaitEnd();
        follows(c, b);
        assertSame(
                ErrorCode.NOT_LEADER,
                TestClient.error(connects, ManagerException.class).code());
    }

    @Test
    void aSessionGoesOnWhenAnElectionIsOver() throws Exception {
        Reconnector reconnector = ReconnectorTest.reconnector(a.uri() + "," + b.uri(), LONG, 30_000);
        FutureTask<Connector.Link> resumes =
                TestClient.start("resumes", () -> reconnector.connect(new ReconnectorTest.Recorded(), 0, 0, 1, 0));
        for (int round = 0; round < 4; round++) {
            follows(a);
            follows(b);
            follows(c);
        }
        follows(a, c);
        c.acceptAgain(0);
        TestClient.get(resumes).wire().close();
    }
}
