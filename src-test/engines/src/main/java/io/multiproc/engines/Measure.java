package io.multiproc.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Latency, throughput, recovery and start of an engine: nodes as processes, logs on disk, every record synced. */
final class Measure {
    private static final int KILLS = 5;
    private static final int OUTSTANDING = 256;

    private final String engine;
    private final int size;
    private final Path folder;
    private final AtomicLong requests = new AtomicLong();

    Measure(String engine, int size, Path folder) {
        this.engine = engine;
        this.size = size;
        this.folder = folder;
    }

    void run() throws Exception {
        try (Cluster cluster = new Cluster(engine, size, folder.resolve(engine), null)) {
            Thread hook = new Thread(cluster::close);
            Runtime.getRuntime().addShutdownHook(hook);
            // it is asked now and then only
            Nodes nodes = new Nodes(cluster);
            nodes.close();
            long begun = System.nanoTime();
            for (int i = 0; i < size; i++) {
                cluster.start(i);
            }
            firstAnswer(cluster, -1);
            System.out.printf("%s: start of all to the first answer %d ms%n", engine, millis(begun));
            for (int round = 0; round < 2; round++) {
                lone(cluster, nodes, Registers.ADD, round);
                lone(cluster, nodes, Registers.GET, round);
                crowd(cluster, nodes, Registers.ADD, round);
                crowd(cluster, nodes, Registers.GET, round);
            }
            List<Long> transfers = transfers(cluster, nodes);
            if (!transfers.isEmpty()) {
                report("planned transfer to the first answer", transfers);
            }
            report("SIGTERM of the leader to the first answer", ends(cluster, nodes, false));
            report("SIGKILL of the leader to the first answer", ends(cluster, nodes, true));
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void report(String what, List<Long> all) {
        List<Long> times = new ArrayList<>(all);
        Collections.sort(times);
        System.out.printf(
                "%s: %s: p50 %d ms, most %d ms of %d%n",
                engine, what, times.get(times.size() / 2), times.get(times.size() - 1), times.size());
    }

    private static long millis(long begun) {
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private byte[] command(byte operation) {
        // each request of a client of its own would fill the table of clients; one client's numbers grow
        return Registers.command(operation == Registers.GET ? 0 : 1, requests.incrementAndGet(), operation, 5, 1, 0);
    }

    private void firstAnswer(Cluster cluster, int not) {
        while (true) {
            for (int i = 0; i < size; i++) {
                if (i != not) {
                    Link.Reply r = cluster.call(i, command(Registers.ADD), 3000);
                    if (r != null && r.status() == Node.DONE) {
                        return;
                    }
                }
            }
            Workload.sleep(2);
        }
    }

    private void lone(Cluster cluster, Nodes nodes, byte operation, int round) {
        int leader = nodes.leader();
        List<Long> times = new ArrayList<>();
        long end = System.nanoTime() + 4_000_000_000L;
        long switches = switches(cluster);
        while (System.nanoTime() < end) {
            long begun = System.nanoTime();
            Link.Reply r = cluster.call(leader, command(operation), 3000);
            if (r == null || r.status() != Node.DONE) {
                throw new IllegalStateException("no answer: " + r);
            }
            times.add((System.nanoTime() - begun) / 1000);
        }
        long switched = switches(cluster) - switches;
        Collections.sort(times);
        System.out.printf(
                "%s: %d: one outstanding %s: p50 %d us, p99 %d us, %d/s, %.1f context switches each in all nodes%n",
                engine,
                round,
                operation == Registers.GET ? "read" : "write",
                times.get(times.size() / 2),
                times.get(times.size() * 99 / 100),
                times.size() / 4,
                (double) switched / times.size());
    }

    private void crowd(Cluster cluster, Nodes nodes, byte operation, int round) throws Exception {
        Link link = cluster.link(nodes.leader());
        AtomicLong done = new AtomicLong();
        long seconds = 5;
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        List<CompletableFuture<Void>> chains = new ArrayList<>();
        for (int i = 0; i < OUTSTANDING; i++) {
            CompletableFuture<Void> over = new CompletableFuture<>();
            chains.add(over);
            next(link, operation, end, done, over);
        }
        CompletableFuture.allOf(chains.toArray(CompletableFuture[]::new)).get();
        System.out.printf(
                "%s: %d: %d outstanding %s: %d/s%n",
                engine, round, OUTSTANDING, operation == Registers.GET ? "read" : "write", done.get() / seconds);
    }

    private void next(Link link, byte operation, long end, AtomicLong done, CompletableFuture<Void> over) {
        link.send(command(operation)).whenComplete((r, e) -> {
            if (e != null || r.status() != Node.DONE) {
                over.completeExceptionally(new IllegalStateException("no answer: " + r, e));
            } else if (System.nanoTime() > end) {
                over.complete(null);
            } else {
                done.incrementAndGet();
                next(link, operation, end, done, over);
            }
        });
    }

    private List<Long> transfers(Cluster cluster, Nodes nodes) {
        List<Long> times = new ArrayList<>();
        for (int n = 0; n < KILLS; n++) {
            int leader = nodes.leader();
            long begun = System.nanoTime();
            Link.Reply r = nodes.control(leader, Node.TRANSFER, (leader + 1) % size, 15_000);
            if (r == null || r.status() != Node.DONE) {
                System.out.println(engine + ": no transfer: "
                        + (r == null ? "no answer" : new String(r.content(), java.nio.charset.StandardCharsets.UTF_8)));
                return times;
            }
            firstAnswer(cluster, leader);
            times.add(millis(begun));
            settle(nodes);
        }
        return times;
    }

    private List<Long> ends(Cluster cluster, Nodes nodes, boolean kill) {
        List<Long> times = new ArrayList<>();
        for (int n = 0; n < KILLS; n++) {
            int leader = nodes.leader();
            long begun = System.nanoTime();
            if (kill) {
                cluster.kill(leader);
            } else {
                cluster.end(leader);
            }
            firstAnswer(cluster, leader);
            times.add(millis(begun));
            cluster.await(leader);
            cluster.start(leader);
            settle(nodes);
        }
        return times;
    }

    private void settle(Nodes nodes) {
        while (!nodes.areUpToDate()) {
            Workload.sleep(100);
        }
        Workload.sleep(1000);
    }

    /** Voluntary and other context switches of all nodes' threads that live. */
    private long switches(Cluster cluster) {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            try (var tasks = Files.list(Path.of("/proc/" + cluster.pid(i) + "/task"))) {
                for (Path task : tasks.toList()) {
                    for (String line : Files.readAllLines(task.resolve("status"))) {
                        if (line.contains("ctxt_switches")) {
                            sum += Long.parseLong(line.replaceAll("\\D+", ""));
                        }
                    }
                }
            } catch (IOException e) {
                // a thread that has just ended
            }
        }
        return sum;
    }
}
