package io.multiproc.engines;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** What the nodes of a cluster say of themselves, and whether they agree. */
final class Nodes implements AutoCloseable {
    /** @param hash over all commands that were applied */
    record State(boolean leads, String members, long count, String hash) {}

    private static final long MILLIS = 700;

    private final Cluster cluster;
    /** The hash after so many commands, as the first node gave it, and which one did. */
    private final Map<Long, String> marks = new ConcurrentSkipListMap<>();

    private volatile String divergence = "";
    private volatile int lastLeader;

    private volatile boolean closed;

    Nodes(Cluster cluster) {
        this.cluster = cluster;
        Thread watch = new Thread(this::watch, "watch");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch() {
        while (!closed) {
            for (int i = 0; i < cluster.size(); i++) {
                state(i, 1);
            }
            Workload.sleep(200);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    Link.Reply control(int i, byte operation, int key, long millis) {
        return cluster.call(i, Registers.command(0, 0, operation, key, 0, 0), millis);
    }

    /** What a node says, or null. */
    State state(int i) {
        return state(i, 0);
    }

    private State state(int i, int marks) {
        Link.Reply r = cluster.isAlive(i) ? control(i, Node.STATUS, marks, MILLIS) : null;
        if (r == null || r.status() != Node.DONE) {
            return null;
        }
        Map<String, String> words = new TreeMap<>();
        for (String word : new String(r.content(), StandardCharsets.UTF_8).split(" ")) {
            int eq = word.indexOf('=');
            words.put(word.substring(0, eq), word.substring(eq + 1));
        }
        long count = Long.parseLong(words.get("count"));
        compare(i, count, words.get("hash"));
        long at = count;
        for (String mark : words.get("marks").split(",")) {
            if (!mark.isEmpty()) {
                compare(i, at--, mark);
            }
        }
        return new State(words.get("leads").equals("true"), words.get("members"), count, words.get("hash"));
    }

    private void compare(int i, long count, String hash) {
        String known = marks.putIfAbsent(count, hash + " " + Cluster.name(i));
        if (known != null && !known.startsWith(hash + " ") && divergence.isEmpty()) {
            divergence = "after " + count + " commands node " + Cluster.name(i) + " has " + hash + ", and " + known;
        }
    }

    /** Where two nodes differ, or nothing. */
    String divergence() {
        return divergence;
    }

    /** The leader, or the last one known. */
    int leader() {
        for (int n = 0; n < 30; n++) {
            for (int i = 0; i < cluster.size(); i++) {
                State s = state(i);
                if (s != null && s.leads) {
                    lastLeader = i;
                }
            }
            State s = state(lastLeader);
            if (s != null && s.leads) {
                return lastLeader;
            }
            Workload.sleep(100);
        }
        return lastLeader;
    }

    /** Whether a node has applied what the leader has now. */
    boolean isUpToDate(int i) {
        for (int l = 0; l < cluster.size(); l++) {
            State leader = state(l);
            if (leader != null && leader.leads) {
                State s = state(i);
                for (int n = 0; n < 10 && s != null && s.count < leader.count; n++) {
                    Workload.sleep(50);
                    s = state(i);
                }
                return s != null && s.count >= leader.count;
            }
        }
        return false;
    }

    boolean areUpToDate() {
        for (int i = 0; i < cluster.size(); i++) {
            if (!isUpToDate(i)) {
                return false;
            }
        }
        return true;
    }

    String text() {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < cluster.size(); i++) {
            s.append(Cluster.name(i))
                    .append(cluster.isAlive(i) ? "" : " (ended)")
                    .append(": ")
                    .append(state(i))
                    .append("; ");
        }
        return s.toString();
    }
}
