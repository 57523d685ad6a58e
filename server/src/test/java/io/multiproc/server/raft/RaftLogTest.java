package io.multiproc.server.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.server.Await;
import io.multiproc.server.log.LogException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RaftLogTest {
    private static final Map<String, String> PEERS = Map.of("a", "host:a", "b", "host:b", "c", "host:c");

    @TempDir
    Path folder;

    private final Map<String, FollowedLog> nodes = new LinkedHashMap<>();
    private Wires wires = new Wires(1, 0, 0);
    private long imageBytes = RaftOptions.IMAGE_BYTES;

    @AfterEach
    void close() {
        nodes.values().forEach(n -> n.log.close());
        wires.close();
    }

    private FollowedLog start(String name) throws IOException {
        FollowedLog r = new FollowedLog(name, folder.resolve(name), wires.of(name), PEERS, imageBytes);
        nodes.put(name, r);
        return r;
    }

    private void startAll() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            start(name);
        }
    }

    private void stop(String name) {
        nodes.remove(name).log.close();
    }

    private FollowedLog leader() throws Exception {
        Await.until("a leader", () -> nodes.values().stream().anyMatch(n -> n.leads));
        return nodes.values().stream().filter(n -> n.leads).findFirst().orElseThrow();
    }

    private void put(long from, int n, int size) throws Exception {
        for (long value = from; value < from + n; value++) {
            put(value, size);
        }
    }

    /** Again if the leader that took it has ceased to lead: then it may be there twice. */
    private void put(long value, int size) throws Exception {
        FollowedLog leader = leader();
        while (!leader.acknowledged.contains(value)) {
            if (leader.propose(value, size)) {
                FollowedLog now = leader;
                Await.until("an answer", () -> now.acknowledged.contains(value) || !now.leads);
            } else {
                leader = leader();
            }
        }
    }

    private void allAgree(int atLeast) throws Exception {
        Await.until("the same on all nodes", () -> {
            List<Long> first = nodes.values().iterator().next().state();
            return first.size() >= atLeast
                    && nodes.values().stream().allMatch(n -> n.state().equals(first));
        });
        nodes.values().forEach(n -> assertNull(n.failed));
    }

    @Test
    void threeNodesKeepOneLogAndAgainAfterARestart() throws Exception {
        startAll();
        put(1, 50, 100);
        allAgree(50);
        for (String name : List.of("a", "b", "c")) {
            stop(name);
        }
        startAll();
        put(51, 10, 100);
        allAgree(60);
    }

    @Test
    void twoOfThreeGoOn() throws Exception {
        startAll();
        put(1, 5, 100);
        String gone = leader().name;
        stop(gone);
        put(6, 5, 100);
        start(gone);
        put(11, 5, 100);
        allAgree(15);
    }

    @Test
    void aLeaderThatIsCutOffHasNoLeaseOnceAnotherOneLeads() throws Exception {
        startAll();
        FollowedLog old = leader();
        Await.until("a lease", old.log::holdsLease);
        wires.cut(old.name);
        Await.until("another leader", () -> nodes.values().stream().anyMatch(n -> n != old && n.leads));
        assertFalse(old.log.holdsLease());
        wires.heal();
        put(1, 5, 100);
        allAgree(5);
    }

    @Test
    void leadershipIsHandedOver() throws Exception {
        startAll();
        FollowedLog old = leader();
        put(1, 5, 100);
        String to = old.name.equals("a") ? "b" : "a";
        old.log.transfer(to).get();
        Await.until("the new leader", () -> nodes.get(to).leads);
        put(6, 5, 100);
        allAgree(10);
    }

    @Test
    void aNodeThatLacksWhatOthersHaveDroppedGetsAnImage() throws Exception {
        imageBytes = 100_000;
        startAll();
        put(1, 3, 100);
        String gone = leader().name.equals("c") ? "b" : "c";
        stop(gone);
        deleteAll(folder.resolve(gone));
        leader().log.remove(gone).get();
        put(10, 300, 10_000);
        leader().log.add(gone, "host:" + gone);
        FollowedLog again = start(gone);
        put(1000, 5, 100);
        allAgree(308);
        assertNull(again.failed);
        stop(gone);
        start(gone);
        put(2000, 5, 100);
        allAgree(313);
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var files = java.nio.file.Files.list(folder)) {
            for (Path p : files.toList()) {
                java.nio.file.Files.delete(p);
            }
        }
    }

    @Test
    void aFolderOfAnotherNodeOrClusterIsRefused() throws Exception {
        startAll();
        leader();
        stop("a");
        Path a = folder.resolve("a");
        LogException node = assertThrows(
                LogException.class,
                () -> RaftLog.open(new RaftOptions(a, "b", "host:b", PEERS), wires.of("b"), nodes.get("b")));
        assertTrue(String.valueOf(node.getMessage()).contains("belongs to node a, not b"), node.getMessage());
        LogException peers = assertThrows(
                LogException.class,
                () -> RaftLog.open(
                        new RaftOptions(a, "a", "host:a", Map.of("a", "x", "z", "y")), wires.of("a"), nodes.get("b")));
        assertTrue(
                String.valueOf(peers.getMessage()).contains("began with the nodes a, b, c, not a, z"),
                peers.getMessage());
    }

    /** Messages are lost, late and overtake each other; nodes are cut off and started again; images are small. */
    @Test
    void randomRunsAgree() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            System.out.println("seed " + seed);
            run(seed);
        }
    }

    private void run(long seed) throws Exception {
        Random random = new Random(seed);
        wires.close();
        wires = new Wires(seed, 3, 2000);
        imageBytes = 200_000;
        folder = folder.resolve("run" + seed);
        java.nio.file.Files.createDirectory(folder);
        startAll();
        Set<Long> acknowledged = new HashSet<>();
        long value = 0;
        for (int step = 0; step < 12; step++) {
            for (int i = 0; i < 40; i++) {
                long v = ++value;
                // none is proposed twice
                nodes.values().stream()
                        .filter(n -> n.leads)
                        .findFirst()
                        .ifPresent(n -> n.propose(v, 8 + random.nextInt(5000)));
            }
            long holders =
                    nodes.values().stream().filter(n -> n.log.holdsLease()).count();
            assertTrue(holders <= 1, "two hold the lease");
            String victim = List.of("a", "b", "c").get(random.nextInt(3));
            switch (random.nextInt(3)) {
                case 0 -> {
                    wires.heal();
                    wires.cut(victim);
                }
                case 1 -> wires.heal();
                default -> {
                    FollowedLog old = nodes.get(victim);
                    stop(victim);
                    acknowledged.addAll(old.acknowledged);
                    start(victim);
                }
            }
            Await.until("a lease", () -> nodes.values().stream().anyMatch(n -> n.log.holdsLease()));
        }
        wires.heal();
        long last = value;
        put(++value, 8);
        allAgree(1);
        nodes.values().forEach(n -> acknowledged.addAll(n.acknowledged));
        List<Long> state = leader().state().stream().filter(v -> v <= last).toList();
        acknowledged.removeIf(v -> v > last);
        assertEquals(state.size(), new HashSet<>(state).size());
        assertTrue(new HashSet<>(state).containsAll(acknowledged));
        for (String name : new ArrayList<>(nodes.keySet())) {
            stop(name);
        }
    }
}
