package io.multiproc.tests.tls;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A manager that listens on {@code tls://}: everything works as over TCP, and nobody without the key sees or does anything. */
@Tag("jdk")
@Timeout(120)
class EncryptedIT {
    private final TestServer server =
            TestServer.start(o -> o.withListen("tls://127.0.0.1:0").withHandshakeTimeout(Duration.ofSeconds(5)));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theUriIsAllThatChanges() throws Exception {
        assertTrue(server.uri().startsWith("tls://127.0.0.1:"), server.uri());
        Manager a = server.connect();
        Manager b = server.connect();
        DictProxy<String, Long> scores = a.dict("scores", String.class, Long.class);
        scores.add("ada", 1L);
        assertEquals(1, b.dict("scores", String.class, Long.class).get("ada"));
        QueueProxy<String> jobs = b.queue("jobs", String.class, 10);
        CompletableFuture<String> taken = CompletableFuture.supplyAsync(
                () -> a.queue("jobs", String.class, 10).poll());
        assertNull(taken.get());
        jobs.put("build");
        assertEquals("build", a.queue("jobs", String.class, 10).take());
        LockProxy guard = a.lock("guard");
        guard.lock();
        assertFalse(b.lock("guard").tryLock());
        a.close();
        assertTrue(b.lock("guard").tryLock(Duration.ofSeconds(10)), "a closed client holds nothing");
    }

    /** Records are cut at 16 KiB, reads at 1, 8 and 128 KiB, what waits for the socket at 1 MiB. */
    @Test
    void valuesOfAllSizes() {
        Manager m = server.connect();
        DictProxy<String, byte[]> values = m.dict("values", String.class, byte[].class);
        Random random = new Random(5);
        for (int edge : new int[] {0, 900, 8 << 10, 16 << 10, 64 << 10, 128 << 10, 1 << 20, 20 << 20}) {
            byte[] value = new byte[Math.max(0, edge + random.nextInt(200) - 100)];
            random.nextBytes(value);
            values.put("v", value);
            assertArrayEquals(value, values.get("v"), value.length + " bytes");
        }
    }

    @Test
    void manyThreadsAndManyOutstanding() throws Exception {
        Manager m = server.connect();
        DictProxy<String, Long> counts = m.dict("counts", String.class, Long.class);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                ends.add(threads.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        counts.add("all", 1L);
                    }
                }));
            }
            List<CompletableFuture<?>> later = new ArrayList<>();
            for (int i = 0; i < 4_000; i++) {
                later.add(counts.async().add("all", 1L));
            }
            for (Future<?> end : ends) {
                end.get();
            }
            CompletableFuture.allOf(later.toArray(new CompletableFuture<?>[0])).get();
        } finally {
            threads.shutdownNow();
        }
        assertEquals(8_000, counts.get("all"));
    }

    /** Both sides stop reading in turn while megabytes are under way. */
    @Test
    void muchInBothDirectionsAtOnce() {
        Manager m = server.connect();
        DictProxy<String, byte[]> values = m.dict("values", String.class, byte[].class);
        byte[] megabyte = new byte[1 << 20];
        new Random(3).nextBytes(megabyte);
        values.put("0", megabyte);
        List<CompletableFuture<?>> later = new ArrayList<>();
        List<CompletableFuture<byte[]>> gets = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            later.add(values.async().set(String.valueOf(i % 5), megabyte));
            gets.add(values.async().get("0"));
        }
        CompletableFuture.allOf(later.toArray(new CompletableFuture<?>[0])).join();
        gets.forEach(g -> assertArrayEquals(megabyte, g.join()));
    }

    /** What is on the wire is recorded byte by byte. */
    @Test
    void nothingIsToBeRead() throws Exception {
        try (Wiretap tap = new Wiretap(server.uri())) {
            ManagerOptions options = server.options().withAddress(tap.uri()).withName("the-clients-name");
            try (Manager m = Manager.connect(options)) {
                DictProxy<String, String> dict = m.dict("the-dicts-name", String.class, String.class);
                dict.put("the-key-of-an-entry", "the-value-of-an-entry");
                assertEquals("the-value-of-an-entry", dict.get("the-key-of-an-entry"));
            }
            byte[] seen = tap.seen();
            assertTrue(seen.length > 500, "there was something");
            String text = new String(seen, StandardCharsets.ISO_8859_1);
            for (String secret : List.of(
                    "the-clients-name",
                    "the-dicts-name",
                    "the-key-of-an-entry",
                    "the-value-of-an-entry",
                    "#CHALLENGE#",
                    new String(server.key(), StandardCharsets.ISO_8859_1))) {
                assertFalse(
                        text.contains(secret),
                        () -> "in the clear: " + HexFormat.of().formatHex(seen));
            }
        }
    }

    @Test
    void wrongKey() {
        ManagerOptions other =
                server.options().withAuthkey("another key, of enough bytes".getBytes(StandardCharsets.US_ASCII));
        AuthenticationException e = assertThrows(AuthenticationException.class, () -> Manager.connect(other));
        assertTrue(e.getMessage().contains("authentication failed"), e.getMessage());
        assertTrue(e.getMessage().contains("another authkey"), e.getMessage());
        ManagerOptions weak = server.options().withAuthkey("weak".getBytes(StandardCharsets.US_ASCII));
        assertThrows(AuthenticationException.class, () -> Manager.connect(weak));
        // and whoever has the key is not kept out
        server.connect().dict("d").put("k", "v");
    }

    @Test
    void aWeakKeyWorksOnThisMachine() {
        byte[] weak = "weak".getBytes(StandardCharsets.US_ASCII);
        try (TestServer tls = TestServer.startAt("tls://127.0.0.1:0", weak)) {
            assertEquals(1, tls.connect().counter("c").incrementAndGet());
        }
    }

    @Test
    void plainAndEncryptedDoNotMix() throws Exception {
        String plain = server.uri().replace("tls://", "tcp://");
        ManagerOptions plainly = server.options().withAddress(plain).withConnectTimeout(Duration.ofSeconds(2));
        ProtocolException silent = assertThrows(ProtocolException.class, () -> Manager.connect(plainly));
        assertTrue(silent.getMessage().contains("write tls:// for tcp://"), silent.getMessage());
        try (TestServer tcp = TestServer.start(o -> o.withListen("tcp://127.0.0.1:0"))) {
            ManagerOptions encrypted = tcp.options().withAddress(tcp.uri().replace("tcp://", "tls://"));
            ManagerException e = assertThrows(ProtocolException.class, () -> Manager.connect(encrypted));
            assertTrue(e.getMessage().contains("does not answer with TLS"), e.getMessage());
        }
    }

    /** Strangers that say nothing, something else, or stop in the middle: each is refused, and its connection ends within the handshake's time. */
    @Test
    void strangers() throws Exception {
        Manager m = server.connect();
        byte[] clientHello = clientHello();
        byte[] half = java.util.Arrays.copyOf(clientHello, clientHello.length / 2);
        byte[] changed = clientHello.clone();
        changed[changed.length - 1] ^= 1; // of the binder: the proof of the key
        for (byte[] said : List.of(
                new byte[0],
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "\0\0\0\13#CHALLENGE#".getBytes(StandardCharsets.US_ASCII),
                new byte[100_000],
                half,
                clientHello,
                changed)) {
            try (Socket s = socket()) {
                s.getOutputStream().write(said);
                s.getOutputStream().flush();
                s.setSoTimeout((int) Await.LONG.toMillis());
                InputStream in = s.getInputStream();
                byte[] answer = in.readNBytes(1 << 20);
                assertTrue(answer.length < 2_000, "no data for a stranger: " + answer.length);
            } catch (IOException e) {
                // reset, which is an end as well
            }
            assertTrue(m.counter("served").incrementAndGet() > 0, "the others are served on");
        }
    }

    private Socket socket() throws IOException {
        URI at = URI.create(server.uri());
        Socket s = new Socket();
        s.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), at.getPort()));
        return s;
    }

    /** The first message of a client that has the key: recorded, and sent again it gets a stranger nothing. */
    private byte[] clientHello() throws Exception {
        try (Wiretap tap = new Wiretap(server.uri())) {
            try (Manager m = Manager.connect(server.options().withAddress(tap.uri()))) {
                assertTrue(m.isOpen());
            }
            byte[] sent = tap.sent();
            int length = (sent[3] & 0xff) << 8 | sent[4] & 0xff;
            return java.util.Arrays.copyOf(sent, 5 + length);
        }
    }

    /** A cable that remembers what went over it. */
    static final class Wiretap implements AutoCloseable {
        private final java.net.ServerSocket listener;
        private final java.io.ByteArrayOutputStream sent = new java.io.ByteArrayOutputStream();
        private final java.io.ByteArrayOutputStream seen = new java.io.ByteArrayOutputStream();

        Wiretap(String uri) throws IOException {
            listener = new java.net.ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            int target = URI.create(uri).getPort();
            Thread t = new Thread(
                    () -> {
                        try (Socket client = listener.accept();
                                Socket to = new Socket(InetAddress.getLoopbackAddress(), target)) {
                            Thread back = new Thread(() -> carry(to, client, false), "back");
                            back.setDaemon(true);
                            back.start();
                            carry(client, to, true);
                            back.join();
                        } catch (IOException | InterruptedException e) {
                            // the end
                        }
                    },
                    "wiretap");
            t.setDaemon(true);
            t.start();
        }

        private void carry(Socket from, Socket to, boolean ofClient) {
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] b = new byte[8 << 10];
                for (int n = in.read(b); n >= 0; n = in.read(b)) {
                    synchronized (this) {
                        seen.write(b, 0, n);
                        if (ofClient) {
                            sent.write(b, 0, n);
                        }
                    }
                    out.write(b, 0, n);
                }
                to.shutdownOutput();
            } catch (IOException e) {
                // the end
            }
        }

        String uri() {
            return "tls://127.0.0.1:" + listener.getLocalPort();
        }

        synchronized byte[] seen() {
            return seen.toByteArray();
        }

        synchronized byte[] sent() {
            return sent.toByteArray();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
