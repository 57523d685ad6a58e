package io.multiproc.client.pool;

import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.log.EventLog;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.process.Code;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker: takes messages from its inbox, runs tasks on one thread, and reports. A second thread looks from time to time:
 * when a task takes long it sends the results that wait, and gives back what has not begun.
 *
 * <p>Messages to it: ("run", codes, chunks), ("stop"). From it: ("join", key, inbox, lock, name), ("done", key, outcomes), ("refused",
 * key, chunk id, why), ("back", key, chunk ids), ("leave", key), ("broken", key, what the initializer threw).
 */
final class WorkerLoop {
    /** Whether the loop of this process has come to its end. */
    private static volatile boolean ended;

    private static final long LOOK_MILLIS = 50;

    /** A chunk that the scheduler has given to this worker. */
    private record Assigned(long id, int attempt, int skip, Tuple parcel, Tuple code, boolean spread) {}

    private final OwnerLink owner;
    private final String key;
    private final String name;
    private final Map<?, ?> configuration;
    private final TaskCodeCache codes;
    private final ResultBatcher results;

    /** What has come and not begun; its monitor guards the four below. */
    private final java.util.ArrayDeque<Assigned> waiting = new java.util.ArrayDeque<>();

    private long begun;
    private long tasks;
    private long seen = -1;
    private boolean stopping;
    private @Nullable Thread taking;

    /** Takes code of the packages of {@code only}, or of all if that is empty. */
    WorkerLoop(OwnerLink owner, String key, String name, Map<?, ?> configuration, Collection<String> only) {
        this.owner = owner;
        this.key = key;
        this.name = name;
        this.configuration = configuration;
        ManagerOptions options = TaskCodec.options(configuration, Scheduler.loader(), only);
        codes = new TaskCodeCache(owner.manager(), options, only, Scheduler.loader());
        results = new ResultBatcher(key, owner::send);
    }

    /** What a process does that a pool on a manager started itself. */
    static void local(String key, Tuple objects) throws InterruptedException {
        Map<?, ?> configuration = configuration(objects);
        try {
            ManagerOwnerLink owner =
                    new ManagerOwnerLink(ManagedProcess.currentManager().orElseThrow(), objects, pool(configuration));
            WorkerLoop loop = new WorkerLoop(owner, key, key, configuration, List.of());
            owner.watchOwner(WorkerLoop::ownerIsGone);
            loop.run();
            ended = true;
        } catch (ManagerException | CompletionException e) {
            // tasks' own failures are results: this is the manager's end, which a line tells better than a stack trace
            System.err.println("multiproc pool worker " + key + ": " + loss(e));
            System.err.flush();
            Runtime.getRuntime().halt(1);
        }
    }

    /** Nobody waits for what is being done. A process that is ending by itself has hooks to run, and perhaps a recording to write. */
    private static void ownerIsGone() {
        if (!ended) {
            Runtime.getRuntime().halt(1);
        }
    }

    /** What a process does that a pool without a manager started. */
    static void piped(String key, String token, Map<?, ?> configuration) throws InterruptedException {
        PipeOwnerLink owner = new PipeOwnerLink(Connection.take(token), WorkerLoop::ownerIsGone);
        new WorkerLoop(owner, key, key, configuration, List.of()).run();
        ended = true;
        owner.close();
    }

    /** That of a pool's objects. */
    static Map<?, ?> configuration(Tuple objects) {
        return (Map<?, ?>) objects.toArray()[2];
    }

    static String pool(Map<?, ?> configuration) {
        return String.valueOf(configuration.get("pool"));
    }

    /** What to say when a call to the manager failed. */
    static String loss(RuntimeException e) {
        Throwable why = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return "it cannot go on without its manager: " + why.getMessage();
    }

    /** Works until it is told to stop, or {@link #leave} is called. */
    void run() throws InterruptedException {
        owner.open();
        if (configuration.get("initializer") instanceof Tuple i && !initialize(i)) {
            return;
        }
        owner.join(key, name);
        ScheduledThreadPoolExecutor looker = new ScheduledThreadPoolExecutor(1, r -> {
            Thread t = new Thread(r, "multiproc-pool-look");
            t.setDaemon(true);
            return t;
        });
        var unused = looker.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        boolean leaves = false;
        try {
            work();
            leaves = true;
        } finally {
            end(looker, leaves);
        }
    }

    /** Only a worker that has reported all that it began leaves; any other way out of the loop is a death, which counts as an attempt of its tasks. */
    private void end(ScheduledExecutorService looker, boolean leaves) throws InterruptedException {
        looker.shutdown();
        while (!looker.awaitTermination(1, TimeUnit.MINUTES)) {
            // it is in a call
        }
        results.flush();
        if (leaves) {
            var unused = owner.send(Tuple.of("leave", key));
        }
        results.await();
        EventLog.debug("worker exiting after " + begunTasks() + " tasks");
    }

    /** Chunks, as Python counts. */
    private long begunTasks() {
        synchronized (waiting) {
            return tasks;
        }
    }

