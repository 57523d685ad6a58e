package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameMarksTest {
    private static void pass(FrameMarks marks, ByteBuf bytes, Random random, boolean endsWhole) {
        while (bytes.isReadable()) {
            ByteBuf part = bytes.readSlice(Math.min(bytes.readableBytes(), 1 + random.nextInt(9)));
            int readable = part.readableBytes();
            marks.pass(part);
            assertEquals(readable, part.readableBytes(), "they stay unread");
            assertTrue(!bytes.isReadable() || part.readableBytes() > 0);
        }
        assertEquals(endsWhole, marks.isAtEnd());
    }

    @Test
    void framesInAnyPieces() {
        Random random = new Random(4);
        FrameMarks marks = new FrameMarks();
        assertTrue(marks.isAtEnd());
        for (int i = 0; i < 2_000; i++) {
            int length = random.nextInt(40);
            ByteBuf frame = Unpooled.buffer();
            if (random.nextInt(4) == 0) {
                frame.writeInt(-1).writeLong(length);
            } else {
                frame.writeInt(length);
            }
            frame.writeZero(length);
            pass(marks, frame, random, true);
        }
    }

    @Test
    void aFrameThatIsNotWhole() {
        Random random = new Random(5);
        for (int cut = 1; cut < 14; cut++) {
            ByteBuf frame = Unpooled.buffer().writeInt(10).writeZero(10);
            pass(new FrameMarks(), frame.slice(0, cut), random, false);
        }
        for (int cut = 1; cut < 22; cut++) {
            ByteBuf frame = Unpooled.buffer().writeInt(-1).writeLong(10).writeZero(10);
            pass(new FrameMarks(), frame.slice(0, cut), random, false);
        }
    }
}
