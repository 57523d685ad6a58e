package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LoopClockTest {
    private static final long PERIOD = 250;
    private static final long GRACE = 2000;
    private static final long LEASE = 5000;

    private final LoopClock clock = new LoopClock(7, PERIOD);
    private long real = 7;

    private long sweep(long later) {
        long last = clock.now();
        real += later;
        clock.advance(real);
        return clock.now() - last;
    }

    @Test
    void countsTheTimeBetweenChecks() {
        assertEquals(PERIOD, sweep(PERIOD));
        assertEquals(PERIOD + 100, sweep(PERIOD + 100), "a check that is a little late");
        assertEquals(7 + 2 * PERIOD + 100, clock.now());
    }

    @Test
    void aPauseIsNotCounted() {
        assertEquals(PERIOD + PERIOD / 2, sweep(60_000));
        assertEquals(PERIOD, sweep(PERIOD));
    }

    @Test
    void aSessionThatIsCutDuringAPauseHasItsWholeGraceAfterwards() {
        NativeSession session = new NativeSession(1, 1, LEASE, new ReplyLog(1000, () -> true));
        sweep(PERIOD);
        // the client gives up while the server does not run; the loop sees that first, and then checks leases
        session.cut(clock.now(), clock.now());
        long slack = sweep(20_000);
        assertFalse(session.isOver(clock.now(), GRACE, slack));
        long waited = 0;
        while (!session.isOver(clock.now(), GRACE, slack)) {
            slack = sweep(PERIOD);
            waited += PERIOD;
        }
        assertTrue(waited >= GRACE - PERIOD && waited <= GRACE + 2 * PERIOD, waited + " ms");
    }
}
