package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpinTest {
    private long now;
    private final Spin spin = new Spin(100, 2, () -> now);

    private boolean looks() {
        boolean looks = spin.begins();
        if (looks) {
            now += 100;
            assertFalse(spin.goesOn());
        }
        return looks;
    }

    @Test
    void goesOnForAMoment() {
        assertTrue(spin.begins());
        assertTrue(spin.goesOn());
        now += 99;
        assertTrue(spin.goesOn());
        now++;
        assertFalse(spin.goesOn());
    }

    @Test
    void whatWasInVainIsTriedLessAndLess() {
        StringBuilder tried = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            tried.append(looks() ? 'x' : '.');
        }
        assertEquals("x.x..x....x........x", tried.toString());
        int most = 0;
        int since = 0;
        for (int i = 0; i < 1000; i++) {
            since = looks() ? 0 : since + 1;
            most = Math.max(most, since);
        }
        assertEquals(64, most);
    }

    @Test
    void successBringsItBack() {
        for (int i = 0; i < 1000; i++) {
            boolean ignored = looks();
        }
        while (!spin.begins()) {
            now++;
        }
        spin.found();
        assertTrue(spin.begins());
        spin.found();
        assertTrue(spin.begins());
    }

    @Test
    void neverWithoutAMomentOrWithASingleProcessor() {
        assertFalse(new Spin(0, 2, () -> now).begins());
        assertFalse(new Spin(100, 1, () -> now).begins());
    }
}
