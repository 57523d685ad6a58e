package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.internal.value.ProgramLoader;
import io.multiproc.client.pool.Job.Chunk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side of a pool: it knows which worker has which task. Its monitor guards everything; results are handed over outside of it. Messages
 * are tuples, their first element a word; see {@link WorkerLoop} for the other side.
 */
final class Scheduler {
    private static final int MAX_PACES = 1_000;

    private enum Phase {
        OPEN,
        CLOSING,
        /** Nothing is given out any more; local workers may still be ending. */
        OVER
    }

    private final @Nullable Manager manager;
    private final PoolOptions options;
    private final PoolTransport transport;
    private final WorkerProcesses processes;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    private final TaskAssignment assignment;
    private final Map<String, TaskCodec> parcels = new LinkedHashMap<>();
    private final Map<String, Job.Pace> paces = new LinkedHashMap<>();
    private final PendingFailures failures = new PendingFailures();
    private Phase phase = Phase.OPEN;
    private @Nullable BrokenExecutorException broken;
    private long chunks;
    private int stillborn;
    private int killedEarly;

    Scheduler(PoolOptions options) {
        manager = options.manager();
        this.options = options;
        assignment = new TaskAssignment(options);
        transport = manager == null
                ? new PipeTransport(configuration())
                : new ManagerTransport(manager, options.name(), configuration());
        processes = new WorkerProcesses(options, transport);
        Thread t = new Thread(this::listen, "multiproc-pool" + (options.name() == null ? "" : "-" + options.name()));
        t.setDaemon(true);
        t.start();
        if (!options.isOnDemand()) {
            processes.start(options.processes());
        }
    }

    private Map<Object, @Nullable Object> configuration() {
        Map<Object, @Nullable Object> c = TaskCodec.describe(classes(null));
        c.put("pool", options.name() == null ? "" : options.name());
        PoolOptions.Initializer i = options.initializer();
        if (i != null) {
            TaskCodec p = new TaskCodec(manager, classes(i.home()));
            c.put("initializer", Tuple.of(Job.travelling(LambdaCodec.of(i.code()), p), p.pack(i.arguments())));
        }
        return c;
    }

    private ManagerOptions classes(@Nullable String home) {
        ManagerOptions all = options.classes(manager == null ? ManagerOptions.defaults() : manager.options());
        return home == null ? all : TaskCodec.withHome(all, home);
    }

    // ---- what a pool asks for

    /** The parcels for code that was written in a class. */
    synchronized TaskCodec parcels(String home) {
        int dot = home.lastIndexOf('.');
        return parcels.computeIfAbsent(
                dot < 0 ? "" : home.substring(0, dot), p -> new TaskCodec(manager, classes(home)));
    }

    /** How long code takes, as far as it is known. */
    synchronized Job.Pace pace(String label) {
        if (paces.size() >= MAX_PACES) {
            paces.clear();
        }
        return paces.computeIfAbsent(label, l -> new Job.Pace());
    }

    synchronized long newChunk() {
        return ++chunks;
    }

    /** For chunk sizes: how many workers there are, or will be. */
    synchronized int expectedWorkers() {
        return Math.max(1, Math.max(assignment.workers.size(), options.processes()));
    }

    synchronized int workers() {
        return assignment.workers.size();
    }

    void submit(List<Chunk> more) {
        synchronized (this) {
            check();
            assignment.pending.addAll(more);
            startOnDemand();
            dispatch();
        }
        failures.run();
    }

    /** A worker for each task that is not done, up to all. */
    private void startOnDemand() {
        int missing = options.isOnDemand() ? options.processes() - processes.count() : 0;
        if (missing > 0) {
            processes.start(Math.min(missing, assignment.unfinished() - processes.count()));
        }
    }

    /** Throws if nothing more is taken. */
    synchronized void check() {
        if (broken != null) {
            throw new BrokenExecutorException(String.valueOf(broken.getMessage()), broken, broken.end());
        }
        if (phase != Phase.OPEN) {
            throw new IllegalStateException("the pool is closed");
        }
    }

