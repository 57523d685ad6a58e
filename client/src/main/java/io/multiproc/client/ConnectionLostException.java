package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * There is no connection: the manager has ended and said so, or the connection has been missing for longer than this program is
 * willing to wait ({@link ManagerOptions#withReconnectTimeout}). {@link #outcome()} says what is known of the call: a short loss of
 * the connection alone makes no call fail.
 */
public final class ConnectionLostException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param code the error's number and name
     * @param message the text
     * @param cause the cause, or null
     */
    public ConnectionLostException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, Outcome.UNKNOWN, message, cause);
    }

    private ConnectionLostException(ErrorCode code, Outcome outcome, String message, @Nullable Throwable cause) {
        super(code, outcome, message, cause);
    }

    /**
     * For a call that ended while there was no connection.
     *
     * @param outcome what is known of the operation
     * @param message the text
     * @return the exception
     */
    public static ConnectionLostException of(Outcome outcome, String message) {
        return new ConnectionLostException(ErrorCode.BUSY, outcome, message, null);
    }

    @Override
    public ConnectionLostException again() {
        return new ConnectionLostException(code(), message(), this);
    }

    @Override
    public ManagerException refused() {
        return new ConnectionLostException(code(), Outcome.NOT_APPLIED, message(), this);
    }
}
