package io.multiproc.tests.tls;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.server.net.NodeAddress;
import io.multiproc.server.net.NodeChannel;
import io.multiproc.server.net.NodeOptions;
import io.multiproc.server.raft.Nodes;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that go by certificates: both ends show one, and both have the authkey as well. */
@Tag("jdk")
@Timeout(120)
class NodeCertificatesIT {
    private static final Authkey KEY = Authkey.ofText("the authkey of all nodes");
    private static final Authkey OTHER = Authkey.ofText("another key of enough bytes");

    @TempDir
    private Path folder = Path.of("");

    private final List<NodeChannel> nodes = new ArrayList<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private Certificates authority;

    @BeforeEach
    void prepare() {
        authority = new Certificates(folder, "authority");
    }

    @AfterEach
    void stop() {
        nodes.forEach(NodeChannel::close);
    }

    private TlsFiles files(String name, String... hosts) {
        Certificates.Pair own = authority.of(name, hosts);
        return new TlsFiles(authority.ca().toString(), own.certificate(), own.key());
    }

    private NodeChannel node(String name, Authkey key, @Nullable TlsFiles files) throws IOException {
        NodeChannel node = NodeChannel.listen(
                new NodeOptions(name, NodeAddress.parse("127.0.0.1:0"), null, List.of(key), files, 1 << 20));
        nodes.add(node);
        return node;
    }

    private void connect(NodeChannel a, NodeChannel b) {
        a.known("b", b.ownAddress());
        b.known("a", a.ownAddress());
        for (NodeChannel node : List.of(a, b)) {
            node.start(new byte[0], new Nodes.Listener() {
                @Override
                public @Nullable String greeted(String from, byte[] greeting) {
                    heard.add("greeted " + from);
                    return null;
                }

                @Override
                public void received(String from, byte[] message) {
                    heard.add(from + " " + message.length);
                }

                @Override
                public void lost(String from, String why) {
                    heard.add("lost " + from);
                }
            });
        }
    }

    private static void awaitTrouble(NodeChannel at, String with, String text) throws Exception {
        Await.until("trouble: " + text, () -> String.valueOf(at.trouble(with)).contains(text));
    }

    @Test
    void nodesWithCertificatesTalk() throws Exception {
        NodeChannel a = node("a", KEY, files("a", "127.0.0.1"));
        NodeChannel b = node("b", KEY, files("b", "127.0.0.1"));
        connect(a, b);
        Await.until("connected", () -> a.trouble("b") == null && b.trouble("a") == null);
        heard.clear();
        assertTrue(a.send("b", new byte[1000]));
        assertEquals("a 1000", heard.poll(60, TimeUnit.SECONDS));
    }

    /** As somebody has who is a client with a certificate of the same authority. */
    @Test
    void aCertificateAloneIsNotEnough() throws Exception {
        NodeChannel a = node("a", KEY, files("a", "127.0.0.1"));
        NodeChannel b = node("b", OTHER, files("b", "127.0.0.1"));
        connect(a, b);
        awaitTrouble(a, "b", "another authkey");
        awaitTrouble(b, "a", "another authkey");
        assertNull(heard.poll());
    }

    @Test
    void theKeyAloneIsNotEnough() throws Exception {
        NodeChannel a = node("a", KEY, files("a", "127.0.0.1"));
        NodeChannel b = node("b", KEY, null);
        connect(a, b);
        awaitTrouble(a, "b", "certificates");
        awaitTrouble(b, "a", "certificate");
        assertNull(heard.poll());
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() throws Exception {
        NodeChannel a = node("a", KEY, files("a", "127.0.0.1"));
        NodeChannel b = node("b", KEY, files("b", "b.example"));
        connect(a, b);
        awaitTrouble(a, "b", "it is for b.example, not for 127.0.0.1");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
        NodeChannel a = node("a", KEY, files("a", "127.0.0.1"));
        authority = new Certificates(folder, "stranger");
        NodeChannel b = node("b", KEY, files("b", "127.0.0.1"));
        connect(a, b);
        awaitTrouble(a, "b", "it is from no authority that is trusted here");
        awaitTrouble(b, "a", "it is from no authority that is trusted here");
        assertNull(heard.poll());
    }

    @Test
    void filesThatAreOfNoUseAreToldOfAtTheStart() throws Exception {
        Path missing = folder.resolve("missing.pem");
        TlsException e = assertThrows(
                TlsException.class,
                () -> node("a", KEY, new TlsFiles(authority.ca().toString(), missing, missing)));
        assertTrue(e.getMessage().contains("missing.pem"), e.getMessage());
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> node("a", KEY, new TlsFiles(authority.ca().toString(), null, null)))
                .getMessage()
                .contains("both ends show a certificate"));
    }
}
