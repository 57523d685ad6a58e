package io.multiproc.engines;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is done to a cluster: each fault begins and holds for a while; {@link Episode} heals it and waits. */
final class Faults {
    /** A fault; it gives what should be known of it, or nothing. */
    interface Fault {
        String run() throws IOException;
    }

    static final List<String> ALL = List.of(
            "halves",
            "one-way",
            "bridge",
            "kill leader",
            "kill follower",
            "kill all",
            "pause leader",
            "pause follower",
            "halves + kill",
            "slow disk",
            "full disk",
            "failed sync",
            "cut tail",
            "torn tail",
            "flipped bit",
            "clock",
            "member",
            "transfer");

    private final Cluster cluster;
    private final Nodes nodes;
    private final Random random;

    Faults(Cluster cluster, Nodes nodes, Random random) {
        this.cluster = cluster;
        this.nodes = nodes;
        this.random = random;
    }

    String run(String name) throws IOException {
        return switch (name) {
            case "halves" -> halves(false);
            case "one-way" -> oneWay();
            case "bridge" -> bridge();
            case "kill leader" -> kill(nodes.leader());
            case "kill follower" -> kill(follower());
            case "kill all" -> killAll();
            case "pause leader" -> pause(nodes.leader());
            case "pause follower" -> pause(follower());
            case "halves + kill" -> halves(true);
            case "slow disk" -> disk(100_000 + random.nextInt(900_000), 0, 6000);
            case "full disk" -> disk(0, 1, 4000);
            case "failed sync" -> disk(0, 2, 3000);
            case "cut tail", "torn tail", "flipped bit" -> damage(name);
            case "clock" -> clock();
            case "member" -> member();
            case "transfer" -> transfer();
            default -> throw new IllegalArgumentException("no fault " + name);
        };
    }

    private int any() {
        return random.nextInt(cluster.size());
    }

    private int follower() {
        int leader = nodes.leader();
        int n = random.nextInt(cluster.size() - 1);
        return n >= leader ? n + 1 : n;
    }

    private void hold(int least, int most) {
        Workload.sleep(least + random.nextInt(most - least));
    }

    /** A minority is cut off; two times of three the leader is in it. */
    private String halves(boolean kill) {
        List<Integer> all =
                new ArrayList<>(IntStream.range(0, cluster.size()).boxed().toList());
        Collections.shuffle(all, random);
        if (random.nextInt(3) > 0) {
            Integer leader = nodes.leader();
            all.remove(leader);
            all.add(0, leader);
        }
        int minority = 1 + random.nextInt(cluster.size() / 2);
        for (int a : all.subList(0, minority)) {
            for (int b : all.subList(minority, all.size())) {
                cluster.cutBoth(a, b);
            }
        }
        hold(3000, 8000);
        if (kill) {
            // the new leader dies, and the old one comes back with what it wrote alone
            int dead = nodes.leader();
            cluster.kill(dead);
            hold(10, 500);
            cluster.heal();
            hold(100, 2000);
            cluster.start(dead);
            hold(1000, 3000);
        }
        return "";
    }

    private String oneWay() {
        int a = random.nextInt(3) > 0 ? nodes.leader() : any();
        boolean out = random.nextBoolean();
        boolean one = random.nextInt(3) == 0;
        for (int b = 0; b < cluster.size(); b++) {
            if (b != a) {
                cluster.cut(out ? a : b, out ? b : a);
                if (one) {
                    break;
                }
            }
        }
        hold(3000, 8000);
        return "";
    }

    /** Two sides that see each other through one node only. */
    private String bridge() {
        int middle = random.nextBoolean() ? nodes.leader() : any();
        List<Integer> rest = new ArrayList<>(IntStream.range(0, cluster.size())
                .filter(i -> i != middle)
                .boxed()
                .toList());
        Collections.shuffle(rest, random);
        int half = rest.size() / 2;
        for (int a : rest.subList(0, half)) {
            for (int b : rest.subList(half, rest.size())) {
                cluster.cutBoth(a, b);
            }
        }
        hold(3000, 8000);
        return "";
    }

    private String kill(int i) {
        cluster.kill(i);
        hold(500, 4000);
        cluster.start(i);
        hold(500, 1500);
        return "";
    }

    private String killAll() {
        for (int i = 0; i < cluster.size(); i++) {
            cluster.kill(i);
        }
        for (int i = 0; i < cluster.size(); i++) {
            cluster.start(i);
            hold(1, 300);
        }
        return "";
    }

