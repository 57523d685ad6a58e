package io.multiproc.client.pool;

import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.process.Code;
import io.multiproc.client.process.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The ways to give a {@link Pool} work. Blocking calls throw what the task threw: itself if it is unchecked, else as the cause of a {@link
 * java.util.concurrent.CompletionException}. All throw {@link io.multiproc.client.SerializationException}, which names what cannot
 * travel, before anything is run; {@link IllegalStateException} after the pool was closed; {@link BrokenExecutorException} if it is broken.
 */
abstract class PoolCalls {
    /** As many chunks for each worker as Python makes: a slow one then delays the end by a fourth of a share. */
    private static final int CHUNKS_PER_WORKER = 4;

    private static final int LEAST_WINDOW = 256;

    private static final int MAX_KNOWN = 1_000;

    private final Map<Class<?>, Work> known = new ConcurrentHashMap<>();

    PoolCalls() {}

    abstract Scheduler scheduler();

    abstract Executor callbacks();

    // ---- one task

    /**
     * Runs a task on a worker and waits for its result. An interrupt ends the wait.
     *
     * @param <R> the type of the result
     * @param task the task
     * @return the result
     * @throws InterruptedException if this thread is interrupted
     */
    public <R extends @Nullable Object> R apply(Task.Of0<R> task) throws InterruptedException {
        return this.<R>single(task, List.of()).await();
    }

    /**
     * Runs a task on a worker; returns at once.
     *
     * @param <R> the type of the result
     * @param task the task
     * @return the result to come
     */
    public <R extends @Nullable Object> AsyncResult<R> applyAsync(Task.Of0<R> task) {
        return single(task, List.of());
    }

    /**
     * As {@link #apply(Task.Of0)}, with 1 argument.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @return the result
     * @throws InterruptedException if this thread is interrupted
     */
    public <A extends @Nullable Object, R extends @Nullable Object> R apply(Task.Of1<A, R> task, A a)
            throws InterruptedException {
        return this.<R>single(task, Collections.singletonList(a)).await();
    }

    /**
     * As {@link #applyAsync(Task.Of0)}, with 1 argument.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @return as {@link #applyAsync(Task.Of0)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> AsyncResult<R> applyAsync(
            Task.Of1<A, R> task, A a) {
        return single(task, Collections.singletonList(a));
    }

    /**
     * As {@link #apply(Task.Of0)}, with 2 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @return the result
     * @throws InterruptedException if this thread is interrupted
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> R apply(
            Task.Of2<A, B, R> task, A a, B b) throws InterruptedException {
        return this.<R>single(task, Arrays.asList(a, b)).await();
    }

    /**
     * As {@link #applyAsync(Task.Of0)}, with 2 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @return as {@link #applyAsync(Task.Of0)}
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            AsyncResult<R> applyAsync(Task.Of2<A, B, R> task, A a, B b) {
        return single(task, Arrays.asList(a, b));
    }

    /**
     * As {@link #apply(Task.Of0)}, with 3 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @param c the third argument
     * @return the result
     * @throws InterruptedException if this thread is interrupted
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            R apply(Task.Of3<A, B, C, R> task, A a, B b, C c) throws InterruptedException {
        return this.<R>single(task, Arrays.asList(a, b, c)).await();
    }

    /**
     * As {@link #applyAsync(Task.Of0)}, with 3 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @param c the third argument
     * @return as {@link #applyAsync(Task.Of0)}
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            AsyncResult<R> applyAsync(Task.Of3<A, B, C, R> task, A a, B b, C c) {
        return single(task, Arrays.asList(a, b, c));
    }

    /**
     * As {@link #apply(Task.Of0)}, with 4 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @param c the third argument
     * @param d the fourth argument
     * @return the result
     * @throws InterruptedException if this thread is interrupted
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            R apply(Task.Of4<A, B, C, D, R> task, A a, B b, C c, D d) throws InterruptedException {
        return this.<R>single(task, Arrays.asList(a, b, c, d)).await();
    }

    /**
     * As {@link #applyAsync(Task.Of0)}, with 4 arguments.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <R> the type of the result
     * @param task the task
     * @param a the first argument
     * @param b the second argument
     * @param c the third argument
     * @param d the fourth argument
     * @return as {@link #applyAsync(Task.Of0)}
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            AsyncResult<R> applyAsync(Task.Of4<A, B, C, D, R> task, A a, B b, C c, D d) {
        return single(task, Arrays.asList(a, b, c, d));
    }

    // ---- many tasks

    /**
     * Runs a task for each item, and waits for all results, which are in the order of the items. Items travel in chunks, four for each
     * worker. If tasks throw, all others are run nevertheless, and the exception of the first of them in order is thrown.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <A extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Task.Of1<A, R> task, Iterable<? extends A> items) throws InterruptedException {
        return this.<R>all(task, list(items), 0, false).await();
    }

    /**
     * As {@link #map(Task.Of1, Iterable)}, with so many items in a chunk.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @param chunkSize how many items travel together
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <A extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Task.Of1<A, R> task, Iterable<? extends A> items, int chunkSize) throws InterruptedException {
        return this.<R>all(task, list(items), size(chunkSize), false).await();
    }

    /**
     * As {@link #map(Task.Of1, Iterable)}; returns at once.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @return the result to come
     */
    public <A extends @Nullable Object, R extends @Nullable Object> AsyncResult<List<R>> mapAsync(
            Task.Of1<A, R> task, Iterable<? extends A> items) {
        return all(task, list(items), 0, false);
    }

