package io.multiproc.client.pipe;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Several connections at once. */
public final class Connections {
    private Connections() {}

    static long nanos(Duration timeout) {
        try {
            return Math.max(0, timeout.toNanos());
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Waits until one of the connections has a message or has ended, and returns all of which that is so, in the order given: Python's {@code
     * multiprocessing.connection.wait}. Of a connection that it returns, {@link Connection#recv} does not wait, if nobody else receives from it.
     *
     * @param connections the connections
     * @param timeout how long, or null for ever
     * @return empty if the time is over
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public static List<Connection> waitFor(Collection<Connection> connections, @Nullable Duration timeout)
            throws IOException, InterruptedException {
        long nanos = timeout == null ? Long.MAX_VALUE : nanos(timeout);
        long start = System.nanoTime();
        List<Connection> all = List.copyOf(connections);
        Set<MemoryLink.Pair> pairs = new HashSet<>();
        try (Selector selector = Selector.open()) {
            Runnable wake = selector::wakeup;
            try {
                while (true) {
                    for (Connection c : all) {
                        watch(c, selector, wake, pairs);
                    }
                    List<Connection> ready = new ArrayList<>();
                    for (Connection c : all) {
                        if (c.poll()) {
                            ready.add(c);
                        }
                    }
                    long left = nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - start);
                    if (!ready.isEmpty() || left <= 0) {
                        return ready;
                    }
                    if (nanos == Long.MAX_VALUE) {
                        selector.select(k -> {});
                    } else {
                        selector.select(k -> {}, Math.max(1, left / 1_000_000));
                    }
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            } finally {
                for (Connection c : all) {
                    if (c.link instanceof ManagerLink m) {
                        m.unwatch(wake);
                    }
                }
                pairs.forEach(p -> p.watch(wake, false));
            }
        }
    }

    private static void watch(Connection c, Selector selector, Runnable wake, Set<MemoryLink.Pair> pairs)
            throws IOException, InterruptedException {
        Link link = c.link;
        if (link instanceof MemoryLink m && pairs.add(m.pair)) {
            m.pair.watch(wake, true);
        } else if (link instanceof ManagerLink m) {
            c.reading.lockInterruptibly();
            try {
                m.watch(wake);
            } finally {
                c.reading.unlock();
            }
        } else if (link instanceof SocketLink s && s.channel.keyFor(selector) == null) {
            try {
                s.channel.register(selector, SelectionKey.OP_READ);
            } catch (ClosedChannelException e) {
                throw Connection.closedHere();
            }
        }
    }
}
