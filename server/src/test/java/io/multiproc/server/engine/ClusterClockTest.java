package io.multiproc.server.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterClockTest {
    private long wall = 1_000_000;
    private long nanos = 5_000_000_000L;

    private ClusterClock after(long last) {
        return new ClusterClock(last, new EngineClock(() -> wall, () -> nanos));
    }

    private void pass(long millis) {
        nanos += millis * 1_000_000;
        wall += millis;
    }

    @Test
    void itGoesOnFromTheLastCommandAndCatchesUpByATwentieth() {
        // out for a minute
        ClusterClock clock = after(940_000);
        assertEquals(940_000, clock.getAsLong());
        pass(1000);
        assertEquals(941_050, clock.getAsLong());
        // it takes twenty minutes
        pass(1_198_999);
        assertTrue(clock.getAsLong() < wall);
        pass(1);
        assertEquals(wall, clock.getAsLong());
        pass(5000);
        assertEquals(wall, clock.getAsLong());
    }

    @Test
    void itNeverGoesBackToAWallClockThatIsBehind() {
        ClusterClock clock = after(1_060_000);
        assertEquals(1_060_000, clock.getAsLong());
        pass(10_000);
        assertEquals(1_070_000, clock.getAsLong());
    }

    @Test
    void changesOfTheWallClockChangeNothing() {
        ClusterClock clock = after(999_000);
        pass(100);
        wall += 3_600_000;
        assertEquals(999_105, clock.getAsLong());
        wall -= 7_200_000;
        assertEquals(999_105, clock.getAsLong());
    }

    @Test
    void itNeverGoesBackAndNeverFasterThanItMay() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int run = 0; run < 100; run++) {
            ClusterClock clock = after(wall - 100_000 + random.nextInt(200_000));
            long before = clock.getAsLong();
            for (int i = 0; i < 100; i++) {
                int step = random.nextInt(10_000);
                pass(step);
                long now = clock.getAsLong();
                assertTrue(now - before >= step, "seed " + seed);
                assertTrue(now - before <= step + step / 20 + 1, "seed " + seed);
                before = now;
            }
        }
    }
}
