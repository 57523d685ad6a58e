package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The two sides do not hold the same authkey. Nothing was sent but the handshake. */
public final class AuthenticationException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public AuthenticationException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.NOT_APPLIED, message, cause);
    }

    @Override
    public AuthenticationException again() {
        return new AuthenticationException(code(), message(), this);
    }
}
