package io.multiproc.client.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RecentStartsTest {
    private static final long START = Long.MAX_VALUE - 5; // the clock may overflow
    private final RecentStarts starts = new RecentStarts(3);
    private long now = START;

    private int start(int count) {
        for (int i = 0; i < count; i++) {
            starts.started(now);
        }
        return starts.worthWaiting(now);
    }

    @Test
    void oneBurstIsNoHabit() {
        assertEquals(0, starts.worthWaiting(now));
        assertEquals(0, start(2));
        now += RecentStarts.BURST;
        assertEquals(0, start(1), "the same burst");
    }

    @Test
    void aSecondBurstHasAsManyWaitingAsTheLargest() {
        start(2);
        now += RecentStarts.BURST + 1;
        assertEquals(2, start(1));
        now += RecentStarts.BURST + 1;
        assertEquals(3, start(7), "at most one for each processor");
    }

    @Test
    void whoStartsNothingForAWhileHasNone() {
        start(1);
        now += RecentStarts.BURST + 1;
        assertEquals(1, start(1));
        now += RecentStarts.IDLE;
        assertEquals(1, starts.worthWaiting(now));
        now++;
        assertEquals(0, starts.worthWaiting(now));
        assertEquals(0, start(1), "and begins anew");
        now += RecentStarts.BURST + 1;
        assertEquals(1, start(1));
    }
}
