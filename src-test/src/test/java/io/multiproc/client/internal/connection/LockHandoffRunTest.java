package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Locks that are handed over within a process, between clients and a server whose messages take their time. */
class LockHandoffRunTest {
    private static final int LIVES = 3_000;

    @Test
    void whateverIsOnItsWay() {
        long first = System.nanoTime();
        System.out.println("LockHandoffRunTest seeds from " + first);
        int foretold = 0;
        for (long seed = first; seed < first + LIVES; seed++) {
            LockLife life = new LockLife(seed);
            life.live();
            foretold += life.foretold();
        }
        assertTrue(foretold > LIVES, "handed over within a client: " + foretold);
    }
}
