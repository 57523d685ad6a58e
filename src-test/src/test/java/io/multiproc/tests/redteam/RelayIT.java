package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A server without the key that shows a real client the challenge of a real server, and uses what it is answered there. */
@Tag("jdk")
@Timeout(60)
class RelayIT {
    private static final byte[] WELCOME = ascii("#WELCOME#");
    private static final byte[] FAILURE = ascii("#FAILURE#");

    /** {@code pickle.dumps((None, 'dummy', (), {}))}: the first request of a Python client. */
    private static final byte[] DUMMY = dummy();

    @TempDir
    private Path folder = Path.of("");

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] dummy() {
        byte[] head = {(byte) 0x80, 4, '(', 'N', (byte) 0x8c, 5};
        byte[] tail = ascii("dummy)}t.");
        byte[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    private static byte[] own() {
        byte[] challenge = Arrays.copyOf(ascii("#CHALLENGE#{sha256}"), 19 + 40);
        System.arraycopy(NonceSource.secure().next(40), 0, challenge, 19, 40);
        return challenge;
    }

    /** Where a server listens. */
    enum Listens {
        TCP("tcp://127.0.0.1:0"),
        TCP_NATIVE("tcp://127.0.0.1:0?dialect=native"),
        UNIX("unix://%s/s"),
        UNIX_NATIVE("unix://%s/s?dialect=native");

        final String uri;

        Listens(String uri) {
            this.uri = uri;
        }
    }

    /** What the relay does with the flight of a client: answer, challenge, welcome, Hello. */
    enum Attack {
        /** Goes on as a Python client. */
        PYTHON {
            @Override
            byte @Nullable [] on(Wire server, List<byte[]> flight) throws IOException {
                server.send(flight.get(0));
                assertArrayEquals(WELCOME, server.receive());
                server.send(own());
                assertNotNull(server.receive());
                server.send(WELCOME);
                server.send(DUMMY);
                return server.receive();
            }
        },
        /** The same, after the client's own challenge. */
        PYTHON_BEHIND_THE_CLIENT {
            @Override
            byte @Nullable [] on(Wire server, List<byte[]> flight) throws IOException {
                server.send(flight.get(0));
                server.send(flight.get(1));
                server.send(flight.get(2));
                server.send(DUMMY);
                // the server's answers are not even sent when it has seen the last frame with the first
                byte[] said = server.receive();
                assertTrue(said == null || Arrays.equals(WELCOME, said));
                return said == null || server.receive() == null ? null : server.receive();
            }
        },
        /** Passes the client's Hello on behind a challenge of its own. */
        HELLO {
            @Override
            byte @Nullable [] on(Wire server, List<byte[]> flight) throws IOException {
                server.send(flight.get(0));
                assertArrayEquals(WELCOME, server.receive());
                server.send(own());
                assertNotNull(server.receive());
                server.send(WELCOME);
                server.send(flight.get(3));
                return server.receive();
            }
        },
        /** Changes the Hello. */
        OTHER_HELLO {
            @Override
            byte @Nullable [] on(Wire server, List<byte[]> flight) throws IOException {
                byte[] hello = flight.get(3).clone();
                hello[60] ^= 1;
                server.send(flight.get(0));
                server.send(flight.get(1));
                server.send(flight.get(2));
                server.send(hello);
                assertArrayEquals(WELCOME, server.receive());
                assertNotNull(server.receive());
                return server.receive();
            }
        },
        /** Gives the answer out for one of CPython's. */
        RELABELLED {
            @Override
            byte @Nullable [] on(Wire server, List<byte[]> flight) throws IOException {
                byte[] answer = flight.get(0).clone();
                System.arraycopy(ascii("{sha256}"), 0, answer, 0, 8);
                server.send(answer);
                byte[] said = server.receive();
                assertArrayEquals(FAILURE, said);
                return server.receive();
            }
        };

        /** Returns what the server says to it in the end. */
        abstract byte @Nullable [] on(Wire server, List<byte[]> flight) throws IOException;
    }

    static Stream<Arguments> attacks() {
        return Arrays.stream(Listens.values()).flatMap(l -> Stream.of(true, false)
                .flatMap(epoll -> Arrays.stream(Attack.values()).map(a -> Arguments.of(l, epoll, a))));
    }

    private TestServer start(Listens listens, boolean epoll) {
        return TestServer.start(o -> o.withNativeTransport(epoll).withListen(String.format(listens.uri, folder)));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void getsNothingOfAJavaClient(Listens listens, boolean epoll, Attack attack) throws Exception {
        try (TestServer server = start(listens, epoll);
                ServerSocketChannel impostor = ServerSocketChannel.open()) {
            impostor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) impostor.getLocalAddress()).getPort();
            ManagerOptions options =
                    server.options().withAddress("tcp://127.0.0.1:" + port).withConnectTimeout(Duration.ofSeconds(20));
            FutureTask<Manager> connects = new FutureTask<>(() -> Manager.connect(options));
            Thread client = new Thread(connects, "client");
            client.start();
            try (Wire toClient = new Wire(impostor.accept());
                    Wire toServer = Wire.to(server.uri())) {
                byte[] challenge = toServer.receive();
                assertNotNull(challenge);
                toClient.send(challenge);
                List<byte[]> flight =
                        Stream.of(1, 2, 3, 4).map(i -> read(toClient)).toList();
                byte[] last = attack.on(toServer, flight);
                if (last != null) {
                    // 0xF1 "mp" 3: a refusal
                    assertEquals(0xf1, last[0] & 0xff, () -> new String(last, StandardCharsets.ISO_8859_1));
                    assertEquals(3, last[3]);
                    assertNull(toServer.receive(), "and then the end");
                }
            }
            // no second chance
            impostor.close();
            Throwable e = assertThrows(ExecutionException.class, () -> connects.get(40, TimeUnit.SECONDS))
                    .getCause();
            assertInstanceOf(ManagerException.class, e);
            try (Manager good = server.connect()) {
                assertEquals(1, good.sessions().size(), "nobody else has got in");
                good.counter("n").incrementAndGet();
            }
        }
    }

    private static byte[] read(Wire wire) {
        try {
            byte[] frame = wire.receive();
            assertNotNull(frame);
            return frame;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What PROTOCOL says of CPython's clients, and what the option is for. */
    @ParameterizedTest
    @EnumSource(Listens.class)
    void theAnswerOfAPythonClientCanBePassedOnUnlessTheListenerIsNative(Listens listens) throws Exception {
        try (TestServer server = start(listens, true);
                Wire toServer = Wire.to(server.uri())) {
            byte[] challenge = read(toServer);
            ClientHandshake python =
                    new ClientHandshake(Authkey.of(server.key()), AuthPolicy.ANY, NonceSource.secure(), Digest.SHA256);
            byte[] answer = python.receive(challenge).get(0);
            toServer.send(answer);
            boolean isNative = listens.uri.endsWith("native");
            assertArrayEquals(isNative ? FAILURE : WELCOME, toServer.receive());
            if (isNative) {
                assertNull(toServer.receive());
            } else {
                toServer.send(own());
                read(toServer);
                toServer.send(WELCOME);
                toServer.send(DUMMY);
                assertTrue(new String(read(toServer), StandardCharsets.ISO_8859_1).contains("#RETURN"));
            }
            server.connect().counter("n").incrementAndGet();
        }
    }

    /** A server in between that has collected the answers of a Python client cannot make a Java client talk. */
    @Test
    void aPythonClientDoesNotHelpToImpersonateTheServer() throws Exception {
        byte[] key = NonceSource.secure().next(32);
        try (ServerSocketChannel impostor = ServerSocketChannel.open()) {
            impostor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) impostor.getLocalAddress()).getPort();
            FutureTask<Manager> connects = new FutureTask<>(() -> Manager.connect(ManagerOptions.defaults()
                    .withAddress("tcp://127.0.0.1:" + port)
                    .withAuthkey(key)));
            new Thread(connects, "client").start();
            try (Wire toClient = new Wire(impostor.accept())) {
                toClient.send(own());
                byte[] ignored = read(toClient);
                byte[] asks = read(toClient);
                byte[] oracle = new ClientHandshake(
                                Authkey.of(key), AuthPolicy.ANY, NonceSource.secure(), Digest.SHA256)
                        .receive(asks)
                        .get(0);
                toClient.send(WELCOME);
                toClient.send(oracle);
                Throwable e = assertThrows(ExecutionException.class, () -> connects.get(40, TimeUnit.SECONDS))
                        .getCause();
                assertInstanceOf(AuthenticationException.class, e);
            }
        }
    }
}
