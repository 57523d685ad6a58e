package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.Outcome;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private static String text(Outcome outcome, int begun) {
        return Outages.text(
                ConnectionLostException.of(outcome, "it is gone; the client goes on trying, and more"), begun);
    }

    @Test
    void theEffectIsSaid() {
        assertEquals(
                "it is gone; it is unknown whether the command took effect: look before you repeat it. 'multiproc ping' says whether it is back",
                text(Outcome.UNKNOWN, 1));
        assertTrue(text(Outcome.UNKNOWN, 0).contains("nothing was changed"));
        assertTrue(text(Outcome.NOT_APPLIED, 1).contains("nothing was changed"));
        assertTrue(text(Outcome.NOT_APPLIED, 2).contains("took effect in part"));
        assertTrue(text(Outcome.APPLIED, 1).contains("; the command took effect."));
    }
}
