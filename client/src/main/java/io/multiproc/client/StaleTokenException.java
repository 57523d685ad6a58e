package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A fencing token is not that of the lock's present owner: whoever uses it has lost the lock, because it released it or its session
 * was declared dead. Nothing was changed.
 */
public final class StaleTokenException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public StaleTokenException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.NOT_APPLIED, message, cause);
    }

    @Override
    public StaleTokenException again() {
        return new StaleTokenException(code(), message(), this);
    }
}
