package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ProxyGreeting;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.tls.TlsKey;
import io.multiproc.tests.fixtures.Certificates;
import io.multiproc.tests.fixtures.Heap;
import io.multiproc.tests.fixtures.TestServer;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a stranger, or a client that misbehaves, can do to a server that encrypts: nothing opens, a bystander is served on, and memory is bounded. */
@Tag("alone")
@Timeout(300)
class TlsAttacksIT {
    private static final Duration RUN = Duration.ofSeconds(Boolean.getBoolean("redteam.whole") ? 20 : 2);
    private static final long SEED = Long.getLong("redteam.seed", 1);
    /** What attacks may leave behind in heap and buffers, of many thousand connections. */
    private static final long MOST_LEFT = 48 << 20;

    private static final byte[] FAILURE = ascii("#FAILURE#");

    @TempDir
    private Path folder = Path.of("");

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** One act of an attack on a connection of its own. */
    private interface Deed {
        void to(Wire wire, int n) throws IOException;
    }

    private static TestServer start() {
        return TestServer.start(o -> o.withListen("tls://127.0.0.1:0").withHandshakeTimeout(Duration.ofSeconds(2)));
    }

    private static byte[] drained(TlsEngine engine) {
        byte[] b = new byte[engine.pending()];
        assertEquals(b.length, engine.drain(b, 0, b.length));
        return b;
    }

    private static byte[] clientHello(Authkey key) {
        return drained(TlsEngine.client(TlsKey.of(key)));
    }

    private static void attack(String what, TestServer server, Deed deed) throws Exception {
        attack(what, server, server.options(), deed);
    }

    /** Does it again and again for the time of a run, while a bystander works; then clients connect, and memory is as before. */
    private static void attack(String what, TestServer server, ManagerOptions options, Deed deed) throws Exception {
        try (Bystander bystander = new Bystander(server.connect(options))) {
            long before = Heap.usedAfterCollection() + PlatformDependent.usedDirectMemory();
            long unused = bystander.report("before " + what);
            long until = System.nanoTime() + RUN.toNanos();
            int n = 0;
            while (System.nanoTime() < until) {
                try (Wire wire = Wire.to(server.uri(), "127.0.0.1")) {
                    deed.to(wire, n);
                } catch (IOException e) {
                    // refused, or cut off
                }
                n++;
            }
            assertTrue(n > 0);
            for (int i = 0; i < 5; i++) {
                try (Manager m = Manager.connect(options)) {
                    assertTrue(m.counter("connected").incrementAndGet() > 0);
                }
            }
            unused = bystander.report(n + " times " + what + ", " + Bystander.loopMillis() + " ms of the loop");
            long left = Heap.usedAfterCollection() + PlatformDependent.usedDirectMemory() - before;
            assertTrue(left < MOST_LEFT, what + " leaves " + left + " bytes");
        }
    }

    /** Reads to the end and returns it; a stranger gets handshake messages and alerts, and nothing of a session. */
    private static byte[] answer(Wire wire) {
        byte[] all = wire.rest();
        assertTrue(all.length < 4_000, "no data for a stranger: " + all.length);
        return all;
    }

    // ---- handshakes

    @Test
    void replayedHellos() throws Exception {
        try (TestServer server = start()) {
            byte[] hello = clientHello(Authkey.of(server.key()));
            attack("a recorded ClientHello", server, (wire, n) -> wire.raw(hello));
            // however long it waits for an answer to what it cannot go on with
            try (Wire wire = Wire.to(server.uri(), "127.0.0.1")) {
                wire.raw(hello);
                assertTrue(answer(wire).length > 0);
            }
        }
    }

    /** What a client says to one connection is said to another one; what a server says is said to itself. */
    @Test
    void relayedAndReflectedHandshakes() throws Exception {
        try (TestServer server = start()) {
            Authkey key = Authkey.of(server.key());
            attack("relayed and reflected handshakes", server, (wire, n) -> {
                TlsEngine client = TlsEngine.client(TlsKey.of(key));
                byte[] hello = drained(client);
                wire.raw(hello);
                byte[] flight = wire.some();
                if (n % 2 == 0) {
                    wire.raw(flight);
                    byte[] unused = answer(wire);
                } else {
                    client.receive(flight, 0, flight.length);
                    byte[] finished = drained(client);
                    try (Wire other = Wire.to(server.uri(), "127.0.0.1")) {
                        other.raw(hello);
                        byte[] unused = other.some();
                        other.raw(finished);
                        byte[] said = answer(other);
                        assertTrue(said.length < 200, "an alert at most");
                    }
                }
            });
        }
    }

    @Test
    void truncatedHandshakes() throws Exception {
        try (TestServer server = start()) {
            byte[] hello = clientHello(Authkey.of(server.key()));
            attack(
                    "a ClientHello that ends early",
                    server,
                    (wire, n) -> wire.raw(Arrays.copyOf(hello, n % hello.length)));
        }
    }

