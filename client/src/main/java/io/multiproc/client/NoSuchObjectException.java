package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The object was deleted, or freed because nobody held it any more. */
public final class NoSuchObjectException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public NoSuchObjectException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.NOT_APPLIED, message, cause);
    }

    @Override
    public NoSuchObjectException again() {
        return new NoSuchObjectException(code(), message(), this);
    }
}