    synchronized boolean isOpen() {
        return phase == Phase.OPEN;
    }

    void close() {
        synchronized (this) {
            if (phase == Phase.OPEN) {
                phase = Phase.CLOSING;
            }
        }
        post(Tuple.of("wake"));
    }

    void terminate() {
        over(new java.util.concurrent.CancellationException("the pool was terminated"));
        post(Tuple.of("wake"));
    }

    /** Ends the workers: what they have fails, what waits is cancelled. Those that have been asked to end and have not may be killed later. */
    void endWorkers(boolean forcibly) {
        boolean first;
        synchronized (this) {
            first = phase != Phase.OVER;
        }
        if (first) {
            String how = forcibly ? "killed" : "terminated";
            over(
                    broken("its workers were " + how, null),
                    new java.util.concurrent.CancellationException("the workers were " + how),
                    forcibly);
            post(Tuple.of("wake"));
        } else if (forcibly) {
            processes.killAll();
        }
    }

    CompletableFuture<@Nullable Void> ended() {
        return ended;
    }

    /** The process ids of the local workers. */
    List<Long> pids() {
        return processes.pids();
    }

    /** Where debuggers can attach to the local workers. */
    List<java.net.InetSocketAddress> debugAddresses() {
        return processes.debugAddresses();
    }

    // ---- events

    private void post(Tuple event) {
        transport.post(event);
    }

    private void listen() {
        try {
            while (!handle(transport.take())) {
                failures.run();
            }
        } catch (ManagerException | InterruptedException e) {
            over(broken("its manager is gone: " + e.getMessage(), e));
        } catch (RuntimeException | Error e) {
            over(broken("it failed: " + e, e));
        }
        failures.run();
        processes.end();
        farewell();
        ended.complete(null);
    }

    private void farewell() {
        transport.close();
    }

    /** Handles one event; true if it was the last. */
    private boolean handle(Object event) {
        if (!(event instanceof Tuple t) || t.isEmpty()) {
            return false;
        }
        String key = t.size() > 1 ? String.valueOf(t.get(1)) : "";
        switch (String.valueOf(t.get(0))) {
            case "join" -> joined(key, t);
            case "done" -> done(key, (List<?>) part(t, 2));
            case "refused" -> refused(key, ((Number) part(t, 2)).longValue(), (Tuple) part(t, 3));
            case "back" -> back(key, (List<?>) part(t, 2));
            case "leave" -> leaves(key);
            case "gone" -> over(gone(key));
            case "ended" -> over(ended(key, String.valueOf(t.get(2)), (Boolean) part(t, 3), (Boolean) part(t, 4)));
            case "broken" -> {
                Tuple thrown = (Tuple) part(t, 2);
                over(broken(
                        "its initializer failed: " + thrown.get(0) + ": " + thrown.get(1),
                        ExceptionCodec.exception(thrown, key, List.of(), loader())));
            }
            default -> {
                // to look whether all is done
            }
        }
        synchronized (this) {
            dispatch();
            return isLast();
        }
    }

    private static Object part(Tuple t, int i) {
        Object v = t.get(i);
        if (v == null) {
            throw new IllegalStateException("a message of a worker is incomplete");
        }
        return v;
    }

    static ClassLoader loader() {
        ClassLoader context = ProgramLoader.current();
        return context != null ? context : ClassLoader.getSystemClassLoader();
    }

    private boolean isLast() {
        if (phase == Phase.OVER) {
            return true;
        }
        if (phase != Phase.CLOSING || assignment.hasWork()) {
            return false;
        }
        for (WorkerHandle m : assignment.workers.values()) {
            stop(m);
        }
        return assignment.workers.isEmpty() && assignment.dying.isEmpty() && processes.isEmpty();
    }

