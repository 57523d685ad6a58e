package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and servers that are wrong: each has an exception and a text of its own. */
class BadConnectionsIT extends Misuse {
    @Test
    void wrongKey() {
        ManagerOptions wrong = server.options().withAuthkey("wrong".getBytes(StandardCharsets.UTF_8));
        fails(AuthenticationException.class, server.uri(), () -> server.connect(wrong));
    }

    @Test
    void noKey(@TempDir Path home) throws Exception {
        // another JVM, for another environment
        ProcessBuilder b = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        NoKey.class.getName(),
                        server.uri())
                .redirectErrorStream(true);
        b.environment().keySet().removeIf(k -> k.startsWith("MULTIPROC_"));
        b.environment().put("XDG_CONFIG_HOME", home.toString());
        Process p = b.start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        p.waitFor();
        assertTrue(out.contains("IllegalArgumentException"), out);
        for (String place : List.of(
                "--authkey-file",
                "MULTIPROC_AUTHKEY_FILE",
                "MULTIPROC_AUTHKEY",
                home.resolve("multiproc/authkey").toString())) {
            assertTrue(out.contains(place), () -> out + " does not name " + place);
        }
    }

    /** Connects without a key. */
    static final class NoKey {
        public static void main(String[] args) {
            try (Manager m = Manager.connect(args[0])) {
                System.out.println("connected");
            } catch (RuntimeException e) {
                System.out.println(e);
            }
        }
    }

    @Test
    void missingKeyFile() {
        fails(
                IllegalArgumentException.class,
                "/no/such/file does not exist",
                () -> Manager.connect(ManagerOptions.defaults().withAuthkeyFile(Path.of("/no/such/file"))));
    }

    @Test
    void emptyKeyFile(@TempDir Path home) throws IOException {
        Path file = Files.writeString(home.resolve("key"), "\n");
        fails(
                IllegalArgumentException.class,
                "is empty",
                () -> Manager.connect(ManagerOptions.defaults().withAuthkeyFile(file)));
    }

    private interface Peer {
        void serve(Socket socket) throws IOException;
    }

    /** A server that is none. */
    private void withPeer(Peer peer, java.util.function.Consumer<ManagerOptions> test) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread t = new Thread(() -> {
                while (!listener.isClosed()) {
                    try (Socket s = listener.accept()) {
                        peer.serve(s);
                    } catch (IOException e) {
                        // the test has ended
                    }
                }
            });
            t.setDaemon(true);
            t.start();
            test.accept(server.options()
                    .withAddress("tcp://127.0.0.1:" + listener.getLocalPort())
                    .withConnectTimeout(Duration.ofMillis(500)));
        }
    }

    @Test
    void aServerThatSendsGarbage() throws IOException {
        withPeer(
                s -> {
                    s.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    drain(s.getInputStream());
                },
                o -> fails(ProtocolException.class, "Is it a multiproc server?", () -> Manager.connect(o)));
    }

    @Test
    void aServerThatSendsWellFormedGarbage() throws IOException {
        withPeer(
                s -> {
                    s.getOutputStream().write(new byte[] {0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'});
                    drain(s.getInputStream());
                },
                o -> fails(ProtocolException.class, o.address(), () -> Manager.connect(o)));
    }

    @Test
    void aServerThatEchoesAndOneThatSaysNothing() throws IOException {
        // a server speaks first, so an echo says nothing either
        withPeer(
                s -> {
                    InputStream in = s.getInputStream();
                    OutputStream out = s.getOutputStream();
                    int b;
                    while ((b = in.read()) >= 0) {
                        out.write(b);
                    }
                },
                o -> fails(ProtocolException.class, "no answer from " + o.address(), () -> Manager.connect(o)));
    }

    @Test
    void aServerThatHangsUp() throws IOException {
        withPeer(s -> {}, o -> {
            ManagerException e = assertThrowsExactly(ConnectionLostException.class, () -> Manager.connect(o));
            assertTrue(e.getMessage().contains("closed the connection during the handshake"), e::getMessage);
        });
    }

    private static void drain(InputStream in) throws IOException {
        while (in.read() >= 0) {
            // until the client hangs up
        }
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = s.getLocalPort();
        }
        String uri = "tcp://127.0.0.1:" + port;
        ManagerException e = fails(
                ManagerException.class,
                uri,
                () -> Manager.connect(server.options().withAddress(uri)));
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
    }

    @Test
    void noSuchHost() {
        fails(
                ManagerException.class,
                "no-such-host.invalid",
                () -> Manager.connect(server.options().withAddress("tcp://no-such-host.invalid:1")));
    }

    @Test
    void malformedAddresses() {
        for (String uri :
                List.of("http://127.0.0.1:1", "127.0.0.1:50000", "tcp:", "tcp://", "unix:relative", "", " ")) {
            fails(
                    IllegalArgumentException.class,
                    "is not an address",
                    () -> Manager.connect(server.options().withAddress(uri)));
        }
    }
}
