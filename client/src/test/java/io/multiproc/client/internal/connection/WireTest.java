package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.idle.AdaptiveSpin;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireTest {
    private static final int MOST = 64 << 20;
    private static final int[] SIZES = {1, 9, 100, 8 << 10, 64 << 10, 128 << 10, 1 << 20, 4 << 20, 17 << 20};

    /** One of three kinds: a reply that is a byte array, a reply that is something else, no reply. */
    private static byte[] payload(Random random) {
        byte[] bytes = new byte[SIZES[random.nextInt(SIZES.length)] + random.nextInt(40)];
        random.nextBytes(bytes);
        int kind = random.nextInt(3);
        if (kind == 2 || bytes.length < 100) {
            bytes[0] = Messages.PONG;
            return bytes;
        }
        ByteWriter out =
                new ByteWriter().u8(Messages.REPLY).i64(random.nextLong()).u8(0);
        if (kind == 0) {
            out.tag(io.multiproc.protocol.wire.Tag.BYTES).varint(bytes.length);
        } else {
            out.tag(io.multiproc.protocol.wire.Tag.LIST);
        }
        return out.raw(bytes).toByteArray();
    }

    /** Frames of all sizes come as they were sent, in whatever pieces they arrive. */
    @Test
    void framesOfAllSizesInPieces() throws Exception {
        long seed = System.nanoTime();
        System.out.println("WireTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            frames.add(payload(random));
        }
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            Wire wire = new Wire(
                    Transport.connect(Address.parse("tcp://127.0.0.1:" + port), Authkey.ofText("key"), null, deadline),
                    MOST);
            FutureTask<Void> sender = new FutureTask<>(() -> send(listener, frames, seed));
            Thread thread = new Thread(sender, "sender");
            thread.setDaemon(true);
            thread.start();
            AdaptiveSpin spin = new AdaptiveSpin(TimeUnit.MICROSECONDS.toNanos(50));
            for (byte[] expected : frames) {
                int length;
                while ((length = wire.nextFrame()) < 0) {
                    assertTrue(wire.fill(1000, spin) >= 0);
                }
                byte[] tail = wire.frameTail();
                int rest = tail == null ? 0 : tail.length;
                assertEquals(expected.length, length + rest);
                assertTrue(Arrays.equals(
                        expected, 0, length, wire.frameArray(), wire.frameStart(), wire.frameStart() + length));
                if (tail != null) {
                    assertTrue(Arrays.equals(expected, length, expected.length, tail, 0, rest));
                } else if (wire.frameIsApart() && random.nextBoolean()) {
                    wire.giveBack(wire.frameArray());
                }
            }
            sender.get();
            wire.close();
        }
    }

    private static Void send(ServerSocketChannel listener, List<byte[]> frames, long seed) throws Exception {
        Random random = new Random(seed + 1);
        ByteWriter all = new ByteWriter();
        for (byte[] frame : frames) {
            all.i32(frame.length).raw(frame);
        }
        try (SocketChannel channel = listener.accept()) {
            ByteBuffer bytes = ByteBuffer.wrap(all.array(), 0, all.size());
            while (bytes.hasRemaining()) {
                int piece = 1 + random.nextInt(random.nextInt(3) == 0 ? 20 : 300_000);
                ByteBuffer part = bytes.slice(bytes.position(), Math.min(piece, bytes.remaining()));
                bytes.position(bytes.position() + part.remaining());
                while (part.hasRemaining()) {
                    assertTrue(channel.write(part) >= 0);
                }
            }
        }
        return null;
    }
}