    private void stop(WorkerHandle m) {
        if (!m.leaving) {
            m.leaving = true;
            var unused = m.line.send(Tuple.of("stop"));
        }
    }

    private synchronized void joined(String key, Tuple t) {
        WorkerHandle m = new WorkerHandle(key, String.valueOf(t.get(4)), transport.joined(key, t));
        assignment.workers.put(key, m);
        stillborn = 0;
        killedEarly = 0;
        processes.joined(key);
    }

    private synchronized void leaves(String key) {
        WorkerHandle m = assignment.workers.get(key);
        if (m != null) {
            m.leaving = true;
            m.left = true;
        }
    }

    private void done(String key, List<?> outcomes) {
        for (Object o : outcomes) {
            ChunkResult part = ChunkResult.of((Tuple) o);
            Chunk chunk;
            int from;
            String worker;
            synchronized (this) {
                WorkerHandle m = assignment.workers.get(key);
                chunk = m == null ? null : m.outstanding.get(part.chunk());
                if (m == null || chunk == null) {
                    continue;
                }
                worker = m.name;
                from = chunk.from + chunk.done;
                chunk.done += part.count();
                chunk.nanos += part.nanos();
                if (chunk.done >= chunk.size) {
                    Chunk ignored = m.relieve(chunk.id);
                    chunk.job.pace.took(chunk.nanos);
                }
                relieved(m);
            }
            part.deliver(chunk.job, from, worker, loader());
        }
    }

    private synchronized void refused(String key, long id, Tuple thrown) {
        WorkerHandle m = assignment.workers.get(key);
        Chunk c = m == null ? null : m.relieve(id);
        if (m != null && c != null) {
            failures.fail(c, () -> ExceptionCodec.exception(thrown, m.name, List.of(), loader()));
            relieved(m);
        }
    }

    /** After a chunk has come back, one way or the other. */
    private void relieved(WorkerHandle m) {
        if (assignment.isWornOut(m)) {
            stop(m);
        }
    }

    private synchronized void back(String key, List<?> ids) {
        WorkerHandle m = assignment.workers.get(key);
        if (m == null) {
            return;
        }
        for (int i = ids.size() - 1; i >= 0; i--) {
            Chunk c = m.relieve(((Number) ids.get(i)).longValue());
            if (c != null) {
                m.given--;
                assignment.pending.addFirst(c);
            }
        }
        m.stuck = !m.outstanding.isEmpty();
    }

    private static BrokenExecutorException broken(String text, @Nullable Throwable cause) {
        return broken(text, cause, WorkerEnd.UNKNOWN);
    }

    private static BrokenExecutorException broken(String text, @Nullable Throwable cause, WorkerEnd end) {
        return new BrokenExecutorException("the pool is broken: " + text, cause, end);
    }

    /** A worker is dead. What becomes of its tasks waits for the end of its process, which tells how it ended. */
    private synchronized @Nullable RuntimeException gone(String key) {
        WorkerHandle m = assignment.workers.remove(key);
        if (m == null) {
            return null;
        }
        if (processes.isToEnd(key)) {
            assignment.dying.put(key, m);
            if (!m.left) {
                // else it runs its shutdown hooks and writes its last lines
                processes.kill(key);
            }
            return null;
        }
        return bury(m);
    }

    private @Nullable RuntimeException bury(WorkerHandle m) {
        WorkerEnd end = processes.end(m.key);
        List<Chunk> had = new ArrayList<>(m.outstanding.values());
        for (int i = had.size() - 1; i >= 0; i--) {
            Chunk c = had.get(i);
            if (m.leaving) {
                // it reported all that it had begun
                assignment.pending.addFirst(c);
            } else if (c.attempt >= options.maxAttempts()) {
                String text = "worker " + m.name + end + " died with a task of " + c.job.label + ", attempt "
                        + c.attempt + ": it may have run";
                failures.fail(c, () -> new WorkerDiedException(text, c.attempt, end));
            } else {
                c.attempt++;
                assignment.pending.addFirst(c);
            }
        }
        m.line.close();
        if (!m.leaving && !had.isEmpty() && options.breakOnWorkerDeath()) {
            return broken("worker " + m.name + end + " died with " + had.size() + " tasks", null, end);
        }
        boolean idleIsKept = phase == Phase.OPEN && !options.isOnDemand();
        if (WorkerProcesses.has(m.key) && phase != Phase.OVER && (idleIsKept || assignment.hasWork())) {
            processes.start(1);
        }
        return null;
    }