    /**
     * As {@link #mapAsync(Task.Of1, Iterable)}, with so many items in a chunk.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @param chunkSize how many items travel together
     * @return as {@link #mapAsync(Task.Of1, Iterable)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> AsyncResult<List<R>> mapAsync(
            Task.Of1<A, R> task, Iterable<? extends A> items, int chunkSize) {
        return all(task, list(items), size(chunkSize), false);
    }

    /**
     * Runs a task of 2 arguments for each list of arguments, see {@link Tuple}; otherwise as {@link #map(Task.Of1, Iterable)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starmap(
            Task.Of2<A, B, R> task, Iterable<? extends List<?>> arguments) throws InterruptedException {
        return starmapAsync(task, arguments, 0).await();
    }

    /**
     * As {@link #starmap(Task.Of2, Iterable)}, with a chunk size.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @param chunkSize how many items travel together
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starmap(
            Task.Of2<A, B, R> task, Iterable<? extends List<?>> arguments, int chunkSize) throws InterruptedException {
        return starmapAsync(task, arguments, size(chunkSize)).await();
    }

    /**
     * As {@link #starmap(Task.Of2, Iterable)}; returns at once.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @return the result to come
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            AsyncResult<List<R>> starmapAsync(Task.Of2<A, B, R> task, Iterable<? extends List<?>> arguments) {
        return starmapAsync(task, arguments, 0);
    }

    /**
     * As {@link #starmapAsync(Task.Of2, Iterable)}, with a chunk size.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @param chunkSize how many items travel together
     * @return as {@link #starmapAsync(Task.Of2, Iterable)}
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            AsyncResult<List<R>> starmapAsync(
                    Task.Of2<A, B, R> task, Iterable<? extends List<?>> arguments, int chunkSize) {
        return all(task, lists(arguments, 2), chunkSize, true);
    }

    /**
     * Runs a task of 3 arguments for each list of arguments, see {@link Tuple}; otherwise as {@link #map(Task.Of1, Iterable)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            List<R> starmap(Task.Of3<A, B, C, R> task, Iterable<? extends List<?>> arguments)
                    throws InterruptedException {
        return starmapAsync(task, arguments, 0).await();
    }

    /**
     * As {@link #starmap(Task.Of3, Iterable)}, with a chunk size.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @param chunkSize how many items travel together
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            List<R> starmap(Task.Of3<A, B, C, R> task, Iterable<? extends List<?>> arguments, int chunkSize)
                    throws InterruptedException {
        return starmapAsync(task, arguments, size(chunkSize)).await();
    }

    /**
     * As {@link #starmap(Task.Of3, Iterable)}; returns at once.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @return the result to come
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            AsyncResult<List<R>> starmapAsync(Task.Of3<A, B, C, R> task, Iterable<? extends List<?>> arguments) {
        return starmapAsync(task, arguments, 0);
    }

    /**
     * As {@link #starmapAsync(Task.Of3, Iterable)}, with a chunk size.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @param chunkSize how many items travel together
     * @return as {@link #starmapAsync(Task.Of3, Iterable)}
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            AsyncResult<List<R>> starmapAsync(
                    Task.Of3<A, B, C, R> task, Iterable<? extends List<?>> arguments, int chunkSize) {
        return all(task, lists(arguments, 3), chunkSize, true);
    }

    /**
     * Runs a task of 4 arguments for each list of arguments, see {@link Tuple}; otherwise as {@link #map(Task.Of1, Iterable)}.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            List<R> starmap(Task.Of4<A, B, C, D, R> task, Iterable<? extends List<?>> arguments)
                    throws InterruptedException {
        return starmapAsync(task, arguments, 0).await();
    }

    /**
     * As {@link #starmap(Task.Of4, Iterable)}, with a chunk size.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @param chunkSize how many items travel together
     * @return the results
     * @throws InterruptedException if this thread is interrupted
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            List<R> starmap(Task.Of4<A, B, C, D, R> task, Iterable<? extends List<?>> arguments, int chunkSize)
                    throws InterruptedException {
        return starmapAsync(task, arguments, size(chunkSize)).await();
    }

    /**
     * As {@link #starmap(Task.Of4, Iterable)}; returns at once.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @return the result to come
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            AsyncResult<List<R>> starmapAsync(Task.Of4<A, B, C, D, R> task, Iterable<? extends List<?>> arguments) {
        return starmapAsync(task, arguments, 0);
    }

    /**
     * As {@link #starmapAsync(Task.Of4, Iterable)}, with a chunk size.
     *
     * @param <A> the type of the first argument
     * @param <B> the type of the second argument
     * @param <C> the type of the third argument
     * @param <D> the type of the fourth argument
     * @param <R> the type of the result
     * @param task the task
     * @param arguments the arguments
     * @param chunkSize how many items travel together
     * @return as {@link #starmapAsync(Task.Of4, Iterable)}
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            AsyncResult<List<R>> starmapAsync(
                    Task.Of4<A, B, C, D, R> task, Iterable<? extends List<?>> arguments, int chunkSize) {
        return all(task, lists(arguments, 4), chunkSize, true);
    }

    /**
     * Runs a task for each item; the results come in the order of the items, each as soon as it is its turn. Chunks as in {@link #map}.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @return the results as they come
     */
    public <A extends @Nullable Object, R extends @Nullable Object> TaskIterator<R> imap(
            Task.Of1<A, R> task, Iterable<? extends A> items) {
        return iterate(task, items, automatic(items), true);
    }

