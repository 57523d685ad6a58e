package io.multiproc.client.pool;

/**
 * A task threw something in its worker. It is the cause of an exception of the class that was thrown, where that can be made here (see
 * {@link Pool}); otherwise it stands for it. Its message holds the worker's stack trace.
 */
public final class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name of the exception's class. */
    private final String type;
    /** The stack trace as a text. */
    private final String trace;

    TaskFailedException(String type, String worker, String trace) {
        // no frames of its own: those of the worker say what happened
        super("in worker " + worker + ":\n" + trace, null, false, false);
        this.type = type;
        this.trace = trace;
    }

    /** {@return the class name of what was thrown} */
    public String remoteType() {
        return type;
    }

    /** {@return the stack trace as the worker printed it} */
    public String remoteStackTrace() {
        return trace;
    }
}
