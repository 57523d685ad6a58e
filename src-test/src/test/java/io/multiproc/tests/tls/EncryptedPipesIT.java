package io.multiproc.tests.tls;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.pipe.Client;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Connections;
import io.multiproc.client.pipe.Listener;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Relay;
import io.multiproc.tests.fixtures.TestServer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code Listener} and {@code Client} over {@code tls://}: as over TCP, for whoever has the key, and an end that somebody forges is none. */
@Tag("jdk")
@Timeout(120)
class EncryptedPipesIT {
    private static final byte[] KEY = "a key of these tests, long enough".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER = "another key, which is as long as it".getBytes(StandardCharsets.US_ASCII);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable c : open) {
            c.close();
        }
    }

    private <T extends AutoCloseable> T kept(T c) {
        open.add(c);
        return c;
    }

    private Listener listener(byte[] key) throws IOException {
        return kept(new Listener("tls://127.0.0.1:0", key));
    }

    private CompletableFuture<Connection> accepted(Listener listener) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return kept(listener.accept());
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    private Connection[] pair(String via, Listener listener) throws Exception {
        CompletableFuture<Connection> here = accepted(listener);
        Connection there = kept(Client.connect(via, KEY));
        return new Connection[] {here.get(60, TimeUnit.SECONDS), there};
    }

    @Test
    void valuesOfAllSizesBothWays() throws Exception {
        Listener listener = listener(KEY);
        assertTrue(listener.address().startsWith("tls://127.0.0.1:"), listener.address());
        Connection[] ends = pair(listener.address(), listener);
        assertTrue(listener.lastAccepted().contains("127.0.0.1"), listener.lastAccepted());
        ends[0].send(List.of(1, "x", Map.of("k", 2.5)));
        assertEquals(List.of(1, "x", Map.of("k", 2.5)), ends[1].recv());
        Random random = new Random(5);
        for (int edge : new int[] {0, 4000, 8 << 10, 16 << 10, 64 << 10, 128 << 10, 1 << 20, 9 << 20}) {
            byte[] bytes = new byte[Math.max(1, edge + random.nextInt(200) - 100)];
            random.nextBytes(bytes);
            for (int from = 0; from < 2; from++) {
                Connection sender = ends[from];
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                    try {
                        sender.sendBytes(bytes);
                    } catch (IOException | InterruptedException e) {
                        throw new CompletionException(e);
                    }
                });
                assertArrayEquals(bytes, ends[1 - from].recvBytes(), bytes.length + " bytes");
                sent.get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void severalAtOnceAndWaiting() throws Exception {
        Listener listener = listener(KEY);
        Connection[] one = pair(listener.address(), listener);
        Connection[] two = pair(listener.address(), listener);
        List<Connection> here = List.of(one[0], two[0]);
        assertEquals(List.of(), Connections.waitFor(here, Duration.ZERO));
        CompletableFuture<List<Connection>> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return Connections.waitFor(here, Await.LONG);
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        // two frames in one record's time: the second is within the engine, where no selector sees it
        two[1].send("first");
        two[1].send("second");
        assertEquals(List.of(two[0]), waiting.get(60, TimeUnit.SECONDS));
        assertEquals("first", two[0].recv());
        assertTrue(two[0].poll(Await.LONG));
        assertEquals("second", two[0].recv());
        assertFalse(one[0].poll());
    }

    /** Whoever closes says so within TLS; a stream that just stops is no end, whoever stopped it. */
    @Test
    void anEndIsNotACut() throws Exception {
        Listener listener = listener(KEY);
        Connection[] ends = pair(listener.address(), listener);
        ends[1].send("last words");
        ends[1].close();
        assertEquals("last words", ends[0].recv());
        assertThrows(EOFException.class, () -> ends[0].recv());

        try (Relay relay = new Relay(listener.address())) {
            Connection[] cut = pair(relay.uri(), listener);
            cut[1].send("so far");
            assertEquals("so far", cut[0].recv());
            relay.cut();
            for (Connection end : cut) {
                IOException e = assertThrows(IOException.class, end::recv);
                assertFalse(e instanceof EOFException, e.toString());
            }
        }
        try (Relay relay = new Relay(listener.address())) {
            Connection[] orderly = pair(relay.uri(), listener);
            orderly[0].close();
            assertThrows(EOFException.class, () -> orderly[1].recv());
        }
    }

    @Test
    void strangersAreRefusedAndTheNextIsServed() throws Exception {
        Listener listener = listener(KEY);
        CompletableFuture<Connection> wrong = accepted(listener);
        assertThrows(AuthenticationException.class, () -> Client.connect(listener.address(), OTHER));
        assertInstanceOf(
                AuthenticationException.class,
                assertThrows(CompletionException.class, wrong::join).getCause());

        // a plain client waits for a challenge, and a listener for the first word of TLS
        CompletableFuture<Connection> good = accepted(listener);
        Connection there = kept(Client.connect(listener.address(), KEY));
        there.send("served");
        assertEquals("served", good.get(60, TimeUnit.SECONDS).recv());

        // a client of TLS at a plain listener
        try (Listener plain = new Listener("tcp://127.0.0.1:0", KEY)) {
            CompletableFuture<Connection> none = accepted(plain);
            String uri = plain.address().replace("tcp://", "tls://");
            AuthenticationException e = assertThrows(AuthenticationException.class, () -> Client.connect(uri, KEY));
            assertTrue(e.getMessage().contains("does not speak TLS"), e.getMessage());
            assertThrows(CompletionException.class, none::join);
        }
    }

    /** The same key opens a manager's encryption and a listener's; what is proved within is for one of them. */
    @Test
    void aListenersClientGetsNothingFromAManager() {
        try (TestServer server = TestServer.start(o -> o.withListen("tls://127.0.0.1:0"))) {
            assertThrows(AuthenticationException.class, () -> Client.connect(server.uri(), server.key()));
            server.connect().dict("d").put("k", "v");
        }
    }

    @Test
    void withoutAKeyThereIsNoEncryption() {
        byte[] weak = "weak".getBytes(StandardCharsets.US_ASCII);
        String none = assertThrows(IllegalArgumentException.class, () -> new Listener("tls://127.0.0.1:0", null))
                .getMessage();
        assertTrue(none.contains("encrypted by the authkey: give one"), none);
        assertThrows(IllegalArgumentException.class, () -> Client.connect("tls://127.0.0.1:1", null));
        String exposed = assertThrows(IllegalArgumentException.class, () -> new Listener("tls://0.0.0.0:0", weak))
                .getMessage();
        assertTrue(exposed.contains("use at least 16 random bytes"), exposed);
    }

    @Test
    void aWeakKeyIsStretchedOnThisMachine() throws Exception {
        byte[] weak = "weak".getBytes(StandardCharsets.US_ASCII);
        Listener listener = listener(weak);
        CompletableFuture<Connection> here = accepted(listener);
        kept(Client.connect(listener.address(), weak)).send("x");
        assertEquals("x", here.get(60, TimeUnit.SECONDS).recv());
    }
}
