package io.multiproc.engines;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Whether a leader that sleeps while others lead answers a read with an old value when it wakes. No other load, so commit indexes stand still. */
final class StaleReads {
    private static final int ROUNDS = 12;
    private static final int KEY = 7;

    private long requests;

    /** Gives the number of old values. */
    int run(String engine, Path folder) throws IOException {
        int stale = 0;
        int old = 0;
        try (Cluster cluster = new Cluster(engine, 3, folder, null);
                Nodes nodes = new Nodes(cluster)) {
            Thread hook = new Thread(cluster::close);
            Runtime.getRuntime().addShutdownHook(hook);
            for (int i = 0; i < cluster.size(); i++) {
                cluster.start(i);
            }
            for (int round = 1; round <= ROUNDS; round++) {
                while (!nodes.areUpToDate()) {
                    Workload.sleep(100);
                }
                int leader = nodes.leader();
                set(cluster, -1, 2 * round);
                ask(cluster, leader, 2000);
                cluster.pause(leader);
                set(cluster, leader, 2 * round + 1);
                CompletableFuture<Link.Reply> asked = cluster.link(leader).send(command(Registers.GET, 0));
                cluster.resume(leader);
                try {
                    Link.Reply r = asked.get(3, TimeUnit.SECONDS);
                    if (r.status() == Node.DONE) {
                        old++;
                        stale += r.number() == 2 * round ? 1 : 0;
                    }
                } catch (Exception e) {
                    // it knows that it does not lead any more
                }
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        System.out.printf(
                "%s: %d of %d reads were answered by a leader that had slept, %d of them with an old value%n",
                engine, old, ROUNDS, stale);
        return stale;
    }

    private byte[] command(byte operation, int value) {
        return Registers.command(1, ++requests, operation, KEY, value, 0);
    }

    private static void ask(Cluster cluster, int node, long millis) {
        for (int n = 0; n < 3; n++) {
            cluster.call(node, Registers.command(0, 0, Registers.GET, KEY, 0, 0), millis);
        }
    }

    private void set(Cluster cluster, int not, int value) {
        byte[] command = command(Registers.SET, value);
        while (true) {
            for (int i = 0; i < cluster.size(); i++) {
                if (i != not) {
                    Link.Reply r = cluster.call(i, command, 2000);
                    if (r != null && r.status() == Node.DONE) {
                        return;
                    }
                }
            }
            Workload.sleep(10);
        }
    }
}
