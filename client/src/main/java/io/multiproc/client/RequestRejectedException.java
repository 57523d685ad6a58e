package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The server refused the request; the code and the message say why. */
public class RequestRejectedException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public RequestRejectedException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.NOT_APPLIED, message, cause);
    }

    RequestRejectedException(ErrorCode code, Outcome outcome, String message, @Nullable Throwable cause) {
        super(code, outcome, message, cause);
    }

    @Override
    public RequestRejectedException again() {
        return new RequestRejectedException(code(), message(), this);
    }
}
