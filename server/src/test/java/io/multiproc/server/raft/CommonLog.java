package io.multiproc.server.raft;

import io.multiproc.server.engine.LogStats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A common log in memory, as a consensus engine gives it: records get into it in one order for all, each node hears of them on a thread of its own, and who leads
 * changes when the test says so. What was proposed and not committed by then is lost, or committed all the same.
 */
public final class CommonLog implements AutoCloseable {
    private record Proposed(byte[] bytes, Node by, long proposal) {}

    private final List<Node> nodes = new ArrayList<>();
    private final List<Proposed> committed = new ArrayList<>();
    private final Deque<Proposed> proposed = new ArrayDeque<>();
    private final Random random;
    private @Nullable Node leader;
    private long term;
    private long proposals;
    /** Of a hundred proposals, so many stay uncommitted until the next one or the next leader. */
    private int slow;

    /** @param random decides what becomes of proposals when another node leads */
    public CommonLog(Random random) {
        this.random = random;
    }

    /** Adds a node, which is to be given its listener. */
    public synchronized Node node(String name) {
        Node node = new Node(name);
        nodes.add(node);
        return node;
    }

    /** From now on so many of a hundred proposals wait for the next one. */
    public synchronized void slow(int percent) {
        slow = percent;
    }

    /** A node leads from now on; null for none. */
    public synchronized void elect(@Nullable Node next) {
        Node before = leader;
        leader = null;
        term++;
        int survive = proposed.isEmpty() ? 0 : random.nextInt(proposed.size() + 1);
        while (survive-- > 0) {
            commit(proposed.remove());
        }
        proposed.clear();
        for (Node node : nodes) {
            String name = next == null ? null : next.name;
            long at = term;
            if (node != next && (node == before || next != null)) {
                node.tell(listener -> listener.follows(at, name));
            }
        }
        if (next != null) {
            leader = next;
            long at = term;
            next.tell(listener -> listener.leads(at));
        }
    }

    private synchronized long propose(Node node, byte[] record) {
        if (node != leader) {
            return ReplicatedLog.REFUSED;
        }
        Proposed r = new Proposed(record, node, ++proposals);
        proposed.add(r);
        if (random.nextInt(100) >= slow) {
            commitAll();
        }
        return r.proposal;
    }

    /** What waits is committed. */
    public synchronized void commitAll() {
        while (!proposed.isEmpty()) {
            commit(proposed.remove());
        }
    }

    private void commit(Proposed r) {
        committed.add(r);
        long index = committed.size();
        for (Node node : nodes) {
            long proposal = node == r.by ? r.proposal : ReplicatedLog.REFUSED;
            node.tell(listener -> listener.committed(index, r.bytes, proposal));
        }
    }

    private synchronized ReplicatedLog.Status status(Node node) {
        return new ReplicatedLog.Status(
                node.name,
                node == leader ? ReplicatedLog.Role.LEADER : ReplicatedLog.Role.FOLLOWER,
                term,
                leader == null ? null : leader.name,
                committed.size(),
                committed.size(),
                committed.size(),
                0,
                0,
                0,
                term,
                nodes.stream()
                        .map(n -> new ReplicatedLog.Member(
                                n.name, n.name + ":7000", ReplicatedLog.Role.FOLLOWER, committed.size(), 0))
                        .toList(),
                leader == null ? "nobody was elected" : null);
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }

    /** One node's end of the log. */
    public final class Node implements ReplicatedLog {
        private final String name;
        private final ExecutorService thread;
        private ReplicatedLog.@Nullable Listener listener;
        private boolean lease = true;

        private Node(String name) {
            this.name = name;
            this.thread = Executors.newSingleThreadExecutor(task -> {
                Thread t = new Thread(task, "log-" + name);
                t.setDaemon(true);
                return t;
            });
        }

        /** Who is told; before anybody leads. */
        public ReplicatedLog open(ReplicatedLog.Listener to) {
            synchronized (CommonLog.this) {
                listener = to;
            }
            return this;
        }

        private void tell(Consumer<ReplicatedLog.Listener> event) {
            ReplicatedLog.Listener to = listener;
            if (to != null && !thread.isShutdown()) {
                thread.execute(() -> event.accept(to));
            }
        }

        /** Where its listener is called. */
        ExecutorService thread() {
            return thread;
        }

        /** Whether it may answer reads by itself while it leads. */
        public void lease(boolean held) {
            synchronized (CommonLog.this) {
                lease = held;
            }
        }

        @Override
        public long propose(byte[] record) {
            return CommonLog.this.propose(this, record);
        }

        @Override
        public boolean holdsLease() {
            synchronized (CommonLog.this) {
                return lease && leader == this;
            }
        }

        @Override
        public Status status() {
            return CommonLog.this.status(this);
        }

        @Override
        public LogStats stats() {
            return LogStats.NONE;
        }

        @Override
        public CompletableFuture<@Nullable Void> add(String node, String address) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("a log for tests"));
        }

        @Override
        public CompletableFuture<@Nullable Void> remove(String node) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("a log for tests"));
        }

        @Override
        public CompletableFuture<@Nullable Void> transfer(@Nullable String node) {
            Node next;
            synchronized (CommonLog.this) {
                next = nodes.stream().filter(n -> n != this).findFirst().orElse(null);
            }
            elect(next);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            thread.shutdown();
            try {
                boolean unused = thread.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
