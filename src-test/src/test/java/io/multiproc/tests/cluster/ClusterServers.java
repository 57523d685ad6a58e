package io.multiproc.tests.cluster;

import io.multiproc.client.ClusterInfo;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.tests.durable.KillsContract;
import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Several {@code multiproc serve --peers} on this machine, each in a process of its own, with folders that stay. */
public final class ClusterServers implements KillsContract.Subject {
    private static final byte[] KEY = "a key of these tests only, long".getBytes(StandardCharsets.US_ASCII);

    private static final int LOWEST_PORT = 12_000;
    private static final int PORTS = 20_000;

    private final Path folder;
    private final List<String> options;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private @Nullable Node killed;

    /** One of them. */
    public final class Node {
        final String name;
        final String uri;
        final String address;
        private @Nullable Process process;
        private int starts;

        private Node(String name, int client, int peer) {
            this.name = name;
            this.uri = "tcp://127.0.0.1:" + client;
            this.address = "127.0.0.1:" + peer;
        }

        public String uri() {
            return uri;
        }

        public String name() {
            return name;
        }

        Path data() {
            return folder.resolve(name);
        }

        Path log(int start) {
            return folder.resolve(name + start + ".log");
        }

        /** What it wrote since its last start. */
        public String log() {
            try {
                return Files.readString(log(starts));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public boolean isAlive() {
            Process p = process;
            return p != null && p.isAlive();
        }

        long pid() {
            Process p = process;
            if (p == null) {
                throw new IllegalStateException(name + " was not started");
            }
            return p.pid();
        }

        /** Starts it; returns when it accepts connections. */
        public void start(String... more) throws IOException {
            List<String> cluster = new ArrayList<>(List.of("--node", name, "--peers", peers()));
            cluster.addAll(List.of(more));
            run(cluster);
        }

        /** Starts it with these nodes as peers, by their names with commas between them. */
        void startWith(String names, String... more) throws IOException {
            List<String> cluster = new ArrayList<>(List.of(
                    "--node",
                    name,
                    "--peers",
                    Arrays.stream(names.split(","))
                            .map(n -> n + "=" + node(n).address)
                            .collect(Collectors.joining(","))));
            cluster.addAll(List.of(more));
            run(cluster);
        }

        /** Starts it as a server with a log, which is no node of a cluster. */
        void startAlone() throws IOException {
            run(List.of());
        }

        private void run(List<String> cluster) throws IOException {
            List<String> line = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx512m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.multiproc.server.Main",
                    "serve",
                    "--listen",
                    uri,
                    "--data",
                    data().toString()));
            line.addAll(cluster);
            line.addAll(options);
            Path log = log(++starts);
            ProcessBuilder b = new ProcessBuilder(line).redirectError(log.toFile());
            b.environment().put("MULTIPROC_AUTHKEY", new String(KEY, StandardCharsets.US_ASCII));
            Process started = b.start();
            process = started;
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
            String ready = out.readLine();
            if (ready == null || !ready.startsWith("multiproc ready on ")) {
                throw new AssertionError("node " + name + " does not start: " + ready + "\n" + Files.readString(log));
            }
        }

        /** SIGKILL; returns when the process is gone. */
        public void kill() throws InterruptedException {
            Process p = process;
            if (p == null || !p.isAlive()) {
                throw new AssertionError("node " + name + " has ended by itself\n" + log());
            }
            end(p.destroyForcibly());
        }

        /** SIGTERM; returns when the process is gone. */
        public int terminate() throws InterruptedException {
            Process p = process;
            if (p == null) {
                throw new IllegalStateException(name + " was not started");
            }
            p.destroy();
            end(p);
            return p.exitValue();
        }

        private void end(Process p) throws InterruptedException {
            if (!p.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("node " + name + " does not end");
            }
        }

        /** SIGSTOP or SIGCONT. */
        public void signal(String name) throws Exception {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("kill -" + name + " failed");
            }
        }

        /** As far as its log says: whether it leads. */
        boolean leads() {
            String text = log();
            int begun = text.lastIndexOf("this node leads from now on");
            return begun >= 0 && begun > text.lastIndexOf("this node leads no longer");
        }
    }

    /** @param folder gets data and logs */
    public ClusterServers(Path folder, int size, String... options) throws IOException {
        this.folder = folder;
        this.options = List.of(options);
        List<Integer> ports = ports(2 * size);
        for (int i = 0; i < size; i++) {
            String name = String.valueOf((char) ('a' + i));
            nodes.put(name, new Node(name, ports.get(2 * i), ports.get(2 * i + 1)));
        }
    }

    /** None that the system gives to outgoing connections: a node is started again at its port. */
    private static List<Integer> ports(int n) throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        try {
            while (taken.size() < n) {
                int port = LOWEST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
                try {
                    taken.add(new ServerSocket(port));
                } catch (BindException e) {
                    // somebody listens there: another one will do
                }
            }
            return taken.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : taken) {
                socket.close();
            }
        }
    }

    /** Three that run, and of which one leads. */
    public static ClusterServers three(Path folder, String... options) throws Exception {
        ClusterServers cluster = new ClusterServers(folder, 3, options);
        for (Node node : cluster.all()) {
            node.start();
        }
        Node unused = cluster.leader();
        return cluster;
    }

    public List<Node> all() {
        return List.copyOf(nodes.values());
    }

    public Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException(name);
        }
        return node;
    }

    private String peers() {
        return nodes.values().stream().map(n -> n.name + "=" + n.address).collect(Collectors.joining(","));
    }

    /** The node that leads, once one does. */
    public Node leader() {
        Await.until("a node leads", () -> leading() != null);
        Node leader = leading();
        return leader == null ? leader() : leader;
    }

    /** Waits until a node other than this one leads. */
    void awaitOther(Node asleep) {
        Await.until("another node leads", () -> nodes.values().stream()
                .anyMatch(n -> n != asleep && n.isAlive() && n.leads()));
    }

    /** Waits until all nodes have what the leader has, or nobody asks any more. */
    void awaitAll(Manager manager, AtomicBoolean over) {
        Await.until("all nodes have the log", () -> {
            if (over.get()) {
                return true;
            }
            List<ClusterInfo.Member> members = manager.cluster().members();
            return members.size() == nodes.size() && members.stream().allMatch(m -> m.lag() != null && m.lag() < 200);
        });
    }

    private @Nullable Node leading() {
        return nodes.values().stream()
                .filter(n -> n.isAlive() && n.leads())
                .findFirst()
                .orElse(null);
    }

    @Override
    public String uri() {
        return nodes.values().stream().map(Node::uri).collect(Collectors.joining(","));
    }

    @Override
    public String pythonUri() {
        return all().get(0).uri();
    }

    @Override
    public byte[] key() {
        return KEY.clone();
    }

    @Override
    public Manager connect() {
        return connect(uri());
    }

    public Manager connect(String uri) {
        return Manager.connect(
                ManagerOptions.defaults().withAddress(uri).withAuthkey(KEY).withConnectTimeout(Duration.ofSeconds(60)));
    }

    /** Kills the node that leads. */
    @Override
    public void kill() throws InterruptedException {
        Node leader = leader();
        killed = leader;
        leader.kill();
    }

    @Override
    public void start() throws IOException {
        Node node = killed;
        if (node == null) {
            throw new IllegalStateException("none was killed");
        }
        killed = null;
        node.start();
    }

    @Override
    public void close() {
        for (Node node : nodes.values()) {
            Process p = node.process;
            if (p != null) {
                p.destroyForcibly();
            }
        }
    }
}
