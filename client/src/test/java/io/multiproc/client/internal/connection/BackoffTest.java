package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void theFirstAttemptIsMadeAtOnceAndTheOthersAtRandomWithinGrowingBounds() {
        Random random = new Random(7);
        long longest = 0;
        for (int run = 0; run < 200; run++) {
            Backoff backoff = new Backoff(random);
            assertEquals(0, backoff.next());
            long most = TimeUnit.MILLISECONDS.toNanos(20);
            for (int attempt = 1; attempt < 40; attempt++) {
                long wait = backoff.next();
                assertTrue(wait > 0 && wait <= most, wait + " of " + most);
                longest = Math.max(longest, wait);
                most = Math.min(TimeUnit.SECONDS.toNanos(2), most * 2);
            }
        }
        assertTrue(longest > TimeUnit.MILLISECONDS.toNanos(1900), "the whole range is used: " + longest);
    }
}