    private String pause(int i) {
        cluster.pause(i);
        hold(1000, random.nextInt(3) == 0 ? 20_000 : 7000);
        cluster.resume(i);
        return "";
    }

    private String disk(int micros, int mode, int millis) {
        int i = random.nextBoolean() ? nodes.leader() : any();
        cluster.faults(i, 0, micros, mode);
        hold(millis / 2, millis);
        cluster.faults(i, 0, 0, 0);
        hold(100, 200);
        return mode == 0 ? "" : cluster.isAlive(i) ? "went on" : "ended with " + cluster.exit(i);
    }

    private String clock() {
        int i = random.nextBoolean() ? nodes.leader() : any();
        cluster.faults(i, random.nextBoolean() ? 3600 : -3600, 0, 0);
        hold(3000, 6000);
        return "";
    }

    private String transfer() {
        Link.Reply r = nodes.control(nodes.leader(), Node.TRANSFER, follower(), 12_000);
        return r == null
                ? "no answer"
                : r.status() == Node.DONE ? "" : new String(r.content(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** A machine is replaced: its node leaves, loses its disk, comes back as a new one and is made a member again. */
    private String member() throws IOException {
        int i = follower();
        int all = (1 << cluster.size()) - 1;
        Link.Reply r = nodes.control(nodes.leader(), Node.CHANGE, all & ~(1 << i), 10_000);
        if (r == null || r.status() != Node.DONE) {
            return "removal failed";
        }
        cluster.kill(i);
        cluster.wipe(i);
        boolean named = cluster.engine().startsWith("jgroups");
        cluster.start(
                i,
                named
                        ? IntStream.range(0, cluster.size())
                                .filter(n -> n != i)
                                .boxed()
                                .toList()
                        : List.of());
        hold(1000, 2000);
        for (int n = 0; n < 4; n++) {
            r = nodes.control(nodes.leader(), Node.CHANGE, all, 10_000);
            if (r != null && r.status() == Node.DONE) {
                return "";
            }
            hold(500, 1000);
        }
        return "adding failed";
    }

    /**
     * A node's log is damaged while it is down. The others have all of it, so that what it forgets is not lost. Nodes that refuse
     * their folder get it back as it was.
     */
    private String damage(String kind) throws IOException {
        int i = any();
        cluster.kill(i);
        Path data = cluster.data(i);
        Path copy = data.resolveSibling("copy");
        Cluster.delete(copy);
        Cluster.copy(data, copy);
        Path log = newestLog(data);
        if (log == null) {
            cluster.start(i);
            return "no log";
        }
        try (RandomAccessFile f = new RandomAccessFile(log.toFile(), "rw")) {
            long end = end(f);
            int n = (int) Math.min(end, 1 + random.nextInt(60));
            byte[] bytes = new byte[n];
            if (kind.equals("cut tail")) {
                f.seek(end - n);
                f.write(bytes);
            } else if (kind.equals("torn tail")) {
                random.nextBytes(bytes);
                f.seek(end);
                f.write(bytes);
            } else {
                long at = (long) (random.nextDouble() * end);
                f.seek(at);
                int b = f.read();
                f.seek(at);
                f.write(b ^ 1 << random.nextInt(8));
            }
        }
        cluster.start(i);
        hold(3000, 4000);
        long until = System.nanoTime() + 10_000_000_000L;
        while (cluster.isAlive(i) && !nodes.isUpToDate(i) && System.nanoTime() < until) {
            hold(100, 200);
        }
        if (cluster.isAlive(i) && nodes.isUpToDate(i)) {
            return "repaired";
        }
        String how = cluster.isAlive(i) ? "stayed behind" : "refused";
        cluster.kill(i);
        Cluster.delete(data);
        Files.move(copy, data);
        cluster.start(i);
        return how;
    }

    private static Path newestLog(Path data) throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(p -> p.getFileName().toString().matches("log|log_inprogress_\\d+|\\d{20}\\.raft"))
                    .max((a, b) ->
                            Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
                    .orElse(null);
        }
    }

    /** Where the last byte is that is not zero. */
    private static long end(RandomAccessFile f) throws IOException {
        byte[] all = new byte[(int) f.length()];
        f.readFully(all);
        int end = all.length;
        while (end > 0 && all[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
