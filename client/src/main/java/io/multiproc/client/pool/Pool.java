package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.internal.log.EventLog;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Worker processes among which tasks are distributed: Python's {@code multiprocessing.Pool}. Thread-safe.
 *
 * <pre>{@code
 * try (Pool pool = new Pool(4)) {
 *     List<Integer> squares = pool.map(Jobs::square, List.of(1, 2, 3));
 * }
 * }</pre>
 *
 * <p><b>Tasks</b> are method references and lambdas. They travel as names and captured values, and run from the class path of the
 * worker; arguments and results are what a dict can store, objects of the code's own package and of allowed classes, and proxies of the
 * pool's manager. Each worker runs one task at a time.
 *
 * <p><b>Exceptions.</b> What a task throws arrives as an exception of the same class if that is one of {@code java.} or of the code's
 * package, with a public constructor that takes a message; its cause is a {@link TaskFailedException} with the worker's stack trace.
 * Otherwise as that.
 *
 * <p><b>A worker that dies</b>, by {@code System.exit}, a signal or the loss of its host, is replaced, and its tasks are given to
 * another one: at least once, or at most once by {@link PoolOptions#withMaxAttempts}. A task sees its attempt in {@link TaskInfo}. Each
 * task has exactly one result here. A task that runs out of memory fails with {@link OutOfMemoryError}, and its worker is replaced.
 *
 * <p><b>Where it is.</b> With {@link PoolOptions#withManager} tasks travel through that manager; otherwise through one within this
 * process, which needs the server on the class path. With a name, workers of other hosts join by {@code multiproc worker}. The pool
 * ends with its process, however that ends, and its workers with it.
 */
public final class Pool extends PoolCalls implements AutoCloseable {
    private static final long IDLE_SECONDS = 5;

    private final Scheduler scheduler;
    private final @Nullable String name;
    private final ThreadPoolExecutor callbacks;

    /** As many workers as processors. */
    public Pool() {
        this(PoolOptions.defaults());
    }

    /**
     * So many workers, at least 1.
     *
     * @param processes how many processes
     */
    public Pool(int processes) {
        this(PoolOptions.defaults().withProcesses(processes));
    }

    /**
     * So many workers, on a manager that is connected.
     *
     * @param manager the manager
     * @param processes how many processes
     */
    public Pool(Manager manager, int processes) {
        this(PoolOptions.defaults().withManager(manager).withProcesses(processes));
    }

    /**
     * Starts the workers, in the background. A few round trips.
     *
     * @param options the options
     * @throws IllegalStateException if a pool of the name lives on the manager
     * @throws IllegalArgumentException if there are neither processes nor a name
     * @throws io.multiproc.client.SerializationException if the initializer cannot travel
     */
    public Pool(PoolOptions options) {
        if (options.processes() == 0 && (options.name() == null || options.manager() == null)) {
            throw new IllegalArgumentException(
                    "a pool without processes needs a manager and a name by which workers can join");
        }
        callbacks = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), r -> {
            Thread t = new Thread(r, "multiproc-pool-callbacks");
            t.setDaemon(true);
            return t;
        });
        callbacks.allowCoreThreadTimeOut(true);
        name = options.name();
        Manager given = options.manager();
        Manager manager = given == null ? Manager.inProcess() : given;
        try {
            scheduler = new Scheduler(manager, options);
        } catch (RuntimeException e) {
            if (given == null) {
                manager.close();
            }
            throw e;
        }
    }

    @Override
    Scheduler scheduler() {
        return scheduler;
    }

    @Override
    Executor callbacks() {
        return callbacks;
    }

    /** {@return the workers that have joined and not left, those of other hosts included} */
    public int workers() {
        return scheduler.workers();
    }

    /** {@return the process ids of the workers that this pool started and that run} */
    public List<Long> pids() {
        return scheduler.pids();
    }

    /** {@return where debuggers can attach to the workers that this pool started and that run, with {@code ChildOptions.withDebug}} */
    public List<InetSocketAddress> debugAddresses() {
        return scheduler.debugAddresses();
    }

    /** {@return whether it still takes tasks} */
    public boolean isOpen() {
        return scheduler.isOpen();
    }

    /** Takes no more tasks: when all that it has are done, the workers end. Does not wait. */
    public void shutdown() {
        EventLog.debug("closing pool");
        scheduler.close();
    }

    /**
     * As {@link #shutdown} and {@link #join()}: Python's {@code close} and {@code join}. If this thread is interrupted while it waits the
     * pool is terminated, and the interrupt stays set.
     */
    @Override
    public void close() {
        shutdown();
        try {
            join();
        } catch (InterruptedException e) {
            terminate();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends the workers at once, whatever they do; what has no result fails with {@link CancellationException}. Does not wait; {@link
     * #join()} does.
     */
    public void terminate() {
        EventLog.debug("terminating pool");
        scheduler.terminate();
    }

    /**
     * Waits until all tasks are done and all workers have ended.
     *
     * @throws IllegalStateException if the pool was neither closed nor terminated
     * @throws InterruptedException if this thread is interrupted
     */
    public void join() throws InterruptedException {
        while (!join(Duration.ofDays(1))) {
            // as long as it takes
        }
    }

    /**
     * As {@link #join()}, up to a time; false if it was not over then.
     *
     * @param timeout how long, at most
     * @return false if it was not over then
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean join(Duration timeout) throws InterruptedException {
        EventLog.debug("joining pool");
        CompletableFuture<?> end = scheduler.ended();
        if (isOpen() && !end.isDone()) {
            throw new IllegalStateException("the pool still takes tasks: close or terminate it before it is joined");
        }
        try {
            Object ignored = end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "Pool[" + (name == null ? "" : name + ", ") + workers() + " workers" + (isOpen() ? "]" : ", closed]");
    }
}
