package io.multiproc.engines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs the fault campaign, or the measures, over engines: {@code src-test/bin/engines --help} tells the options. */
final class Campaign {
    private static final long EPISODE_MILLIS = 120_000;
    private static final String HELP =
            """
            --engine X    microraft (the server's own), jgroups (reads by its own way), jgroups-log (reads as records), ratis (gRPC), ratis-log or ratis-netty; several with commas (jgroups,jgroups-log,ratis)
            --seconds N   of faults for each engine (600)
            --seed S      printed if it is not given
            --nodes N     3 or 5 (3)
            --faults F    only these, with commas
            --stale       only asks leaders that wake up from a pause
            --measure     latency, throughput and recovery instead of the campaign
            """;

    private Campaign() {}

    public static void main(String[] words) throws Exception {
        List<String> engines = List.of("jgroups", "jgroups-log", "ratis");
        List<String> faults = Faults.ALL;
        long seconds = 600;
        long seed = new Random().nextInt(1_000_000);
        int nodes = 3;
        boolean measure = false;
        boolean stale = false;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--engine" -> engines = List.of(words[++i].split(","));
                case "--seconds" -> seconds = Long.parseLong(words[++i]);
                case "--seed" -> seed = Long.parseLong(words[++i]);
                case "--nodes" -> nodes = Integer.parseInt(words[++i]);
                case "--faults" -> faults = List.of(words[++i].split(","));
                case "--measure" -> measure = true;
                case "--stale" -> stale = true;
                default -> {
                    System.out.print(HELP);
                    System.exit(words[i].equals("--help") ? 0 : 2);
                }
            }
        }
        System.out.println("seed " + seed + ", " + nodes + " nodes");
        Path folder = Files.createTempDirectory("engines");
        Path shim = shim(folder);
        boolean clean;
        try {
            if (stale) {
                clean = true;
                for (String engine : engines) {
                    clean &= new StaleReads().run(engine, folder.resolve(engine)) == 0;
                }
            } else if (measure) {
                for (String engine : engines) {
                    new Measure(engine, nodes, folder).run();
                }
                clean = true;
            } else {
                clean = campaign(engines, nodes, seconds, seed, possible(faults, shim), folder, shim);
            }
        } finally {
            Cluster.delete(folder);
        }
        System.exit(clean ? 0 : 1);
    }

    private static boolean campaign(
            List<String> engines, int nodes, long seconds, long seed, List<String> faults, Path folder, Path shim)
            throws IOException {
        Table table = new Table();
        for (String engine : engines) {
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            for (int n = 0; System.nanoTime() < end; n++) {
                Path at = folder.resolve(engine + n);
                List<String> can = new ArrayList<>(faults);
                if (engine.startsWith("jgroups")) {
                    can.remove("transfer");
                }
                long millis = Math.min(EPISODE_MILLIS, (end - System.nanoTime()) / 1_000_000);
                new Episode(engine, nodes, seed + n, at, shim, table).run(can, millis);
                Cluster.delete(at);
            }
        }
        table.print();
        return table.isClean();
    }

    private static List<String> possible(List<String> faults, Path shim) {
        List<String> can = new ArrayList<>(faults);
        if (shim == null) {
            can.removeAll(List.of("slow disk", "full disk", "failed sync", "clock"));
        }
        return can;
    }

    /** The library that bends clock and disk; null where there is no C compiler. */
    private static Path shim(Path folder) throws IOException {
        Path source = folder.resolve("shim.c");
        try (InputStream in = Campaign.class.getResourceAsStream("/shim.c")) {
            Files.copy(in, source);
        }
        Path library = folder.resolve("shim.so");
        try {
            Cluster.run("cc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl");
            return library;
        } catch (RuntimeException e) {
            System.out.println("no faults of clock and disk: " + e.getMessage());
            return null;
        }
    }
}
