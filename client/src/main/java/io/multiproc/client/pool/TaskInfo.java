package io.multiproc.client.pool;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The facts that a task can ask for of itself. Immutable.
 *
 * @param pool the name of the pool, empty if it has none
 * @param worker the name of the worker that runs it
 * @param attempt 1 at first, more if workers died with it: what the task does outside may have been done before
 */
public record TaskInfo(String pool, String worker, int attempt) {
    private static volatile @Nullable TaskInfo now;

    /** {@return the task that this process runs now; empty in a process that is no worker, and between tasks} */
    public static Optional<TaskInfo> current() {
        return Optional.ofNullable(now);
    }

    static void become(@Nullable TaskInfo task) {
        now = task;
    }
}
