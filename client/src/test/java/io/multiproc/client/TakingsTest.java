package io.multiproc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** Which of the items that a process has taken a report of a thread is for. */
class TakingsTest {
    private static final long A = 7;
    private static final long B = 8;

    private final Takings takings = new Takings(() -> 7);

    private long next(long holder) {
        Takings.Taking next = takings.next(holder);
        return next == null ? 0 : next.number();
    }

    @Test
    void eachThreadHasItsOwnOldest() {
        takings.add(1, A);
        takings.add(2, B);
        takings.add(3, A);
        takings.add(4, B);
        assertEquals(2, next(B));
        assertEquals(1, next(A));
        assertEquals(4, next(B));
        assertEquals(3, next(A));
        assertNull(takings.next(A));
        assertEquals(0, takings.threads(), "nothing is left of a thread");
    }

    @Test
    void whoHasNoneReportsNobodysAndThenTheOldest() {
        takings.add(1, A);
        takings.add(2, Takings.NOBODY);
        takings.add(3, A);
        assertEquals(2, next(B));
        assertEquals(1, next(B));
        assertEquals(3, next(Takings.NOBODY));
        assertEquals(0, takings.size());
    }

    @Test
    void whatWasReportedByItsNumberIsForgotten() {
        takings.add(1, A);
        takings.add(2, A);
        takings.remove(1);
        takings.remove(1);
        assertEquals(2, next(A));
        assertEquals(0, takings.threads());
    }

    @Test
    void whatCouldNotBeReportedIsTheNextAgain() {
        takings.add(1, A);
        takings.add(2, A);
        Takings.Taking first = takings.next(A);
        assertNotNull(first);
        takings.putBack(first);
        assertEquals(1, next(B));
        assertEquals(2, next(A));
    }

    @Test
    void whatIsNeverReportedTakesNoMoreRoom() {
        for (long n = 1; n <= 100_001; n++) {
            takings.add(n, n);
        }
        assertEquals(100_000, takings.size());
        assertEquals(100_000, takings.threads());
        assertEquals(2, next(Takings.NOBODY));
    }
}
