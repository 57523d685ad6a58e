package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.command;
import static org.junit.jupiter.api.Assertions.*;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hosts as network namespaces, with cables that delay and lose packets: {@code tc netem} on a veth pair where the kernel has
 * it, else two TUN devices with {@code link.py} between them.
 */
@Tag("docker")
@Timeout(180)
class NamespacesIT {
    private final Hosts hosts = new Hosts();

    @AfterEach
    void cleanUp() {
        hosts.close();
    }

    @Test
    void hostsShareADictThroughCablesThatDelayAndLose() {
        String manager = hosts.host("m");
        String first = hosts.host("a");
        String second = hosts.host("b");
        String behind = hosts.host("c");
        hosts.cable(1, manager, first);
        hosts.cable(2, manager, second);
        hosts.cable(3, second, behind);
        // the third host reaches the manager through the second only, which forwards
        command("ip", "netns", "exec", second, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
                .ok();
        command("ip", "-n", behind, "route", "add", "default", "via", "10.99.3.1")
                .ok();
        command("ip", "-n", manager, "route", "add", "10.99.3.0/24", "via", "10.99.2.2")
                .ok();
        Driver server = hosts.java(manager, "io.multiproc.server.Main", "serve", "--listen", "tls://[::]:50000");
        server.expect("multiproc ready on");
        List<Driver> clients = new ArrayList<>();
        for (List<String> where : List.of(
                List.of(first, "tls://10.99.1.1:50000"),
                List.of(second, "tls://[fd99:2::1]:50000"),
                List.of(behind, "tls://10.99.2.1:50000"))) {
            Driver client = hosts.java(where.get(0), ClientMain.class.getName());
            client.ask("connect " + where.get(1), "connected");
            clients.add(client);
        }
        long sum = 0;
        for (int i = 0; i < clients.size(); i++) {
            sum += i + 1;
            assertEquals("is " + sum, clients.get(i).ask("add scores sum " + (i + 1), "is"));
        }
        for (Driver client : clients) {
            assertEquals("is " + sum, client.ask("get scores sum", "is"));
        }
        long from = System.nanoTime();
        clients.forEach(c -> c.send("guarded guard scores guarded 30"));
        clients.forEach(c -> c.expect("guarded 30"));
        assertEquals("is 90", clients.get(0).ask("get scores guarded", "is"));
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        System.out.println("link: 90 guarded updates took " + took.toMillis() + " ms");
        // 90 times one after the other: two round trips in the lock, each twice the delay
        assertTrue(took.toMillis() > 90 * 2 * 2 * Hosts.DELAY_MILLIS, "no delay on the cables: " + took);
        clients.get(2).send("take jobs");
        assertEquals("put true", clients.get(0).ask("put jobs work", "put"));
        assertEquals("took work", clients.get(2).expect("took"));
    }
}
