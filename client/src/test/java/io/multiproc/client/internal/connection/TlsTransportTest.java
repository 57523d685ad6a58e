package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsKey;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TlsTransportTest {
    private static final TlsKey KEY = TlsKey.of(Authkey.of(new byte[32]));
    private static final TlsKey OTHER = TlsKey.of(Authkey.ofText("some other key of enough bytes"));

    private final Random random = new Random(11);

    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    }

    /** A socket with a server at its other end, which takes and gives as many bytes as it likes at a time. */
    private class Server implements Transport {
        final TlsEngine engine;
        final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final int most;
        /** Given before what the engine has. */
        ByteBuffer last = ByteBuffer.allocate(0);

        boolean closed;
        boolean ends;
        boolean full;

        Server(TlsEngine engine, int most) {
            this.engine = engine;
            this.most = most;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            if (last.hasRemaining()) {
                int n = Math.min(last.remaining(), to.remaining());
                to.put(last.slice().limit(n));
                last.position(last.position() + n);
                return n;
            }
            byte[] b = new byte[Math.min(to.remaining(), 1 + random.nextInt(most))];
            int n = engine.drain(b, 0, Math.min(b.length, engine.pending()));
            to.put(b, 0, n);
            return n == 0 && ends ? -1 : n;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            int n = full ? 0 : Math.min(from.remaining(), random.nextInt(most + 1));
            byte[] b = new byte[n];
            from.get(b);
            if (engine.isClosed()) {
                return n;
            }
            engine.receive(b, 0, n);
            byte[] plain = new byte[engine.available()];
            received.write(plain, 0, engine.read(plain, 0, plain.length));
            return n;
        }

        @Override
        public void awaitReadable(long timeoutMillis) {}

        @Override
        public void awaitWritable(long timeoutMillis) {}

        @Override
        public boolean awaitReadableOrWritable(long timeoutMillis) {
            return true;
        }

        @Override
        public @Nullable SelectionKey register(Selector with, Object attachment) {
            return null;
        }

        @Override
        public void wakeUp() {}

        @Override
        public void close() {
            closed = true;
        }
    }

    private Server server(int most) {
        return new Server(TlsEngine.server(List.of(KEY)), most);
    }

    /** A caller as the contract of {@link Transport#write} describes it: what was not reported comes again. */
    private static void writeAll(TlsTransport to, byte[] bytes, boolean direct) throws IOException {
        int done = 0;
        while (done < bytes.length) {
            ByteBuffer b =
                    direct ? ByteBuffer.allocateDirect(bytes.length - done) : ByteBuffer.allocate(bytes.length - done);
            b.put(bytes, done, bytes.length - done).flip();
            int n = to.write(b);
            assertEquals(n, b.position());
            done += n;
        }
    }

    @Test
    void whatIsWrittenArrivesOnceAndInOrder() throws IOException {
        for (int most : new int[] {7, 1_000, 1 << 20}) {
            Server server = server(most);
            TlsTransport client = TlsTransport.over(server, TlsEngine.client(KEY), soon());
            assertArrayEquals(server.engine.binding(), client.binding());
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            for (int size : new int[] {1, 100, 20_000, 300_000}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                sent.write(bytes);
                writeAll(client, bytes, size % 3 == 0);
            }
            assertArrayEquals(sent.toByteArray(), server.received.toByteArray());
        }
    }

    @Test
    void nothingIsReportedBeforeItHasLeft() throws IOException {
        Server server = server(1 << 20);
        TlsTransport client = TlsTransport.over(server, TlsEngine.client(KEY), soon());
        server.full = true;
        ByteBuffer first = ByteBuffer.wrap(new byte[50]);
        assertEquals(0, client.write(first));
        assertEquals(0, first.position());
        server.full = false;
        // more has been written behind it meanwhile
        byte[] more = new byte[80];
        Arrays.fill(more, 50, 80, (byte) 1);
        writeAll(client, more, false);
        assertArrayEquals(more, server.received.toByteArray());
    }

    @Test
    void readsInPieces() throws IOException {
        Server server = server(3_000);
        TlsTransport client = TlsTransport.over(server, TlsEngine.client(KEY), soon());
        byte[] bytes = new byte[100_000];
        random.nextBytes(bytes);
        server.engine.write(bytes, 0, bytes.length);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer b = ByteBuffer.allocate(700);
        boolean held = false;
        while (all.size() < bytes.length) {
            assertTrue(client.read(b.clear()) > 0);
            all.write(b.array(), 0, b.position());
            held |= client.holdsBytes();
        }
        assertArrayEquals(bytes, all.toByteArray());
        assertTrue(held, "a record holds more than was asked for");
        assertFalse(client.holdsBytes());
        assertEquals(0, client.read(b.clear()));
        server.ends = true;
        assertThrows(CutOffException.class, () -> client.read(b.clear()));
    }

    @Test
    void theEndOfTheServerIsAnEnd() throws IOException {
        Server server = server(3_000);
        TlsTransport client = TlsTransport.over(server, TlsEngine.client(KEY), soon());
        byte[] last = "last words".getBytes(StandardCharsets.US_ASCII);
        server.engine.write(last, 0, last.length);
        server.engine.close();
        server.ends = true;
        ByteBuffer b = ByteBuffer.allocate(100);
        assertEquals(last.length, client.read(b));
        assertEquals(-1, client.read(b));
        assertEquals(-1, client.read(b));
    }

    /** Whoever cuts the stream cannot say that it ends, wherever he cuts it. */
    @Test
    void aCutIsNoEnd() throws IOException {
        Server server = server(1 << 20);
        TlsTransport client = TlsTransport.over(server, TlsEngine.client(KEY), soon());
        byte[] bytes = new byte[40_000];
        server.engine.write(bytes, 0, bytes.length);
        byte[] records = new byte[server.engine.pending()];
        assertEquals(records.length, server.engine.drain(records, 0, records.length));
        server.last = ByteBuffer.wrap(records, 0, records.length - 1);
        server.ends = true;
        ByteBuffer b = ByteBuffer.allocate(100_000);
        assertThrows(CutOffException.class, () -> {
            while (client.read(b) >= 0) {
                assertTrue(b.position() < bytes.length);
            }
        });
        assertEquals(32 << 10, b.position(), "whole records only");
    }

    @Test
    void closingTellsTheServer() throws IOException {
        Server server = server(1 << 20);
        TlsTransport client = TlsTransport.over(server, TlsEngine.client(KEY), soon());
        writeAll(client, new byte[10], false);
        assertFalse(server.engine.isEnded());
        client.close();
        assertTrue(server.engine.isEnded());
        assertTrue(server.closed);
        assertEquals(10, server.received.size());
        client.close();
    }

    @Test
    void failuresCloseTheSocket() {
        Server other = new Server(TlsEngine.server(List.of(OTHER)), 1_000) {
            @Override
            public int write(ByteBuffer from) {
                try {
                    return super.write(from);
                } catch (IOException e) {
                    return from.remaining();
                }
            }
        };
        TlsException wrong =
                assertThrows(TlsException.class, () -> TlsTransport.over(other, TlsEngine.client(KEY), soon()));
        assertEquals(TlsException.Reason.WRONG_KEY, wrong.reason());
        assertTrue(other.closed);

        Server silent = server(1_000);
        silent.full = true;
        assertThrows(
                SocketTimeoutException.class,
                () -> TlsTransport.over(silent, TlsEngine.client(KEY), System.nanoTime() + 50_000_000));
        assertTrue(silent.closed);

        Server gone = new Server(TlsEngine.server(List.of(KEY)), 1_000) {
            @Override
            public int read(ByteBuffer to) {
                return -1;
            }
        };
        assertThrows(EOFException.class, () -> TlsTransport.over(gone, TlsEngine.client(KEY), soon()));
        assertTrue(gone.closed);
    }
}
