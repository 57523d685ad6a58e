package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The connection ended before the answer came: whether the operation took effect is unknown. Connect again to go on. */
public final class ConnectionLostException extends ManagerException {
    private static final long serialVersionUID = 1L;

    public ConnectionLostException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, Outcome.UNKNOWN, message, cause);
    }

    @Override
    public ConnectionLostException again() {
        return new ConnectionLostException(code(), message(), this);
    }
}
