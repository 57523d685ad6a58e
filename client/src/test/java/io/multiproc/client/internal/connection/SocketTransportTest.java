package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of {@link Transport}, of sockets of both kinds. */
@Timeout(60)
class SocketTransportTest {
    @TempDir
    Path folder;

    /** A transport and its other end, which blocks. */
    private record Pair(Transport near, SocketChannel far) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }

    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    }

    private Pair pair(String kind) throws Exception {
        boolean unix = kind.equals("unix");
        SocketAddress at = unix
                ? UnixDomainSocketAddress.of(folder.resolve("s"))
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener =
                ServerSocketChannel.open(unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET)) {
            listener.bind(at);
            Address address = unix
                    ? Address.parse("unix://" + folder.resolve("s"))
                    : Address.parse("tcp://127.0.0.1:" + ((InetSocketAddress) listener.getLocalAddress()).getPort());
            Transport near = SocketTransport.connect(address, soon());
            return new Pair(near, listener.accept());
        } finally {
            if (unix) {
                Files.deleteIfExists(folder.resolve("s"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "unix"})
    void bytesArriveAsTheyWereSent(String kind) throws Exception {
        try (Pair pair = pair(kind)) {
            byte[] bytes = new byte[3 << 20];
            new Random(1).nextBytes(bytes);
            FutureTask<byte[]> echo = TestClient.start("echo", () -> {
                ByteBuffer all = ByteBuffer.allocate(bytes.length);
                while (all.hasRemaining()) {
                    assertTrue(pair.far.read(all) > 0);
                }
                all.flip();
                while (all.hasRemaining()) {
                    pair.far.write(all);
                }
                return all.array();
            });
            ByteBuffer out = ByteBuffer.wrap(bytes);
            while (out.hasRemaining()) {
                int before = out.position();
                int n = pair.near.write(out);
                assertEquals(before + n, out.position(), "what it reports is what it took");
                if (n == 0) {
                    pair.near.awaitWritable(1000);
                }
            }
            ByteBuffer in = ByteBuffer.allocate(bytes.length);
            while (in.hasRemaining()) {
                if (pair.near.read(in) == 0) {
                    pair.near.awaitReadable(1000);
                }
            }
            assertArrayEquals(bytes, in.array());
            assertArrayEquals(bytes, TestClient.get(echo));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "unix"})
    void nothingToReadIsNoEnd(String kind) throws Exception {
        try (Pair pair = pair(kind)) {
            ByteBuffer in = ByteBuffer.allocate(10);
            assertEquals(0, pair.near.read(in));
            pair.near.awaitReadable(1);
            assertEquals(0, pair.near.read(in));
            pair.far.close();
            pair.near.awaitReadable(0);
            assertEquals(-1, pair.near.read(in));
        }
    }

    @Test
    void wakingEndsAWaitThatHasBegunAndOneThatHasNot() throws Exception {
        try (Pair pair = pair("tcp")) {
            pair.near.wakeUp();
            pair.near.awaitReadable(0);
            FutureTask<Void> waits = TestClient.start("waits", () -> {
                pair.near.awaitReadable(0);
                return null;
            });
            pair.near.wakeUp();
            TestClient.get(waits);
        }
    }

    @Test
    void anInterruptEndsTheWaitForBytesAndNothingElse() throws Exception {
        try (Pair pair = pair("tcp")) {
            Thread.currentThread().interrupt();
            pair.near.awaitReadable(0);
            assertTrue(Thread.currentThread().isInterrupted());
            assertTrue(pair.near.write(ByteBuffer.wrap(new byte[] {1})) > 0, "it is still open");
            pair.near.awaitWritable(20_000);
            assertTrue(Thread.currentThread().isInterrupted());
            assertFalse(pair.near.awaitReadableOrWritable(20_000));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void whoWaitsForEitherIsToldWhetherToRead() throws Exception {
        try (Pair pair = pair("tcp")) {
            assertFalse(pair.near.awaitReadableOrWritable(20_000), "there is room, and nothing to read");
            // afterwards room wakes no reader
            long before = System.nanoTime();
            pair.near.awaitReadable(30);
            assertTrue(System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(20));
            ByteBuffer full = ByteBuffer.allocate(1 << 20);
            while (pair.near.write(full.clear()) > 0) {
                // until nothing goes
            }
            assertFalse(pair.near.awaitReadableOrWritable(1), "neither");
            pair.far.write(ByteBuffer.wrap(new byte[] {7}));
            assertTrue(pair.near.awaitReadableOrWritable(20_000));
            ByteBuffer in = ByteBuffer.allocate(10);
            assertEquals(1, pair.near.read(in));
        }
    }

    @Test
    void closingEndsAllWaits() throws Exception {
        try (Pair pair = pair("tcp")) {
            ByteBuffer full = ByteBuffer.allocate(1 << 20);
            while (pair.near.write(full.clear()) > 0) {
                // until nothing goes
            }
            FutureTask<Void> reads = TestClient.start("reads", () -> {
                while (true) {
                    pair.near.awaitReadable(0);
                }
            });
            FutureTask<Void> writes = TestClient.start("writes", () -> {
                while (true) {
                    pair.near.awaitWritable(20_000);
                }
            });
            pair.near.close();
            pair.near.close();
            TestClient.error(reads, IOException.class);
            TestClient.error(writes, IOException.class);
            assertThrows(IOException.class, () -> pair.near.read(ByteBuffer.allocate(1)));
            assertThrows(IOException.class, () -> pair.near.write(ByteBuffer.allocate(1)));
            assertThrows(IOException.class, () -> pair.near.awaitReadableOrWritable(1));
            ByteBuffer rest = ByteBuffer.allocate(1 << 20);
            int n;
            while ((n = pair.far.read(rest.clear())) > 0) {
                assertTrue(n > 0);
            }
            assertEquals(-1, n, "the other end sees it");
        }
    }

    @Test
    void eachAddressOfAHostIsTried() throws Exception {
        // localhost may be ::1 first, where nobody listens
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            Transport near =
                    SocketTransport.connect(Address.parse("tcp://localhost:" + listener.getLocalPort()), soon());
            near.close();
        }
    }

    @Test
    void nobodyListens() throws Exception {
        int port;
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            port = listener.getLocalPort();
        }
        assertThrows(
                IOException.class, () -> SocketTransport.connect(Address.parse("tcp://127.0.0.1:" + port), soon()));
        assertThrows(
                IOException.class,
                () -> SocketTransport.connect(Address.parse("unix://" + folder.resolve("nothing")), soon()));
        IOException e = assertThrows(
                IOException.class,
                () -> SocketTransport.connect(Address.parse("tcp://no-such-host.invalid:1"), soon()));
        assertEquals("the host name no-such-host.invalid is not known", e.getMessage());
        assertFalse(Arrays.asList(folder.toFile().list()).contains("nothing"));
    }

    /** Addresses of a name, of which nobody listens at the first. */
    @Test
    void eachAddressOfANameIsTriedFromTheOneWhoseTurnItIs() throws Exception {
        InetAddress nobody = InetAddress.getByName("127.0.0.3");
        InetAddress one = InetAddress.getByName("127.0.0.1");
        try (ServerSocket listener = new ServerSocket(0, 50, one);
                ServerSocket other =
                        new ServerSocket(listener.getLocalPort(), 50, InetAddress.getByName("127.0.0.2"))) {
            InetAddress[] hosts = {nobody, one, other.getInetAddress()};
            ServerSocket[] expected = {listener, listener, other, listener};
            for (int turn = 0; turn < expected.length; turn++) {
                Transport t = SocketTransport.connect(hosts, listener.getLocalPort(), turn, soon());
                expected[turn].setSoTimeout(20_000);
                expected[turn].accept().close();
                t.close();
            }
        }
    }
}
