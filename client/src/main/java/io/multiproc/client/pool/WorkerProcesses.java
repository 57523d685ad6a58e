package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.log.EventLog;
import io.multiproc.client.process.ChildOptions;
import io.multiproc.client.process.ManagedProcess;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** The worker processes that a pool starts itself. Thread-safe; never calls its scheduler while it holds its own monitor. */
final class WorkerProcesses {
    /** So many workers in a row that end before they join break the pool. */
    static final int MAX_STILLBORN = 3;

    /** The same of those that a signal ended: that is somebody else's doing, and may go on for a while. */
    static final int MAX_KILLED = 30;

    private final Manager manager;
    private final PoolOptions options;
    private final Tuple objects;
    private final Consumer<Tuple> events;

    /** A start takes milliseconds, which nobody who holds a monitor should. */
    private final ExecutorService starter = Executors.newSingleThreadExecutor(r -> {
        Thread t = new Thread(r, "multiproc-pool-starter");
        t.setDaemon(true);
        return t;
    });

    private final Map<String, ManagedProcess> processes = new HashMap<>();
    private final Map<String, Integer> debugged = new HashMap<>();
    private final Set<String> joined = new HashSet<>();

    private int starting;
    private int number;
    private boolean over;

    WorkerProcesses(Manager manager, PoolOptions options, Tuple objects, Consumer<Tuple> events) {
        this.manager = manager;
        this.options = options;
        this.objects = objects;
        this.events = events;
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
        ManagedProcess p = new ManagedProcess(WorkerLoop::local, key, objects)
                .named(key)
                .daemon(true)
                .manager(manager)
                .options(childOptions(key));
        if (options.startMethod() != null) {
            p.startMethod(options.startMethod());
        }
        String failure = null;
        boolean wanted;
        synchronized (this) {
            wanted = !over;
        }
        try {
            if (wanted) {
                p.start();
            }
        } catch (RuntimeException e) {
            failure = e.toString();
        }
        boolean tooLate;
        synchronized (this) {
            starting--;
            tooLate = over;
            if (wanted && failure == null) {
                processes.put(key, p);
                EventLog.debug("added worker " + key);
            } else {
                debugged.remove(key);
            }
        }
        if (failure != null) {
            events.accept(Tuple.of("ended", key, failure, false, false));
        } else if (wanted) {
            if (tooLate) {
                p.kill();
            }
            var unused = p.onExit()
                    .thenAccept(x -> events.accept(Tuple.of(
                            "ended",
                            key,
                            "exit code " + p.exitCode().orElse(0)
                                    + p.failure().map(f -> ", " + f).orElse(""),
                            p.exitCode().orElse(0) < 0,
                            p.refusal().isPresent())));
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
        if (p != null && p.isAlive()) {
            p.kill();
        }
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
        List<ManagedProcess> all;
        synchronized (this) {
            over = true;
            all = new ArrayList<>(processes.values());
        }
        for (ManagedProcess p : all) {
            if (p.isAlive()) {
                p.kill();
            }
        }
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
                if (p.isAlive()) {
                    p.kill();
                }
                p.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
