package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs that connect, do something and close, thousands of times. */
@Timeout(60)
class ShortSessionsIT {
    private static final String CLIENT = "io.multiproc.client.internal.connection.Lifecycle";
    private static final String SERVER = "io.multiproc.server.net.NativeSession";
    private static final int SESSIONS = 40;

    /** How many objects of our classes are left after one collection. */
    private static Map<String, Integer> objects() throws Exception {
        Object histogram = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, Integer> counts = new HashMap<>();
        for (String line : histogram.toString().split("\n")) {
            String[] words = line.trim().split("\\s+");
            if (words.length >= 4 && words[3].startsWith("io.multiproc.")) {
                counts.put(words[3], Integer.parseInt(words[1]));
            }
        }
        return counts;
    }

    /** Neither a timer nor the collector's lists keep what a closed session had: it would grow old first, and cost pauses. */
    @Test
    void leaveNothingBehind() throws Exception {
        try (TestServer server = TestServer.start()) {
            Manager watcher = server.connect();
            Map<String, Integer> before = objects();
            assertTrue(before.getOrDefault(CLIENT, 0) > 0 && before.getOrDefault(SERVER, 0) > 0, before::toString);
            for (int i = 0; i < SESSIONS; i++) {
                try (Manager manager = Manager.connect(server.options())) {
                    manager.dict("dict", Integer.class, Integer.class).set(i, i);
                }
            }
            assertEquals(SESSIONS, watcher.dict("dict").size());
            Await.until("the server has seen them go", () -> watcher.sessions().size() == 1);
            Map<String, Integer> after = objects();
            for (String name : new String[] {CLIENT, SERVER}) {
                // the last ones may still be on their way out
                int more = after.getOrDefault(name, 0) - before.get(name);
                assertTrue(more < SESSIONS / 4, () -> name + ": " + more + " more than before");
            }
        }
    }
}