    private boolean initialize(Tuple initializer) throws InterruptedException {
        try {
            TaskCodeCache.Item item = codes.item((Tuple) initializer.toArray()[0]);
            Object arguments = item.parcels().unpack((Tuple) initializer.toArray()[1]);
            Object ignored = item.code().invoke(((List<?>) java.util.Objects.requireNonNull(arguments)).toArray());
            return true;
        } catch (Throwable e) {
            var unused = owner.send(Tuple.of("broken", key, ExceptionCodec.describe(e)))
                    .join();
            return false;
        }
    }

    private void work() throws InterruptedException {
        while (true) {
            Object message = next();
            if (message == null) {
                return;
            }
            accept(message);
            Assigned e;
            while ((e = begin()) != null) {
                if (!run(e)) {
                    // out of memory: what has come and not begun is for others
                    return;
                }
            }
            synchronized (waiting) {
                // between messages nothing is late
                seen = -1;
            }
            results.flush();
        }
    }

    /** The next message, or null if it is time to leave. */
    private @Nullable Object next() throws InterruptedException {
        synchronized (waiting) {
            if (stopping) {
                return null;
            }
            taking = Thread.currentThread();
        }
        try {
            return owner.take();
        } catch (InterruptedException e) {
            if (isStopping()) {
                return null;
            }
            throw e;
        } finally {
            synchronized (waiting) {
                taking = null;
                if (stopping) {
                    // it was for the taking only
                    boolean ignored = Thread.interrupted();
                }
            }
        }
    }

    private boolean isStopping() {
        synchronized (waiting) {
            return stopping;
        }
    }

    /** Ends the work after the task at hand. Any thread. */
    void leave() {
        synchronized (waiting) {
            stopping = true;
            waiting.clear();
            if (taking != null) {
                taking.interrupt();
            }
        }
    }

    private void accept(Object message) {
        Object[] m = ((Tuple) message).toArray();
        if (!"run".equals(m[0])) {
            EventLog.debug("worker got sentinel -- exiting");
            synchronized (waiting) {
                stopping = true;
            }
            return;
        }
        List<?> codes = (List<?>) m[1];
        synchronized (waiting) {
            for (Object c : stopping ? List.of() : (List<?>) m[2]) {
                Object[] chunk = ((Tuple) c).toArray();
                Object[] code = ((Tuple) codes.get(((Number) chunk[2]).intValue())).toArray();
                waiting.add(new Assigned(
                        ((Number) chunk[0]).longValue(),
                        ((Number) chunk[1]).intValue(),
                        ((Number) chunk[3]).intValue(),
                        (Tuple) chunk[4],
                        (Tuple) code[0],
                        Boolean.TRUE.equals(code[1])));
            }
        }
    }

    private @Nullable Assigned begin() {
        synchronized (waiting) {
            begun++;
            Assigned next = waiting.poll();
            if (next != null) {
                tasks++;
            }
            return next;
        }
    }

    /** Runs a chunk; false if the memory ran out. */
    private boolean run(Assigned e) {
        TaskInfo.become(new TaskInfo(pool(configuration), name, e.attempt));
        try {
            TaskCodeCache.Item item;
            List<?> items;
            try {
                item = codes.item(e.code);
                items = (List<?>)
                        java.util.Objects.requireNonNull(item.parcels().unpack(e.parcel));
            } catch (Throwable x) { // reading the arguments runs the user's code
                // all of the chunk is refused
                results.refused(e.id, x);
                return !(x instanceof OutOfMemoryError);
            }
            return run(e, item, items);
        } finally {
            TaskInfo.become(null);
        }
    }

    private boolean run(Assigned e, TaskCodeCache.Item item, List<?> items) {
        Code code = item.code();
        ResultBatcher.Part part = results.begin(e.id, item.parcels(), items.size() - e.skip);
        try {
            for (int i = e.skip; i < items.size(); i++) {
                Object argument = items.get(i);
                Object result = null;
                Throwable thrown = null;
                try {
                    result = e.spread && argument instanceof List<?> l
                            ? code.invoke(l.toArray())
                            : code.invoke(new @Nullable Object[] {argument});
                } catch (Throwable t) {
                    thrown = t;
                }
                // an interrupt that the task left is not the worker's
                boolean ignored = Thread.interrupted();
                if (thrown == null) {
                    part.add(result);
                } else {
                    part.addThrown(thrown);
                    if (thrown instanceof OutOfMemoryError) {
                        return false;
                    }
                }
            }
            return true;
        } finally {
            part.end();
        }
    }

    /** Regularly, on a thread of its own. */
    private void look() {
        try {
            List<Object> back = new ArrayList<>();
            synchronized (waiting) {
                boolean late = seen == begun && taking == null;
                seen = begun;
                if (!late) {
                    return;
                }
                waiting.forEach(e -> back.add(e.id));
                waiting.clear();
            }
            Object more;
            while ((more = owner.poll()) != null) {
                Object[] m = ((Tuple) more).toArray();
                if ("run".equals(m[0])) {
                    ((List<?>) m[2]).forEach(c -> back.add(((Tuple) c).get(0)));
                } else {
                    accept(more);
                }
            }
            if (!back.isEmpty()) {
                results.back(back);
            }
            results.flush();
        } catch (ManagerException e) {
            // the thread that works learns it, too
        }
    }
}
