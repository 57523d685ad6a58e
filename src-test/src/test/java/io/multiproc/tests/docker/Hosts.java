package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.command;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Hosts as network namespaces, with cables that delay and lose packets: {@code tc netem} on a veth pair where the kernel has
 * it, else two TUN devices with {@code link.py} between them.
 */
final class Hosts implements AutoCloseable {
    static final int DELAY_MILLIS = 10;

    private static final int LOSS_PERCENT = 2;
    private static final int SEED = 42;

    private final String prefix = "mp" + HexFormat.of().toHexDigits((short) new Random().nextInt());
    private final Deque<Runnable> cleanUp = new ArrayDeque<>();

    @Override
    public void close() {
        while (!cleanUp.isEmpty()) {
            cleanUp.pop().run();
        }
    }

    /** A host of its own; its name is what {@code ip netns exec} takes. */
    String host(String name) {
        String ns = prefix + name;
        command("ip", "netns", "add", ns).ok();
        cleanUp.push(() -> command("ip", "netns", "del", ns));
        command("ip", "-n", ns, "link", "set", "lo", "up").ok();
        return ns;
    }

    /** Connects two hosts by a cable of their own, number {@code n}: 10.99.n.1 and .2, fd99:n::1 and ::2. */
    void cable(int n, String a, String b) {
        String ifA = prefix + n + "a";
        String ifB = prefix + n + "b";
        if (hasNetem(a)) {
            command("ip", "link", "add", ifA, "type", "veth", "peer", "name", ifB)
                    .ok();
            cleanUp.push(() -> command("ip", "link", "del", ifA));
        } else {
            String script;
            try {
                script = Path.of(Hosts.class.getResource("link.py").toURI()).toString();
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

    /** A JVM on a host, with this one's class path and the key in its environment. */
    Driver java(String ns, String... words) {
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

    /** The name of a host's end of cable {@code n}. */
    String plug(int n, String ns) {
        String a = prefix + n + "a";
        return command("ip", "-n", ns, "link", "show", a).exit() == 0 ? a : prefix + n + "b";
    }

    /** A script of the tests' Python folder, on a host. */
    Driver python(String ns, String script, String... arguments) {
        String path;
        try {
            path = Path.of(Hosts.class.getResource("/python/" + script).toURI()).toString();
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
        List<String> command = new ArrayList<>(
                List.of("ip", "netns", "exec", ns, System.getProperty("multiproc.python", "python3"), "-u", path));
        command.addAll(Arrays.asList(arguments));
        Driver driver = new Driver(command, Map.of());
        cleanUp.push(driver::close);
        return driver;
    }
}
