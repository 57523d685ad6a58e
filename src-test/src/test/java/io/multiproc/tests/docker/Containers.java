package io.multiproc.tests.docker;

import static io.multiproc.tests.docker.Run.docker;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The containers and networks of one test; they go with it. */
final class Containers implements AutoCloseable {
    static final String IMAGE = System.getProperty("docker.image", "multiproc/manager");
    static final String KEY = "a key of the container tests only";
    private static final String CLASSES = Path.of(ClientMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath())
            .toString();

    private final String prefix = "mp" + HexFormat.of().toHexDigits(new Random().nextInt()) + "-";
    private final Deque<Runnable> cleanUp = new ArrayDeque<>();

    /** A name that no other test has. */
    String name(String name) {
        return prefix + name;
    }

    /** Makes a network and returns its name. */
    String network(String name) {
        docker("network", "create", name(name)).ok();
        cleanUp.push(() -> docker("network", "rm", name(name)));
        return name(name);
    }

    /** The name of a volume that is about to be made. */
    String volume(String name) {
        cleanUp.push(() -> docker("volume", "rm", "-f", name(name)));
        return name(name);
    }

    /** The name of an image that is about to be made. */
    String image(String name) {
        cleanUp.push(() -> docker("rmi", "-f", name(name)));
        return name(name);
    }

    /** Remembers to remove a container that is about to be made, and returns its real name. */
    String container(String name) {
        cleanUp.push(() -> docker("rm", "-f", "-v", name(name)));
        return name(name);
    }

    /** A manager on the default address; returns when it is ready. */
    String manager(String name, String... options) {
        return managerWith(name, List.of(options), List.of());
    }

    /** A manager with further options of {@code serve}, published on a free port of this machine. What it listens on beside its usual address is plain. */
    String managerWith(String name, List<String> options, List<String> serve) {
        List<String> words = new ArrayList<>(List.of(
                "run",
                "-d",
                "--name",
                container(name),
                "-p",
                "50000",
                "-e",
                "MULTIPROC_AUTHKEY=" + KEY,
                "--read-only"));
        words.addAll(options);
        words.add(IMAGE);
        if (!serve.isEmpty()) {
            words.addAll(List.of("serve", "--listen", "tls://0.0.0.0:50000"));
            words.addAll(serve);
        }
        docker(words.toArray(new String[0])).ok();
        awaitReady(name);
        return name(name);
    }

    void awaitReady(String name) {
        Run.await(
                "ready line of " + name(name) + ": " + docker("logs", name(name)),
                Duration.ofSeconds(30),
                () -> docker("logs", name(name)).out().contains("multiproc ready on"));
    }

    /** The port of this machine under which a manager is published. */
    int port(String name) {
        return port(name, 50000);
    }

    int port(String name, int inside) {
        return Integer.parseInt(
                inspect(name, "{{(index (index .NetworkSettings.Ports \"" + inside + "/tcp\") 0).HostPort}}"));
    }

    Manager connect(String name) {
        return connect("tls://127.0.0.1:" + port(name), Duration.ofSeconds(10));
    }

    static Manager connect(String uri, Duration timeout) {
        return Manager.connect(ManagerOptions.defaults()
                .withAddress(uri)
                .withAuthkey(KEY.getBytes(StandardCharsets.UTF_8))
                .withConnectTimeout(timeout));
    }

    String inspect(String name, String format) {
        return docker("inspect", "-f", format, name(name)).ok();
    }

    /** A {@link ClientMain} in a container of the image, connected. */
    Driver client(String name, String network, String uri, String... options) {
        List<String> words = new ArrayList<>(List.of(
                System.getProperty("docker.command", "docker"),
                "run",
                "-i",
                "--name",
                container(name),
                "--network",
                network,
                "--read-only",
                "--no-healthcheck",
                "-e",
                "MULTIPROC_AUTHKEY=" + KEY,
                "-v",
                CLASSES + ":/tests:ro",
                "--entrypoint",
                "/multiproc/jre/bin/java"));
        words.addAll(List.of(options));
        words.addAll(List.of(
                IMAGE,
                "@/multiproc/java.options",
                "-cp",
                "/multiproc/multiproc.jar:/tests",
                ClientMain.class.getName()));
        Driver driver = new Driver(words, Map.of());
        cleanUp.push(driver::close);
        driver.ask("connect " + uri, "connected");
        return driver;
    }

    @Override
    public void close() {
        while (!cleanUp.isEmpty()) {
            cleanUp.pop().run();
        }
    }
}
