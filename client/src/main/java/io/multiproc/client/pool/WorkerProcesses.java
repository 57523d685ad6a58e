package io.multiproc.client.pool;

import io.multiproc.client.Tuple;
import io.multiproc.client.internal.log.EventLog;
import io.multiproc.client.process.ChildOptions;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** The worker processes that a pool starts itself. Thread-safe; never calls its scheduler while it holds its own monitor. */
final class WorkerProcesses {
    /** So many workers in a row that end before they join break the pool. */
    static final int MAX_STILLBORN = 3;

    /** The same of those that a signal ended: that is somebody else's doing, and may go on for a while. */
    static final int MAX_KILLED = 30;

    /** Far more than a recorder needs for its last chunk. */
    private static final Duration RECORDING = Duration.ofSeconds(20);

    private final PoolOptions options;
    private final PoolTransport transport;

    /** A start takes milliseconds, which nobody who holds a monitor should. */
    private final ExecutorService starter = Executors.newSingleThreadExecutor(r -> {
        Thread t = new Thread(r, "multiproc-pool-starter");
        t.setDaemon(true);
        return t;
    });

    private final Map<String, ManagedProcess> processes = new HashMap<>();
    private final Map<String, Integer> debugged = new HashMap<>();
    private final Set<String> joined = new HashSet<>();

    /** How processes ended whose ends nobody has asked for yet. */
    private final Map<String, WorkerEnd> ends = new HashMap<>();

    private int starting;
    private int number;
    private boolean over;
    private boolean gently;

    WorkerProcesses(PoolOptions options, PoolTransport transport) {
        this.options = options;
        this.transport = transport;
    }

    synchronized void start(int count) {
        for (int i = 0; i < count && !over; i++) {
            starting++;
            String key = "PoolWorker-" + ++number;
            try {
                starter.execute(() -> launch(key));
            } catch (RejectedExecutionException e) {
                starting--;
            }
        }
    }

    private void launch(String key) {
        synchronized (this) {
            if (over) {
                starting--;
                return;
            }
        }
        ManagedProcess p = transport.process(key).named(key).daemon(true).options(childOptions(key));
        StartMethod how = options.startMethod();
        if (how != null) {
            p.startMethod(how);
        } else if (ManagedProcess.forkserverReserve() > 0) {
            // one that waits is there already; a pool that does not say how takes it
            p.startMethod(StartMethod.FORKSERVER);
        }
        String failure = null;
        try {
            p.start();
        } catch (RuntimeException e) {
            failure = e.toString();
        }
        boolean tooLate;
        synchronized (this) {
            starting--;
            tooLate = over;
            if (failure == null) {
                processes.put(key, p);
                EventLog.debug("added worker " + key);
            } else {
                debugged.remove(key);
            }
        }
        if (failure != null) {
            transport.ended(key, Tuple.of("ended", key, failure, false, false));
        } else {
            if (tooLate && isGentle()) {
                p.terminate();
            } else if (tooLate) {
                p.kill();
            }
            var unused = p.onExit().thenAccept(x -> {
                WorkerEnd end = new WorkerEnd(true, p.pid(), p.exitCode().orElse(0));
                synchronized (this) {
                    ends.put(key, end);
                }
                String text = "pid " + p.pid() + ", exit code " + end.code()
                        + p.failure().map(f -> ", " + f).orElse("");
                transport.ended(
                        key,
                        Tuple.of("ended", key, text, end.code() < 0, p.refusal().isPresent()));
            });
        }
    }

    /** Each worker has a debugger's port of its own: the lowest that none has. */
    private synchronized ChildOptions childOptions(String key) {
        ChildOptions child = options.childOptions();
        int first = child.debugPort().orElse(0);
        if (first == 0) {
            return child;
        }
        int port = first;
        while (debugged.containsValue(port)) {
            port++;
        }
        debugged.put(key, port);
        return child.withDebug(port, child.debugSuspends());
    }

    synchronized List<InetSocketAddress> debugAddresses() {
        return processes.values().stream()
                .filter(ManagedProcess::isAlive)
                .flatMap(p -> p.debugAddress().stream())
                .toList();
    }

    synchronized void joined(String key) {
        if (has(key)) {
            joined.add(key);
        }
    }

    /** Whether a worker is one of these, and not a guest from elsewhere. */
    static boolean has(String key) {
        return key.startsWith("PoolWorker-");
    }

    /** Whether the end of a worker's process is still to come, as an event. */
    synchronized boolean isToEnd(String key) {
        return processes.containsKey(key);
    }

    /** How a process ended; asked once. */
    synchronized WorkerEnd end(String key) {
        WorkerEnd end = ends.remove(key);
        return end == null ? WorkerEnd.UNKNOWN : end;
    }

    /** A process has ended: true if it never joined, so that nobody else learns of its end. */
    synchronized boolean ended(String key) {
        processes.remove(key);
        debugged.remove(key);
        EventLog.debug("cleaning up worker " + key);
        return !joined.remove(key);
    }

    /** The worker of a session that has ended is to end, too. */
    void kill(String key) {
        ManagedProcess p;
        synchronized (this) {
            p = processes.get(key);
        }
        if (p != null && p.isAlive() && isProfiled()) {
            p.terminate();
        } else if (p != null && p.isAlive()) {
            p.kill();
        }
    }

    /** Then a process has a recording to write at its end. */
    private boolean isProfiled() {
        return options.childOptions().profile().isPresent();
    }

    /** Those that run or are being started. */
    synchronized int count() {
        return starting + processes.size();
    }

    synchronized boolean isEmpty() {
        return starting == 0 && processes.isEmpty();
    }

    synchronized List<Long> pids() {
        return processes.values().stream()
                .filter(ManagedProcess::isAlive)
                .map(ManagedProcess::pid)
                .toList();
    }

    void killAll() {
        endAll(true);
    }

    /** Asks all to end: their shutdown hooks run, and nobody kills them unless that is asked for later. */
    void terminateAll() {
        endAll(false);
    }

    private void endAll(boolean forcibly) {
        List<ManagedProcess> all;
        synchronized (this) {
            over = true;
            gently = !forcibly;
            all = new ArrayList<>(processes.values());
        }
        for (ManagedProcess p : all) {
            if (p.isAlive()) {
                if (forcibly) {
                    p.kill();
                } else {
                    p.terminate();
                }
            }
        }
    }

    private synchronized boolean isGentle() {
        return gently;
    }

    /** Whether a process has ended by itself because it had a recording to write before. */
    private boolean recorded(ManagedProcess p) throws InterruptedException {
        if (!isProfiled()) {
            return false;
        }
        p.terminate();
        return p.join(RECORDING);
    }

    /** Returns when no process is left. */
    void end() {
        synchronized (this) {
            over = true;
        }
        starter.shutdown();
        try {
            while (!starter.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES)) {
                // a process is being started
            }
            List<ManagedProcess> all;
            synchronized (this) {
                all = new ArrayList<>(processes.values());
            }
            for (ManagedProcess p : all) {
                if (p.isAlive() && !isGentle() && !recorded(p)) {
                    p.kill();
                }
                p.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
