package io.multiproc.server.engine;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.Test;

class HeapGuardTest {
    private static final long MIB = 1 << 20;

    private final FakeHeap heap = new FakeHeap();
    private long now;
    private final HeapGuard guard = new HeapGuard(heap, () -> now, 8);

    private final class FakeHeap implements HeapGuard.Heap {
        private long live;
        private long garbage;
        private int collections;

        @Override
        public long max() {
            return 120 * MIB;
        }

        @Override
        public long used() {
            return live + garbage;
        }

        @Override
        public void collect() {
            collections++;
            garbage = 0;
            now += 5_000_000;
        }
    }

    @Test
    void withRoomNothingIsCollected() {
        heap.live = 100 * MIB;
        for (int i = 0; i < 1000; i++) {
            assertTrue(guard.admits(10_000));
        }
        assertEquals(0, heap.collections);
        assertFalse(guard.admits(5 * MIB), "room for the reserve, but not for this as well");
    }

    @Test
    void garbageIsCollectedBeforeAnythingIsRefused() {
        heap.live = 60 * MIB;
        heap.garbage = 58 * MIB;
        assertTrue(guard.admits(MIB));
        assertEquals(1, heap.collections);
    }

    @Test
    void garbageThatComesFasterThanCollectionsIsNotTakenForContent() {
        heap.live = 20 * MIB;
        for (int i = 0; i < 30; i++) {
            heap.garbage = 99 * MIB;
            assertTrue(guard.admits(MIB), "after " + i);
            heap.live += MIB;
        }
        assertEquals(1, heap.collections);
        heap.live = 110 * MIB;
        boolean refused = false;
        for (int i = 0; i < 100 && !refused; i++) {
            heap.garbage = 9 * MIB;
            refused = !guard.admits(MIB);
        }
        assertTrue(refused, "what was stored since counts");
    }

    @Test
    void aFullHeapIsCollectedForATenthOfTheTimeAtMost() {
        heap.live = 115 * MIB;
        for (int i = 0; i < 10_000; i++) {
            assertFalse(guard.admits(MIB));
            now += 100_000;
        }
        assertTrue(heap.collections >= 15 && heap.collections <= 20, heap.collections + " collections in a second");
        // less is live: the next collection shows it, and small requests pass again too
        heap.garbage = heap.live;
        heap.live = 0;
        now += 1_000_000_000;
        assertTrue(guard.admits(1));
        assertTrue(guard.admits(MIB));
    }

    @Test
    void oneRequestTooManyDoesNotStopSmallOnes() {
        heap.live = 105 * MIB;
        assertFalse(guard.admits(20 * MIB));
        assertTrue(guard.admits(100));
    }

    @Test
    void theHeapOfThisJvmHasRoom() {
        HeapGuard real = HeapGuard.ofThisJvm(8);
        assertTrue(real.admits(MIB));
        assertTrue(real.describe().matches("\\d+ of \\d+ MiB"));
    }
}
