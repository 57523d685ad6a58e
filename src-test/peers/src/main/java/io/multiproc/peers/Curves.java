package io.multiproc.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How our speed changes with threads, connections, sizes and waiters: tables, one picture, and for each curve how its cost grows
 * beside what the textbook says. Reports; decides nothing.
 *
 * <p>Options: {@code --quick}, {@code --rounds N}, {@code --millis N} for each point, {@code --only A,B} for panels whose names
 * begin so, {@code --csv FILE}, {@code --svg FILE}, {@code --markdown FILE}.
 *
 * <p>2026-11-25: beside the comparison, not in it: a table of products has no place for a row of sizes.
 */
public final class Curves {
    private static final Set<String> OPTIONS = Set.of("--rounds", "--millis", "--only", "--csv", "--svg", "--markdown");

    /** One line of a panel; textbook is the exponent of its order: 0 for O(1), 1 for O(n). */
    private record Curve(String name, String client, String workload, int textbook) {}

    private record Panel(String name, String unit, int[] sizes, List<Curve> curves) {}

    private final Map<String, String> options;
    private final Map<Panel, Results> panels = new LinkedHashMap<>();
    private final Map<String, Servers.Server> servers = new HashMap<>();
    private final Map<String, WorkerProcess> workers = new HashMap<>();
    private final boolean quick;
    private final int rounds;
    private final long millis;

    private Curves(List<String> args) {
        options = Arguments.parse(OPTIONS, args);
        quick = options.containsKey(Arguments.QUICK);
        rounds = Integer.parseInt(options.getOrDefault("--rounds", quick ? "1" : "3"));
        millis = Long.parseLong(options.getOrDefault("--millis", quick ? "200" : "1000"));
        int[] powers = {1, 2, 4, 8, 16, 32, 64};
        List<Panel> all = List.of(
                new Panel(
                        "threads on one client",
                        "puts/s",
                        powers,
                        List.of(
                                new Curve("multiproc", "multiproc", "put", 0),
                                new Curve("bare Netty", "echo-netty", "put", 0))),
                new Panel(
                        "connections, a thread each",
                        "puts/s",
                        powers,
                        List.of(
                                new Curve("multiproc", "multiproc", "connections", 0),
                                new Curve("bare socket", "echo-socket", "connections", 0))),
                new Panel(
                        "entries of a dict",
                        "1/s",
                        decades(1_000, quick ? 1_000_000 : 10_000_000),
                        List.of(
                                new Curve("bulk put of new ones", "multiproc", "grow", 0),
                                new Curve("get", "multiproc", "get-among", 0),
                                new Curve("set", "multiproc", "set-among", 0))),
                new Panel(
                        "elements of a list",
                        "1/s",
                        decades(100, quick ? 100_000 : 1_000_000),
                        List.of(
                                new Curve("get", "multiproc", "list-get", 0),
                                new Curve("insert, remove first", "multiproc", "list-first", 0),
                                new Curve("… in the middle", "multiproc", "list-middle", 1),
                                new Curve("… last", "multiproc", "list-last", 0))),
                new Panel(
                        "waiters on one lock",
                        "grants/s",
                        decades(1, 10_000),
                        List.of(new Curve("grants", "multiproc", "waiters", 0))));
        String only = options.get("--only");
        for (Panel p : all) {
            if (only == null || Arrays.stream(only.split(",")).anyMatch(p.name::startsWith)) {
                panels.put(p, new Results());
            }
        }
    }

    private static int[] decades(int from, int to) {
        List<Integer> sizes = new ArrayList<>();
        for (long n = from; n <= to; n *= 10) {
            sizes.add((int) n);
        }
        return sizes.stream().mapToInt(n -> n).toArray();
    }

    /** Draws the curves and prints them. */
    public static void main(String[] args) throws Exception {
        Arguments.main(() -> run(args));
    }

    /** The points by panel and curve, as a report would print them. */
    static Map<String, Results> run(String... args) throws Exception {
        Curves curves = new Curves(Arrays.asList(args));
        Servers.inFolder(curves::measure);
        Map<String, Results> out = new LinkedHashMap<>();
        curves.panels.forEach((panel, results) -> out.put(panel.name, results));
        return out;
    }

    private void measure(Servers maker) throws Exception {
        long start = System.nanoTime();
        try {
            for (Map.Entry<Panel, Results> e : panels.entrySet()) {
                measure(maker, e.getKey(), e.getValue());
            }
        } finally {
            for (WorkerProcess w : workers.values()) {
                w.close();
            }
            for (Servers.Server s : servers.values()) {
                s.close();
            }
        }
        System.err.printf(Locale.ROOT, "%n%.0f s%n", (System.nanoTime() - start) / 1e9);
        report();
    }

    /** From small to large, all curves at one size before the next: a dict only grows. */
    private void measure(Servers maker, Panel panel, Results results) throws Exception {
        for (Curve c : panel.curves) {
            worker(maker, c.client).run(c.workload, panel.sizes[0], 5 * millis);
        }
        for (int size : panel.sizes) {
            for (int round = 0; round < rounds; round++) {
                for (Curve c : panel.curves) {
                    boolean once = c.workload.equals("grow");
                    if (once && (round > 0 || size == panel.sizes[0])) {
                        continue;
                    }
                    System.err.printf("\r%-70s", panel.name + ": " + c.name + ", " + size);
                    Workloads.Result r = worker(maker, c.client).run(c.workload, size, millis);
                    if (r == null) {
                        throw new IOException(c.client + " has no " + c.workload);
                    }
                    results.cell(c.name, panel.unit, Integer.toString(size)).add(r);
                }
            }
        }
    }

    private WorkerProcess worker(Servers maker, String client) throws Exception {
        WorkerProcess worker = workers.get(client);
        if (worker == null) {
            String kind = client.startsWith("echo") ? "echo" : client;
            Servers.Server server = servers.get(kind);
            if (server == null) {
                server = maker.start(kind);
                servers.put(kind, server);
            }
            worker = new WorkerProcess(maker.worker(client, server.address(0)));
            workers.put(client, worker);
        }
        return worker;
    }

    private void report() throws IOException {
        StringBuilder tables = new StringBuilder();
        StringBuilder growth =
                new StringBuilder("| curve | textbook | exponent of the cost, last decade | |\n|---|---|---|---|\n");
        StringBuilder csv = new StringBuilder();
        List<String> pictures = new ArrayList<>();
        panels.forEach((panel, results) -> {
            List<String> sizes =
                    Arrays.stream(panel.sizes).mapToObj(Integer::toString).toList();
            tables.append("By ")
                    .append(panel.name)
                    .append(":\n\n")
                    .append(results.markdown(sizes))
                    .append('\n');
            for (Curve c : panel.curves) {
                growth.append(Growth.line(panel.name + ": " + c.name, results.row(c.name), c.textbook));
            }
            for (String line : results.csv().lines().toList()) {
                boolean header = line.startsWith("workload,");
                if (!header || csv.isEmpty()) {
                    csv.append(header ? "panel," : "\"" + panel.name + "\",")
                            .append(line)
                            .append('\n');
                }
            }
            pictures.add(CurvePicture.panel(panel.unit + " by " + panel.name, results));
        });
        String report = tables.toString() + growth;
        System.out.println(report);
        write("--markdown", report);
        write("--csv", csv.toString());
        write("--svg", Picture.sheet(pictures, CurvePicture.HEIGHT));
    }

    private void write(String option, String text) throws IOException {
        String file = options.get(option);
        if (file != null) {
            Files.writeString(Path.of(file), text);
        }
    }
}
