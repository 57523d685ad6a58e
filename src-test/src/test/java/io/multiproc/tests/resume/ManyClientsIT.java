package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand clients lose their server at the same moment. */
@Timeout(240)
class ManyClientsIT {
    private static final int CLIENTS = 1000;

    private static List<String> threadsOfServers() {
        Set<Thread> all = Thread.getAllStackTraces().keySet();
        return all.stream()
                .map(Thread::getName)
                .filter(n -> n.startsWith("multiproc-")
                        && !n.startsWith("multiproc-io")
                        && !n.startsWith("multiproc-events"))
                .toList();
    }

    @Test
    void comeBackWithoutAStorm() throws Exception {
        CountDownLatch renewed = new CountDownLatch(CLIENTS);
        List<Manager> managers = new ArrayList<>();
        TestServer first = TestServer.start();
        try {
            ManagerOptions options = first.options().withRenewal(m -> renewed.countDown());
            for (int i = 0; i < CLIENTS; i++) {
                Manager m = Manager.connect(options);
                managers.add(m);
                m.counter("n").incrementAndGet();
            }
            assertEquals(CLIENTS, managers.get(0).sessions().size());
            int threads = threadsOfServers().size();
            first.stop();
            long start = System.nanoTime();
            try (TestServer second = TestServer.startAt(first.uri(), first.key())) {
                long slowest = 0;
                try (Manager watcher = second.connect()) {
                    while (!renewed.await(20, TimeUnit.MILLISECONDS)) {
                        long asked = System.nanoTime();
                        watcher.counter("asked").incrementAndGet();
                        slowest = Math.max(slowest, System.nanoTime() - asked);
                    }
                    long took = System.nanoTime() - start;
                    Await.until("all have a session", () -> watcher.sessions().size() == CLIENTS + 1);
                    System.out.printf(
                            "ManyClientsIT: %d clients were back after %.1f s; the slowest operation meanwhile took %d ms%n",
                            CLIENTS, took / 1e9, Duration.ofNanos(slowest).toMillis());
                }
                for (Manager m : managers) {
                    m.counter("n").incrementAndGet();
                }
                assertEquals(CLIENTS, managers.get(0).counter("n").get());
                assertTrue(threadsOfServers().size() <= threads + 2, () -> "threads " + threadsOfServers());
            }
        } finally {
            managers.forEach(Manager::close);
            first.close();
        }
    }
}
