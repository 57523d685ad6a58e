package io.multiproc.tests.cluster;

import io.multiproc.client.Manager;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.linearizability.Histories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Four clients call objects at random, on three nodes of which one is killed, paused, ended or made to hand over all the time: each history has an order
 * that explains it. {@code src-test/bin/cluster} runs it.
 */
public final class ClusterHistories {
    /** Without those whose calls wait for a time: that goes by the caller's clock, and may be over before the next node leads. */
    private static final List<ObjectType> TYPES = List.of(
            ObjectType.DICT,
            ObjectType.COUNTER,
            ObjectType.LIST,
            ObjectType.SET,
            ObjectType.VALUE,
            ObjectType.ARRAY,
            ObjectType.NAMESPACE);

    private ClusterHistories() {}

    /** @param args a folder, seconds and, if one is to be repeated, a seed */
    public static void main(String[] args) throws Exception {
        run(
                Path.of(args[0]),
                Long.parseLong(args[1]),
                args.length > 2 ? Long.parseLong(args[2]) : new Random().nextLong());
    }

    private static void run(Path folder, long seconds, long seed) throws Exception {
        System.out.println("seed " + seed);
        ExecutorService threads = Executors.newFixedThreadPool(Histories.CLIENTS);
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Manager> managers = new ArrayList<>();
        int[] faults = new int[4];
        try (ClusterServers cluster = ClusterServers.three(folder)) {
            for (int i = 0; i < Histories.CLIENTS; i++) {
                managers.add(cluster.connect());
            }
            Histories histories = new Histories(seed, threads);
            Thread chaos = new Thread(
                    () -> {
                        try {
                            breakNodes(cluster, managers.get(0), new Random(seed), over, histories, faults);
                        } catch (Exception | AssertionError e) {
                            failure.set(e);
                        }
                    },
                    "chaos");
            chaos.start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            int checked = 0;
            for (int n = 0; System.nanoTime() < end && failure.get() == null; n++) {
                histories.check(TYPES.get(n % TYPES.size()), managers, 10, "cluster " + n + " ");
                checked += 10;
            }
            over.set(true);
            chaos.join();
            if (failure.get() != null) {
                throw new AssertionError("seed " + seed, failure.get());
            }
            System.out.println(checked + " histories; leaders killed " + faults[0] + ", paused " + faults[1]
                    + ", ended " + faults[2] + ", handed over " + faults[3]);
            managers.forEach(Manager::close);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    private static void breakNodes(
            ClusterServers cluster,
            Manager manager,
            Random random,
            AtomicBoolean over,
            Histories histories,
            int[] faults)
            throws Exception {
        while (!over.get()) {
            ClusterServers.Node leader = cluster.leader();
            int fault = random.nextInt(4);
            switch (fault) {
                case 0 -> {
                    leader.kill();
                    ClusterServers.Node unused = cluster.leader();
                    leader.start();
                }
                case 1 -> {
                    leader.signal("STOP");
                    try {
                        cluster.awaitOther(leader);
                    } finally {
                        leader.signal("CONT");
                    }
                }
                case 2 -> {
                    int unused = leader.terminate();
                    leader.start();
                }
                default -> manager.transferLeadership("");
            }
            faults[fault]++;
            // the others are to have what the next fault may take from the leader, and clients are to get on
            cluster.awaitAll(manager, over);
            long most = histories.progress() + 20 + random.nextInt(200);
            Await.until("clients get on", () -> over.get() || histories.progress() > most);
        }
    }
}
