package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BatchSizesTest {
    private final BatchSizes batchSizes = new BatchSizes();

    private void burst(int requests) {
        for (int i = 0; i < requests; i++) {
            batchSizes.request();
        }
        batchSizes.end();
    }

    @Test
    void oneEachAreNotSeveral() {
        assertFalse(batchSizes.haveSeveral());
        for (int i = 0; i < 1000; i++) {
            burst(1);
            burst(0);
            assertFalse(batchSizes.haveSeveral());
        }
    }

    @Test
    void severalAreSeenSoonAndForgottenSoon() {
        for (int i = 0; i < 8; i++) {
            burst(6);
        }
        assertTrue(batchSizes.haveSeveral());
        burst(1);
        assertTrue(batchSizes.haveSeveral(), "one that is small changes nothing");
        for (int i = 0; i < 30; i++) {
            burst(1);
        }
        assertFalse(batchSizes.haveSeveral());
        burst(1_000_000);
        assertTrue(batchSizes.haveSeveral());
        for (int i = 0; i < 50; i++) {
            burst(1);
        }
        assertFalse(batchSizes.haveSeveral());
    }
}
