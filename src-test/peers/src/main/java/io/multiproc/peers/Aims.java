package io.multiproc.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The ratios that we want to reach, compared with what a run has shown. Reports; decides nothing.
 *
 * <p>An aim is a ratio of medians. Beside it stands the median of the ratios of each round, which a machine whose speed drifts disturbs least: where the two
 * disagree on an aim, the run has not shown it.
 */
final class Aims {
    private static final String OURS = "multiproc";
    private static final List<String> PEERS = List.of("Jedis", "Lettuce", "Redisson", "Hazelcast", "CPython");

    private static final String LOG = "multiproc, log";
    private static final List<String> DURABLE = List.of(
            "Jedis, appendfsync always", "Lettuce, appendfsync always", "Redisson, appendfsync always", "PostgreSQL");

    private record Aim(String workload, String against, double ratio, boolean lowIsGood) {}

    private static final List<Aim> AIMS = List.of(
            new Aim("put, 1 thread", "Jedis", 1.0, false),
            new Aim("put, 1 thread", "bare socket", 0.85, false),
            new Aim("get, 1 thread", "Jedis", 1.0, false),
            new Aim("get, 1 thread", "bare socket", 0.85, false),
            new Aim("put, 16 threads", "bare Netty", 0.75, false),
            new Aim("put, 16 threads", "Jedis", 1.4, false),
            new Aim("get, 16 threads", "bare Netty", 0.75, false),
            new Aim("get, 16 threads", "Jedis", 1.4, false),
            new Aim("put, 256 outstanding", "bare Netty", 0.5, false),
            new Aim("put, 256 outstanding", "best peer", 2.5, false),
            new Aim("get, 256 outstanding", "bare Netty", 0.5, false),
            new Aim("get, 256 outstanding", "best peer", 2.5, false),
            new Aim("queue, two clients", "Jedis", 1.5, false),
            new Aim("lock + unlock, 1 thread", "best peer", 2, false),
            new Aim("lock + unlock, 8 threads", "best peer", 3, false),
            new Aim("counter, 1 thread", "Jedis", 1.0, false),
            new Aim("counter, 16 threads", "Jedis", 1.4, false),
            new Aim("values of 1 MiB", "best peer", 1.0, false),
            new Aim("values of 16 MiB", "best peer", 1.0, false),
            new Aim("connect + first operation", "Lettuce", 1.0, false),
            new Aim("server bytes per entry", "Redis", 1.0, true),
            new Aim("bytes per idle client, 1000", "Redis", 0.8, true),
            new Aim("bytes per idle client, 10000", "Redis", 0.8, true));

    private Aims() {}

    static String report(Results results) {
        StringBuilder out = new StringBuilder(
                "| workload | against | ratio of medians | of rounds | aim | |\n|---|---|---|---|---|---|\n");
        for (Aim aim : AIMS) {
            List<String> all = new ArrayList<>(PEERS);
            all.add("Redis");
            String against =
                    aim.against.equals("best peer") ? results.best(aim.workload, all, aim.lowIsGood) : aim.against;
            double rounds = results.ratio(aim.workload, OURS, against);
            if (against != null && !Double.isNaN(rounds)) {
                double ratio = results.median(aim.workload, OURS) / results.median(aim.workload, against);
                boolean met = reached(aim, ratio);
                String verdict = met == reached(aim, rounds) ? met ? "met" : "**not met**" : "*one of two*";
                out.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.2f | %.2f | %s %.2f | %s |%n",
                        aim.workload,
                        against,
                        ratio,
                        rounds,
                        aim.lowIsGood ? "at most" : "at least",
                        aim.ratio,
                        verdict));
            }
        }
        for (Jdks.Kind kind : Jdks.Kind.values()) {
            double millis = results.median(Jdks.START, kind.product);
            if (!Double.isNaN(millis)) {
                out.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.0f ms | | at most %d ms | %s |%n",
                        Jdks.START,
                        kind.product,
                        millis,
                        kind.aimMillis,
                        millis <= kind.aimMillis ? "met" : "**not met**"));
            }
        }
        return out.toString();
    }

    private static boolean reached(Aim aim, double ratio) {
        return aim.lowIsGood ? ratio <= aim.ratio : ratio >= aim.ratio;
    }

    /** What a write on the disk costs beside the disk itself, and beside what else is durable; empty if that was not measured. */
    static String durable(Results results) {
        String put = "put, 1 thread";
        double disk = results.p50(put, "bare disk");
        double ours = results.p50(put, LOG);
        StringBuilder out = new StringBuilder();
        if (!Double.isNaN(disk) && !Double.isNaN(ours)) {
            out.append(String.format(
                    Locale.ROOT,
                    "One durable put: p50 %.0f µs, of which the disk's fdatasync takes F = %.0f; the aim is F + 100: %s.%n",
                    ours,
                    disk,
                    ours <= disk + 100 ? "met" : "**not met**"));
        }
        for (String workload : results.workloads()) {
            double log = results.median(workload, LOG);
            String best = results.best(workload, DURABLE, false);
            if (best != null && !Double.isNaN(log)) {
                double ratio = log / results.median(workload, best);
                out.append(String.format(
                        Locale.ROOT,
                        "%s: %.2f of %s; the aim is at least 1.00: %s.%n",
                        workload,
                        ratio,
                        best,
                        ratio >= 1 ? "met" : "**not met**"));
            }
        }
        return out.toString();
    }

    /** Our 99th percentiles beside the best of the peers'; the aim is at most twice that. */
    static String latencies(Results results) {
        StringBuilder out = new StringBuilder(
                "| workload | our p99, µs | best peer | its p99, µs | ratio | |\n|---|---|---|---|---|---|\n");
        for (String workload : results.workloads()) {
            double ours = results.p99(workload, OURS);
            String best = null;
            for (String peer : PEERS) {
                double p99 = results.p99(workload, peer);
                if (!Double.isNaN(p99) && (best == null || p99 < results.p99(workload, best))) {
                    best = peer;
                }
            }
            if (best != null && !Double.isNaN(ours)) {
                double theirs = results.p99(workload, best);
                out.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %s | %.2f | %s |%n",
                        workload,
                        Results.number(ours),
                        best,
                        Results.number(theirs),
                        ours / theirs,
                        ours <= 2 * theirs ? "met" : "**not met**"));
            }
        }
        return out.toString();
    }
}
