package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.PythonClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Python clients that read nothing do not get a container killed: heap and buffers together fit its limit. */
@Tag("alone")
@Tag("docker")
@Timeout(180)
class SlowReadersContainerIT {
    private static final int READERS = 9;
    private static final int ROUNDS = 3;
    private static final int CONTENT = 4;
    private static final int LARGE = 25 << 20;

    private final Containers containers = new Containers();

    @AfterEach
    void cleanUp() {
        containers.close();
    }

    @Test
    void theOthersGoOn() throws Exception {
        containers.managerWith(
                "m",
                List.of("--memory", "512m", "--memory-swap", "512m", "-p", "50001"),
                List.of("--listen", "tcp://0.0.0.0:50001"));
        String uri = "tcp://127.0.0.1:" + containers.port("m", 50001);
        byte[] key = Containers.KEY.getBytes(StandardCharsets.UTF_8);
        List<PythonClient> readers = new ArrayList<>();
        try (Manager good = containers.connect("m")) {
            DictProxy<Object, Object> dict = good.dict("shared");
            // the heap is in use, too
            for (int i = 0; i < CONTENT; i++) {
                dict.put("large" + i, new byte[LARGE]);
            }
            String ident = PythonClient.ident(uri, key, "shared");
            long calls = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < READERS; i++) {
                    PythonClient reader = PythonClient.open(uri, key);
                    reader.request(ident, "get", "large" + i % CONTENT);
                    readers.add(reader);
                }
                // as long as the slowest take to be noticed, and some more
                long end = System.nanoTime() + 2_000_000_000L;
                while (System.nanoTime() < end) {
                    dict.put("n", ++calls);
                    assertEquals(calls, dict.get("n"));
                }
            }
            assertEquals(LARGE, ((byte[]) dict.get("large0")).length);
            assertEquals("false", containers.inspect("m", "{{.State.OOMKilled}}"));
            assertEquals("0", containers.inspect("m", "{{.RestartCount}}"));
            assertEquals("true", containers.inspect("m", "{{.State.Running}}"));
        } finally {
            for (PythonClient reader : readers) {
                reader.close();
            }
        }
    }
}
