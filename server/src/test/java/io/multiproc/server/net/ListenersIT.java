package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.server.FakeState;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.TestServers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses, both transports, and what keeps a server from starting. */
class ListenersIT extends ServerFixture {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void severalListenersServeTheSameObjects(boolean nativeTransport) throws Exception {
        String unix = "unix://" + folder.resolve("socket");
        start(o -> o.withListen("tcp://127.0.0.1:0", "tcp://localhost:0", unix).withNativeTransport(nativeTransport));
        List<String> uris = server().uris();
        assertEquals(3, uris.size());
        assertTrue(uris.get(0).matches("tcp://127\\.0\\.0\\.1:[1-9][0-9]+"), uris.get(0));
        assertTrue(uris.get(1).matches("tcp://localhost:[1-9][0-9]+"), uris.get(1));
        assertEquals(unix, uris.get(2));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("socket"))));
        for (String uri : uris) {
            assertServes(uri);
        }
        try (RawClient a = RawClient.open(uris.get(0), "tcp");
                RawClient b = RawClient.open(uris.get(2), "unix")) {
            awaitSessions(a, List.of("tcp", "unix"));
            b.call(1, QueueOp.SIZE, QUEUE);
            server().close();
        }
        assertFalse(Files.exists(folder.resolve("socket")), "the socket's file goes with the server");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPortInUseIsNamed(boolean nativeTransport) throws Exception {
        String taken = start();
        IOException e = assertThrows(
                IOException.class,
                () -> TestServers.start(
                        ServerOptions.of(RawClient.KEY)
                                .withListen("tcp://127.0.0.1:0", taken)
                                .withNativeTransport(nativeTransport),
                        new FakeState()));
        assertTrue(String.valueOf(e.getMessage()).startsWith("cannot listen on " + taken + ": "), e.getMessage());
    }

    @Test
    void aStaleSocketFileIsReplacedALiveOneIsNot() throws Exception {
        Path file = folder.resolve("s");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(file));
        }
        assertTrue(Files.exists(file));
        start(o -> o.withListen("unix://" + file));
        assertServes("unix://" + file);
        ServerOptions same = ServerOptions.of(RawClient.KEY).withListen("unix://" + file);
        IOException live = assertThrows(IOException.class, () -> TestServers.start(same, new FakeState()));
        assertTrue(String.valueOf(live.getMessage()).contains("another server is running there"));
        Path text = Files.writeString(folder.resolve("text"), "precious");
        ServerOptions other = ServerOptions.of(RawClient.KEY).withListen("unix://" + text);
        IOException noSocket = assertThrows(IOException.class, () -> TestServers.start(other, new FakeState()));
        assertTrue(String.valueOf(noSocket.getMessage()).contains("is no socket"));
        assertEquals("precious", Files.readString(text));
    }

    @Test
    void aShortKeyStaysAtHome() throws Exception {
        ServerOptions options = ServerOptions.of(Authkey.ofText("short"));
        for (String open : List.of("tcp://0.0.0.0:0", "tls://0.0.0.0:0", "0.0.0.0:0")) {
            ServerOptions exposed = options.withListen(open);
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> TestServers.start(exposed, new FakeState()));
            assertTrue(String.valueOf(e.getMessage()).contains("use a key of at least 16"), e.getMessage());
        }
        for (String home : List.of("tcp://127.0.0.1:0", "tls://127.0.0.1:0", "127.0.0.1:0")) {
            try (ManagerServer local = TestServers.start(options.withListen(home), new FakeState())) {
                assertFalse(local.isTerminated());
            }
        }
        String everywhere = start(o -> o.withListen("tcp://0.0.0.0:0"));
        assertTrue(everywhere.startsWith("tcp://0.0.0.0:"), everywhere);
    }

    @Test
    void withoutASchemeTheUriSaysWhatItBecame() throws Exception {
        ServerOptions options = ServerOptions.of(RawClient.KEY).withListen("127.0.0.1:0", "0.0.0.0:0");
        try (ManagerServer server = TestServers.start(options, new FakeState())) {
            assertTrue(
                    server.uris().get(0).startsWith("tcp://127.0.0.1:"),
                    server.uris().get(0));
            assertTrue(
                    server.uris().get(1).startsWith("tls://0.0.0.0:"),
                    server.uris().get(1));
        }
    }

    @Test
    void closingTwiceIsHarmless() throws Exception {
        start();
        server().close();
        server().close();
        server().awaitTermination();
        assertTrue(server().isTerminated());
    }
}
