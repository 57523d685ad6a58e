package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RatesTest {
    private static final long SECOND = 1_000_000_000L;

    private final Rates rates = new Rates();

    private static Map<String, @Nullable Object> row(long id, long created, long operations) {
        return Map.of("id", id, "created", created, "operations", operations);
    }

    @Test
    void ratesAreDifferencesOfTwoLooks() {
        List<Map<String, @Nullable Object>> first = rates.of(List.of(row(1, 1_000, 50)), 3_000, 5 * SECOND);
        assertNull(first.get(0).get("rate"), "nothing to compare with");
        assertEquals(2_000L, first.get(0).get("age"));
        List<Map<String, @Nullable Object>> second =
                rates.of(List.of(row(1, 1_000, 70), row(2, 4_000, 9)), 5_000, 7 * SECOND);
        assertEquals(10L, second.get(0).get("rate"));
        assertNull(second.get(1).get("rate"), "it is new");
        assertEquals(1_000L, second.get(1).get("age"));
        List<Map<String, @Nullable Object>> third = rates.of(List.of(row(2, 9_000, 9)), 6_000, 8 * SECOND);
        assertEquals(0L, third.get(0).get("rate"));
        assertEquals(0L, third.get(0).get("age"), "a clock that was set back");
    }
}
