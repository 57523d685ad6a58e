package io.multiproc.client.internal.connection;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a process that watches all its connections ({@link ConnectionWatch}): it keeps their time, and waits for what servers say to those
 * that are idle. It runs no code of the program and waits for no socket, so nothing holds up a heartbeat. Thread-safe.
 *
 * <p>The thread exists while there are connections, and starts a moment after the first: to start a thread takes as long as all flights of a handshake.
 */
final class ConnectionMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionMonitor.class);

    /** That of this process. */
    static final ConnectionMonitor SHARED = new ConnectionMonitor();

    /** Far less than any heartbeat. */
    private static final long HEAD_START_MILLIS = 100;

    /** How long the thread outlives the last connection. */
    private static final long STAY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long it waits at most if it cannot wait for sockets, or has failed. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What is to be looked at now. */
    private final Queue<ConnectionWatch> changed = new ConcurrentLinkedQueue<>();

    /** Guarded by this. */
    private boolean startsSoon;

    private volatile @Nullable Thread thread;
    private volatile @Nullable Selector selector;

    /** Watches a new connection. */
    void add(ConnectionWatch watch) {
        changed.add(watch);
        if (thread != null) {
            wake();
            return;
        }
        startSoon();
    }

    private void startSoon() {
        synchronized (this) {
            if (startsSoon) {
                return;
            }
            startsSoon = true;
        }
        var unused = new CompletableFuture<Boolean>()
                .completeOnTimeout(true, HEAD_START_MILLIS, TimeUnit.MILLISECONDS)
                .thenAccept(due -> start());
    }

    /** Something has happened to a connection that is watched: looks at it at once. */
    void changed(ConnectionWatch watch) {
        changed.add(watch);
        if (thread != null) {
            wake();
        }
    }

    private void wake() {
        Selector s = selector;
        if (s != null) {
            s.wakeup();
        }
        LockSupport.unpark(thread);
    }

    private synchronized void start() {
        startsSoon = false;
        changed.removeIf(ConnectionWatch::isOver);
        if (thread == null && !changed.isEmpty()) {
            // nothing of the thread that happened to connect: neither its class loader nor what it has inherited
            Thread t = new Thread(null, this::run, "multiproc-monitor", 0, false);
            t.setContextClassLoader(null);
            t.setDaemon(true);
            thread = t;
            try {
                t.start();
            } catch (OutOfMemoryError e) {
                // the system has no thread to give at the moment
                thread = null;
                LOG.warn("no thread for heartbeats yet: {}", e.getMessage());
                startSoon();
            }
        }
    }

    /** Whether the thread has ended, as nobody has come meanwhile. */
    private synchronized boolean end() {
        Thread self = thread;
        // before the look: who comes later sees that there is none, and starts another
        thread = null;
        if (changed.isEmpty()) {
            return true;
        }
        thread = self;
        return false;
    }

    private void run() {
        TreeSet<ConnectionWatch> watches = new TreeSet<>(
                Comparator.<ConnectionWatch>comparingLong(w -> w.dueAt).thenComparingLong(w -> w.number));
        List<ConnectionWatch> ready = new ArrayList<>();
        long emptySince = System.nanoTime();
        try {
            while (true) {
                long now = System.nanoTime();
                if (!watches.isEmpty() || !changed.isEmpty()) {
                    emptySince = now;
                } else if (now - emptySince >= STAY_NANOS && end()) {
                    return;
                }
                try {
                    await(watches.isEmpty() ? emptySince + STAY_NANOS - now : watches.first().dueAt - now, ready);
                } catch (IOException | RuntimeException e) {
                    LOG.warn("cannot wait for idle connections: {}", e.toString());
                    closeSelector();
                    LockSupport.parkNanos(this, RETRY_NANOS);
                }
                for (ConnectionWatch w : ready) {
                    watches.remove(w);
                    look(w, watches);
                }
                ready.clear();
                ConnectionWatch w;
                while ((w = changed.poll()) != null) {
                    watches.remove(w);
                    look(w, watches);
                }
                now = System.nanoTime();
                while (!watches.isEmpty() && watches.first().dueAt - now <= 0) {
                    look(watches.pollFirst(), watches);
                }
            }
        } finally {
            closeSelector();
        }
    }

    private void await(long nanos, List<ConnectionWatch> ready) throws IOException {
        Selector s = selector;
        if (s == null) {
            s = Selector.open();
            selector = s;
        }
        if (nanos <= 0 || !changed.isEmpty()) {
            s.selectNow(k -> ready.add((ConnectionWatch) k.attachment()));
        } else {
            // rounded up: waking before the time is waking twice
            s.select(k -> ready.add((ConnectionWatch) k.attachment()), nanos / 1_000_000 + 1);
        }
    }

    private void look(ConnectionWatch watch, Set<ConnectionWatch> watches) {
        long again;
        try {
            again = watch.look(selector);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.warn("a look at {} failed", watch, e);
            again = RETRY_NANOS;
        }
        if (again >= 0) {
            watch.dueAt = System.nanoTime() + again;
            watches.add(watch);
        }
    }

    private void closeSelector() {
        Selector s = selector;
        selector = null;
        if (s == null) {
            return;
        }
        for (SelectionKey key : s.keys()) {
            ((ConnectionWatch) key.attachment()).forgetKey();
        }
        try {
            s.close();
        } catch (IOException e) {
            LOG.debug("closing a selector", e);
        }
    }
}
