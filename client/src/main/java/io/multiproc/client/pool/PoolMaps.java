package io.multiproc.client.pool;

import io.multiproc.client.Tuple;
import io.multiproc.client.process.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ways to give a {@link Pool} many tasks at once: one for each item. Exceptions as in {@link PoolCalls}.
 */
abstract class PoolMaps extends PoolWork {
    PoolMaps() {}

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
}
