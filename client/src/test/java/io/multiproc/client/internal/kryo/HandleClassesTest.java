package io.multiproc.client.internal.kryo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HandleClassesTest {
    /** The numbers travel: other versions of the client, and other processes, know them. */
    @Test
    void allAreFoundUnderTheirNumbers() {
        Map<Integer, String> found = new TreeMap<>();
        for (StandardClasses.Row row : StandardClasses.rows()) {
            if (row.id() > 100) {
                found.put(row.id(), row.type().getSimpleName() + (row.value() ? "" : ", by identity"));
            }
        }
        assertEquals(
                new TreeMap<>(Map.of(
                        110, "Connection",
                        111, "SharedMemory",
                        112, "ShareableList",
                        113, "SharedLock",
                        114, "SharedValue, by identity",
                        115, "SharedArray, by identity",
                        116, "Blueprint")),
                found);
    }
}
