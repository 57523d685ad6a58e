package io.multiproc.protocol.auth;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HelloTest {
    private static final String M_S =
            "9796ae479a82636a8ba5b798103a70501fc554c874ee259f57c900028eff10741faa400d9d32867f";
    private static final String M_C =
            "2bdc7997de9728d5c8d56a23a261386942075474cd8cb3f8aed12faad091d2090bf9c3e7957a0e67";
    private static final Hello HELLO = new Hello(
            2,
            2,
            0x0102030405060708L,
            30_000,
            Vectors.hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"),
            "java 1234@host Main",
            new Hello.Resume(0x2122232425262728L, 0x3132333435363738L, 77));
    /** Of a client that has kept its frames for a server that was started again. */
    private static final Hello KEEPING = new Hello(
            2,
            2,
            HELLO.session(),
            HELLO.leaseMillis(),
            HELLO.fingerprint(),
            HELLO.name(),
            new Hello.Resume(0x2122232425262728L, 0x3132333435363738L, 77, 4711, 0x4142434445464748L, 0));
    /** Of one that says what it was answered, too. */
    private static final Hello ANSWERED = new Hello(
            2,
            2,
            HELLO.session(),
            HELLO.leaseMillis(),
            HELLO.fingerprint(),
            HELLO.name(),
            new Hello.Resume(
                    0x2122232425262728L, 0x3132333435363738L, 77, 4711, 0x4142434445464748L, 0x5152535455565758L));

    private static final Hello NEW = Hello.named("java 1234@host Main");
    private static final HelloAck ACK = new HelloAck(
            2,
            true,
            0x1112131415161718L,
            0x2122232425262728L,
            30_000,
            10_000,
            64 << 20,
            0x3132333435363738L,
            99,
            "0.1.0");

    private ServerHandshake server = handshakenServer();
    private ClientHandshake client = handshakenClient();

    private static byte[] clientAnswer() {
        return Arrays.copyOf(Vectors.golden("v2/answers.hex"), 40);
    }

    @BeforeEach
    void shakeHands() {
        server = handshakenServer();
        client = handshakenClient();
    }

    private static ServerHandshake handshakenServer() {
        try {
            ServerHandshake s = new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, Vectors.nonce(M_S));
            s.start();
            s.receive(clientAnswer());
            s.receive(Vectors.challenge("7b7368613235367d" + M_C));
            s.receive(Vectors.WELCOME);
            return s;
        } catch (HandshakeException e) {
            throw new AssertionError(e);
        }
    }

    private static ClientHandshake handshakenClient() {
        try {
            ClientHandshake c = new ClientHandshake(Vectors.KEY, AuthPolicy.NATIVE, Vectors.nonce(M_C), Digest.SHA256);
            byte[] answer =
                    c.receive(Vectors.challenge("7b7368613235367d" + M_S)).get(0);
            assertArrayEquals(clientAnswer(), answer);
            c.receive(Vectors.WELCOME);
            c.receive(serversAnswer(Vectors.KEY));
            return c;
        } catch (HandshakeException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void roundTrip() throws HandshakeException {
        assertEquals(HELLO, server.receiveHello(client.hello(HELLO)));
        assertEquals(ACK, client.receiveAck(server.acknowledge(ACK)));
    }

    @Test
    void goldenBytesOfAClientThatKeepsItsFrames() throws HandshakeException {
        byte[] hello = client.hello(KEEPING);
        assertEquals(Vectors.hex(Vectors.golden("v2/hello-keeping.hex")), Vectors.hex(hello));
        Hello read = server.receiveHello(hello);
        assertEquals(KEEPING, read);
        assertEquals(4711, read.resume().confirmed());
        assertNotEquals(HELLO, read);
        assertEquals(-1, HELLO.resume().confirmed(), "an older client does not say it");
        assertEquals(0, read.resume().answered(), "nor this");
    }

    @Test
    void goldenBytesOfAClientThatSaysWhatItWasAnswered() throws HandshakeException {
        byte[] hello = client.hello(ANSWERED);
        assertEquals(Vectors.hex(Vectors.golden("v2/hello-answered.hex")), Vectors.hex(hello));
        Hello read = server.receiveHello(hello);
        assertEquals(ANSWERED, read);
        assertEquals(0x5152535455565758L, read.resume().answered());
        assertNotEquals(KEEPING, read);
    }

    @Test
    void goldenBytes() throws HandshakeException {
        byte[] hello = client.hello(HELLO);
        assertEquals(Vectors.hex(Vectors.golden("v2/hello.hex")), Vectors.hex(hello));
        server.receiveHello(hello);
        assertEquals(Vectors.hex(Vectors.golden("v2/hello-ack.hex")), Vectors.hex(server.acknowledge(ACK)));
        byte[] refused = new HelloRefused(ErrorCode.SHUTTING_DOWN, "the server is ending").encode();
        assertEquals(Vectors.hex(Vectors.golden("v2/hello-refused.hex")), Vectors.hex(refused));
    }

    /** A client that has answered, asked, and said all that is left to say. */
    private static ClientHandshake greetedAhead(List<byte[]> said) throws HandshakeException {
        ClientHandshake c = new ClientHandshake(Vectors.KEY, AuthPolicy.NATIVE, Vectors.nonce(M_C), Digest.SHA256);
        c.receive(Vectors.challenge("7b7368613235367d" + M_S));
        assertThrows(IllegalArgumentException.class, () -> c.greetAhead(HELLO), "it holds a secret");
        said.addAll(c.greetAhead(NEW));
        assertThrows(IllegalStateException.class, () -> c.greetAhead(NEW));
        assertEquals(List.of(), c.receive(Vectors.WELCOME));
        assertFalse(c.isDone());
        return c;
    }

    private static byte[] serversAnswer(Authkey key) {
        return Proofs.serverAnswer(key, Vectors.hex("7b7368613235367d" + M_S), Vectors.hex("7b7368613235367d" + M_C));
    }

    @Test
    void goldenAnswers() {
        byte[] both = Vectors.golden("v2/answers.hex");
        assertEquals(Vectors.hex(Arrays.copyOfRange(both, 40, 80)), Vectors.hex(serversAnswer(Vectors.KEY)));
    }

    @Test
    void aClientOfVersion1IsTold() throws HandshakeException {
        ServerHandshake s = new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, Vectors.nonce(M_S));
        s.start();
        s.receive(
                Challenges.answer(Vectors.KEY, AuthPolicy.ANY, Bytes.concat(Digest.SHA256.prefix(), Vectors.hex(M_S))));
        s.receive(Vectors.challenge("7b7368613235367d" + M_C));
        s.receive(Vectors.WELCOME);
        HandshakeException e =
                assertThrows(HandshakeException.class, () -> s.receiveHello(Vectors.golden("v1/hello.hex")));
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, e.code());
        assertEquals("this server speaks versions 2 to 2, the client 1 to 1: update the client", e.getMessage());
    }

    @Test
    void aheadOfTheServersProofTheClientSaysTheSame() throws HandshakeException {
        List<byte[]> said = new ArrayList<>();
        ClientHandshake c = greetedAhead(said);
        assertEquals(List.of(), c.receive(serversAnswer(Vectors.KEY)));
        assertTrue(c.isDone());
        assertEquals(2, said.size());
        assertEquals(Vectors.hex(Vectors.WELCOME), Vectors.hex(said.get(0)));
        assertEquals(Vectors.hex(client.hello(NEW)), Vectors.hex(said.get(1)));
        assertEquals(NEW, server.receiveHello(said.get(1)));
        assertEquals(ACK, c.receiveAck(server.acknowledge(ACK)));
    }

    @Test
    void whoHasSaidAllFindsAnImpostorOutAllTheSame() throws HandshakeException {
        ClientHandshake c = greetedAhead(new ArrayList<>());
        HandshakeException e =
                assertThrows(HandshakeException.class, () -> c.receive(serversAnswer(Vectors.OTHER_KEY)));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
        assertThrows(IllegalStateException.class, () -> c.receiveAck(server.acknowledge(ACK)));
    }

    @Test
    void aServerThatAnswersOtherwiseThanItWasAskedRefusesTheHello() throws HandshakeException {
        ServerHandshake s = new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, Vectors.nonce(M_S));
        s.start();
        s.receive(clientAnswer());
        // a challenge that asks for another digest than the client that greets did
        s.receive(Vectors.challenge("7b7368613338347d" + M_C));
        s.receive(Vectors.WELCOME);
        List<byte[]> said = new ArrayList<>();
        greetedAhead(said);
        HandshakeException e = assertThrows(HandshakeException.class, () -> s.receiveHello(said.get(1)));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
    }

    @Test
    void anyFlippedBitOfAHelloFails() {
        byte[] hello = client.hello(HELLO);
        for (int bit = 0; bit < hello.length * 8; bit++) {
            byte[] bad = flip(hello, bit);
            ServerHandshake s = handshakenServer();
            assertThrows(HandshakeException.class, () -> s.receiveHello(bad), "bit " + bit);
        }
    }

    @Test
    void anyFlippedBitOfAHelloAckFails() throws HandshakeException {
        server.receiveHello(client.hello(HELLO));
        byte[] ack = server.acknowledge(ACK);
        for (int bit = 0; bit < ack.length * 8; bit++) {
            byte[] bad = flip(ack, bit);
            ClientHandshake c = handshakenClient();
            c.hello(HELLO);
            assertThrows(HandshakeException.class, () -> c.receiveAck(bad), "bit " + bit);
        }
    }

    private static byte[] flip(byte[] b, int bit) {
        byte[] out = b.clone();
        out[bit / 8] ^= (byte) (1 << bit % 8);
        return out;
    }

    @Test
    void anyTruncationFails() throws HandshakeException {
        byte[] hello = client.hello(HELLO);
        for (int n = 0; n < hello.length; n++) {
            byte[] cut = Arrays.copyOf(hello, n);
            ServerHandshake s = handshakenServer();
            assertThrows(HandshakeException.class, () -> s.receiveHello(cut));
        }
        server.receiveHello(hello);
        byte[] ack = server.acknowledge(ACK);
        for (int n = 0; n < ack.length; n++) {
            byte[] cut = Arrays.copyOf(ack, n);
            ClientHandshake c = handshakenClient();
            c.hello(HELLO);
            assertThrows(HandshakeException.class, () -> c.receiveAck(cut));
        }
        byte[] long_ = Arrays.copyOf(hello, 4097);
        assertThrows(HandshakeException.class, () -> handshakenServer().receiveHello(long_));
    }

    @Test
    void fieldsOfLaterVersionsAreIgnoredButCovered() throws HandshakeException {
        byte[] body = Bytes.concat(HELLO.body(), new byte[] {1, 2, 3});
        byte[] transcript = transcript();
        byte[] hello = Bytes.concat(body, Proofs.client(Vectors.KEY, transcript, body));
        assertEquals(HELLO, server.receiveHello(hello));
        byte[] bad = hello.clone();
        bad[body.length - 1] ^= 1;
        assertThrows(HandshakeException.class, () -> handshakenServer().receiveHello(bad));
    }

    @Test
    void aProofOfOtherChallengesIsWorthNothing() throws HandshakeException {
        byte[] hello = client.hello(HELLO);
        ServerHandshake other = new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, NonceSource.secure());
        ClientHandshake peer = new ClientHandshake(Vectors.KEY);
        var flight = peer.receive(other.start().get(0));
        peer.receive(other.receive(flight.get(0)).get(0));
        other.receive(peer.receive(other.receive(flight.get(1)).get(0)).get(0));
        HandshakeException e = assertThrows(HandshakeException.class, () -> other.receiveHello(hello));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
    }

    @Test
    void theClientsProofIsNotTheServers() throws HandshakeException {
        byte[] hello = client.hello(HELLO);
        byte[] body = ACK.body();
        byte[] reflected = Bytes.concat(body, Proofs.client(Vectors.KEY, transcript(), body));
        HandshakeException e = assertThrows(HandshakeException.class, () -> client.receiveAck(reflected));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
        assertNotEquals(0, hello.length);
    }

    private static byte[] transcript() {
        Transcript t = new Transcript();
        byte[] answers = Vectors.golden("v2/answers.hex");
        byte[] ms = Vectors.challenge("7b7368613235367d" + M_S);
        byte[] mc = Vectors.challenge("7b7368613235367d" + M_C);
        t.record(Transcript.SERVER_CHALLENGE, ms);
        t.record(Transcript.CLIENT_ANSWER, Arrays.copyOf(answers, 40));
        t.record(Transcript.SERVER_WELCOME, Vectors.WELCOME);
        t.record(Transcript.CLIENT_CHALLENGE, mc);
        t.record(Transcript.SERVER_ANSWER, Arrays.copyOfRange(answers, 40, 80));
        t.record(Transcript.CLIENT_WELCOME, Vectors.WELCOME);
        return t.hash();
    }

    /** A server's transcript of a client that answered as CPython does, and a Hello whose proof is right for it. */
    @ParameterizedTest
    @EnumSource(Digest.class)
    void aHelloAfterAnAnswerOfCpythonsIsRefused(Digest digest) throws HandshakeException {
        ServerHandshake s = new ServerHandshake(Vectors.KEY, AuthPolicy.ANY, Vectors.nonce(M_S), digest);
        byte[] opening = s.start().get(0);
        ClientHandshake c = new ClientHandshake(Vectors.KEY, AuthPolicy.ANY, Vectors.nonce(M_C), Digest.SHA256);
        List<byte[]> flight = c.receive(opening);
        Transcript t = new Transcript();
        t.record(Transcript.SERVER_CHALLENGE, opening);
        t.record(Transcript.CLIENT_ANSWER, flight.get(0));
        t.record(Transcript.SERVER_WELCOME, s.receive(flight.get(0)).get(0));
        t.record(Transcript.CLIENT_CHALLENGE, flight.get(1));
        t.record(Transcript.SERVER_ANSWER, s.receive(flight.get(1)).get(0));
        t.record(Transcript.CLIENT_WELCOME, Vectors.WELCOME);
        s.receive(Vectors.WELCOME);
        assertFalse(s.isNative());
        byte[] body = NEW.body();
        byte[] forged = Bytes.concat(body, Proofs.client(Vectors.KEY, t.hash(), body));
        HandshakeException e = assertThrows(HandshakeException.class, () -> s.receiveHello(forged));
        assertEquals(ErrorCode.AUTH_FAILED, e.code());
        assertTrue(e.getMessage().contains("as CPython does"), e.getMessage());
    }

    @Test
    void refusalsCarryCodeAndText() {
        client.hello(HELLO);
        Hello future = new Hello(7, 9, 0, new byte[32], "x");
        HandshakeException e = assertThrows(
                HandshakeException.class,
                () -> client.receiveAck(HelloRefused.unsupported(future).encode()));
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, e.code());
        assertEquals("this server speaks versions 2 to 2, the client 7 to 9: update the server", e.getMessage());
    }

    private static final HelloRefused.Nodes NODES = new HelloRefused.Nodes(
            List.of("tls://b:50000"), List.of("tls://a:50000", "tls://b:50000"), Values.ofText("status"));
    private static final HelloRefused NOT_LEADER = new HelloRefused(ErrorCode.NOT_LEADER, "b leads", NODES);

    @Test
    void aNodeThatDoesNotLeadSaysWhoDoes() throws HandshakeException {
        byte[] golden = Vectors.golden("v2/hello-refused-not-leader.hex");
        assertEquals(Vectors.hex(golden), Vectors.hex(NOT_LEADER.encode()));
        assertEquals(NOT_LEADER, HelloRefused.decode(golden));
        client.hello(HELLO);
        HandshakeException e = assertThrows(HandshakeException.class, () -> client.receiveAck(golden));
        assertEquals(ErrorCode.NOT_LEADER, e.code());
        assertEquals("b leads", e.getMessage());
        assertEquals(NODES, e.nodes());
        assertEquals(NOT_LEADER, HelloRefused.decode(Bytes.concat(golden, new byte[] {1, 2, 3})), "later fields");
    }

    @Test
    void aRefusalThatNamesNobodyIsAsBefore() throws HandshakeException {
        HelloRefused bare = new HelloRefused(ErrorCode.NOT_LEADER, "nobody leads");
        assertEquals(6 + 1 + 12, bare.encode().length);
        assertEquals(bare, HelloRefused.decode(bare.encode()));
        byte[] other = Bytes.concat(new HelloRefused(ErrorCode.BUSY, "full").encode(), new byte[] {-1, -1});
        assertEquals(HelloRefused.Nodes.NONE, HelloRefused.decode(other).nodes(), "of NOT_LEADER only");
    }

    @Test
    void aRefusalThatIsCutOffFails() {
        byte[] whole = NOT_LEADER.encode();
        int bare = new HelloRefused(ErrorCode.NOT_LEADER, "b leads").encode().length;
        for (int n = 0; n < whole.length; n++) {
            byte[] cut = Arrays.copyOf(whole, n);
            if (n != bare) {
                assertThrows(HandshakeException.class, () -> HelloRefused.decode(cut), n + " bytes");
            }
        }
        byte[] many = whole.clone();
        many[bare] = HelloRefused.Nodes.MOST + 1;
        assertThrows(HandshakeException.class, () -> HelloRefused.decode(many));
    }

    @Test
    void aRefusalNeverExceedsItsFrame() throws HandshakeException {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add("tls://" + "a".repeat(190) + ":" + (10_000 + i));
        }
        many.add(0, "tls://" + "b".repeat(2000));
        HelloRefused large = new HelloRefused(
                ErrorCode.NOT_LEADER,
                "x".repeat(2000),
                new HelloRefused.Nodes(many.subList(0, 3), many, new byte[3000]));
        assertTrue(large.encode().length <= Limits.MAX_HELLO_FRAME);
        HelloRefused.Nodes read = HelloRefused.decode(large.encode()).nodes();
        assertEquals(many.subList(1, 3), read.leader());
        assertEquals(many.subList(1, 1 + read.members().size()), read.members());
        assertTrue(read.members().size() > 5, read.toString());
        assertEquals(0, read.status().length);
    }

    @Test
    void aVersionThatTheClientDoesNotSpeakIsRefused() throws HandshakeException {
        server.receiveHello(client.hello(HELLO));
        byte[] ack = server.acknowledge(new HelloAck(3, false, 1, 1, 1, 1, 1, 1, 1, "3.0"));
        HandshakeException e = assertThrows(HandshakeException.class, () -> client.receiveAck(ack));
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, e.code());
    }

    @Test
    void longTextsAreCutOnOneSideAndRefusedOnTheOther() throws HandshakeException {
        Hello longName = Hello.named("\u00e4".repeat(3000));
        assertEquals("\u00e4".repeat(512), longName.name());
        assertEquals(longName, server.receiveHello(client.hello(longName)));
        byte[] body = new ByteWriter()
                .raw(Hello.named("").body(), 0, 56)
                .text("x".repeat(1025))
                .toByteArray();
        byte[] hello = Bytes.concat(body, Proofs.client(Vectors.KEY, transcript(), body));
        HandshakeException e =
                assertThrows(HandshakeException.class, () -> handshakenServer().receiveHello(hello));
        assertEquals(ErrorCode.BAD_VALUE, e.code());
    }
}
