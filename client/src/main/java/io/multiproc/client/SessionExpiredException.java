package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The manager has ended this process's session, because it heard nothing from it for its lease or had no connection to it for too
 * long: its locks, permits and waits are released, its anonymous objects freed, its undelivered items given to others. Whatever this
 * process believed to hold it holds no longer. {@link #outcome()} tells of the call: not applied if it was made after the end was
 * known, else unknown.
 *
 * <p>Connect again to go on, or have the client do it: {@link ManagerOptions#withRenewal}.
 */
public class SessionExpiredException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public SessionExpiredException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, Outcome.UNKNOWN, message, cause);
    }

    SessionExpiredException(ErrorCode code, Outcome outcome, String message, @Nullable Throwable cause) {
        super(code, outcome, message, cause);
    }

    @Override
    public SessionExpiredException again() {
        return new SessionExpiredException(code(), message(), this);
    }

    @Override
    public ManagerException refused() {
        return new SessionExpiredException(code(), Outcome.NOT_APPLIED, message(), this);
    }
}
