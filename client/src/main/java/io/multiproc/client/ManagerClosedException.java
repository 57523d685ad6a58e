package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;

/** The manager was closed by this program. A call that was waiting when it was closed may have taken effect. */
public final class ManagerClosedException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /**
     * For the library.
     *
     * @param message the text
     */
    public ManagerClosedException(String message) {
        this(Outcome.UNKNOWN, message);
    }

    private ManagerClosedException(Outcome outcome, String message) {
        super(ErrorCode.CANCELLED, outcome, message, null);
    }

    @Override
    public ManagerClosedException again() {
        return new ManagerClosedException(outcome(), message());
    }

    @Override
    public ManagerClosedException refused() {
        return new ManagerClosedException(Outcome.NOT_APPLIED, message());
    }
}
