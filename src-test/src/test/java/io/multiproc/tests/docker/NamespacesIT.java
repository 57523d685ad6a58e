package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.command;
import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    private static final int DELAY_MILLIS = 10;
    private static final int LOSS_PERCENT = 2;
    private static final int SEED = 42;

    private final String prefix = "mp" + HexFormat.of().toHexDigits((short) new Random().nextInt());
    private final Deque<Runnable> cleanUp = new ArrayDeque<>();

    @AfterEach
    void cleanUp() {
        while (!cleanUp.isEmpty()) {
            cleanUp.pop().run();
        }
    }

    private String host(String name) {
        String ns = prefix + name;
        command("ip", "netns", "add", ns).ok();
        cleanUp.push(() -> command("ip", "netns", "del", ns));
        command("ip", "-n", ns, "link", "set", "lo", "up").ok();
        return ns;
    }

    /** Connects two hosts by a cable of their own, number {@code n}: 10.99.n.1 and .2, fd99:n::1 and ::2. */
    private void cable(int n, String a, String b) {
        String ifA = prefix + n + "a";
        String ifB = prefix + n + "b";
        if (hasNetem(a)) {
            command("ip", "link", "add", ifA, "type", "veth", "peer", "name", ifB)
                    .ok();
            cleanUp.push(() -> command("ip", "link", "del", ifA));
        } else {
            String script;
            try {
                script = Path.of(NamespacesIT.class.getResource("link.py").toURI())
                        .toString();
            } catch (java.net.URISyntaxException e) {
                throw new AssertionError(e);
            }
            Driver link = new Driver(
                    List.of(
                            "python3",
                            script,
                            ifA,
                            ifB,
                            Integer.toString(DELAY_MILLIS),
                            Integer.toString(LOSS_PERCENT),
                            Integer.toString(SEED + n)),
                    Map.of());
            cleanUp.push(link::close);
            link.expect("link up");
            cleanUp.push(() -> {
                link.endOfInput();
                System.out.println("link " + n + " (seed " + (SEED + n) + "): " + link.expect("link passed"));
            });
        }
        plug(ifA, a, n, 1);
        plug(ifB, b, n, 2);
    }

    private static void plug(String link, String ns, int n, int last) {
        command("ip", "link", "set", link, "netns", ns).ok();
        command("ip", "-n", ns, "addr", "add", "10.99." + n + "." + last + "/24", "dev", link)
                .ok();
        command("ip", "-n", ns, "addr", "add", "fd99:" + n + "::" + last + "/64", "dev", link, "nodad")
                .ok();
        command("ip", "-n", ns, "link", "set", link, "up").ok();
        if (hasNetem(ns)) {
            command(netem(ns, link)).ok();
        }
    }

    private static String[] netem(String ns, String device) {
        return ("tc -n " + ns + " qdisc add dev " + device + " root netem delay " + DELAY_MILLIS + "ms loss "
                        + LOSS_PERCENT + "%")
                .split(" ");
    }

    private static boolean hasNetem(String ns) {
        Run.Result try1 = command(netem(ns, "lo"));
        if (try1.exit() == 0) {
            command("tc", "-n", ns, "qdisc", "del", "dev", "lo", "root").ok();
            return true;
        }
        assertTrue(try1.err().contains("Specified qdisc kind is unknown"), try1.err());
        return false;
    }

    private Driver java(String ns, String... words) {
        List<String> command = new ArrayList<>(List.of(
                "ip",
                "netns",
                "exec",
                ns,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(Arrays.asList(words));
        Driver driver = new Driver(command, Map.of("MULTIPROC_AUTHKEY", Containers.KEY));
        cleanUp.push(driver::close);
        return driver;
    }

    @Test
    void hostsShareADictThroughCablesThatDelayAndLose() {
        String manager = host("m");
        String first = host("a");
        String second = host("b");
        String behind = host("c");
        cable(1, manager, first);
        cable(2, manager, second);
        cable(3, second, behind);
        // the third host reaches the manager through the second only, which forwards
        command("ip", "netns", "exec", second, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
                .ok();
        command("ip", "-n", behind, "route", "add", "default", "via", "10.99.3.1")
                .ok();
        command("ip", "-n", manager, "route", "add", "10.99.3.0/24", "via", "10.99.2.2")
                .ok();
        Driver server = java(manager, "io.multiproc.server.Main", "serve", "--listen", "tcp://[::]:50000");
        server.expect("multiproc ready on");
        List<Driver> clients = new ArrayList<>();
        for (List<String> where : List.of(
                List.of(first, "tcp://10.99.1.1:50000"),
                List.of(second, "tcp://[fd99:2::1]:50000"),
                List.of(behind, "tcp://10.99.2.1:50000"))) {
            Driver client = java(where.get(0), ClientMain.class.getName());
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
        assertTrue(took.toMillis() > 90 * 2 * 2 * DELAY_MILLIS, "no delay on the cables: " + took);
        clients.get(2).send("take jobs");
        assertEquals("put true", clients.get(0).ask("put jobs work", "put"));
        assertEquals("took work", clients.get(2).expect("took"));
    }
}
