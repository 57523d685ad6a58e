package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsKey;
import io.multiproc.server.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections to a node port that are not of a node, or of one that says what it should not. */
@Timeout(120)
class NodeStrangersTest {
    private static final int WAIT_MILLIS = 60_000;

    private TestNode a;
    private TestNode b;

    @BeforeEach
    void connect() throws Exception {
        a = TestNode.of("a");
        b = TestNode.of("b");
        a.knows(b).start();
        b.knows(a).start();
        Await.until("they are connected", () -> a.channel.trouble("b") == null && b.channel.trouble("a") == null);
    }

    @AfterEach
    void end() {
        a.close();
        b.close();
    }

    private Socket socket() throws IOException {
        return socket(a);
    }

    private static Socket socket(TestNode to) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
        socket.setSoTimeout(WAIT_MILLIS);
        return socket;
    }

    private void assertThatNodesTalk() throws Exception {
        assertTrue(b.send(a, "hello"));
        assertEquals("hello", a.next().text());
        assertEquals(List.of("b: I am b"), a.greetings.stream().distinct().toList());
    }

    /** The end of a stream, whatever comes before it, or a reset. */
    private static void awaitEnd(Socket socket) {
        try {
            byte[] unused = socket.getInputStream().readAllBytes();
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("it is not closed", e);
        } catch (IOException e) {
            // reset
        }
    }

    @Test
    void whatIsNoTlsIsClosed() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> words = new ArrayList<>();
        words.add("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        words.add("SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII));
        words.add(ByteBuffer.allocate(12)
                .putInt(8)
                .put("MPNODE\r\n".getBytes(StandardCharsets.US_ASCII))
                .array());
        byte[] noise = new byte[200_000];
        random.nextBytes(noise);
        noise[0] = (byte) 0x80;
        words.add(noise);
        for (byte[] word : words) {
            try (Socket socket = socket()) {
                try {
                    socket.getOutputStream().write(word);
                } catch (IOException e) {
                    // closed already
                }
                awaitEnd(socket);
            }
        }
        socket().close();
        assertThatNodesTalk();
    }

    @Test
    void anyOtherTlsIsRefused() throws Exception {
        try (Socket plain = socket();
                Socket tls = SSLContext.getDefault().getSocketFactory().createSocket(plain, "a", a.port(), true)) {
            assertThrows(IOException.class, () -> tls.getOutputStream().write(1));
        }
        assertThatNodesTalk();
    }

    /** TLS of a client with the same authkey, or with a key of its own: neither is a node's. */
    @Test
    void aKeyOfClientsIsNoKeyOfNodes() throws Exception {
        for (TlsKey key : List.of(
                TlsKey.of(TestNode.KEY),
                TlsKey.of(Authkey.ofText("the named key of a client")),
                TlsKey.ofNodes(Authkey.ofText("the named key of a client")))) {
            TlsException e = assertThrows(TlsException.class, () -> new RawNode(socket(), key));
            assertEquals(TlsException.Reason.WRONG_KEY, e.reason());
        }
        assertThatNodesTalk();
    }

    @Test
    void silentOnesGoWhereThereAreTooMany() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (TestNode crowded = TestNode.of("a").start();
                TestNode c = TestNode.of("c")) {
            for (int i = 0; i < 200; i++) {
                sockets.add(socket(crowded));
            }
            c.knows(crowded).start();
            Await.until("a node gets in", () -> c.channel.trouble("a") == null);
            Await.until(
                    "the crowd is small",
                    () -> sockets.stream().filter(s -> !isClosed(s)).count() <= 64);
        } finally {
            for (Socket s : sockets) {
                s.close();
            }
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static NodeGreeting greeting(String from, String to) {
        return new NodeGreeting(77, from, to, "127.0.0.1:1", new byte[0]);
    }

    private RawNode node() throws IOException {
        return node(a);
    }

    private static RawNode node(TestNode to) throws IOException {
        return new RawNode(socket(to), TlsKey.ofNodes(TestNode.KEY));
    }

    private static byte[] encoded(NodeGreeting greeting, RawNode node) {
        return greeting.encode(NodeGreeting.Side.CONNECTING, TestNode.KEY, node.binding());
    }

    @Test
    void whoGreetsWronglyIsToldWhy() throws Exception {
        try (RawNode node = node()) {
            byte[] format2 = encoded(greeting("c", "a"), node);
            format2[9] = 2;
            node.send(format2);
            assertTrue(node.refusal().startsWith("it speaks format 2 of the node channel"));
        }
        try (RawNode node = node()) {
            node.send(encoded(greeting("c", "nobody"), node));
            assertTrue(node.refusal().startsWith("this is node 'a', and not 'nobody'"));
        }
        try (RawNode node = node()) {
            node.send(greeting("c", "a").encode(NodeGreeting.Side.CONNECTING, TestNode.KEY, new byte[32]));
            assertEquals("it has another authkey: give all nodes the same one", node.refusal());
        }
        try (RawNode node = node()) {
            node.write(
                    ByteBuffer.allocate(4).putInt(NodeGreeting.MOST_FRAME + 1).array());
            assertTrue(node.refusal().startsWith("a message of 65537 bytes is larger than the 65536"));
        }
        assertThatNodesTalk();
    }

    @Test
    void aMessageThatIsTooLargeIsToldOf() throws Exception {
        try (RawNode node = node()) {
            node.send(encoded(greeting("c", "a"), node));
            assertNull(NodeGreeting.refusalIn(node.next()));
            node.send(new byte[0]);
            node.send("hello".getBytes(StandardCharsets.UTF_8));
            TestNode.Heard heard = a.next();
            assertEquals("c", heard.from());
            assertEquals("hello", heard.text());
            node.write(ByteBuffer.allocate(4).putInt(TestNode.LARGEST + 1).array());
            assertTrue(node.refusal().contains("give all nodes the same --max-frame"));
        }
        Await.until("c is told to be gone", () -> a.lost.equals(List.of("c")));
    }

    @Test
    void aNodeThatDoesNotGreetHasLittleTime() throws Exception {
        try (TestNode hasty = TestNode.hasty("a").start()) {
            try (RawNode node = node(hasty)) {
                assertEquals(-1, node.read());
            }
            assertEquals(List.of(), hasty.lost);
            try (RawNode node = node(hasty)) {
                node.send(encoded(greeting("c", "a"), node));
                assertNull(NodeGreeting.refusalIn(node.next()));
                assertEquals(-1, node.read(), "it never says that it begins");
            }
            assertEquals(List.of("c"), hasty.lost);
        }
    }

    @Test
    void aNodeThatFallsSilentIsLost() throws Exception {
        try (TestNode hasty = TestNode.hasty("a").start();
                RawNode node = node(hasty)) {
            node.send(encoded(greeting("c", "a"), node));
            assertNull(NodeGreeting.refusalIn(node.next()));
            node.send(new byte[0]);
            assertEquals(0, node.next().length, "a sign of life");
            Await.until("c is lost", () -> hasty.lost.equals(List.of("c")));
        }
    }

    /** The other direction: it answers, and says nothing more. */
    @Test
    void aNodeThatAnswersAndFallsSilentIsConnectedAnew() throws Exception {
        try (TestNode hasty = TestNode.hasty("a");
                TestNode mute = TestNode.of("b").start()) {
            hasty.knows(mute).start();
            Await.until("it is connected", () -> hasty.channel.trouble("b") == null);
            // stands for a process that is stopped
            CountDownLatch noticed = new CountDownLatch(1);
            mute.onMessage = () -> await(noticed);
            assertTrue(hasty.send(mute, "sleep"));
            Await.until("that is noticed", () -> String.valueOf(hasty.channel.trouble("b"))
                    .contains("nothing was heard of it for 1000 ms"));
            noticed.countDown();
            Await.until("it is connected anew", () -> hasty.send(mute, "awake"));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            boolean unused = latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The connecting end of a connection between nodes, byte by byte. */
    private static final class RawNode implements AutoCloseable {
        private final Socket socket;
        private final TlsEngine tls;
        private final byte[] buffer = new byte[32 << 10];

        RawNode(Socket socket, TlsKey key) throws IOException {
            this.socket = socket;
            tls = TlsEngine.client(key);
            flush();
            while (!tls.isOpen()) {
                if (!receive()) {
                    throw new IOException("closed in the handshake");
                }
                flush();
            }
        }

        byte[] binding() {
            return tls.binding();
        }

        private void flush() throws IOException {
            OutputStream out = socket.getOutputStream();
            while (tls.pending() > 0) {
                byte[] records = new byte[tls.pending()];
                out.write(records, 0, tls.drain(records, 0, records.length));
            }
        }

        private boolean receive() throws IOException {
            InputStream in = socket.getInputStream();
            int n = in.read(buffer);
            if (n > 0) {
                tls.receive(buffer, 0, n);
            }
            return n > 0;
        }

        void write(byte[] plain) throws IOException {
            tls.write(plain, 0, plain.length);
            flush();
        }

        void send(byte[] frame) throws IOException {
            write(ByteBuffer.allocate(4 + frame.length)
                    .putInt(frame.length)
                    .put(frame)
                    .array());
        }

        int read() throws IOException {
            byte[] one = new byte[1];
            while (tls.available() == 0) {
                if (!receive()) {
                    return -1;
                }
            }
            return tls.read(one, 0, 1) == 1 ? one[0] & 0xff : -1;
        }

        private byte[] bytes(int n) throws IOException {
            byte[] b = new byte[n];
            for (int i = 0; i < n; i++) {
                int next = read();
                assertTrue(next >= 0, "it has ended");
                b[i] = (byte) next;
            }
            return b;
        }

        byte[] next() throws IOException {
            byte[] length = bytes(4);
            byte[] frame = bytes(ByteBuffer.wrap(length).getInt());
            return frame;
        }

        /** What the next frame refuses it for; signs of life come before. */
        String refusal() throws IOException {
            byte[] frame = next();
            while (frame.length == 0) {
                frame = next();
            }
            String why = NodeGreeting.refusalIn(frame);
            assertNotNull(why, () -> "no refusal");
            assertEquals(-1, read(), "and the end");
            return why;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
