package io.multiproc.client.pool;

/** The worker that had a task died, and the task is not given to another: it may have run, in part or as a whole. */
public final class WorkerDiedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The number of workers that the task was given to. */
    private final int attempts;

    WorkerDiedException(String message, int attempts) {
        super(message);
        this.attempts = attempts;
    }

    /**
     * To how many workers the task was given, all of which died.
     *
     * @return how many workers
     */
    public int attempts() {
        return attempts;
    }
}
