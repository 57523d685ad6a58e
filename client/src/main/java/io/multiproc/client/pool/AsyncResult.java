package io.multiproc.client.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The result of a pool's call when it comes: Python's {@code AsyncResult}, and a {@link CompletableFuture}. Thread-safe.
 *
 * <p>What depends on it by {@code thenApply} and its like runs on the pool's thread and must not block, as with Python's callbacks; use the
 * {@code Async} variants or {@link #callback} for more.
 */
public final class AsyncResult<T> extends CompletableFuture<T> {
    /** Each is written once, before it is counted under the monitor, and read when all are counted. */
    private final @Nullable Object[] results;

    private final boolean single;
    private final Executor callbacks;

    /** Guards itself and the telling. */
    private final List<ProgressListener> listeners = new ArrayList<>();

    private int done;
    private int told;
    private int failedAt = Integer.MAX_VALUE;
    private @Nullable Throwable failure;

    AsyncResult(int total, boolean single, Executor callbacks) {
        results = new @Nullable Object[total];
        this.single = single;
        this.callbacks = callbacks;
        if (total == 0) {
            succeed();
        }
    }

    // ---- Python's names

    /**
     * Waits for the result, up to a time.
     *
     * @param timeout how long, at most
     * @return the result
     * @throws TimeoutException if it has not come by then; the work goes on
     * @throws ExecutionException if the task threw: its cause is what was thrown
     * @throws InterruptedException if this thread is interrupted
     */
    public T get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
        return get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Waits until there is a result or failure, up to a time; false if there was none by then. Python's {@code wait}.
     *
     * @param timeout how long, at most
     * @return false if there was none by then
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean await(Duration timeout) throws InterruptedException {
        try {
            Object ignored = get(timeout);
        } catch (TimeoutException e) {
            return isDone();
        } catch (ExecutionException | java.util.concurrent.CancellationException e) {
            return true;
        }
        return true;
    }

    /** {@return whether there is a result or a failure} */
    public boolean ready() {
        return isDone();
    }

    /**
     * {@return whether there is a result and no failure}
     *
     * @throws IllegalStateException if there is neither yet
     */
    public boolean successful() {
        if (!isDone()) {
            throw new IllegalStateException("the result is not ready");
        }
        return !isCompletedExceptionally();
    }

    /**
     * Does something with the result, on the pool's thread for callbacks, which may wait for other tasks. Returns this.
     *
     * @param consumer what is done with each
     * @return this
     */
    public AsyncResult<T> callback(Consumer<? super T> consumer) {
        var unused = whenCompleteAsync(
                (value, thrown) -> {
                    if (thrown == null) {
                        consumer.accept(value);
                    }
                },
                callbacks);
        return this;
    }

    /**
     * Does something with the failure, as {@link #callback}. Returns this.
     *
     * @param consumer what is done with each
     * @return this
     */
    public AsyncResult<T> errorCallback(Consumer<? super Throwable> consumer) {
        var unused = whenCompleteAsync(
                (value, thrown) -> {
                    if (thrown != null) {
                        consumer.accept(
                                thrown instanceof CompletionException && thrown.getCause() != null
                                        ? thrown.getCause()
                                        : thrown);
                    }
                },
                callbacks);
        return this;
    }

    /**
     * Tells how far it has come, now and after each part. Returns this.
     *
     * @param listener the listener
     * @return this
     */
    public AsyncResult<T> onProgress(ProgressListener listener) {
        synchronized (listeners) {
            listeners.add(listener);
            listener.progress(doneNow(), results.length);
        }
        return this;
    }

    /**
     * Gives up on the result: tasks that no worker has got are not run. One that a worker has got runs to its end, and its result is
     * dropped.
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    /** For a blocking call: the result, or what the task threw. */
    T await() throws InterruptedException {
        try {
            return get();
        } catch (ExecutionException e) {
            throw ExceptionCodec.unchecked(e);
        } catch (InterruptedException e) {
            boolean ignored = cancel(true);
            throw e;
        }
    }

    // ---- the pool's side

    /** Where the pool puts results. */
    Job.Sink sink() {
        return new Job.Sink() {
            @Override
            public void value(int index, @Nullable Object value) {
                results[index] = value;
                count(1);
            }

            @Override
            public void values(int from, List<? extends @Nullable Object> values) {
                int i = from;
                for (Object v : values) {
                    results[i++] = v;
                }
                count(values.size());
            }

            @Override
            public void failure(int index, Throwable thrown) {
                failed(index, thrown);
                count(1);
            }

            @Override
            public void settled() {
                settle();
            }

            @Override
            public boolean dropped() {
                return isCancelled();
            }
        };
    }

    private synchronized void failed(int index, Throwable thrown) {
        if (index < failedAt) {
            failedAt = index;
            failure = thrown;
        }
    }

    private synchronized void count(int more) {
        done += more;
    }

    private synchronized int doneNow() {
        return done;
    }

    private void settle() {
        int now;
        Throwable thrown;
        // told one after the other, so that no number goes back
        synchronized (listeners) {
            synchronized (this) {
                if (done == told) {
                    return;
                }
                told = done;
                now = done;
                thrown = failure;
            }
            for (ProgressListener l : listeners) {
                try {
                    l.progress(now, results.length);
                } catch (RuntimeException e) {
                    Thread.UncaughtExceptionHandler h = Thread.currentThread().getUncaughtExceptionHandler();
                    h.uncaughtException(Thread.currentThread(), e);
                }
            }
        }
        if (now < results.length) {
            return;
        }
        if (thrown != null) {
            completeExceptionally(thrown);
        } else {
            succeed();
        }
    }

    @SuppressWarnings("unchecked") // the compiler checked the code's result at the call
    private void succeed() {
        complete((T) (single ? results[0] : new ArrayList<>(Arrays.asList(results))));
    }
}
