package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Two JVMs registered user classes in ways that contradict each other; the message names the class. */
public final class RegistryMismatchException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public RegistryMismatchException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.NOT_APPLIED, message, cause);
    }

    @Override
    public RegistryMismatchException again() {
        return new RegistryMismatchException(code(), message(), this);
    }
}