    /**
     * As {@link #imap(Task.Of1, Iterable)}, with so many items in a chunk.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @param chunkSize how many items travel together
     * @return the results as they come
     */
    public <A extends @Nullable Object, R extends @Nullable Object> TaskIterator<R> imap(
            Task.Of1<A, R> task, Iterable<? extends A> items, int chunkSize) {
        return iterate(task, items, size(chunkSize), true);
    }

    /**
     * As {@link #imap(Task.Of1, Iterable)}, but the results come in the order in which they are there.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @return as {@link #imap(Task.Of1, Iterable)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> TaskIterator<R> imapUnordered(
            Task.Of1<A, R> task, Iterable<? extends A> items) {
        return iterate(task, items, automatic(items), false);
    }

    /**
     * As {@link #imapUnordered(Task.Of1, Iterable)}, with so many items in a chunk.
     *
     * @param <A> the type of the first argument
     * @param <R> the type of the result
     * @param task the task
     * @param items the arguments, one task for each
     * @param chunkSize how many items travel together
     * @return as {@link #imapUnordered(Task.Of1, Iterable)}
     */
    public <A extends @Nullable Object, R extends @Nullable Object> TaskIterator<R> imapUnordered(
            Task.Of1<A, R> task, Iterable<? extends A> items, int chunkSize) {
        return iterate(task, items, size(chunkSize), false);
    }

    // ---- how

    private static int size(int chunkSize) {
        if (chunkSize < 1) {
            throw new IllegalArgumentException("a chunk has at least 1 item, not " + chunkSize);
        }
        return chunkSize;
    }

    private int automatic(int items) {
        int shares = scheduler().expectedWorkers() * CHUNKS_PER_WORKER;
        return Math.max(1, (items + shares - 1) / shares);
    }

    /** For items whose number is not known, 1. */
    private int automatic(Iterable<?> items) {
        return items instanceof Collection<?> c ? automatic(c.size()) : 1;
    }

