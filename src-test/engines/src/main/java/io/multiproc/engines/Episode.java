package io.multiproc.engines;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A new cluster, faults one after another, and at its end the check that nothing was lost, doubled or out of order. */
final class Episode {
    private static final long RECOVERY_MILLIS = 45_000;
    private static final long HELP_MILLIS = 20_000;

    private final String engine;
    private final int size;
    private final long seed;
    private final Path folder;
    private final Path shim;
    private final Table table;

    Episode(String engine, int size, long seed, Path folder, Path shim, Table table) {
        this.engine = engine;
        this.size = size;
        this.seed = seed;
        this.folder = folder;
        this.shim = shim;
        this.table = table;
    }

    /** @param names the faults that may happen */
    void run(List<String> names, long millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000;
        Random random = new Random(seed);
        try (Cluster cluster = new Cluster(engine, size, folder, shim)) {
            Thread hook = new Thread(cluster::close);
            Runtime.getRuntime().addShutdownHook(hook);
            for (int i = 0; i < size; i++) {
                cluster.start(i);
            }
            try (Nodes nodes = new Nodes(cluster)) {
                if (!recover(cluster, nodes, new StringBuilder())) {
                    table.violation(engine, seed, "start", "the cluster does not come up: " + nodes.text());
                } else {
                    rounds(cluster, nodes, random, names, end);
                }
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void rounds(Cluster cluster, Nodes nodes, Random random, List<String> names, long end) throws IOException {
        Workload work = new Workload(cluster, seed);
        Faults faults = new Faults(cluster, nodes, random);
        List<String> order = new ArrayList<>();
        List<String> done = new ArrayList<>();
        boolean well = true;
        while (well && System.nanoTime() < end && nodes.divergence().isEmpty()) {
            if (order.isEmpty()) {
                order.addAll(names);
                Collections.shuffle(order, random);
            }
            String name = order.remove(0);
            done.add(name);
            work.beginOutage();
            String remark = faults.run(name);
            if (random.nextInt(3) == 0) {
                nodes.control(random.nextInt(size), Node.SNAPSHOT, 0, 2000);
            }
            cluster.heal();
            long healed = System.nanoTime();
            StringBuilder help = new StringBuilder(remark);
            well = recover(cluster, nodes, help);
            long recovery = (System.nanoTime() - healed) / 1_000_000;
            table.round(engine, name, work.outageMillis(), recovery, help.toString());
            System.out.printf(
                    "%s seed %d: %s, %d ms without an answer, well %d ms after it%s%n",
                    engine, seed, name, work.outageMillis(), recovery, help.isEmpty() ? "" : " (" + help + ")");
            if (!well) {
                table.violation(engine, seed, name, "no recovery after " + done + ": " + nodes.text());
                for (int i = 0; i < size; i++) {
                    System.out.println("node " + Cluster.name(i) + ":\n" + cluster.complaints(i));
                }
            }
            Workload.sleep(1000);
        }
        judge(cluster, nodes, work, done);
    }

    /** Starts what has ended, and waits until all nodes have all; helps by a restart if it takes long. */
    private boolean recover(Cluster cluster, Nodes nodes, StringBuilder remarks) {
        long begun = System.nanoTime();
        boolean helped = false;
        while (true) {
            for (int i = 0; i < size; i++) {
                if (!cluster.isAlive(i)) {
                    cluster.start(i);
                }
            }
            if (nodes.areUpToDate()) {
                return true;
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;
            if (millis > RECOVERY_MILLIS) {
                return false;
            }
            if (millis > HELP_MILLIS && !helped) {
                helped = true;
                remarks.append(remarks.isEmpty() ? "" : ", ").append("needed a restart");
                System.out.println("helping: " + nodes.text());
                for (int i = 0; i < size; i++) {
                    if (!nodes.isUpToDate(i)) {
                        cluster.kill(i);
                        cluster.start(i);
                    }
                }
            }
            Workload.sleep(100);
        }
    }

    private void judge(Cluster cluster, Nodes nodes, Workload work, List<String> done) {
        String last = done.isEmpty() ? "start" : done.get(done.size() - 1);
        work.stop(15_000);
        Integer total = total(cluster, nodes);
        int added = work.added.get();
        int unknown = work.unknown.get();
        if (total == null) {
            table.violation(engine, seed, last, "no answer at the end, after " + done);
        } else if (total < added || total > added + unknown) {
            String what = total < added ? "lost" : "doubled";
            table.violation(
                    engine,
                    seed,
                    last,
                    what + ": " + added + " acknowledged, " + unknown + " unknown, but the sum is " + total + ", after "
                            + done);
        }
        if (work.doubled.get() > 0) {
            table.violation(engine, seed, last, work.doubled + " sums were answered twice, after " + done);
        }
        nodes.areUpToDate();
        if (!nodes.divergence().isEmpty()) {
            table.violation(engine, seed, last, "nodes differ: " + nodes.divergence() + ", after " + done);
        }
        Workload.Verdict verdict = work.check();
        if (verdict.bad() > 0) {
            table.violation(engine, seed, last, "not linearizable: " + verdict.example() + ", after " + done);
        }
        table.histories(engine, verdict, work.answers(), added, unknown);
        System.out.printf(
                "%s seed %d: %d answers; counter %s with %d acknowledged and %d unknown; histories %d good, %d bad, %d undecided%n",
                engine,
                seed,
                work.answers(),
                total,
                added,
                unknown,
                verdict.good(),
                verdict.bad(),
                verdict.undecided());
    }

    private Integer total(Cluster cluster, Nodes nodes) {
        for (int n = 0; n < 50; n++) {
            Link.Reply r =
                    cluster.call(nodes.leader(), Registers.command(0, 0, Registers.GET, Workload.COUNTER, 0, 0), 1000);
            if (r != null && r.status() == Node.DONE) {
                return r.number();
            }
            Workload.sleep(200);
        }
        return null;
    }
}
