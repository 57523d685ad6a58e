package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.docker;
import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One manager, clients behind different addresses. */
@Tag("docker")
@Timeout(180)
class AcrossHostsIT {
    private final Containers containers = new Containers();

    @AfterEach
    void cleanUp() {
        containers.close();
    }

    @Test
    void containersOnSeveralNetworksAndTheHostShareOneDict() {
        String first = containers.network("first");
        String second = containers.network("second");
        String apart = containers.network("apart");
        containers.manager("m", "--network", first, "--network-alias", "manager");
        docker("network", "connect", "--alias", "boss", second, containers.name("m"))
                .ok();
        int port = containers.port("m");
        String gateway = docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", apart)
                .ok();
        List<Driver> clients = List.of(
                containers.client("a", first, "tls://manager:50000"),
                containers.client("b", second, "tls://boss:50000"),
                // this one has no way to the manager but the published port, through address translation
                containers.client("c", apart, "tls://" + gateway + ":" + port));
        try (Manager manager = containers.connect("m")) {
            DictProxy<String, Long> scores = manager.dict("scores", String.class, Long.class);
            long sum = 0;
            for (int i = 0; i < clients.size(); i++) {
                sum += i + 1;
                assertEquals("is " + sum, clients.get(i).ask("add scores sum " + (i + 1), "is"));
                assertEquals(sum, scores.get("sum"));
            }
            scores.set("host", 7L);
            for (Driver client : clients) {
                assertEquals("is 7", client.ask("get scores host", "is"));
            }
            // all at once under one lock
            clients.forEach(c -> c.send("guarded guard scores guarded 200"));
            clients.forEach(c -> c.expect("guarded 200"));
            assertEquals(600L, scores.get("guarded"));
            // an item goes from one network to another
            clients.get(2).send("take jobs");
            assertEquals("put true", clients.get(0).ask("put jobs work", "put"));
            assertEquals("took work", clients.get(2).expect("took"));
            Map<String, String> addresses = new TreeMap<>();
            manager.sessions().forEach(s -> addresses.put(s.address(), ""));
            assertTrue(addresses.size() >= 4, "one address each: " + addresses);
        }
    }

    @Test
    void aReplacedManagerIsFoundUnderItsNameAtItsNewAddress() {
        String network = containers.network("n");
        containers.manager("old", "--network", network, "--network-alias", "manager");
        Driver client = containers.client("a", network, "tls://manager:50000");
        assertEquals("is 1", client.ask("add d k 1", "is"));
        String address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
        String before = containers.inspect("old", address);
        docker("restart", containers.name("old")).ok();
        Run.await(
                "ready again",
                Duration.ofSeconds(30),
                () -> docker("logs", containers.name("old")).out().split("multiproc ready on", -1).length == 3);
        client.ask("add d k 1", "failed ConnectionLostException");
        client.ask("reconnect tls://manager:50000", "connected");
        assertEquals("is 1", client.ask("add d k 1", "is"), "what it held is gone with it");
        docker("rm", "-f", containers.name("old")).ok();
        // somebody else gets the address of the old one
        containers.manager("other", "--network", network, "--hostname", "other");
        assertEquals(before, containers.inspect("other", address));
        containers.manager("new", "--network", network, "--network-alias", "manager");
        assertNotEquals(before, containers.inspect("new", address));
        client.ask("add d k 1", "failed ServerRestartedException");
        client.ask("reconnect tls://manager:50000", "connected");
        try (Manager manager = containers.connect("new")) {
            Run.await("the client is at the new one", Duration.ofSeconds(60), () -> {
                client.ask("reconnect tls://manager:50000", "connected");
                client.ask("add d new 1", "is");
                return manager.dict("d", String.class, Long.class).containsKey("new");
            });
        }
    }

    @Test
    void aRestartWithASnapshotBringsTheNamedObjectsBack() {
        String volume = containers.volume("data");
        containers.managerWith("m", List.of("-v", volume + ":/data"), List.of("--snapshot", "/data/snapshot"));
        try (Manager manager = containers.connect("m")) {
            manager.dict("scores", String.class, Long.class).add("ada", 7L);
            manager.queue("jobs", String.class, 0).offer("build");
            manager.lock("guard").lock();
        }
        docker("restart", containers.name("m")).ok();
        Run.await(
                "ready again",
                Duration.ofSeconds(30),
                () -> docker("logs", containers.name("m")).out().split("multiproc ready on", -1).length == 3);
        try (Manager manager = containers.connect("m")) {
            assertEquals(7L, manager.dict("scores", String.class, Long.class).get("ada"));
            assertEquals("build", manager.queue("jobs", String.class, 0).poll());
            assertTrue(manager.lock("guard").tryLock());
        }
    }

    /** The folder is what Kubernetes makes of a volume for a pod with an fsGroup: root's, and the group may write. */
    @Test
    void whatWasAnsweredIsThereAfterAKill(@TempDir Path volume) throws Exception {
        Files.setAttribute(volume, "unix:gid", 65532);
        Files.setAttribute(volume, "unix:mode", 02775);
        containers.managerWith("m", List.of("-v", volume + ":/data"), List.of("--data", "/data/log"));
        long token;
        try (Manager manager = containers.connect("m")) {
            LockProxy lock = manager.lock("guard");
            lock.lock();
            token = lock.fencingToken();
            manager.queue("jobs", String.class, 0).put("build");
            for (long i = 1; i <= 100; i++) {
                assertEquals(i, manager.dict("scores", String.class, Long.class).add("ada", 1L));
            }
            docker("kill", "-s", "KILL", containers.name("m")).ok();
            docker("start", containers.name("m")).ok();
            Run.await(
                    "ready again",
                    Duration.ofSeconds(60),
                    () -> docker("logs", containers.name("m")).out().split("multiproc ready on", -1).length == 3);
        }
        try (Manager manager = containers.connect("m")) {
            assertEquals(100L, manager.dict("scores", String.class, Long.class).get("ada"));
            assertEquals("build", manager.queue("jobs", String.class, 0).poll());
            LockProxy lock = manager.lock("guard");
            // its owner does not come back to an address of another port: it has its grace
            lock.lock();
            assertTrue(lock.fencingToken() > token, lock.fencingToken() + " after " + token);
        }
    }
}
