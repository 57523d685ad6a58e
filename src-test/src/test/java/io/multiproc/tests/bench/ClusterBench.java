package io.multiproc.tests.bench;

import io.multiproc.client.AsyncDict;
import io.multiproc.client.ClusterInfo;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What three nodes cost and how long a change of leader takes: {@code src-test/bin/bench-cluster}. Prints the disk's own {@code fdatasync} of 128 preallocated bytes (F);
 * puts and gets of a lone caller and of 256 outstanding on one server in memory, one with a log, three nodes, and Redis with a replica and {@code WAIT 1} where it is
 * installed; the time from SIGKILL of the leader, and from a planned transfer, to the next answer; and what a caller sees through a leader's death, as a drawing.
 */
public final class ClusterBench {
    private static final String KEY = "a key of more than sixteen bytes";
    private static final int SYNCS = 1_000;
    private static final int CALLS = 4_000;
    private static final int OUTSTANDING = 256;
    private static final int ROUNDS = Integer.getInteger("rounds", 20);
    private static final long SECONDS = Long.getLong("seconds", 6);
    private static final int PARTS = 60;
    private static final byte[] VALUE = new byte[100];

    private ClusterBench() {}

    private static void row(String what, double value, String unit) {
        System.out.println(String.format(Locale.ROOT, "%-52s %12.1f %s", what, value, unit));
    }

