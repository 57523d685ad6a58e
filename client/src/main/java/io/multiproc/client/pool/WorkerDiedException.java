package io.multiproc.client.pool;

import java.util.OptionalInt;
import java.util.OptionalLong;

/** The worker that had a task died, and the task is not given to another: it may have run, in part or as a whole. */
public final class WorkerDiedException extends RuntimeException {
    private static final long serialVersionUID = 2L;

    /** The number of workers that the task was given to. */
    private final int attempts;

    /** Of the last worker. */
    private final WorkerEnd end;

    WorkerDiedException(String message, int attempts, WorkerEnd end) {
        super(message);
        this.attempts = attempts;
        this.end = end;
    }

    /**
     * To how many workers the task was given, all of which died.
     *
     * @return how many workers
     */
    public int attempts() {
        return attempts;
    }

    /** {@return the process id of the last of them; empty for a worker that another program started} */
    public OptionalLong pid() {
        return end.pid();
    }

    /**
     * {@return how the last of them ended, as {@link io.multiproc.client.process.ManagedProcess#exitCode} says it; empty for a worker that another program
     * started}
     */
    public OptionalInt exitCode() {
        return end.exitCode();
    }
}
