package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The server that this session was with has ended, and another one answers at its address: what the first one held in memory is
 * gone, apart from named objects that a snapshot has brought back. Proxies of the old objects are of no use.
 *
 * <p>Or the server was started with an older state of its data folder than this session has seen, as the message says then: what it was answered lately may be gone.
 *
 * <p>Connect again to go on, or have the client do it and make the named objects again: {@link ManagerOptions#withRenewal}.
 */
public final class ServerRestartedException extends SessionExpiredException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library: an exception with what the manager says of the failure.
     *
     * @param message the text
     * @param cause the cause, or null
     */
    public ServerRestartedException(String message, @Nullable Throwable cause) {
        this(Outcome.UNKNOWN, message, cause);
    }

    private ServerRestartedException(Outcome outcome, String message, @Nullable Throwable cause) {
        super(ErrorCode.SERVER_RESTARTED, outcome, message, cause);
    }

    @Override
    public ServerRestartedException again() {
        return new ServerRestartedException(message(), this);
    }

    @Override
    public ManagerException refused() {
        return new ServerRestartedException(Outcome.NOT_APPLIED, message(), this);
    }
}