    @Test
    void earlyEnds() throws Exception {
        try (TestServer server = start()) {
            byte[] hello = clientHello(Authkey.of(server.key()));
            attack("an end after the ServerHello", server, (wire, n) -> {
                if (n % 3 > 0) {
                    wire.raw(hello);
                }
                if (n % 3 > 1) {
                    byte[] unused = wire.some();
                }
            });
        }
    }

    @Test
    void changedHandshakes() throws Exception {
        try (TestServer server = start()) {
            byte[] hello = clientHello(Authkey.of(server.key()));
            Random random = new Random(SEED);
            System.out.println("seed " + SEED);
            attack("a changed ClientHello", server, (wire, n) -> {
                byte[] changed = hello.clone();
                changed[5 + random.nextInt(changed.length - 5)] ^= (byte) (1 + random.nextInt(255));
                wire.raw(changed);
            });
        }
    }

    @Test
    void wrongKeys() throws Exception {
        try (TestServer server = start()) {
            Authkey other = Authkey.ofText("another key of enough bytes");
            attack("another key", server, (wire, n) -> {
                TlsEngine client = TlsEngine.client(TlsKey.of(other));
                wire.raw(drained(client));
                byte[] said = answer(wire);
                TlsException e = assertThrows(TlsException.class, () -> client.receive(said, 0, said.length));
                assertEquals(TlsException.Reason.WRONG_KEY, e.reason());
            });
        }
    }

    // ---- downgrade

    @Test
    void olderVersionsAndPlainBytes() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine old = context.createSSLEngine();
        old.setUseClientMode(true);
        old.setEnabledProtocols(new String[] {"TLSv1.2"});
        ByteBuffer out = ByteBuffer.allocate(32 << 10);
        old.wrap(ByteBuffer.allocate(0), out);
        byte[] hello12 = Arrays.copyOf(out.array(), out.position());
        List<byte[]> firsts = List.of(
                hello12,
                ascii("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                ascii("\0\0\0\13#CHALLENGE#"),
                ascii("\0\0\0\50{md5}0123456789abcdef0123456789abcdef012"));
        try (TestServer server = start()) {
            attack("TLS 1.2 and plain bytes", server, (wire, n) -> {
                wire.raw(firsts.get(n % firsts.size()));
                byte[] said = answer(wire);
                assertTrue(said.length < 50, "an alert at most: " + said.length);
            });
        }
    }

    /** Encrypted bytes to a listener without TLS. */
    @Test
    void encryptedBytesToAPlainListener() throws Exception {
        try (TestServer server =
                TestServer.start(o -> o.withListen("tcp://127.0.0.1:0").withHandshakeTimeout(Duration.ofSeconds(2)))) {
            byte[] hello = clientHello(Authkey.of(server.key()));
            attack("a ClientHello at a plain listener", server, (wire, n) -> {
                wire.raw(hello);
                byte[] unused = answer(wire);
            });
        }
    }

    /** With the key, in TLS: CPython's answers, by MD5 and SHA-256, are refused, since they could be somebody else's. */
    @Test
    void noAnswersOfPythonWithoutAProxy() throws Exception {
        try (TestServer server = start()) {
            Authkey key = Authkey.of(server.key());
            for (Digest digest : List.of(Digest.MD5, Digest.SHA256)) {
                try (TlsWire wire = new TlsWire(server.uri(), TlsEngine.client(TlsKey.of(key)))) {
                    byte[] challenge = wire.receive();
                    byte[] m = Arrays.copyOfRange(challenge, "#CHALLENGE#".length(), challenge.length);
                    byte[] mac = key.hmac(digest, m);
                    byte[] name = digest == Digest.MD5 ? new byte[0] : ascii("{sha256}");
                    byte[] answer = Arrays.copyOf(name, name.length + mac.length);
                    System.arraycopy(mac, 0, answer, name.length, mac.length);
                    wire.send(answer);
                    assertArrayEquals(FAILURE, wire.receive());
                }
            }
        }
    }

    /** Whoever has the key and takes the greeting of a proxy from another connection. */
    @Test
    void aGreetingIsGoodForOneConnection() throws Exception {
        try (TestServer server = start()) {
            Authkey key = Authkey.of(server.key());
            for (byte[] greeting : List.of(
                    ProxyGreeting.encode(key, new byte[32], "unix:///s"),
                    ProxyGreeting.encode(Authkey.ofText("another key of enough bytes"), new byte[32], "unix:///s"),
                    ascii("#PROXY#short"))) {
                try (TlsWire wire = new TlsWire(server.uri(), TlsEngine.client(TlsKey.of(key)))) {
                    byte[] unused = wire.receive();
                    wire.send(greeting);
                    assertNull(wire.receive());
                }
            }
            assertTrue(server.connect().isOpen());
        }
    }

