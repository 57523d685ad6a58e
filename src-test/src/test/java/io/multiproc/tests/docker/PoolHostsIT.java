package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.tests.fixtures.Await;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool whose workers are on two hosts behind cables that delay and lose, and are killed while they work. */
@Tag("docker")
@Timeout(180)
class PoolHostsIT {
    private final Hosts hosts = new Hosts();

    @AfterEach
    void cleanUp() {
        hosts.close();
    }

    @Test
    void everyResultOnceWhileWorkersOnTwoHostsAreKilled() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String manager = hosts.host("m");
        String first = hosts.host("a");
        String second = hosts.host("b");
        hosts.cable(1, manager, first);
        hosts.cable(2, manager, second);
        Driver server = hosts.java(manager, "io.multiproc.server.Main", "serve", "--listen", "tls://0.0.0.0:50000");
        server.expect("multiproc ready on");
        Driver owner = hosts.java(first, PoolMain.class.getName(), "tls://10.99.1.1:50000", "10000");
        owner.expect("named");
        Driver guest = hosts.java(
                second,
                "io.multiproc.server.Main",
                "worker",
                "--pool",
                "jobs",
                "--processes",
                "2",
                "--address",
                "tls://10.99.2.1:50000",
                "--classpath",
                System.getProperty("java.class.path"));
        owner.expect("joined");
        Set<ProcessHandle> seen = new HashSet<>();
        int kills = 0;
        for (int part = 0; part < 10; part++) {
            owner.expect("done");
            for (Driver d : List.of(owner, guest)) {
                List<ProcessHandle> workers = new ArrayList<>(d.children());
                seen.addAll(workers);
                if (!workers.isEmpty()
                        && workers.get(random.nextInt(workers.size())).destroyForcibly()) {
                    kills++;
                }
            }
        }
        System.out.println("pool on two hosts: " + kills + " kills, seed " + seed);
        assertTrue(kills >= 10, () -> "too few workers to kill");
        assertEquals("once 10000, names 0", owner.expect("once"));
        Await.until("no worker lives", () -> seen.stream().noneMatch(ProcessHandle::isAlive));
        Await.until(
                "nobody is left",
                () -> guest.children().isEmpty() && owner.children().isEmpty());
    }
}
