package io.multiproc.tests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ClusterInfo;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a log becomes a cluster of one, and that one of three; nodes leave it and come back with empty folders. */
@Tag("once")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterGrowthIT {
    @TempDir
    Path folder;

    private static List<String> nodes(Manager manager, String role) {
        return manager.cluster().members().stream()
                .filter(m -> m.role().equals(role))
                .map(ClusterInfo.Member::node)
                .sorted()
                .toList();
    }

    @Test
    void oneBecomesThreeWithoutTheLossOfASession() throws Exception {
        try (ClusterServers cluster = new ClusterServers(folder, 3)) {
            ClusterServers.Node a = cluster.node("a");
            a.startAlone();
            try (Manager manager = cluster.connect()) {
                LockProxy lock = manager.lock("lock");
                lock.lock();
                CounterProxy counter = manager.counter("n");
                assertEquals(1, counter.incrementAndGet());
                a.kill();

                a.startWith("a");
                assertEquals(2, counter.incrementAndGet());
                assertTrue(lock.isLocked());
                assertTrue(Files.isDirectory(a.data().resolve("before-cluster")));

                for (String name : List.of("b", "c")) {
                    ClusterServers.Node node = cluster.node(name);
                    node.startWith("a," + name, "--join");
                    manager.addNode(name, node.address);
                    Await.until(name + " has the log", () -> manager.cluster().members().stream()
                            .anyMatch(m -> m.node().equals(name) && m.lag() != null && m.lag() == 0));
                }
                assertEquals(List.of("a"), nodes(manager, "leader"));
                assertEquals(List.of("b", "c"), nodes(manager, "follower"));

                a.kill();
                assertEquals(3, counter.incrementAndGet());
                lock.unlock();
                a.startWith("a");
                Await.until("a is back", () -> nodes(manager, "follower").contains("a"));
                assertEquals(4, counter.incrementAndGet());
            }
        }
    }

    @Test
    void aNodeThatHasLostItsDiskIsReplaced() throws Exception {
        try (ClusterServers cluster = ClusterServers.three(folder);
                Manager manager = cluster.connect()) {
            CounterProxy counter = manager.counter("n");
            assertEquals(1, counter.incrementAndGet());
            ClusterServers.Node lost = cluster.all().stream()
                    .filter(n -> n != cluster.leader())
                    .findFirst()
                    .orElseThrow();
            lost.kill();
            manager.removeNode(lost.name());
            assertEquals(2, manager.cluster().members().size());
            Files.move(lost.data(), folder.resolve("lost"));
            lost.start();
            manager.addNode(lost.name(), lost.address);
            assertEquals(2, counter.incrementAndGet());
            Await.until("it has the log", () -> manager.cluster().members().stream()
                    .anyMatch(m -> m.node().equals(lost.name()) && m.lag() != null && m.lag() == 0));
            cluster.kill();
            assertEquals(3, counter.incrementAndGet());
        }
    }
}