    private static List<@Nullable Object> list(Iterable<?> items) {
        if (items instanceof Collection<? extends @Nullable Object> c) {
            return new ArrayList<>(c);
        }
        List<@Nullable Object> out = new ArrayList<>();
        items.forEach(out::add);
        return out;
    }

    private static List<@Nullable Object> lists(Iterable<? extends List<?>> arguments, int arity) {
        List<@Nullable Object> out = new ArrayList<>();
        for (List<?> a : arguments) {
            if (a.size() != arity) {
                throw new IllegalArgumentException(
                        "item " + out.size() + " has " + a.size() + " arguments, the task takes " + arity);
            }
            out.add(a);
        }
        return out;
    }

    <R extends @Nullable Object> AsyncResult<R> single(Code task, List<? extends @Nullable Object> arguments) {
        AsyncResult<R> result = new AsyncResult<>(1, true, callbacks());
        Scheduler s = scheduler();
        s.check();
        Job job = job(task, result.sink(), true);
        s.submit(List.of(job.chunk(s.newChunk(), 0, List.of(Tuple.copyOf(arguments)))));
        return result;
    }

    private <R extends @Nullable Object> AsyncResult<List<R>> all(
            Code task, List<@Nullable Object> items, int chunkSize, boolean spread) {
        AsyncResult<List<R>> result = new AsyncResult<>(items.size(), false, callbacks());
        Scheduler s = scheduler();
        s.check();
        Job job = job(task, result.sink(), spread);
        int step = chunkSize > 0 ? chunkSize : automatic(items.size());
        List<Job.Chunk> chunks = new ArrayList<>();
        for (int from = 0; from < items.size(); from += step) {
            chunks.add(job.chunk(s.newChunk(), from, items.subList(from, Math.min(items.size(), from + step))));
        }
        s.submit(chunks);
        return result;
    }

    private <R extends @Nullable Object> TaskIterator<R> iterate(
            Code task, Iterable<?> items, int chunkSize, boolean ordered) {
        int window = Math.max(LEAST_WINDOW, 2 * CHUNKS_PER_WORKER * scheduler().expectedWorkers() * chunkSize);
        return iterate(task, items, chunkSize, window, window / 2, ordered);
    }

    /** As {@code imap}, with at most so many chunks on the way. */
    <R extends @Nullable Object> TaskIterator<R> buffered(Code task, Iterable<?> items, int chunkSize, int bufferSize) {
        if (bufferSize < 1) {
            throw new IllegalArgumentException("a buffer has room for at least 1 chunk, not " + bufferSize);
        }
        int window = Math.multiplyExact(size(chunkSize), bufferSize);
        return iterate(task, items, chunkSize, window, window - chunkSize, true);
    }

    private <R extends @Nullable Object> TaskIterator<R> iterate(
            Code task, Iterable<?> items, int chunkSize, int window, int low, boolean ordered) {
        Scheduler s = scheduler();
        s.check();
        return new TaskIterator<>(items, chunkSize, window, low, ordered, sink -> {
            Job job = job(task, sink, false);
            return slices -> {
                List<Job.Chunk> chunks = new ArrayList<>(slices.size());
                for (TaskIterator.Slice slice : slices) {
                    chunks.add(job.chunk(s.newChunk(), slice.from(), slice.items()));
                }
                s.submit(chunks);
            };
        });
    }

    /** Code as it travels, and what is known of it. */
    private record Work(Tuple code, String label, TaskCodec parcels, Job.Pace pace) {}

    private Job job(Code task, Job.Sink sink, boolean spread) {
        @Nullable Work w = known.get(task.getClass());
        if (w == null) {
            Tuple names = LambdaCodec.of(task);
            Scheduler s = scheduler();
            TaskCodec parcels = s.parcels(LambdaCodec.home(names));
            String label = LambdaCodec.label(names);
            w = new Work(Job.travelling(names, parcels), label, parcels, s.pace(label));
            if (names.get(names.size() - 1) instanceof List<?> captured && captured.isEmpty()) {
                if (known.size() >= MAX_KNOWN) {
                    known.clear();
                }
                // without captured values all of the class are the same
                known.put(task.getClass(), w);
            }
        }
        return new Job(w.code(), w.label(), w.parcels(), sink, w.pace(), spread);
    }
}
