package io.multiproc.protocol.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class AdaptiveSpinTest {
    private long now;
    private boolean crowded;
    private final AdaptiveSpin spin = new AdaptiveSpin(100, 2, () -> now, () -> crowded);

    private int looks;

    /** A wait in vain: whether it looked. */
    private boolean looks() {
        looks = 0;
        assertEquals(0, spin.look(() -> {
            looks++;
            now += 50;
            return 0;
        }));
        assertTrue(looks == 0 || looks == 2, () -> looks + " looks");
        return looks > 0;
    }

    @Test
    void goesOnForAMoment() {
        assertTrue(looks());
    }

    @Test
    void endsWithWhatItFinds() {
        assertEquals(7, spin.look(() -> ++looks == 3 ? 7 : 0));
        assertEquals(3, looks);
        assertEquals(-1, spin.look(() -> -1));
        assertThrows(
                IOException.class,
                () -> spin.look(() -> {
                    throw new IOException();
                }));
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
        while (spin.look(() -> 1) == 0) {
            now++;
        }
        assertTrue(looks());
        assertFalse(looks());
        assertTrue(looks());
    }

    @Test
    void neverWithoutAMomentOrWithASingleProcessor() {
        assertEquals(0, new AdaptiveSpin(0, 2, () -> now, () -> false).look(() -> 1));
        assertEquals(0, new AdaptiveSpin(100, 1, () -> now, () -> false).look(() -> 1));
    }

    @Test
    void notWhileOthersWantToRun() {
        crowded = true;
        assertFalse(looks());
        assertEquals(5, spin.look(() -> 5, true), "they are its own");
        crowded = false;
        assertTrue(looks());
        assertEquals(3, CpuContention.running("0.20 0.18 0.12 3/180 11206\n"));
        assertThrows(RuntimeException.class, () -> CpuContention.running("unknown"));
        assertEquals(2, CpuContention.listed("cpu  1 2\ncpu0 1 1\ncpu1 0 1\nintr 5\n"));
        assertEquals(0, CpuContention.listed("unknown"));
    }
}
