package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.idle.AdaptiveSpin;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a wire cuts bytes into frames, over a transport in memory. */
@Timeout(60)
class WireFramesTest {
    private static final int MOST = 32 << 20;
    private static final AdaptiveSpin NEVER = new AdaptiveSpin(0);

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] stream(List<byte[]> payloads) {
        ByteWriter out = new ByteWriter();
        payloads.forEach(p -> out.i32(p.length).raw(p));
        return out.toByteArray();
    }

    /** A reply that is a byte array of some size. */
    private static byte[] reply(int size) {
        return new ByteWriter()
                .u8(Messages.REPLY)
                .i64(77)
                .u8(0)
                .tag(Tag.BYTES)
                .varint(size)
                .raw(bytes(size, size))
                .toByteArray();
    }

    /** All whole frames that are there, each as one array. */
    private static void take(Wire wire, List<byte[]> to) throws IOException {
        int length;
        while ((length = wire.nextFrame()) >= 0) {
            byte[] head = Arrays.copyOfRange(wire.frameArray(), wire.frameStart(), wire.frameStart() + length);
            byte[] tail = wire.frameTail();
            to.add(tail == null ? head : new ByteWriter().raw(head).raw(tail).toByteArray());
        }
    }

    private static List<byte[]> receive(FakeTransport transport, Wire wire) throws IOException {
        transport.ends();
        List<byte[]> got = new ArrayList<>();
        int n;
        while ((n = wire.fill()) >= 0) {
            assertTrue(n >= 0);
            take(wire, got);
        }
        return got;
    }

    private static void assertFrames(List<byte[]> expected, List<byte[]> got, String how) {
        assertEquals(expected.size(), got.size(), how);
        for (int i = 0; i < expected.size(); i++) {
            int number = i;
            assertArrayEquals(expected.get(i), got.get(i), () -> how + ", frame " + number);
        }
    }

    /** Small frames, an empty one among them, whichever way the stream is cut in two or three. */
    @Test
    void framesCutAtEveryBoundary() throws Exception {
        List<byte[]> frames = List.of(bytes(1, 1), new byte[0], bytes(9, 2), bytes(30, 3), bytes(2, 4));
        byte[] all = stream(frames);
        for (int first = 0; first <= all.length; first++) {
            for (int second = first; second <= all.length; second++) {
                FakeTransport transport = new FakeTransport()
                        .arrives(all, 0, first)
                        .arrives(all, first, second)
                        .arrives(all, second, all.length);
                assertFrames(frames, receive(transport, new Wire(transport, MOST)), first + " and " + second);
            }
        }
    }

    @Test
    void framesByteByByte() throws Exception {
        List<byte[]> frames =
                List.of(bytes(1, 1), new byte[0], bytes(300, 2), bytes(3_000, 3), reply(70_000), bytes(5, 4));
        byte[] all = stream(frames);
        FakeTransport transport = new FakeTransport();
        for (int i = 0; i < all.length; i++) {
            transport.arrives(all, i, i + 1);
        }
        assertFrames(frames, receive(transport, new Wire(transport, MOST)), "byte by byte");
    }

    /** The header of a large frame, and what shows that it is a byte array, arrive in any pieces. */
    @ParameterizedTest
    @ValueSource(ints = {64 << 10, 100_000, 600_000})
    void largeFramesCutNearTheirStartAndEnd(int size) throws Exception {
        List<byte[]> frames = List.of(bytes(3, 1), reply(size), bytes(4, 2));
        byte[] all = stream(frames);
        for (int cut = 0; cut < 40; cut++) {
            for (int end : new int[] {0, 1, 8, 9}) {
                FakeTransport transport = new FakeTransport()
                        .arrives(all, 0, cut)
                        .arrives(all, cut, all.length - end)
                        .arrives(all, all.length - end, all.length);
                assertFrames(frames, receive(transport, new Wire(transport, MOST)), "cut at " + cut + ", " + end);
            }
        }
    }

    @Test
    void largeFramesOfAllKindsInRandomPieces() throws Exception {
        long seed = System.nanoTime();
        System.out.println("WireFramesTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int size = 1 << random.nextInt(22);
            frames.add(random.nextBoolean() ? reply(size + random.nextInt(9)) : bytes(size + random.nextInt(9), i));
        }
        byte[] all = stream(frames);
        FakeTransport transport = new FakeTransport();
        for (int at = 0; at < all.length; ) {
            int piece = Math.min(all.length - at, 1 + random.nextInt(1 << random.nextInt(20)));
            transport.arrives(all, at, at + piece);
            at += piece;
        }
        assertFrames(frames, receive(transport, new Wire(transport, MOST)), "seed " + seed);
    }

    @Test
    void aByteArrayThatArrivesInPartsIsReadIntoAnArrayOfItsOwn() throws Exception {
        byte[] payload = reply(1 << 20);
        byte[] all = stream(List.of(payload));
        FakeTransport transport = new FakeTransport().arrives(all);
        Wire wire = new Wire(transport, MOST);
        int length;
        while ((length = wire.nextFrame()) < 0) {
            assertTrue(wire.fill() > 0);
        }
        byte[] tail = wire.frameTail();
        assertNotNull(tail);
        assertArrayEquals(bytes(1 << 20, 1 << 20), tail);
        assertEquals(payload.length, length + tail.length);
        assertTrue(wire.frameIsApart());
    }

    @Test
    void anArrayGivenBackIsUsedForTheNextFrameOfItsSize() throws Exception {
        byte[] payload = bytes(200_000, 1);
        byte[] all = stream(List.of(payload, payload, bytes(200_001, 2), payload));
        FakeTransport transport = new FakeTransport().arrives(all);
        Wire wire = new Wire(transport, MOST);
        byte[] first = next(wire);
        wire.giveBack(first);
        assertSame(first, next(wire));
        wire.giveBack(first);
        assertNotSame(first, next(wire), "another size");
        assertSame(first, next(wire));
    }

    private static byte[] next(Wire wire) throws IOException {
        while (wire.nextFrame() < 0) {
            assertTrue(wire.fill() > 0);
        }
        assertTrue(wire.frameIsApart());
        return wire.frameArray();
    }

    @Test
    void aSmallFrameSharesTheBuffer() throws Exception {
        FakeTransport transport = new FakeTransport().arrives(stream(List.of(bytes(10, 1))));
        Wire wire = new Wire(transport, MOST);
        assertEquals(14, wire.fill());
        assertEquals(10, wire.nextFrame());
        assertFalse(wire.frameIsApart());
        assertNull(wire.frameTail());
        assertEquals(-1, wire.nextFrame());
    }

    /** Forty gigabytes are announced. */
    @Test
    void memoryFollowsWhatArrivesNotWhatIsAnnounced() throws Exception {
        byte[] start = new ByteWriter()
                .i32(Integer.MAX_VALUE - 100)
                .u8(Messages.REPLY)
                .i64(1)
                .u8(0)
                .tag(Tag.LIST)
                .raw(new byte[100])
                .toByteArray();
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Wire wire = new Wire(new FakeTransport().arrives(start).ends(), Integer.MAX_VALUE);
            assertEquals(start.length, wire.fill());
            assertEquals(-1, wire.nextFrame());
            assertEquals(-1, wire.fill());
            wires.add(wire);
        }
        assertEquals(20, wires.size());
    }

    @Test
    void aFrameOfMoreThanAgreedIsRefused() throws Exception {
        for (int length : new int[] {101, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            FakeTransport transport =
                    new FakeTransport().arrives(new ByteWriter().i32(length).toByteArray());
            Wire wire = new Wire(transport, 100);
            assertEquals(4, wire.fill());
            IOException e = assertThrows(IOException.class, wire::nextFrame);
            assertEquals(
                    "the server announced a frame of " + (length & 0xffffffffL)
                            + " bytes; at most 100 are allowed. Is it a multiproc server?",
                    e.getMessage());
        }
        FakeTransport transport = new FakeTransport().arrives(stream(List.of(bytes(101, 1), bytes(100, 2))));
        Wire wire = new Wire(transport, 100);
        wire.maxFrame(101);
        assertTrue(wire.fill() > 0);
        assertEquals(101, wire.nextFrame());
        wire.maxFrame(100);
        assertEquals(100, wire.nextFrame());
    }

    @Test
    void whoReadsMuchReadsInLargePieces() throws Exception {
        byte[] all = stream(List.of(bytes(8 << 20, 1)));
        FakeTransport transport = new FakeTransport().arrives(all);
        Wire wire = new Wire(transport, MOST);
        int fills = 0;
        while (wire.nextFrame() < 0) {
            assertTrue(wire.fill() > 0);
            fills++;
        }
        assertEquals(128 << 10, transport.largestRead());
        assertTrue(fills < 70, "system calls: " + fills);
    }

    @Test
    void fillWaitsOnlyIfThereIsNothing() throws Exception {
        byte[] all = stream(List.of(bytes(10, 1)));
        FakeTransport transport = new FakeTransport().arrives(all, 0, 0).arrives(all);
        Wire wire = new Wire(transport, MOST);
        assertEquals(0, wire.fill());
        assertEquals(14, wire.fill(1000, NEVER));
        assertEquals(1, transport.waits(), "it does not look first, as there is no time for that");
    }

    // ---- the handshake

    @Test
    void aFrameOfTheHandshakeIsWaitedFor() throws Exception {
        byte[] all = stream(List.of(bytes(40, 1), bytes(50, 2)));
        FakeTransport transport = new FakeTransport().arrives(all, 0, 20).arrives(all, 20, all.length);
        Wire wire = new Wire(transport, 256);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        assertArrayEquals(bytes(40, 1), wire.readFrame(deadline, NEVER));
        assertArrayEquals(bytes(50, 2), wire.readFrame(deadline, NEVER));
    }

    @Test
    void theHandshakeEndsWithTheStreamTheDeadlineAndAnInterrupt() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Wire ended = new Wire(new FakeTransport().ends(), 256);
        assertThrows(EOFException.class, () -> ended.readFrame(deadline, NEVER));
        Wire silent = new Wire(new FakeTransport(), 256);
        assertThrows(SocketTimeoutException.class, () -> silent.readFrame(System.nanoTime() - 1, NEVER));
        Thread.currentThread().interrupt();
        assertThrows(SocketTimeoutException.class, () -> silent.readFrame(deadline, NEVER));
        assertTrue(Thread.interrupted());
    }

    // ---- writing

    private record Source(byte[] bytes) implements Wire.Source {
        @Override
        public int end() {
            return bytes.length;
        }

        @Override
        public void copy(int from, ByteBuffer to) {
            to.put(bytes, from, Math.min(bytes.length - from, to.remaining()));
        }
    }

    @Test
    void whatIsWrittenLeavesInOrderWhateverRoomThereIs() throws Exception {
        byte[] bytes = bytes(500_000, 1);
        for (int room : new int[] {1 << 10, 4_097, 100_000, 1 << 20}) {
            FakeTransport transport = new FakeTransport().room(room, room);
            Wire wire = new Wire(transport, MOST);
            Source source = new Source(bytes);
            int sent = 0;
            while (sent < bytes.length) {
                int n = wire.write(source, sent);
                sent += n;
                if (n == 0) {
                    wire.awaitWritable();
                }
            }
            assertArrayEquals(bytes, transport.sent(), "room for " + room);
        }
    }

    @Test
    void anArrayIsWrittenAsAWhole() throws Exception {
        byte[] bytes = bytes(10_000, 1);
        FakeTransport transport = new FakeTransport().room(10, 100);
        new Wire(transport, MOST).writeFully(bytes, 9_000);
        assertArrayEquals(Arrays.copyOf(bytes, 9_000), transport.sent());
        assertTrue(transport.waits() >= 89);
    }

    @Test
    void closingClosesTheTransport() {
        FakeTransport transport = new FakeTransport();
        Wire wire = new Wire(transport, MOST);
        assertTrue(transport.isOpen());
        wire.close();
        assertFalse(transport.isOpen());
    }
}
