package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.wire.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PendingCallsTest {
    @Test
    void theLowestOfLaterFrames() {
        PendingCalls calls = new PendingCalls();
        assertEquals(1, calls.lowestAfter(0), "one above all that there have been");
        long frame = 0;
        for (int i = 0; i < 500; i++) {
            Call call = new Call(DictOp.SET, 1, new Object[] {1L, -1L}, new ByteWriter(1));
            calls.number(call);
            call.frameNumber = frame += 1 + i % 3;
            calls.add(call);
        }
        assertEquals(1, calls.lowestAfter(0));
        // frames 1, 3, 6, 7, 9, 12 and so on
        assertEquals(2, calls.lowestAfter(1));
        assertEquals(2, calls.lowestAfter(2));
        assertEquals(5, calls.lowestAfter(8));
        assertNotNull(calls.remove(5));
        assertEquals(6, calls.lowestAfter(8));
        assertEquals(501, calls.lowestAfter(frame));
    }

    @Test
    void isAMapOfIdsInARow() {
        long seed = System.nanoTime();
        System.out.println("PendingCallsTest seed " + seed);
        Random random = new Random(seed);
        PendingCalls calls = new PendingCalls();
        TreeMap<Long, Call> model = new TreeMap<>();
        long last = random.nextInt(1000);
        for (int i = 0; i < 100_000; i++) {
            if (random.nextInt(1000) < (model.size() > 600 ? 300 : 520)) {
                Call call = new Call(
                        random.nextBoolean() ? DictOp.SET : LockOp.ACQUIRE,
                        1,
                        new Object[] {1L, -1L},
                        new ByteWriter(1));
                call.id = ++last;
                calls.add(call);
                model.put(last, call);
            } else {
                long id = last - random.nextInt(model.size() + 50);
                assertSame(model.remove(id), calls.remove(id));
            }
            assertEquals(model.size(), calls.size());
            if (i % 100 == 0) {
                assertEquals(
                        model.values().stream().filter(c -> c.op == DictOp.SET).count(),
                        calls.immediate(),
                        "answered at once");
            }
        }
        List<Call> all = new ArrayList<>();
        calls.forEach(all::add);
        assertEquals(model.size(), all.size());
        assertEquals(List.copyOf(model.values()), calls.drain());
        assertEquals(0, calls.size());
        assertEquals(0, calls.immediate());
    }
}
