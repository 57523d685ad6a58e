package io.multiproc.client.pool;

import io.multiproc.client.process.Task;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ways to give a {@link Pool} work. Blocking calls throw what the task threw: itself if it is unchecked, else as the cause of a {@link
 * java.util.concurrent.CompletionException}. All throw {@link io.multiproc.client.SerializationException}, which names what cannot
 * travel, before anything is run; {@link IllegalStateException} after the pool was closed; {@link BrokenExecutorException} if it is broken.
 */
abstract class PoolCalls extends PoolMaps {
    PoolCalls() {}

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
}
