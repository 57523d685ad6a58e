package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The queue was {@linkplain QueueProxy#shutdown shut down}: it takes no items any more, or has none left to give. Nothing was
 * put or taken. Python's {@code queue.ShutDown}.
 */
public final class QueueShutDownException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public QueueShutDownException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.NOT_APPLIED, message, cause);
    }

    @Override
    public QueueShutDownException again() {
        return new QueueShutDownException(code(), message(), this);
    }
}