    /** A local process has ended. One that had joined is gone otherwise, before or after. */
    private synchronized @Nullable RuntimeException ended(String key, String how, boolean bySignal, boolean refused) {
        boolean never = processes.ended(key);
        WorkerHandle dying = assignment.dying.remove(key);
        if (dying != null) {
            return bury(dying);
        }
        if (!never || phase == Phase.OVER) {
            return null;
        }
        WorkerEnd end = processes.end(key);
        if (refused) {
            return broken("worker " + key + " cannot be started: " + how, null, end);
        }
        int so = bySignal ? ++killedEarly : ++stillborn;
        if (so < (bySignal ? WorkerProcesses.MAX_KILLED : WorkerProcesses.MAX_STILLBORN)) {
            processes.start(1);
            return null;
        }
        return broken(so + " workers in a row ended before they could work; the last one: " + how, null, end);
    }

    /** Ends the giving out, if there is a reason; what has no result fails for it. */
    private void over(@Nullable RuntimeException why) {
        if (why != null) {
            over(why, null, true);
        }
    }

    private void over(RuntimeException why, @Nullable RuntimeException ofWaiting, boolean forcibly) {
        synchronized (this) {
            if (phase == Phase.OVER) {
                return;
            }
            phase = Phase.OVER;
            broken = why instanceof BrokenExecutorException b ? b : null;
            assignment.given().forEach(c -> failures.fail(c, () -> why));
            assignment.workers.clear();
            assignment.dying.clear();
            RuntimeException notBegun = ofWaiting == null ? why : ofWaiting;
            for (Chunk c : assignment.pending) {
                failures.fail(c, () -> notBegun);
            }
            assignment.pending.clear();
        }
        if (forcibly) {
            processes.killAll();
        } else {
            processes.terminateAll();
        }
        failures.run();
    }

    // ---- giving out

    private void dispatch() {
        while (phase != Phase.OVER) {
            while (!assignment.pending.isEmpty()
                    && assignment.pending.element().job.sink.dropped()) {
                failures.fail(
                        assignment.pending.remove(), () -> new java.util.concurrent.CancellationException("cancelled"));
            }
            WorkerHandle m = assignment.pending.isEmpty() ? null : assignment.free(assignment.pending.element());
            if (m == null) {
                return;
            }
            give(m, assignment.batch(m));
        }
    }

    private void give(WorkerHandle m, List<Chunk> batch) {
        List<Object> codes = new ArrayList<>();
        List<Object> list = new ArrayList<>();
        Job last = null;
        for (Chunk c : batch) {
            if (last != c.job) {
                last = c.job;
                codes.add(Tuple.of(c.job.code, c.job.spread));
            }
            list.add(Tuple.of(c.id, c.attempt, codes.size() - 1, c.done, c.parcel));
        }
        m.gets(batch);
        var unused = m.line.send(Tuple.of("run", codes, list)).whenComplete((ok, failure) -> {
            // a lost connection ends everything in the listener; a message that cannot be sent is one chunk
            if (failure != null && transport.isOpen()) {
                refused(m, batch, failure);
            }
        });
    }

    private void refused(WorkerHandle m, List<Chunk> batch, Throwable failure) {
        synchronized (this) {
            for (Chunk c : batch) {
                if (m.relieve(c.id) != null) {
                    failures.fail(c, () -> failure);
                }
            }
        }
        post(Tuple.of("wake"));
    }
}