    // ---- sessions

    /** Certificates let anybody into TLS; without the key nobody gets to name a session there. */
    @Test
    void aStolenSession() throws Exception {
        Certificates authority = new Certificates(folder, "authority");
        Certificates.Pair own = authority.of("server", "127.0.0.1");
        TlsFiles trust = new TlsFiles(authority.ca().toString(), null, null);
        try (TestServer server = TestServer.start(
                o -> o.withListen("tls://127.0.0.1:0").withCertificates(own.certificate(), own.key(), null))) {
            Manager victim = server.connect(server.options().withTlsCa(authority.ca()));
            victim.lock("held").lock();
            Authkey wrong = Authkey.ofText("another key of enough bytes");
            for (int i = 0; i < 5; i++) {
                try (TlsWire wire = new TlsWire(server.uri(), TlsEngine.client(trust.current(), "127.0.0.1"))) {
                    ClientHandshake handshake =
                            new ClientHandshake(wrong, AuthPolicy.NATIVE, NonceSource.secure(), Digest.SHA256);
                    handshake.bind(wire.binding());
                    for (byte[] payload : handshake.receive(wire.receive())) {
                        wire.send(payload);
                    }
                    assertArrayEquals(FAILURE, wire.receive());
                }
            }
            assertTrue(victim.isOpen());
            assertFalse(server.connect(server.options().withTlsCa(authority.ca()))
                    .lock("held")
                    .tryLock());
        }
    }

    // ---- records

    @Test
    void drippingHandshakes() throws Exception {
        try (TestServer server = start()) {
            byte[] hello = clientHello(Authkey.of(server.key()));
            AtomicInteger made = new AtomicInteger();
            try (Bystander bystander = new Bystander(server.connect());
                    Strangers drips = new Strangers(
                            server.uri(),
                            200,
                            500,
                            wire -> {
                                // each is left with one byte more than the one before it
                                int n = made.incrementAndGet() % hello.length;
                                for (int i = 0; i < n; i += 1 + n / 8) {
                                    wire.raw(Arrays.copyOfRange(hello, i, Math.min(n, i + 1 + n / 8)));
                                }
                            },
                            "127.0.0.1")) {
                long until = System.nanoTime() + RUN.toNanos();
                while (System.nanoTime() < until) {
                    try (Manager m = Manager.connect(server.options())) {
                        assertTrue(m.isOpen());
                    }
                }
                long unused = bystander.report(drips.made() + " handshakes that drip");
            }
        }
    }

    @Test
    void hugeAndSplitRecords() throws Exception {
        try (TestServer server = start()) {
            byte[] hello = clientHello(Authkey.of(server.key()));
            attack("huge and split records", server, (wire, n) -> {
                switch (n % 3) {
                    case 0 -> {
                        // a record of 64 KiB, where 16 are allowed
                        wire.raw(new byte[] {22, 3, 1, (byte) 0xff, (byte) 0xff});
                        wire.raw(new byte[70_000]);
                        byte[] unused = answer(wire);
                    }
                    case 1 -> {
                        // a message that announces 16 MiB, in records of one byte
                        byte[] message = {1, (byte) 0xff, (byte) 0xff, (byte) 0xff};
                        for (int i = 0; i < 2_000; i++) {
                            byte b = i < message.length ? message[i] : 0;
                            wire.raw(new byte[] {22, 3, 1, 0, 1, b});
                        }
                        byte[] unused = answer(wire);
                    }
                    default -> {
                        // a right one, a byte in each record
                        ByteBuffer split = ByteBuffer.allocate(6 * hello.length);
                        for (int i = 5; i < hello.length; i++) {
                            split.put(new byte[] {22, 3, 1, 0, 1, hello[i]});
                        }
                        wire.raw(Arrays.copyOf(split.array(), split.position()));
                        assertTrue(wire.some().length > 100, "as good as a whole one");
                    }
                }
            });
        }
    }

    /** A client with the key that renews its keys without end and reads nothing, and one that begins anew within. */
    @Test
    void floodsOfRenewals() throws Exception {
        try (TestServer server = start()) {
            Authkey key = Authkey.of(server.key());
            attack("2000 renewals of keys", server, (wire, n) -> {
                TlsEngine client = TlsEngine.client(TlsKey.of(key));
                wire.raw(drained(client));
                while (!client.isOpen()) {
                    byte[] said = wire.some();
                    client.receive(said, 0, said.length);
                    wire.raw(drained(client));
                }
                if (n % 4 == 3) {
                    // a new handshake within
                    byte[] hello = clientHello(key);
                    wire.raw(hello);
                    byte[] unused = answer(wire);
                    return;
                }
                for (int i = 0; i < 2_000; i++) {
                    KeyUpdates.ask(client);
                    if (i % 100 == 99) {
                        wire.raw(drained(client));
                    }
                }
            });
        }
    }
}
