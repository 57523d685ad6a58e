package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.wire.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutgoingTest {
    /** What a server gets that is cut off at random: each frame, which holds its number, in order and once. */
    @Test
    void everyFrameArrivesOnceInOrderHoweverOftenItIsCut() {
        long seed = System.nanoTime();
        System.out.println("OutgoingTest seed " + seed);
        Random random = new Random(seed);
        Outgoing out = new Outgoing();
        ByteWriter maker = new ByteWriter(16);
        List<Long> arrived = new ArrayList<>();
        long added = 0;
        for (int turn = 0; turn < 20_000; turn++) {
            for (int n = random.nextInt(4); n > 0; n--) {
                // some frames are made elsewhere, and of those large ones are not copied
                boolean made = random.nextBoolean();
                ByteWriter frame = made ? maker.reset() : out.bytes();
                int size =
                        8 + random.nextInt(random.nextInt(50) == 0 ? random.nextInt(20) == 0 ? 1_500_000 : 70_000 : 20);
                frame.i32(size).i64(added + 1);
                byte[] rest = new byte[size - 8];
                boolean borrowed = made && random.nextBoolean();
                if (!borrowed) {
                    frame.raw(rest);
                }
                assertEquals(++added, made ? out.add(frame, borrowed ? rest : null) : out.added());
                if (borrowed && random.nextInt(4) == 0) {
                    out.copyBorrowed(added);
                    Arrays.fill(rest, (byte) 1);
                }
            }
            if (out.waiting() > 0) {
                Outgoing.Chunk chunk = out.take();
                boolean cut = random.nextInt(5) == 0;
                // whole frames only take effect
                int bytes = cut ? random.nextInt(chunk.end() + 1) : chunk.end();
                receive(chunk, chunk.from() + bytes, arrived);
                out.written(chunk);
                if (cut) {
                    assertTrue(out.admits(arrived.size()));
                    if (random.nextBoolean()) {
                        out.confirm(arrived.size());
                    }
                    for (Outgoing.Chunk again : out.unreceived(arrived.size())) {
                        receive(again, again.end(), arrived);
                        out.written(again);
                    }
                }
            }
            if (random.nextInt(3) == 0) {
                out.confirm(arrived.size());
                assertTrue(out.kept() <= 1);
            }
        }
        for (int i = 0; i < arrived.size(); i++) {
            assertEquals(i + 1, arrived.get(i));
        }
        assertEquals(added, out.last());
        assertFalse(out.admits(added + 1));
    }

    /** A thread that makes one large frame after the other gets the array of an earlier one for the next, and what is told in between does not copy it. */
    @Test
    void arraysOfLargeFramesGoRound() {
        Outgoing out = new Outgoing();
        ByteWriter frame = new ByteWriter(512);
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        byte[] value = new byte[1 << 20];
        for (int i = 0; i < 20; i++) {
            frame.reset().i32(value.length).raw(value);
            arrays.add(frame.array());
            out.add(frame, null);
            out.bytes().i32(8).i64(i);
            out.added();
            Outgoing.Chunk large = out.take();
            assertTrue(arrays.contains(large.array()), "the frame was copied");
            out.written(large);
            out.bytes().i32(8).i64(i);
            out.added();
            Outgoing.Chunk small = out.take();
            assertFalse(arrays.contains(small.array()), "a large array is used for small frames");
            out.written(small);
            out.confirm(out.last() - 1);
        }
        assertEquals(2, arrays.size());
    }

    /** Nor does what many small frames in a row need grow anew for each chunk. */
    @Test
    void arraysOfManySmallFramesGoRound() {
        Outgoing out = new Outgoing();
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        byte[] value = new byte[1000];
        for (int i = 0; i < 20; i++) {
            for (int n = 0; n < 256; n++) {
                out.bytes().i32(value.length).raw(value);
                out.added();
            }
            Outgoing.Chunk chunk = out.take();
            arrays.add(chunk.array());
            out.written(chunk);
            out.confirm(out.last());
        }
        assertTrue(arrays.size() <= 3, () -> arrays.size() + " arrays for 20 chunks");
    }

    /** What is borrowed is not copied, unless something follows it before it is written, or its owner takes it back. */
    @Test
    void whatIsBorrowedStaysWhereItIs() {
        Outgoing out = new Outgoing();
        byte[] value = {1, 2, 3};
        ByteWriter frame = new ByteWriter(16);
        out.add(frame.i32(4).u8(0), value);
        assertTrue(out.isBorrowing());
        assertEquals(8, out.waiting());
        Outgoing.Chunk chunk = out.take();
        assertFalse(out.isBorrowing());
        value[2] = 4;
        assertArrayEquals(new byte[] {0, 0, 0, 4, 0, 1, 2, 4}, bytes(chunk));
        out.copyBorrowed(2);
        value[2] = 7;
        assertArrayEquals(new byte[] {0, 0, 0, 4, 0, 1, 2, 7}, bytes(chunk), "another frame's");
        value[2] = 4;
        out.copyBorrowed(1);
        value[2] = 5;
        assertArrayEquals(new byte[] {0, 0, 0, 4, 0, 1, 2, 4}, bytes(chunk));
        out.written(chunk);
        out.confirm(1);

        out.add(frame.reset().i32(4).u8(0), value);
        out.bytes().i32(0);
        out.added();
        assertFalse(out.isBorrowing());
        value[2] = 6;
        chunk = out.take();
        assertArrayEquals(new byte[] {0, 0, 0, 4, 0, 1, 2, 5, 0, 0, 0, 0}, bytes(chunk));
        // in pieces of any size
        for (int piece = 1; piece < 12; piece++) {
            ByteBuffer all = ByteBuffer.allocate(12);
            for (int at = 0; at < 12; at = all.position()) {
                ByteBuffer part = ByteBuffer.allocate(piece);
                chunk.copy(at, part);
                all.put(part.flip());
            }
            assertArrayEquals(bytes(chunk), all.array());
        }
    }

    private static byte[] bytes(Outgoing.Chunk chunk) {
        ByteBuffer all = ByteBuffer.allocate(chunk.end());
        chunk.copy(0, all);
        assertFalse(all.hasRemaining());
        return all.array();
    }

    private static void receive(Outgoing.Chunk chunk, int end, List<Long> arrived) {
        int at = chunk.from();
        byte[] bytes = bytes(chunk);
        while (at + 4 <= end) {
            int size = ByteWriter.i32(bytes, at);
            if (at + 4 + size > end) {
                return;
            }
            arrived.add((long) ByteWriter.i32(bytes, at + 8));
            for (int i = at + 12; i < at + 4 + size; i++) {
                assertEquals(0, bytes[i]);
            }
            at += 4 + size;
        }
    }
}
