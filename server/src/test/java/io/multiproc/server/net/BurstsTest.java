package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BurstsTest {
    private final Bursts bursts = new Bursts();

    private void burst(int requests) {
        for (int i = 0; i < requests; i++) {
            bursts.request();
        }
        bursts.end();
    }

    @Test
    void oneEachAreNotSeveral() {
        assertFalse(bursts.haveSeveral());
        for (int i = 0; i < 1000; i++) {
            burst(1);
            burst(0);
            assertFalse(bursts.haveSeveral());
        }
    }

    @Test
    void severalAreSeenSoonAndForgottenSoon() {
        for (int i = 0; i < 8; i++) {
            burst(6);
        }
        assertTrue(bursts.haveSeveral());
        burst(1);
        assertTrue(bursts.haveSeveral(), "one that is small changes nothing");
        for (int i = 0; i < 30; i++) {
            burst(1);
        }
        assertFalse(bursts.haveSeveral());
        burst(1_000_000);
        assertTrue(bursts.haveSeveral());
        for (int i = 0; i < 50; i++) {
            burst(1);
        }
        assertFalse(bursts.haveSeveral());
    }
}
