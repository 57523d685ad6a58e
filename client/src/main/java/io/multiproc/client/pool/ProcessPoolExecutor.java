package io.multiproc.client.pool;

import io.multiproc.client.process.Code;
import io.multiproc.client.process.Target;
import io.multiproc.client.process.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Pool} as an {@link java.util.concurrent.ExecutorService}: Python's {@code ProcessPoolExecutor}. Thread-safe.
 *
 * <p>What it is given is code that travels by name: {@link Task} and {@link Target}, as which method references and lambdas pass where they
 * are written. A {@link Callable} or {@link Runnable} that is neither is refused with {@link RejectedExecutionException}. Futures are {@link
 * AsyncResult}s; cancelling one drops a task that no worker has got, and the result of one that a worker has.
 *
 * <p>{@link ExecutorCompletionService}, {@code invokeAny} and {@link CompletableFuture} hide what they are given from their executor. Of
 * these, the wrapping runs on a thread of this process, which waits for the worker; for {@code CompletableFuture} that needs a {@link
 * #supplier}, while any other function given to it runs in this process.
 *
 * <p>Workers are started as they are needed: a task for which none is idle starts one, up to all.
 *
 * <p>When a worker dies its tasks are given to another, as with pools; with {@link PoolOptions#withBreakOnWorkerDeath} the executor breaks
 * instead: what it has fails with {@link BrokenExecutorException}, what it is given is refused with it.
 */
public final class ProcessPoolExecutor extends AbstractExecutorService implements AutoCloseable {
    private static final int CARRIERS_PER_WORKER = 4;
    private static final int LEAST_CARRIERS = 16;
    private static final long IDLE_SECONDS = 5;

    private final Pool pool;
    private final ThreadPoolExecutor carriers;
    private volatile boolean shut;

    /** As many workers as processors. */
    public ProcessPoolExecutor() {
        this(PoolOptions.defaults());
    }

    /**
     * So many workers.
     *
     * @param workers how many workers
     */
    public ProcessPoolExecutor(int workers) {
        this(PoolOptions.defaults().withProcesses(workers));
    }

    /**
     * As {@link Pool#Pool(PoolOptions)}.
     *
     * @param options the options
     */
    public ProcessPoolExecutor(PoolOptions options) {
        pool = new Pool(options.onDemand());
        int most = Math.max(LEAST_CARRIERS, CARRIERS_PER_WORKER * options.processes());
        carriers =
                new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), r -> {
                    Thread t = new Thread(r, "multiproc-executor");
                    t.setDaemon(true);
                    return t;
                }) {
                    @Override
                    protected void terminated() {
                        // what they carried has been given to the pool
                        pool.shutdown();
                    }
                };
        carriers.allowCoreThreadTimeOut(true);
    }

    /** {@return the pool beneath} */
    public Pool pool() {
        return pool;
    }

    // ---- tasks

    /**
     * Runs a task on a worker; returns at once.
     *
     * @param <R> the type of the result
     * @param task the task
     * @return a future of the result
     */
    public <R extends @Nullable Object> AsyncResult<R> submit(Task.Of0<R> task) {
        return give(task, List.of());
    }

    /**
     * As {@link #submit(Task.Of0)}, with an argument.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @return as {@link #submit(Task.Of0)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> AsyncResult<R> submit(Task.Of1<A, R> task, A a) {
        return give(task, Collections.singletonList(a));
    }

    /**
     * As {@link #submit(Task.Of0)}, with 2 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @return as {@link #submit(Task.Of0)}
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> AsyncResult<R> submit(
            Task.Of2<A, B, R> task, A a, B b) {
        return give(task, Arrays.asList(a, b));
    }

    /**
     * Runs code without a result on a worker; returns at once.
     *
     * @param target the code
     * @return a future of the result
     */
    public AsyncResult<@Nullable Object> submit(Target.Action target) {
        return give(target, List.of());
    }

    @Override
    public <T> Future<T> submit(Callable<T> task) {
        return give(code(task), List.of());
    }

    @Override
    public Future<?> submit(Runnable task) {
        return give(code(task), List.of());
    }

    @Override
    public <T> Future<T> submit(Runnable task, T result) {
        return give(code(task), List.of()).thenApply(x -> result);
    }

    /**
     * Runs code on a worker; what it throws goes to the uncaught exception handler of the pool's thread.
     *
     * @param target the code
     */
    public void execute(Target.Action target) {
        uncaught(give(target, List.of()));
    }

    @Override
    public void execute(Runnable command) {
        if (command instanceof Code c) {
            uncaught(give(c, List.of()));
        } else if (command instanceof CompletableFuture.AsynchronousCompletionTask
                || command instanceof RemoteFuture<?>
                || command.getClass().getEnclosingClass() == ExecutorCompletionService.class) {
            open();
            carriers.execute(command);
        } else {
            throw refused(command);
        }
    }

    private static void uncaught(AsyncResult<?> result) {
        var unused = result.errorCallback(e -> {
            Thread t = Thread.currentThread();
            t.getUncaughtExceptionHandler().uncaughtException(t, e);
        });
    }

    /**
     * {@return what {@link CompletableFuture#supplyAsync} can be given for a task to run on a worker: {@code
     * supplyAsync(executor.supplier(Jobs::square, 7), executor)}} Its {@code get} waits for the result.
     *
     * @param <R> the type of the result
     * @param task the task
     */
    public <R extends @Nullable Object> Supplier<R> supplier(Task.Of0<R> task) {
        return () -> result(task, List.of());
    }

    /**
     * As {@link #supplier(Task.Of0)}, with an argument.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @return as {@link #supplier(Task.Of0)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Supplier<R> supplier(Task.Of1<A, R> task, A a) {
        return () -> result(task, Collections.singletonList(a));
    }

    /**
     * As {@link #supplier(Task.Of0)}, with 2 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @return as {@link #supplier(Task.Of0)}
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Supplier<R> supplier(
            Task.Of2<A, B, R> task, A a, B b) {
        return () -> result(task, Arrays.asList(a, b));
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the compiler checked the task's result where it was given
    private <R extends @Nullable Object> R result(Code task, List<? extends @Nullable Object> arguments) {
        try {
            return pool.<R>single(task, arguments).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a worker");
        }
    }

    /**
     * Runs a task for each item; the results come in the order of the items, one as soon as it is its turn. Python's {@code map}.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the items
     * @return the results as they come
     */
    public <A extends @Nullable Object, R extends @Nullable Object> TaskIterator<R> map(
            Task.Of1<A, R> task, Iterable<? extends A> items) {
        open();
        return pool.imap(task, items);
    }

    /**
     * As {@link #map(Task.Of1, Iterable)}, with so many items in a chunk.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the items
     * @param chunkSize how many items travel together
     * @return the results as they come
     */
    public <A extends @Nullable Object, R extends @Nullable Object> TaskIterator<R> map(
            Task.Of1<A, R> task, Iterable<? extends A> items, int chunkSize) {
        open();
        return pool.imap(task, items, chunkSize);
    }

    /**
     * As {@link #map(Task.Of1, Iterable, int)}, but takes items only as long as fewer than so many chunks have been given away whose results
     * have not been taken: as the buffer of Python's {@code map}. For items without end, or that take much memory.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the items; taken when there is room, by the thread that takes results
     * @param chunkSize how many items travel together
     * @param bufferSize how many chunks, at least 1
     * @return the results as they come
     * @throws IllegalArgumentException if a size is less than 1
     */
    public <A extends @Nullable Object, R extends @Nullable Object> TaskIterator<R> map(
            Task.Of1<A, R> task, Iterable<? extends A> items, int chunkSize, int bufferSize) {
        open();
        return pool.buffered(task, items, chunkSize, bufferSize);
    }

    /**
     * {@return the futures in the order in which they are done: each call of {@code next} waits for one} Python's {@code as_completed}.
     *
     * @param <F> the type of the function
     * @param futures the futures
     */
    public static <F extends CompletionStage<?>> Iterable<F> asCompleted(Collection<F> futures) {
        LinkedBlockingQueue<F> done = new LinkedBlockingQueue<>();
        for (F f : futures) {
            var unused = f.whenComplete((value, thrown) -> done.add(f));
        }
        int total = futures.size();
        return () -> new Iterator<>() {
            private int given;

            @Override
            public boolean hasNext() {
                return given < total;
            }

            @Override
            public F next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                try {
                    F f = done.take();
                    given++;
                    return f;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException("interrupted while waiting for a result");
                }
            }
        };
    }

    private <R extends @Nullable Object> AsyncResult<R> give(Code task, List<? extends @Nullable Object> arguments) {
        open();
        return pool.single(task, arguments);
    }

    private void open() {
        if (shut) {
            throw new RejectedExecutionException("the executor was shut down");
        }
    }

    private static Code code(Object task) {
        if (task instanceof Code c) {
            return c;
        }
        throw refused(task);
    }

    private static RejectedExecutionException refused(Object task) {
        return new RejectedExecutionException(task.getClass().getName()
                + " cannot travel to a worker: give a method reference or lambda as Task.Of0 or Target.Action");
    }

    // ---- many tasks

    /** A task as the library's own executors wrap it. */
    private static final class RemoteFuture<T> extends FutureTask<T> {
        RemoteFuture(Callable<T> call) {
            super(call);
        }
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        Code task = code(callable);
        return new RemoteFuture<>(() -> result(task));
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the result is of the type that the task gives
    private <T> T result(Code task) throws Exception {
        AsyncResult<T> r = pool.single(task, List.of());
        try {
            return r.get();
        } catch (InterruptedException e) {
            boolean ignored = r.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception x ? x : e;
        }
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        Code task = code(runnable);
        return new RemoteFuture<>(() -> {
            Object unused = result(task);
            return value;
        });
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        List<AsyncResult<T>> given = new ArrayList<>();
        boolean done = false;
        try {
            for (Callable<T> t : tasks) {
                given.add(give(code(t), List.of()));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(given.toArray(new CompletableFuture<?>[0]));
            Object ignored = all.get(timeout, unit);
            done = true;
        } catch (ExecutionException e) {
            // in its own future; all are done
            done = true;
        } catch (TimeoutException e) {
            // those that are not done are cancelled
        } finally {
            if (!done) {
                given.forEach(r -> r.cancel(true));
            }
        }
        return new ArrayList<>(given);
    }

    // ---- the end

    /** Takes no more tasks; those that it has are done. Does not wait. */
    @Override
    public void shutdown() {
        shut = true;
        carriers.shutdown();
    }

    /**
     * Ends the workers at once, whatever they do; futures without a result fail with {@link CancellationException}.
     *
     * @return what had not been given to the pool; tasks are not among it
     */
    @Override
    public List<Runnable> shutdownNow() {
        shut = true;
        pool.terminate();
        return carriers.shutdownNow();
    }

    /**
     * Asks all workers to end, as {@link io.multiproc.client.process.ManagedProcess#terminate} does, and shuts this executor down: Python's {@code
     * terminate_workers}. Tasks that no worker has got are cancelled; those that one has fail with {@link BrokenExecutorException}. Does not wait. A worker whose
     * shutdown hooks do not end lives until {@link #killWorkers}.
     */
    public void terminateWorkers() {
        endWorkers(false);
    }

    /** As {@link #terminateWorkers}, but ends the workers at once: Python's {@code kill_workers}. Does not wait. */
    public void killWorkers() {
        endWorkers(true);
    }

    private void endWorkers(boolean forcibly) {
        shut = true;
        pool.scheduler().endWorkers(forcibly);
        var unused = carriers.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return shut;
    }

    @Override
    public boolean isTerminated() {
        return shut && pool.scheduler().ended().isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            Object ignored = pool.scheduler().ended().get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@link #shutdown}, and waits until all is done and the workers have ended. An interrupt ends them at once, and stays set. */
    @Override
    public void close() {
        shutdown();
        try {
            while (!awaitTermination(1, TimeUnit.DAYS)) {
                // as long as it takes
            }
        } catch (InterruptedException e) {
            var unused = shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
