package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that make no calls: one thread for all of them, which does not run between two heartbeats. */
@Timeout(120)
class IdleClientsIT {
    private static final int CLIENTS = 40;

    @Test
    void idleMeansNoWakeAndOneThread() throws Exception {
        // a heartbeat every 20 s
        try (TestServer server = TestServer.start(
                o -> o.withLease(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60)))) {
            List<Manager> managers = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    Manager m = Manager.connect(server.options());
                    m.counter("used").incrementAndGet();
                    m.counter("used").async().addAndGet(1).get(20, TimeUnit.SECONDS);
                    managers.add(m);
                }
                assertEquals(2 * CLIENTS, managers.get(0).counter("used").get());

                // with the same counts of wakes
                Quiet quiet = new Quiet();
                Await.until("the clients are idle", () -> quiet.lasts(3_000));
                for (Manager m : managers) {
                    assertEquals(2 * CLIENTS, m.counter("used").get(), "and answers at once");
                }
            } finally {
                managers.forEach(Manager::close);
            }
            Await.until("the thread ends with the last client", () -> wakes().isEmpty());
        }
    }

    /** Looks at the threads again and again: whether there is the monitor alone, and has not woken for a while. */
    private static final class Quiet {
        private Map<String, Long> counts = Map.of();
        private long since = System.nanoTime();

        boolean lasts(long millis) throws IOException {
            Map<String, Long> now = wakes();
            if (now.size() != 1 || !now.equals(counts)) {
                counts = now;
                since = System.nanoTime();
            }
            return System.nanoTime() - since >= TimeUnit.MILLISECONDS.toNanos(millis);
        }
    }

    /** The threads of clients in this process, and how often each has gone to sleep. */
    private static Map<String, Long> wakes() throws IOException {
        Map<String, Long> wakes = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                List<String> status;
                try {
                    if (!Files.readString(task.resolve("comm")).matches("multiproc-(io|monit)[\\s\\S]*")) {
                        continue;
                    }
                    status = Files.readAllLines(task.resolve("status"));
                } catch (IOException e) {
                    continue; // it has ended
                }
                for (String line : status) {
                    if (line.startsWith("voluntary_ctxt_switches:")) {
                        wakes.put(
                                task.getFileName().toString(),
                                Long.parseLong(
                                        line.substring(line.indexOf(':') + 1).strip()));
                    }
                }
            }
        }
        return wakes;
    }
}
