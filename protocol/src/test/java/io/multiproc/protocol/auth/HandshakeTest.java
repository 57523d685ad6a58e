package io.multiproc.protocol.auth;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.error.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class HandshakeTest {
    private static final String SHA256 = "7b7368613235367d";
    private static final String M_S =
            "9796ae479a82636a8ba5b798103a70501fc554c874ee259f57c900028eff10741faa400d9d32867f";
    private static final String M_C =
            "2bdc7997de9728d5c8d56a23a261386942075474cd8cb3f8aed12faad091d2090bf9c3e7957a0e67";
    private static final String CLIENT_ANSWER =
            SHA256 + "8b92ea038df13f4610c58c3f32f5164f4a39b98449f0c2f48c0a1a9d79af46f5";
    private static final String SERVER_ANSWER =
            SHA256 + "302cfbdcd50153868c3d36fde46fef244bcf3c49aee2b789d70fc13ea6cfd374";

    private static ServerHandshake server(String nonce) {
        return new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, Vectors.nonce(nonce));
    }

    private static ClientHandshake client(String nonce) {
        return new ClientHandshake(Vectors.KEY, AuthPolicy.ANY, Vectors.nonce(nonce), Digest.SHA256);
    }

    private static ServerHandshake server() {
        return new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, NonceSource.secure());
    }

    private static List<String> list(byte[]... payloads) {
        return Vectors.hexes(List.of(payloads));
    }

    @Test
    void modernTranscriptAsServer() throws HandshakeException {
        ServerHandshake s = server(M_S);
        assertEquals(list(Vectors.challenge(SHA256 + M_S)), Vectors.hexes(s.start()));
        assertEquals(list(Vectors.WELCOME), Vectors.hexes(s.receive(Vectors.hex(CLIENT_ANSWER))));
        assertEquals(list(Vectors.hex(SERVER_ANSWER)), Vectors.hexes(s.receive(Vectors.challenge(SHA256 + M_C))));
        assertFalse(s.isDone());
        assertEquals(list(), Vectors.hexes(s.receive(Vectors.WELCOME)));
        assertTrue(s.isDone());
        assertEquals(Digest.SHA256, s.peerDigest());
    }

    @Test
    void modernTranscriptAsClient() throws HandshakeException {
        ClientHandshake c = client(M_C);
        assertEquals(list(), Vectors.hexes(c.start()));
        assertEquals(
                list(Vectors.hex(CLIENT_ANSWER), Vectors.challenge(SHA256 + M_C)),
                Vectors.hexes(c.receive(Vectors.challenge(SHA256 + M_S))));
        assertEquals(list(), Vectors.hexes(c.receive(Vectors.WELCOME)));
        assertFalse(c.isDone());
        assertEquals(list(Vectors.WELCOME), Vectors.hexes(c.receive(Vectors.hex(SERVER_ANSWER))));
        assertTrue(c.isDone());
    }

    @Test
    void modernServerAndLegacyClient() throws HandshakeException {
        ServerHandshake s = server("defabcc5d683dfb247519c34a929d65cd429f19ec03393e2abfc4949e59644e04ae5047477bfa0f3");
        s.start();
        assertEquals(list(Vectors.WELCOME), Vectors.hexes(s.receive(Vectors.hex("cf86460a959856a02096e5279a7ba796"))));
        assertEquals(
                list(Vectors.hex("d1f41406f4faa2167402824bf6333c77")),
                Vectors.hexes(s.receive(Vectors.challenge("c2dc18bea335ee7c4fe80fa7b4ac8067abb577e2"))));
        s.receive(Vectors.WELCOME);
        assertTrue(s.isDone());
        assertEquals(Digest.MD5, s.peerDigest());
    }

    @Test
    void legacyServerAndModernClient() throws HandshakeException {
        String nonce = "e825743a31777862dcfc15d8165802fc2c64aadab8c642f13e4e4fa4570cb3986c98a2c7b59611cb";
        ClientHandshake c = client(nonce);
        assertEquals(
                list(Vectors.hex("cd0d66ea9f0cab8ecc0d38f1c68416d3"), Vectors.challenge(SHA256 + nonce)),
                Vectors.hexes(c.receive(Vectors.challenge("cfd3e051aec35de979cf482a9fffe835519e6b27"))));
        c.receive(Vectors.WELCOME);
        assertEquals(list(Vectors.WELCOME), Vectors.hexes(c.receive(Vectors.hex("e297e1287e5c2d50bb49a127a8c9972e"))));
        assertTrue(c.isDone());
    }

    /** The two answers of the 3.8/3.8 transcript; its 20-byte challenges come from the peer in both roles. */
    @Test
    void legacyTranscript() throws HandshakeException {
        ClientHandshake c = client(M_C);
        assertEquals(
                "d5c1dae7981d74d6e25cc1c0e1b5cf0a",
                Vectors.hex(c.receive(Vectors.challenge("0bb3f09d7b3c2450ebf64591816a004bd66e4fe1"))
                        .get(0)));
        ServerHandshake s = server(M_S);
        s.start();
        s.receive(Vectors.KEY.hmac(Digest.MD5, Vectors.hex(SHA256 + M_S)));
        assertEquals(
                list(Vectors.hex("b2a798256ae1197428be2e4d4b882631")),
                Vectors.hexes(s.receive(Vectors.challenge("517a1057824fdbb9838f8c97bd7f2f6c4b70639b"))));
        s.receive(Vectors.WELCOME);
        assertTrue(s.isDone());
    }

    static Stream<Arguments> combinations() {
        return Arrays.stream(Digest.values())
                .flatMap(a -> Arrays.stream(Digest.values()).map(b -> Arguments.of(a, b)));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void everyDigestAgainstEvery(Digest serverAsks, Digest clientAsks) throws HandshakeException {
        ServerHandshake s = new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, NonceSource.secure(), serverAsks);
        ClientHandshake c = new ClientHandshake(Vectors.KEY, AuthPolicy.ANY, NonceSource.secure(), clientAsks);
        run(s, c);
        assertTrue(s.isDone());
        assertTrue(c.isDone());
        assertEquals(serverAsks, s.peerDigest());
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void policyOfEitherSideExcludesMd5(Digest serverAsks, Digest clientAsks) {
        for (boolean serverStrict : new boolean[] {true, false}) {
            ServerHandshake s = new ServerHandshake(
                    Vectors.KEY,
                    serverStrict ? AuthPolicy.SHA256_OR_BETTER : AuthPolicy.ANY,
                    NonceSource.secure(),
                    serverAsks);
            ClientHandshake c = new ClientHandshake(
                    Vectors.KEY,
                    serverStrict ? AuthPolicy.ANY : AuthPolicy.SHA256_OR_BETTER,
                    NonceSource.secure(),
                    clientAsks);
            boolean md5 = serverAsks == Digest.MD5 || clientAsks == Digest.MD5;
            if (md5) {
                assertThrows(HandshakeException.class, () -> run(s, c));
            } else {
                assertDoesNotThrow(() -> run(s, c));
            }
        }
    }

    /** Delivers all frames until neither side has anything to say. */
    private static void run(ServerHandshake s, ClientHandshake c) throws HandshakeException {
        Deque<byte[]> toClient = new ArrayDeque<>(s.start());
        Deque<byte[]> toServer = new ArrayDeque<>();
        while (!toClient.isEmpty() || !toServer.isEmpty()) {
            while (!toClient.isEmpty()) {
                toServer.addAll(c.receive(toClient.remove()));
            }
            while (!toServer.isEmpty()) {
                toClient.addAll(s.receive(toServer.remove()));
            }
        }
    }

    @Test
    void wrongKeyAtTheClient() throws HandshakeException {
        ServerHandshake s = server();
        ClientHandshake c = new ClientHandshake(Vectors.OTHER_KEY);
        byte[] answer = c.receive(s.start().get(0)).get(0);
        HandshakeException atServer = assertThrows(HandshakeException.class, () -> s.receive(answer));
        assertEquals(ErrorCode.AUTH_FAILED, atServer.code());
        assertArrayEquals(Vectors.FAILURE, atServer.lastFrame());
        assertThrows(IllegalStateException.class, () -> s.receive(answer), "nothing more is said");
        HandshakeException atClient = assertThrows(HandshakeException.class, () -> c.receive(Vectors.FAILURE));
        assertEquals(ErrorCode.AUTH_FAILED, atClient.code());
        assertNull(atClient.lastFrame());
    }

    @Test
    void wrongKeyAtTheServer() throws HandshakeException {
        ClientHandshake c = new ClientHandshake(Vectors.KEY);
        ServerHandshake s = new ServerHandshake(Vectors.OTHER_KEY, AuthPolicy.ANY, NonceSource.secure());
        byte[] challenge = s.start().get(0);
        byte[] own = c.receive(challenge).get(1);
        c.receive(Vectors.WELCOME);
        byte[] answer = Proofs.serverAnswer(
                Vectors.OTHER_KEY, Challenges.readChallenge(challenge), Challenges.readChallenge(own));
        HandshakeException e = assertThrows(HandshakeException.class, () -> c.receive(answer));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
        assertArrayEquals(Vectors.FAILURE, e.lastFrame());
    }

    @Test
    void theClientsFailureEndsTheServersHandshake() throws HandshakeException {
        ServerHandshake s = server(M_S);
        s.start();
        s.receive(Vectors.hex(CLIENT_ANSWER));
        s.receive(Vectors.challenge(SHA256 + M_C));
        HandshakeException e = assertThrows(HandshakeException.class, () -> s.receive(Vectors.FAILURE));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
        assertNull(e.lastFrame());
    }

    @Test
    void echoedChallengeIsNoAnswer() {
        ServerHandshake s = server();
        byte[] challenge = s.start().get(0);
        assertThrows(HandshakeException.class, () -> s.receive(challenge));
        ServerHandshake s2 = server();
        byte[] m = Bytes.from(s2.start().get(0), 11);
        assertThrows(HandshakeException.class, () -> s2.receive(m));
    }

    @Test
    void reflectedChallengesAreRefused() throws HandshakeException {
        ServerHandshake s = server(M_S);
        byte[] challenge = s.start().get(0);
        s.receive(Vectors.hex(CLIENT_ANSWER));
        assertThrows(HandshakeException.class, () -> s.receive(challenge));
        ClientHandshake c = client(M_C);
        assertThrows(HandshakeException.class, () -> c.receive(Vectors.challenge(SHA256 + M_C)));
    }

    @Test
    void garbageAtEveryStep() throws HandshakeException {
        Random random = new Random(7);
        List<byte[]> garbage = new ArrayList<>();
        garbage.add(new byte[0]);
        garbage.add(new byte[257]);
        garbage.add(Vectors.challenge(""));
        garbage.add(Arrays.copyOf(Vectors.WELCOME, 8));
        garbage.add(Arrays.copyOf(Vectors.WELCOME, 10));
        for (int i = 0; i < 200; i++) {
            byte[] b = new byte[random.nextInt(256)];
            random.nextBytes(b);
            garbage.add(b);
        }
        for (byte[] g : garbage) {
            for (int step = 0; step < 3; step++) {
                ServerHandshake s = server(M_S);
                s.start();
                ClientHandshake c = client(M_C);
                if (step > 0) {
                    s.receive(Vectors.hex(CLIENT_ANSWER));
                    c.receive(Vectors.challenge(SHA256 + M_S));
                }
                if (step > 1) {
                    s.receive(Vectors.challenge(SHA256 + M_C));
                    c.receive(Vectors.WELCOME);
                }
                assertThrows(HandshakeException.class, () -> s.receive(g));
                assertThrows(HandshakeException.class, () -> c.receive(g));
                assertFalse(s.isDone());
                assertFalse(c.isDone());
            }
        }
    }

    @Test
    void everyTruncationOfAGoodFrameFails() {
        for (int n = 0; n < CLIENT_ANSWER.length() / 2; n++) {
            byte[] cut = Arrays.copyOf(Vectors.hex(CLIENT_ANSWER), n);
            ServerHandshake s = server(M_S);
            s.start();
            assertThrows(HandshakeException.class, () -> s.receive(cut));
        }
    }

    private static ServerHandshake started(ServerHandshake s, List<byte[]> said) {
        said.addAll(s.start());
        return s;
    }

    /** What a relay gets of a native client is no answer by CPython's rules, whichever of them the challenge asks for. */
    @ParameterizedTest
    @EnumSource(value = Digest.class, names = "MD5", mode = EnumSource.Mode.EXCLUDE)
    void theAnswerOfANativeClientOpensNothingElse(Digest asks) throws HandshakeException {
        List<byte[]> said = new ArrayList<>();
        ServerHandshake s = started(new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, NonceSource.secure(), asks), said);
        byte[] answer = new ClientHandshake(Vectors.KEY).receive(said.get(0)).get(0);
        assertEquals(list(Vectors.WELCOME), Vectors.hexes(s.receive(answer)));
        assertTrue(s.isNative());
        // without its label, and with the name of a digest in its place
        byte[] bare = Bytes.from(answer, Proofs.ANSWER.length);
        for (Digest digest : Digest.values()) {
            ServerHandshake other = server(M_S);
            other.start();
            byte[] named = Bytes.concat(digest.prefix(), bare);
            assertThrows(HandshakeException.class, () -> other.receive(named));
        }
    }

    /** Answers that CPython gives to anybody who asks do not pass for a server's. */
    @Test
    void aPythonClientIsNoOracleForANativeOne() throws HandshakeException {
        ClientHandshake c = new ClientHandshake(Vectors.KEY);
        List<byte[]> said = new ArrayList<>();
        ServerHandshake real = started(server(), said);
        byte[] own = c.receive(said.get(0)).get(1);
        c.receive(Vectors.WELCOME);
        byte[] asked = new ClientHandshake(Vectors.KEY, AuthPolicy.ANY, NonceSource.secure(), Digest.SHA256)
                .receive(own)
                .get(0);
        HandshakeException e = assertThrows(HandshakeException.class, () -> c.receive(asked));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
        assertFalse(c.isDone());
        assertFalse(real.isDone());
    }

    @Test
    void theAnswersOfClientAndServerDiffer() {
        byte[] m = Bytes.concat(Digest.SHA256.prefix(), Vectors.hex(M_S));
        assertNotEquals(
                Vectors.hex(Proofs.clientAnswer(Vectors.KEY, m)),
                Vectors.hex(Proofs.serverAnswer(Vectors.KEY, m, new byte[0])));
    }

    @Test
    void whereOnlyTheNativeDialectIsSpokenCpythonIsRefused() throws HandshakeException {
        for (AuthPolicy policy : List.of(AuthPolicy.NATIVE, AuthPolicy.ANY.nativeOnly())) {
            for (Digest digest : Digest.values()) {
                List<byte[]> said = new ArrayList<>();
                ServerHandshake s =
                        started(new ServerHandshake(Vectors.KEY, policy, NonceSource.secure(), digest), said);
                byte[] answer = client(M_C).receive(said.get(0)).get(0);
                HandshakeException e = assertThrows(HandshakeException.class, () -> s.receive(answer));
                assertArrayEquals(Vectors.FAILURE, e.lastFrame());
                assertTrue(e.getMessage().contains("native dialect only"), e.getMessage());
            }
            ServerHandshake s = new ServerHandshake(Vectors.KEY, policy, NonceSource.secure());
            ClientHandshake c = new ClientHandshake(Vectors.KEY);
            run(s, c);
            assertTrue(s.isDone() && s.isNative() && c.isDone());
        }
    }

    @Test
    void aClientThatAnswersAsCpythonDoesOpensNoNativeSession() throws HandshakeException {
        ServerHandshake s = server();
        ClientHandshake c = client(M_C);
        run(s, c);
        assertThrows(IllegalStateException.class, () -> c.hello(Hello.named("x")));
        assertFalse(s.isNative());
    }

    @Test
    void misuseIsTold() throws HandshakeException {
        ServerHandshake s = server();
        s.start();
        assertThrows(IllegalStateException.class, s::start);
        assertThrows(IllegalStateException.class, () -> s.receiveHello(new byte[0]));
        assertThrows(IllegalStateException.class, () -> new ClientHandshake(Vectors.KEY).hello(Hello.named("x")));
    }
}
