package io.multiproc.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds circles of owners who wait for one another, in the answer of {@link Manager#locks}. */
final class Deadlocks {
    /** A thread of a session. Holder 0 is a session as a whole, as it owns permits, and waits for nothing. */
    private record Party(long session, long holder) {
        @Override
        public String toString() {
            return "session " + session + " thread " + holder;
        }
    }

    private record Edge(Party from, String lock, Party to) {}

    private Deadlocks() {}

    static List<List<String>> find(List<LockInfo> locks) {
        Map<Party, List<Edge>> waits = new HashMap<>();
        for (LockInfo lock : locks) {
            String name = lock.name();
            String spelled = lock.type() + " " + (name == null ? "#" + lock.id() : "'" + name + "'");
            for (LockInfo.Waiter w : lock.waiting()) {
                for (LockInfo.Owner o : lock.owners()) {
                    Party from = new Party(w.session(), w.holder());
                    Party to = new Party(o.session(), o.holder());
                    if (from.holder != 0 && to.holder != 0 && !from.equals(to)) {
                        waits.computeIfAbsent(from, p -> new ArrayList<>()).add(new Edge(from, spelled, to));
                    }
                }
            }
        }
        List<List<String>> circles = new ArrayList<>();
        Set<Party> done = new HashSet<>();
        for (Party start : waits.keySet()) {
            walk(start, waits, new ArrayDeque<>(), new HashSet<>(), done, circles);
        }
        return circles;
    }

    /** Depth first; each circle is found once, from the first of its parties that is come to. */
    private static void walk(
            Party at,
            Map<Party, List<Edge>> waits,
            Deque<Edge> path,
            Set<Party> onPath,
            Set<Party> done,
            List<List<String>> circles) {
        if (!done.add(at)) {
            return;
        }
        onPath.add(at);
        for (Edge e : waits.getOrDefault(at, List.of())) {
            path.addLast(e);
            if (onPath.contains(e.to)) {
                circles.add(circle(path, e.to));
            } else {
                walk(e.to, waits, path, onPath, done, circles);
            }
            path.removeLast();
        }
        onPath.remove(at);
    }

    private static List<String> circle(Deque<Edge> path, Party start) {
        List<String> out = new ArrayList<>();
        boolean within = false;
        for (Edge e : path) {
            within |= e.from.equals(start);
            if (within) {
                out.add(e.from + " waits for " + e.lock + ", owned by " + e.to);
            }
        }
        return out;
    }
}
