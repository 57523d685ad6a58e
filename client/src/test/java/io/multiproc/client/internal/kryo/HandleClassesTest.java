package io.multiproc.client.internal.kryo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.SerializationException;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
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

    /** What is gone is told as by the one who looked for it, not as by the system: a bare name of a file, or nothing. */
    @Test
    void whatIsGoneIsSaid() throws Exception {
        KryoCodec codec = KryoCodec.builder().build();
        SharedLock lock = SharedLock.create();
        byte[] shared = codec.encode(lock);
        lock.close();
        assertTells("it was unlinked, or all its processes have ended", codec, shared);
        Pipe pipe = Pipe.open(true);
        byte[] end = codec.encode(pipe.second());
        ((Connection) codec.decode(end, 0, end.length)).close();
        assertTells("another process has it, or the process that gave it away has ended", codec, end);
        pipe.first().close();
    }

    private static void assertTells(String what, KryoCodec codec, byte[] bytes) {
        SerializationException e =
                assertThrows(SerializationException.class, () -> codec.decode(bytes, 0, bytes.length));
        assertTrue(String.valueOf(e.getMessage()).endsWith(what), e.getMessage());
    }
}
