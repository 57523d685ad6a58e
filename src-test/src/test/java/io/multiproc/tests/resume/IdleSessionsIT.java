package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import com.sun.management.UnixOperatingSystemMXBean;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ServerJvm;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand clients that do nothing: what they cost the server. They are sockets only; each has said who it is and has sent heartbeats. */
@Timeout(120)
class IdleSessionsIT {
    /** Fewer only where a process may not open that many files. */
    private static final int SESSIONS = (int) Math.min(10_000, maxDescriptors() - 1_000);

    private static final int FIRST = 100;
    private static final int MOST_BYTES = 4096;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final int SLICES = 9;
    private static final Duration SLICE = Duration.ofMillis(250);
    private static final long SLICES_IN_A_SECOND = 4;

    private static long maxDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** As much of a client as a server can tell from a whole one. */
    private static final class Idle implements AutoCloseable {
        private final SocketChannel channel;
        private final ByteBuffer in;

        Idle(URI at, Authkey key, ByteBuffer in) throws Exception {
            this.in = in;
            channel = SocketChannel.open(new InetSocketAddress(at.getHost(), at.getPort()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ClientHandshake handshake = new ClientHandshake(key);
            while (!handshake.isDone()) {
                ByteWriter out = new ByteWriter(512);
                for (byte[] frame : handshake.receive(receive())) {
                    out.i32(frame.length).raw(frame);
                }
                if (handshake.isDone()) {
                    byte[] hello = handshake.hello(new Hello(
                            Hello.VERSION,
                            Hello.VERSION,
                            Duration.ofMinutes(10).toMillis(),
                            new byte[Hello.FINGERPRINT],
                            "idle"));
                    out.i32(hello.length).raw(hello);
                }
                send(out);
            }
            assertEquals(
                    Duration.ofMinutes(10).toMillis(),
                    handshake.receiveAck(receive()).leaseMillis());
        }

        private void send(ByteWriter frames) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(frames.toByteArray());
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        /** The next frame; the server sends one at a time. */
        private byte[] receive() throws IOException {
            in.clear().limit(4);
            fill();
            byte[] frame = new byte[in.flip().getInt()];
            in.clear().limit(frame.length);
            fill();
            in.flip().get(frame);
            return frame;
        }

        private void fill() throws IOException {
            while (in.hasRemaining()) {
                if (channel.read(in) < 0) {
                    throw new EOFException();
                }
            }
        }

        void heartbeat() throws IOException {
            ByteWriter out = new ByteWriter(16);
            Messages.ping(out, 1);
            send(out);
            assertEquals(Messages.PONG, receive()[0]);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void costTheServerLittle() throws Exception {
        List<Idle> idle = new ArrayList<>();
        ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
        try (ServerJvm server = new ServerJvm(Duration.ofSeconds(1), SESSIONS + 100, false)) {
            Manager watcher = server.connect();
            URI at = URI.create(server.uri());
            Authkey key = Authkey.of(server.key());
            // what is loaded and allocated once is no session's
            open(idle, FIRST, at, key, in);
            assertEquals(FIRST + 1, watcher.sessions().size());
            long before = server.heap();
            long start = System.nanoTime();
            open(idle, SESSIONS, at, key, in);
            long opened = System.nanoTime();
            long each = (server.heap() - before) / (SESSIONS - FIRST);
            long cpu = server.cpuNanos();
            for (Idle i : idle) {
                i.heartbeat();
            }
            System.out.printf(
                    "IdleSessionsIT: %d sessions opened in %.1f s take %d bytes of server heap each;"
                            + " a heartbeat takes the server %.0f microseconds of a processor%n",
                    SESSIONS, (opened - start) / 1e9, each, (server.cpuNanos() - cpu) / 1e3 / SESSIONS);
            besideALoneCaller(watcher.dict("beside"), idle);
            long afterwards = (server.heap() - before) / (SESSIONS - FIRST);
            assertEquals(SESSIONS + 1, watcher.info().sessions());
            assertTrue(each <= MOST_BYTES, () -> each + " bytes for each session");
            assertTrue(afterwards <= MOST_BYTES, () -> afterwards + " bytes for each session after a heartbeat");
            assertTrue(each >= 100, () -> "measured wrongly: " + each);
            for (Idle i : idle) {
                i.close();
            }
            Await.until("all sessions have ended", () -> watcher.info().sessions() == 1);
            long left = (server.heap() - before) / (SESSIONS - FIRST);
            System.out.println("IdleSessionsIT: " + left + " bytes for each are left when all have ended");
            assertTrue(left <= each / 4, () -> left + " bytes are left of each ended session");
        } finally {
            for (Idle i : idle) {
                i.close();
            }
        }
    }

    /** Prints what a caller beside them achieves while they send heartbeats, each once in ten seconds as clients do, and while they do not. */
    private static void besideALoneCaller(DictProxy<Object, Object> d, List<Idle> idle) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean beating = new AtomicBoolean();
        FutureTask<Integer> hearts = new FutureTask<>(() -> {
            int beats = 0;
            while (!ended.get()) {
                if (beating.get()) {
                    idle.get(beats++ % idle.size()).heartbeat();
                }
                LockSupport.parkNanos(HEARTBEAT.toNanos() / idle.size());
            }
            return beats;
        });
        new Thread(hearts, "hearts").start();
        try {
            long[] without = new long[SLICES];
            long[] with = new long[SLICES];
            puts(d);
            for (int i = 0; i < SLICES; i++) {
                without[i] = puts(d);
                beating.set(true);
                with[i] = puts(d);
                beating.set(false);
            }
            Arrays.sort(without);
            Arrays.sort(with);
            System.out.printf(
                    "IdleSessionsIT: beside them one caller puts %d in a second (%d to %d), and while they send heartbeats %d (%d to %d)%n",
                    without[SLICES / 2], without[0], without[SLICES - 1], with[SLICES / 2], with[0], with[SLICES - 1]);
        } finally {
            ended.set(true);
        }
        int beats = hearts.get();
        assertTrue(beats > 0);
    }

    /** How many a second in a slice of time. */
    private static long puts(DictProxy<Object, Object> d) {
        long start = System.nanoTime();
        int n = 0;
        while (System.nanoTime() - start < SLICE.toNanos()) {
            d.put("k", n++);
        }
        return n * SLICES_IN_A_SECOND;
    }

    private static void open(List<Idle> idle, int until, URI at, Authkey key, ByteBuffer in) throws Exception {
        while (idle.size() < until) {
            idle.add(new Idle(at, key, in));
        }
    }
}
