package io.multiproc.server.raft;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Channels between nodes of one process that lose and delay messages, by a seed, and can be cut. */
final class Wires implements AutoCloseable {
    private final Random random;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(r -> {
        Thread t = new Thread(r, "wires");
        t.setDaemon(true);
        return t;
    });
    private final Map<String, Nodes.Listener> nodes = new HashMap<>();
    private final Set<String> cut = new HashSet<>();
    private final int lossPercent;
    private final int delayMicros;

    Wires(long seed, int lossPercent, int delayMicros) {
        random = new Random(seed);
        this.lossPercent = lossPercent;
        this.delayMicros = delayMicros;
    }

    /** Nothing goes from or to a node until {@link #heal}. */
    synchronized void cut(String node) {
        cut.add(node);
    }

    synchronized void heal() {
        cut.clear();
    }

    private synchronized boolean deliver(String from, String to, byte[] message) {
        Nodes.Listener listener = nodes.get(to);
        if (listener == null || cut.contains(from) || cut.contains(to) || random.nextInt(100) < lossPercent) {
            return false;
        }
        thread.schedule(
                () -> received(from, to, listener, message),
                delayMicros == 0 ? 0 : random.nextInt(delayMicros),
                TimeUnit.MICROSECONDS);
        return true;
    }

    private void received(String from, String to, Nodes.Listener listener, byte[] message) {
        synchronized (this) {
            if (nodes.get(to) != listener || cut.contains(from) || cut.contains(to)) {
                return;
            }
        }
        listener.received(from, message);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    Nodes of(String node) {
        return new Nodes() {
            @Override
            public void start(byte[] greeting, Listener listener) {
                synchronized (Wires.this) {
                    nodes.put(node, listener);
                }
            }

            @Override
            public void greetWith(byte[] greeting) {}

            @Override
            public void known(String other, String address) {}

            @Override
            public void forget(String other) {}

            @Override
            public boolean send(String other, byte[]... parts) {
                return deliver(node, other, parts[0]);
            }

            @Override
            public long waiting(String other) {
                return 0;
            }

            @Override
            public @Nullable String trouble(String other) {
                synchronized (Wires.this) {
                    return nodes.containsKey(other) && !cut.contains(other) ? null : "not connected";
                }
            }

            @Override
            public void close() {
                synchronized (Wires.this) {
                    nodes.remove(node);
                }
            }
        };
    }
}