    private static double at(long[] nanos, double part) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * part))] / 1e3;
    }

    private static double disk(Path folder) throws IOException {
        Path file = folder.resolve("probe");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            int unused = channel.write(zeros, 0);
            channel.force(true);
            ByteBuffer bytes = ByteBuffer.allocateDirect(128);
            long[] took = new long[SYNCS];
            for (int i = 0; i < SYNCS; i++) {
                bytes.clear();
                long begun = System.nanoTime();
                int n = channel.write(bytes, 128L * i);
                channel.force(false);
                took[i] = System.nanoTime() - begun;
            }
            double f = at(took, 0.5);
            row("F, fdatasync of 128 bytes, p50", f, "us");
            return f;
        } finally {
            Files.delete(file);
        }
    }

    private record Server(Process process, String uri) implements AutoCloseable {
        static Server start(String multiproc, String uri, String... options) throws IOException {
            List<String> command = new ArrayList<>(List.of(multiproc, "serve", "--listen", uri));
            command.addAll(List.of(options));
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("MULTIPROC_AUTHKEY", KEY);
            Process process = builder.start();
            String ready = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (ready == null) {
                throw new IOException("a server does not start: " + command);
            }
            return new Server(process, ready.substring(ready.lastIndexOf(' ') + 1));
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static final class Cluster implements AutoCloseable {
        private final String multiproc;
        private final Path folder;
        private final List<String> uris = new ArrayList<>();
        private final List<String> addresses = new ArrayList<>();
        private final Server[] servers = new Server[3];

        Cluster(String multiproc, Path folder) throws IOException {
            this.multiproc = multiproc;
            this.folder = folder;
            List<ServerSocket> ports = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ports.add(new ServerSocket(0));
            }
            for (int i = 0; i < 3; i++) {
                uris.add("tcp://127.0.0.1:" + ports.get(i).getLocalPort());
                addresses.add(
                        (char) ('a' + i) + "=127.0.0.1:" + ports.get(3 + i).getLocalPort());
            }
            for (ServerSocket port : ports) {
                port.close();
            }
            for (int i = 0; i < 3; i++) {
                start(i);
            }
        }

        void start(int i) throws IOException {
            String name = String.valueOf((char) ('a' + i));
            servers[i] = Server.start(
                    multiproc,
                    uris.get(i),
                    "--data",
                    folder.resolve(name).toString(),
                    "--node",
                    name,
                    "--peers",
                    String.join(",", addresses));
        }

        Manager connect() {
            return ClusterBench.connect(String.join(",", uris));
        }

        /** SIGKILL; returns which one it was. */
        int killLeader(Manager manager) {
            int i = leader(manager.cluster());
            servers[i].close();
            return i;
        }

        static int leader(ClusterInfo info) {
            String name = info.leader();
            if (name == null) {
                throw new IllegalStateException("nobody leads");
            }
            return name.charAt(0) - 'a';
        }

        @Override
        public void close() {
            for (Server s : servers) {
                s.close();
            }
        }
    }

    private static Manager connect(String uri) {
        return Manager.connect(ManagerOptions.defaults()
                .withAddress(uri)
                .withAuthkey(KEY.getBytes(StandardCharsets.UTF_8))
                .withConnectTimeout(Duration.ofSeconds(60)));
    }

    private record Result(double put, double get, double puts, double gets) {}

    private static Result calls(Manager manager, String name) throws InterruptedException {
        DictProxy<Object, Object> dict = manager.dict("d");
        long[] puts = new long[CALLS];
        long[] gets = new long[CALLS];
        for (int i = -CALLS / 2; i < CALLS; i++) {
            long begun = System.nanoTime();
            dict.put(i & 1023, VALUE);
            if (i >= 0) {
                puts[i] = System.nanoTime() - begun;
            }
        }
        for (int i = -CALLS / 2; i < CALLS; i++) {
            long begun = System.nanoTime();
            Object unused = dict.get(i & 1023);
            if (i >= 0) {
                gets[i] = System.nanoTime() - begun;
            }
        }
        AsyncDict<Object, Object> async = dict.async();
        double bestPuts = 0;
        double bestGets = 0;
        for (int turn = 0; turn < 3; turn++) {
            bestPuts = Math.max(bestPuts, outstanding(async, true));
            bestGets = Math.max(bestGets, outstanding(async, false));
        }
        row(name + ", put, 1 caller, p50", at(puts, 0.5), "us");
        row(name + ", put, 1 caller, p99", at(puts, 0.99), "us");
        row(name + ", get, 1 caller, p50", at(gets, 0.5), "us");
        row(name + ", put, " + OUTSTANDING + " outstanding, best of 3", bestPuts, "/s");
        row(name + ", get, " + OUTSTANDING + " outstanding, best of 3", bestGets, "/s");
        return new Result(at(puts, 0.5), at(gets, 0.5), bestPuts, bestGets);
    }

    private static double outstanding(AsyncDict<Object, Object> dict, boolean puts) throws InterruptedException {
        Semaphore free = new Semaphore(OUTSTANDING);
        long begun = System.nanoTime();
        long end = begun + SECONDS * 1_000_000_000L / 6;
        long done = 0;
        while (System.nanoTime() < end) {
            free.acquire();
            var unused = (puts ? dict.put(done & 1023, VALUE) : dict.get(done & 1023))
                    .whenComplete((old, e) -> free.release());
            done++;
        }
        free.acquire(OUTSTANDING);
        return done * 1e9 / (System.nanoTime() - begun);
    }

    private static void waitForAll(Manager manager) {
        while (manager.cluster().members().stream().anyMatch(m -> m.lag() == null || m.lag() > 100)) {
            Thread.onSpinWait();
        }
    }

    private static void changes(Cluster cluster, Manager manager) throws Exception {
        CounterProxy counter = manager.counter("n");
        long[] kills = new long[ROUNDS];
        long n = counter.get();
        for (int i = 0; i < ROUNDS; i++) {
            waitForAll(manager);
            int dead = cluster.killLeader(manager);
            long begun = System.nanoTime();
            if (counter.incrementAndGet() != ++n) {
                throw new IllegalStateException("lost or doubled");
            }
            kills[i] = System.nanoTime() - begun;
            cluster.start(dead);
        }
        row("SIGKILL of the leader to the first answer, p50", at(kills, 0.5) / 1e3, "ms");
        row("SIGKILL of the leader to the first answer, most of " + ROUNDS, at(kills, 1) / 1e3, "ms");
        long[] transfers = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            waitForAll(manager);
            long begun = System.nanoTime();
            manager.transferLeadership("");
            if (counter.incrementAndGet() != ++n) {
                throw new IllegalStateException("lost or doubled");
            }
            transfers[i] = System.nanoTime() - begun;
        }
        row("planned transfer to the first answer, p50", at(transfers, 0.5) / 1e3, "ms");
        row("planned transfer to the first answer, most of " + ROUNDS, at(transfers, 1) / 1e3, "ms");
    }

    /** What a caller with 16 outstanding sees in each tenth of a second, while the leader dies in the middle. */
    private static void drawing(Cluster cluster, Manager manager, Path svg) throws Exception {
        waitForAll(manager);
        AsyncDict<Object, Object> dict = manager.dict("d").async();
        AtomicLong done = new AtomicLong();
        Semaphore free = new Semaphore(16);
        long[] parts = new long[PARTS];
        long begun = System.nanoTime();
        long part = TimeUnit.MILLISECONDS.toNanos(100);
        int dead = -1;
        long before = 0;
        for (int i = 0; i < PARTS; i++) {
            if (i == PARTS / 3) {
                dead = cluster.killLeader(manager);
            }
            while (System.nanoTime() - begun < (i + 1) * part) {
                if (free.tryAcquire(1, TimeUnit.MILLISECONDS)) {
                    var unused = dict.put(i, VALUE).whenComplete((old, e) -> {
                        done.incrementAndGet();
                        free.release();
                    });
                }
            }
            long now = done.get();
            parts[i] = now - before;
            before = now;
        }
        free.acquire(16);
        if (dead >= 0) {
            cluster.start(dead);
        }
        Files.writeString(svg, svg(parts));
        System.out.println(
                "puts in each tenth of a second, the leader killed after " + PARTS / 3 + ": " + Arrays.toString(parts));
    }

    private static String svg(long[] parts) {
        long most = Math.max(1, Arrays.stream(parts).max().orElse(1));
        StringBuilder out = new StringBuilder(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 660 230\" font-family=\"sans-serif\" font-size=\"12\">\n");
        out.append("<rect width=\"660\" height=\"230\" fill=\"#fff\"/>\n");
        out.append("<text x=\"40\" y=\"18\">puts per second, 16 outstanding; the leader is killed after ")
                .append(PARTS / 3 / 10)
                .append(" s</text>\n");
        for (int i = 0; i < parts.length; i++) {
            double height = 170.0 * parts[i] / most;
            out.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%.1f\" width=\"8\" height=\"%.1f\" fill=\"%s\"/>\n",
                    40 + 10 * i,
                    200 - height,
                    height,
                    i >= PARTS / 3 ? "#c60" : "#369"));
        }
        out.append("<text x=\"4\" y=\"36\">").append(most * 10).append("</text>\n");
        out.append("<text x=\"4\" y=\"204\">0</text>\n<text x=\"40\" y=\"218\">0 s</text>\n<text x=\"610\" y=\"218\">")
                .append(PARTS / 10)
                .append(" s</text>\n</svg>\n");
        return out.toString();
    }

    // Redis, by its own protocol

    private static void redis(Path folder) throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/redis-server"))) {
            System.out.println("no redis-server: install it for its rows");
            return;
        }
        int[] ports = new int[2];
        for (int i = 0; i < 2; i++) {
            try (ServerSocket any = new ServerSocket(0)) {
                ports[i] = any.getLocalPort();
            }
        }
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                Path dir = Files.createDirectory(folder.resolve("redis" + i));
                List<String> command = new ArrayList<>(List.of(
                        "redis-server",
                        "--port",
                        Integer.toString(ports[i]),
                        "--dir",
                        dir.toString(),
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "always",
                        "--save",
                        ""));
                if (i == 1) {
                    command.addAll(List.of("--replicaof", "127.0.0.1", Integer.toString(ports[0])));
                }
                processes.add(new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
            redisCalls(ports[0]);
        } finally {
            for (Process p : processes) {
                p.destroyForcibly();
                p.onExit().join();
            }
        }
    }

    private static void redisCalls(int port) throws Exception {
        try (Socket socket = open(port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            byte[] call = ("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\n" + "x".repeat(100)
                            + "\r\n*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$4\r\n5000\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            // until the replica is there
            do {
                out.write(call);
                line(in);
            } while (!line(in).equals(":1"));
            long[] took = new long[CALLS];
            for (int i = -CALLS / 4; i < CALLS; i++) {
                long begun = System.nanoTime();
                out.write(call);
                line(in);
                line(in);
                if (i >= 0) {
                    took[i] = System.nanoTime() - begun;
                }
            }
            row("Redis, replica, appendfsync always, SET WAIT 1, p50", at(took, 0.5), "us");
            row("Redis, replica, appendfsync always, SET WAIT 1, p99", at(took, 0.99), "us");
        }
    }

    private static Socket open(int port) {
        while (true) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder out = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("redis has closed");
            }
            if (c != '\r') {
                out.append((char) c);
            }
        }
        return out.toString();
    }

    /** @param args the launcher, a folder on the disk that is measured, and the file of the drawing */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        double f = disk(folder);
        Result memory;
        try (Server server = Server.start(args[0], "tcp://127.0.0.1:0");
                Manager manager = connect(server.uri())) {
            memory = calls(manager, "memory");
        }
        try (Server server = Server.start(
                        args[0],
                        "tcp://127.0.0.1:0",
                        "--data",
                        folder.resolve("one").toString());
                Manager manager = connect(server.uri())) {
            Result unused = calls(manager, "one with a log");
        }
        try (Cluster cluster = new Cluster(args[0], folder);
                Manager manager = cluster.connect()) {
            Result three = calls(manager, "three nodes");
            row("three nodes, put, 1 caller, p50, beyond 2 F", three.put - 2 * f, "us");
            row("three nodes, gets of 256 to those in memory", three.gets / memory.gets, "");
            row("three nodes, get of 1 caller to that in memory", memory.get / three.get, "");
            drawing(cluster, manager, Path.of(args[2]));
            changes(cluster, manager);
        }
        redis(folder);
        disk(folder);
    }
}
