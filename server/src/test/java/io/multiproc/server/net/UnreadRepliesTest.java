package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnreadRepliesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** An eighth of it for values of each kind of clients, a quarter for their buffers. */
    private static final long MEMORY = 8_000;

    private static final long VALUES = MEMORY / 8;
    private static final long BUFFERS = MEMORY / 4;

    private final UnreadReplies replies = new UnreadReplies(MEMORY, MEMORY);
    private final List<Reader> open = new ArrayList<>();
    private final long now = 100 * SECOND;

    /** Somebody for whom so much waits, and who has read nothing for so long. */
    private record Reader(
            String name, boolean isPython, long waiting, long waitingValues, long readAt, boolean isEnding)
            implements UnreadReplies.Reader {
        @Override
        public long waitingOutput(long nanoTime) {
            return waiting;
        }
    }

    private void natively(String name, long buffers, long values, long silent) {
        open.add(new Reader(name, false, buffers + values, values, now - silent, false));
    }

    private void python(String name, long buffers, long silent) {
        open.add(new Reader(name, true, buffers, 0, now - silent, false));
    }

    private List<String> ended() {
        return replies.slowest(open, now).stream().map(Reader::name).toList();
    }

    @Test
    void nobodyIsEndedWithinTheShares() {
        natively("a", BUFFERS / 2, VALUES, 50 * SECOND);
        natively("b", BUFFERS / 2, 0, 60 * SECOND);
        python("p", BUFFERS, 70 * SECOND);
        assertEquals(List.of(), ended());
    }

    @Test
    void theSlowestGoesAndNoMoreThanHaveTo() {
        natively("fast", BUFFERS / 2, 0, 0);
        natively("slow", BUFFERS / 2, 0, 2 * SECOND);
        natively("slowest", BUFFERS / 2, 0, 3 * SECOND);
        assertEquals(List.of("slowest"), ended());
    }

    @Test
    void ofTwoAlikeTheOneWithMostGoes() {
        natively("less", BUFFERS / 2, 0, 2 * SECOND);
        natively("more", BUFFERS / 2 + 1, 0, 2 * SECOND);
        assertEquals(List.of("more"), ended());
    }

    @Test
    void whoHasJustReadIsWaitedFor() {
        natively("a", BUFFERS, 0, SECOND / 2);
        natively("b", BUFFERS / 2, 0, SECOND / 2);
        assertEquals(List.of(), ended());
    }

    @Test
    void butNotBeyondTwiceTheShare() {
        natively("a", BUFFERS, 0, SECOND / 2);
        natively("b", BUFFERS, 0, SECOND / 3);
        natively("c", BUFFERS, 0, SECOND / 4);
        // twice the share is left: these are waited for
        assertEquals(List.of("a"), ended());
    }

    @Test
    void valuesHaveAShareOfTheirOwn() {
        natively("values", 0, VALUES, 3 * SECOND);
        natively("more values", 0, 1, 4 * SECOND);
        assertEquals(List.of("more values"), ended());
    }

    @Test
    void eachKindOfClientsUsesUpItsOwnShare() {
        python("p", BUFFERS, 5 * SECOND);
        python("q", BUFFERS, 3 * SECOND);
        natively("n", BUFFERS, 0, 50 * SECOND);
        assertEquals(List.of("p"), ended());
    }

    @Test
    void oneLargeValueForOneClientIsBoundedByItself() {
        python("alone", 2 * BUFFERS, 9 * SECOND);
        assertEquals(List.of(), ended());
        open.clear();
        python("alone", 2 * BUFFERS + 1, 9 * SECOND);
        assertEquals(List.of("alone"), ended());
    }

    @Test
    void whoEndsCountsNoMore() {
        open.add(new Reader("ending", false, 9 * BUFFERS, 0, now - 9 * SECOND, true));
        natively("a", BUFFERS, 0, 2 * SECOND);
        assertEquals(List.of(), ended());
    }

    @Test
    void itIsTimeToLookAfterAPartOfTheSmallerShare() {
        long part = VALUES / 16;
        assertFalse(replies.added(part - 1));
        assertTrue(replies.added(1));
        assertEquals(List.of(), ended());
        assertFalse(replies.added(part - 1), "a look begins anew");
    }
}
