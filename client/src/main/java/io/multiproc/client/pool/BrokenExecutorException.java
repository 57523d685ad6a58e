package io.multiproc.client.pool;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A pool cannot work any more: its workers cannot start, its initializer fails, its manager is gone, or a worker died and it was to
 * break then. What it had and had not finished fails with this, what it is given afterwards is refused with it. Python's {@code
 * BrokenExecutor}.
 */
public final class BrokenExecutorException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    BrokenExecutorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
