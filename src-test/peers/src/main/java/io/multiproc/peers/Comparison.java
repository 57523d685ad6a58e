package io.multiproc.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures us, our peers and the bare socket in one run: {@code --quick} in about three minutes, without it in about fifteen.
 *
 * <p>Options: {@code --rounds N}, {@code --millis N} for each measurement, {@code --warm-up N} for what comes before the first, {@code --only A,B} for some products,
 * {@code --workloads A,B} for workloads that are called so or whose names begin so ({@code once} for memory and start, {@code jdk} for starts on other
 * JDKs, {@code python} for Python processes), {@code --csv FILE}, {@code --svg FILE}, {@code --markdown FILE}, {@code --against FILE}
 * for what has changed since the run that wrote that CSV. Products that have each write on the disk before they answer take part if {@code --only} names them;
 * "bare disk" writes 128 bytes in a row into a file of zeros, each with its fdatasync.
 */
public final class Comparison {
    private static final Set<String> OPTIONS = Set.of(
            "--rounds", "--millis", "--warm-up", "--only", "--workloads", "--csv", "--svg", "--markdown", "--against");

    /** A product as one of its clients sees it. */
    private record Product(String name, String server, int address, String client) {
        /** Whether each write is on the disk before it is answered. */
        boolean isDurable() {
            return DURABLE.contains(name);
        }
    }

    private static final Set<String> DURABLE = Set.of(
            "bare disk",
            "multiproc, log",
            "Jedis, appendfsync always",
            "Lettuce, appendfsync always",
            "Redisson, appendfsync always",
            "PostgreSQL");

    private static final List<Product> PRODUCTS = List.of(
            new Product("bare socket", "echo", 0, "echo-socket"),
            new Product("bare Netty", "echo", 0, "echo-netty"),
            new Product("multiproc", "multiproc", 0, "multiproc"),
            new Product("multiproc, Unix socket", "multiproc", 1, "multiproc"),
            new Product("multiproc, TLS", "multiproc-tls", 0, "multiproc"),
            new Product("Jedis", "redis", 0, "jedis"),
            new Product("Lettuce", "redis", 0, "lettuce"),
            new Product("Lettuce, TLS", "redis-tls", 0, "lettuce"),
            new Product("Redisson", "redis", 0, "redisson"),
            new Product("Hazelcast", "hazelcast", 0, "hazelcast"),
            new Product("CPython", "cpython", 0, "cpython"),
            new Product("bare disk", "echo", 0, "disk"),
            new Product("multiproc, log", "multiproc-log", 0, "multiproc"),
            new Product("Jedis, appendfsync always", "redis-log", 0, "jedis"),
            new Product("Lettuce, appendfsync always", "redis-log", 0, "lettuce"),
            new Product("Redisson, appendfsync always", "redis-log", 0, "redisson"),
            new Product("PostgreSQL", "postgres", 0, "postgres"));

    private record Work(String name, String unit, String workload, int n) {}

    private static final List<Work> WORK = List.of(
            new Work("put, 1 thread", "1/s", "put", 1),
            new Work("get, 1 thread", "1/s", "get", 1),
            new Work("put, 16 threads", "1/s", "put", 16),
            new Work("get, 16 threads", "1/s", "get", 16),
            new Work("put, 256 outstanding", "1/s", "puts-outstanding", 256),
            new Work("get, 256 outstanding", "1/s", "gets-outstanding", 256),
            new Work("queue, two clients", "items/s", "consume", 1),
            new Work("lock + unlock, 1 thread", "pairs/s", "lock", 1),
            new Work("lock + unlock, 8 threads", "pairs/s", "lock", 8),
            new Work("counter, 1 thread", "1/s", "counter", 1),
            new Work("counter, 16 threads", "1/s", "counter", 16),
            new Work("values of 1 MiB", "MB/s", "big", 1),
            new Work("values of 16 MiB", "MB/s", "big", 16),
            new Work("connect + first operation", "1/s", "connect", 1),
            new Work("list of 10,000 iterated", "elements/s", "list", 1),
            new Work("bulk put of 1,000", "entries/s", "bulk", 1));

    private static final List<String> ONCE = List.of("once", "jdk", "python");

    private final Map<String, String> options;
    private final Results results = new Results();
    private final Map<String, Servers.Server> servers = new LinkedHashMap<>();
    private final Map<Product, List<WorkerProcess>> workers = new LinkedHashMap<>();
    private final boolean quick;
    private final int rounds;
    private final long millis;

    /** Before anything is measured, for each workload and product: 16 threads on two processors leave a JIT compiler little time. */
    private final long warmUp;

    private Comparison(List<String> args) {
        options = Arguments.parse(OPTIONS, args);
        List<String> works = new ArrayList<>(ONCE);
        WORK.forEach(w -> works.addAll(List.of(w.name, w.workload)));
        Arguments.check(
                "--workloads",
                options.get("--workloads"),
                works,
                (work, text) -> work.startsWith(text) && !text.isEmpty());
        List<String> products = PRODUCTS.stream().map(Product::name).toList();
        Arguments.check("--only", options.get("--only"), products, String::equals);
        quick = options.containsKey(Arguments.QUICK);
        rounds = Integer.parseInt(options.getOrDefault("--rounds", quick ? "1" : "5"));
        millis = Long.parseLong(options.getOrDefault("--millis", quick ? "400" : "300"));
        warmUp = Long.parseLong(options.getOrDefault("--warm-up", quick ? "400" : "2000"));
    }

