package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Two JVMs registered user classes in ways that contradict each other; the message names the class. */
public final class RegistryMismatchException extends ManagerException {
    private static final long serialVersionUID = 1L;

    public RegistryMismatchException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.NOT_APPLIED, message, cause);
    }

    @Override
    public RegistryMismatchException again() {
        return new RegistryMismatchException(code(), message(), this);
    }
}
