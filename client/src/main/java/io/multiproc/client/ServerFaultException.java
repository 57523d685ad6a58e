package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A fault of the server: whether the operation took effect is unknown. The server's log has the details. */
public final class ServerFaultException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public ServerFaultException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.UNKNOWN, message, cause);
    }

    @Override
    public ServerFaultException again() {
        return new ServerFaultException(code(), message(), this);
    }
}
