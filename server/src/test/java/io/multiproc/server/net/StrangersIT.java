package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to those who do not get through the handshake; the fixture then checks that others are served. */
class StrangersIT extends ServerFixture {
    @Test
    void wrongKeyGetsFailureAndNothingMore() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            ClientHandshake handshake = new ClientHandshake(Authkey.ofText("another key"));
            ByteWriter flight = new ByteWriter();
            for (byte[] payload : handshake.receive(c.receive())) {
                flight.i32(payload.length).raw(payload);
            }
            c.raw(flight.toByteArray());
            assertEquals("#FAILURE#", new String(c.receive(), StandardCharsets.US_ASCII));
            c.assertClosed();
        }
    }

    @Test
    void noKeyAtAll() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            c.receive();
            c.send(RawClient.request(1, 1, 0));
            assertEquals("#FAILURE#", new String(c.receive(), StandardCharsets.US_ASCII));
            c.assertClosed();
        }
    }

    @Test
    void garbage() throws Exception {
        String uri = start();
        Random random = new Random(11);
        for (int i = 0; i < 50; i++) {
            try (RawClient c = RawClient.connect(uri)) {
                byte[] b = new byte[1 + random.nextInt(2000)];
                random.nextBytes(b);
                b[0] |= 1;
                c.raw(b);
                c.receive();
                c.assertClosed();
            }
        }
    }

    @Test
    void httpRequest() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            c.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            c.receive();
            c.assertClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {257, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void lengthsBeyondTheHandshakesLimitAreNotAwaited(int length) throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            c.receive();
            c.raw(new ByteWriter().i32(length).toByteArray());
            c.assertClosed();
        }
    }

    @Test
    void silenceMeetsTheDeadline() throws Exception {
        String uri = start(o -> o.withHandshakeTimeout(Duration.ofMillis(200)));
        try (RawClient silent = RawClient.connect(uri);
                RawClient half = RawClient.connect(uri)) {
            silent.receive();
            half.authenticate(RawClient.KEY);
            silent.assertClosed();
            half.assertClosed();
        }
    }

    @Test
    void drippingBytesDoNotExtendTheDeadline() throws Exception {
        String uri = start(o -> o.withHandshakeTimeout(Duration.ofMillis(300)));
        try (RawClient c = RawClient.connect(uri)) {
            c.receive();
            long start = System.nanoTime();
            c.raw(new ByteWriter().i32(200).toByteArray());
            ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
            try {
                // 100 bytes in 5 seconds would keep a deadline alive that counts from the last byte
                AtomicInteger left = new AtomicInteger(100);
                ScheduledFuture<?> dripping = drip.scheduleAtFixedRate(
                        () -> {
                            if (left.getAndDecrement() > 0) {
                                dripOne(c);
                            }
                        },
                        0,
                        50,
                        TimeUnit.MILLISECONDS);
                c.assertClosed();
                assertTrue(System.nanoTime() - start < 3_000_000_000L);
                dripping.cancel(false);
            } finally {
                drip.shutdownNow();
            }
        }
    }

    private static void dripOne(RawClient c) {
        try {
            c.raw((byte) 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How a client shows that it has the key. */
    private interface Greeting {
        void of(RawClient client) throws IOException, HandshakeException;
    }

    /** While even the oldest is young chance decides who goes, and a client that is dropped comes again. */
    private static RawClient untilTaken(String uri, Greeting greeting) throws Exception {
        while (true) {
            RawClient client = RawClient.connect(uri);
            try {
                greeting.of(client);
                return client;
            } catch (IOException | HandshakeException e) {
                client.close();
            }
        }
    }

    @Test
    void aFullRoomTakesNewConnectionsAndLetsOthersGo() throws Exception {
        // longer than the test: nobody goes because his time is up
        String uri = start(o -> o.withMaxHalfOpen(3).withHandshakeTimeout(Duration.ofMinutes(2)));
        List<RawClient> silent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawClient c = RawClient.connect(uri);
            c.receive();
            silent.add(c);
        }
        try (RawClient client = untilTaken(uri, c -> c.greet(Hello.named("client")))) {
            // AdmissionTest has the order in which they go
            for (RawClient first : List.copyOf(silent)) {
                while (!first.isClosed()) {
                    silent.add(RawClient.connect(uri));
                }
            }
            awaitSessions(client, List.of("client"));
            // a client that has proved the key is none of them, whatever it does not do next
            try (RawClient slow = untilTaken(uri, c -> c.authenticate(RawClient.KEY))) {
                for (int i = 0; i < 10; i++) {
                    silent.add(RawClient.connect(uri));
                }
                awaitSessions(client, List.of("client"));
            }
            // connections that the full queue of the system has put off still come, and would let another client go
            server().close();
        } finally {
            for (RawClient c : silent) {
                c.close();
            }
        }
    }

    @Test
    void sessionsDoNotCountAsHalfOpen() throws Exception {
        String uri = start(o -> o.withMaxHalfOpen(1));
        try (RawClient a = RawClient.open(uri, "a");
                RawClient b = RawClient.open(uri, "b")) {
            awaitSessions(a, List.of("a", "b"));
            awaitSessions(b, List.of("a", "b"));
        }
    }

    @Test
    void tooManySessions() throws Exception {
        String uri = start(o -> o.withMaxConnections(1));
        RawClient first = RawClient.open(uri, "first");
        try (RawClient second = RawClient.connect(uri)) {
            HandshakeException e = assertThrows(HandshakeException.class, () -> second.greet(Hello.named("second")));
            assertEquals(ErrorCode.BUSY, e.code());
            second.assertClosed();
        }
        first.raw(RawClient.frame((byte) 7, (byte) 0, (byte) 0, (byte) 0));
        first.assertClosed();
        first.close();
    }

    @Test
    void unsupportedVersion() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            HandshakeException e =
                    assertThrows(HandshakeException.class, () -> c.greet(new Hello(7, 9, 0, new byte[32], "future")));
            assertEquals(ErrorCode.UNSUPPORTED_VERSION, e.code());
            assertTrue(e.getMessage().contains("the client 7 to 9: update the server"), e.getMessage());
            c.assertClosed();
        }
    }

    @Test
    void forgedHello() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            ClientHandshake handshake = c.authenticate(RawClient.KEY);
            byte[] hello = handshake.hello(Hello.named("x"));
            hello[9] ^= 1;
            c.send(hello);
            HandshakeException e = assertThrows(HandshakeException.class, () -> handshake.receiveAck(c.receive()));
            assertEquals(ErrorCode.AUTH_FAILED, e.code());
            c.assertClosed();
        }
    }

    @Test
    void anOversizedHello() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            c.authenticate(RawClient.KEY);
            c.raw(new ByteWriter().i32(4097).u8(0xF1).toByteArray());
            c.assertClosed();
        }
    }

    @Test
    void anEmptyFirstFrame() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            c.authenticate(RawClient.KEY);
            c.send();
            c.assertClosed();
        }
    }

    @Test
    void pythonIsToldInItsOwnLanguage() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            c.authenticate(new ClientHandshake(RawClient.KEY, AuthPolicy.ANY, NonceSource.secure(), Digest.SHA256));
            // pickle.dumps((None, 'dummy', (), {}))
            c.send(new ByteWriter()
                    .raw(new byte[] {(byte) 0x80, 4, '(', 'N', (byte) 0x8c, 5})
                    .raw("dummy)}t.".getBytes(StandardCharsets.US_ASCII))
                    .toByteArray());
            // ('#RETURN', None) as CPython writes it
            assertEquals(
                    "8004950e000000000000008c072352455455524e944e86942e",
                    java.util.HexFormat.of().formatHex(c.receive()));
            c.assertClosed();
        }
    }

    @Test
    void afterANativeAnswerOnlyAHelloIsTaken() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            c.authenticate(RawClient.KEY);
            c.send((byte) 0x80, (byte) 4, (byte) 'N', (byte) '.');
            c.assertClosed();
        }
    }

    @Test
    void aListenerCanBeForNativeClientsOnly() throws Exception {
        String uri = start(o -> o.withListen("tcp://127.0.0.1:0?dialect=native"));
        assertFalse(uri.contains("?"), uri);
        try (RawClient c = RawClient.connect(uri)) {
            c.send(new ClientHandshake(RawClient.KEY, AuthPolicy.ANY, NonceSource.secure(), Digest.SHA256)
                    .receive(c.receive())
                    .get(0));
            assertEquals("#FAILURE#", new String(c.receive(), StandardCharsets.US_ASCII));
            c.assertClosed();
        }
        RawClient.open(uri, "native").close();
    }

    @Test
    void md5AnswersAreForPythonOnly() throws Exception {
        String uri = start();
        try (RawClient c = RawClient.connect(uri)) {
            byte[] challenge = c.receive();
            byte[] m = java.util.Arrays.copyOfRange(challenge, 11, challenge.length);
            c.send(RawClient.KEY.hmac(Digest.MD5, m));
            assertEquals("#WELCOME#", new String(c.receive(), StandardCharsets.US_ASCII));
        }
        server().close();
        String strict = start(o -> o.withMinDigest(Digest.SHA256));
        try (RawClient c = RawClient.connect(strict)) {
            byte[] challenge = c.receive();
            byte[] m = java.util.Arrays.copyOfRange(challenge, 11, challenge.length);
            c.send(RawClient.KEY.hmac(Digest.MD5, m));
            assertEquals("#FAILURE#", new String(c.receive(), StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256", "sha384", "sha3_256", "sha3_384", "md5"})
    void everyDigestOfTheClientsChallenge(String name) throws Exception {
        Digest digest = Digest.named(name);
        assertNotNull(digest);
        try (RawClient c = RawClient.connect(start())) {
            // the policy of a native client, but MD5
            AuthPolicy policy = new AuthPolicy(Digest.MD5, false);
            ClientHandshake handshake = new ClientHandshake(RawClient.KEY, policy, NonceSource.secure(), digest);
            // unpipelined: every frame waits for the server's
            List<byte[]> flight = handshake.receive(c.receive());
            c.send(flight.get(0));
            handshake.receive(c.receive());
            c.send(flight.get(1));
            c.send(handshake.receive(c.receive()).get(0));
            c.send(handshake.hello(Hello.named("x")));
            assertNotEquals(0, handshake.receiveAck(c.receive()).session());
        }
    }
}