    /** Runs the comparison and prints it. */
    public static void main(String[] args) throws Exception {
        Arguments.main(() -> run(args));
    }

    static Results run(String... args) throws Exception {
        Comparison comparison = new Comparison(Arrays.asList(args));
        Servers.inFolder(comparison::run);
        return comparison.results;
    }

    private void run(Servers maker) throws Exception {
        long start = System.nanoTime();
        try {
            startAll(maker);
            measure();
            OneShots shots = new OneShots(results, maker, quick, text -> progress(text));
            if (wanted("once")) {
                for (Product p : workers.keySet()) {
                    shots.measure(p.name, p.server, p.address, p.client);
                }
            }
            if (servers.containsKey("multiproc")) {
                if (wanted("jdk")) {
                    shots.startsOfTheJar();
                }
                if (wanted("python") && servers.containsKey("cpython")) {
                    shots.pythonProcesses(servers.get("multiproc").address(0));
                }
            }
        } finally {
            for (List<WorkerProcess> list : workers.values()) {
                for (WorkerProcess w : list) {
                    w.close();
                }
            }
            for (Servers.Server s : servers.values()) {
                s.close();
            }
        }
        System.err.printf(Locale.ROOT, "%n%.0f s%n", (System.nanoTime() - start) / 1e9);
        List<String> names =
                results.products(workers.keySet().stream().map(Product::name).toList());
        String report = results.markdown(names) + "\n" + Aims.report(results) + "\n" + Aims.latencies(results) + "\n"
                + Aims.durable(results);
        System.out.println(report);
        if (options.containsKey("--against")) {
            System.out.println(Against.report(Files.readString(Path.of(options.get("--against"))), results.csv()));
        }
        write("--markdown", report);
        write("--csv", results.csv());
        write("--svg", Picture.svg(results, names));
    }

    private void write(String option, String text) throws IOException {
        String file = options.get(option);
        if (file != null) {
            Files.writeString(Path.of(file), text);
        }
    }

    private boolean wanted(String workload) {
        return wanted(workload, workload);
    }

    private boolean wanted(String name, String workload) {
        String list = options.get("--workloads");
        return list == null || Arguments.split(list).stream().anyMatch(w -> name.startsWith(w) || workload.equals(w));
    }

    private void startAll(Servers maker) {
        String only = options.get("--only");
        for (Product p : PRODUCTS) {
            if (only == null ? p.isDurable() : !Arguments.split(only).contains(p.name)) {
                continue;
            }
            progress("starting " + p.name);
            try {
                // the two ways into one server share it; each client library of Redis has a server of its own
                String key = p.server.equals("redis") || p.server.equals("redis-log") ? p.name : p.server;
                Servers.Server server = servers.get(key);
                if (server == null) {
                    server = maker.start(p.server);
                    servers.put(key, server);
                }
                List<WorkerProcess> pair = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    pair.add(new WorkerProcess(maker.worker(p.client, server.address(p.address))));
                }
                workers.put(p, pair);
            } catch (Servers.Missing e) {
                System.err.println("\nskipped " + p.name + ": " + e.getMessage());
            } catch (Exception e) {
                System.err.println("\nskipped " + p.name + ": it did not start: " + e);
            }
        }
    }

    private void measure() throws Exception {
        List<Work> work = WORK.stream().filter(w -> wanted(w.name, w.workload)).toList();
        List<Product> order = new ArrayList<>(workers.keySet());
        for (int round = -1; round < rounds; round++) {
            for (Work w : work) {
                for (Product p : order) {
                    progress(String.format(
                            Locale.ROOT,
                            "%s  %-28s %-24s",
                            round < 0 ? "warm-up" : "round " + (round + 1) + "/" + rounds,
                            w.name,
                            p.name));
                    Workloads.Result r = one(w, p, round < 0 ? warmUp(w) : millis);
                    if (r != null && round >= 0) {
                        results.cell(w.name, w.unit, p.name).add(r);
                    }
                }
            }
            Collections.rotate(order, 1);
            if (round >= 0 && !Double.isNaN(results.median("put, 1 thread", "bare socket"))) {
                List<Double> rates = results.row("put, 1 thread").get("bare socket").rates;
                System.err.printf(
                        Locale.ROOT, "%ncalibration: bare socket %,.0f round trips/s%n", rates.get(rates.size() - 1));
            }
        }
    }

    private long warmUp(Work w) {
        return switch (w.workload) {
            case "consume" -> 2 * warmUp; // a producer's process does nothing else
            case "connect" -> 3 * warmUp; // much code, run seldom
            default -> warmUp;
        };
    }

    private Workloads.@Nullable Result one(Work w, Product p, long time) {
        List<WorkerProcess> pair = workers.get(p);
        try {
            if (w.workload.equals("consume")) {
                WorkerProcess producer = pair.get(1);
                pair.get(0).start("consume", 1, time);
                producer.start("produce", 1, time);
                Workloads.Result produced = producer.result();
                Workloads.Result consumed = pair.get(0).result();
                return produced == null ? null : consumed;
            }
            return pair.get(0).run(w.workload, w.n, time);
        } catch (IOException e) {
            System.err.println("\n" + p.name + " failed in '" + w.name + "': " + e.getMessage());
            return null;
        }
    }

    private static void progress(String text) {
        System.err.printf("\r%-70s", text);
    }
}
