package io.multiproc.client.pool;

import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A pool cannot work any more: its workers cannot start, its initializer fails, its manager is gone, or a worker died and it was to
 * break then. What it had and had not finished fails with this, what it is given afterwards is refused with it. Python's {@code
 * BrokenExecutor}.
 */
public final class BrokenExecutorException extends RejectedExecutionException {
    private static final long serialVersionUID = 2L;

    /** Of the worker whose end broke it, if one did. */
    private final WorkerEnd end;

    BrokenExecutorException(String message, @Nullable Throwable cause, WorkerEnd end) {
        super(message, cause);
        this.end = end;
    }

    WorkerEnd end() {
        return end;
    }

    /** {@return the process id of the worker whose end broke it; empty if it broke otherwise, or another program started the worker} */
    public OptionalLong pid() {
        return end.pid();
    }

    /** {@return how that worker ended, as {@link io.multiproc.client.process.ManagedProcess#exitCode} says it; empty as {@link #pid} is} */
    public OptionalInt exitCode() {
        return end.exitCode();
    }
}
