package io.multiproc.client;

import io.multiproc.protocol.error.ErrorCode;

/**
 * A method of a registered class threw something. The type, message and stack trace of it are texts: no class of the host is
 * loaded here.
 */
public final class RemoteCallException extends ManagerException {
    private static final long serialVersionUID = 1L;

    /** The name of the exception's class. */
    private final String type;
    /** The stack trace as a text. */
    private final String trace;

    RemoteCallException(String type, String message, String trace) {
        super(ErrorCode.ILLEGAL_STATE, Outcome.APPLIED, type + ": " + message, null);
        this.type = type;
        this.trace = trace;
    }

    /** {@return the class name of what was thrown} */
    public String remoteType() {
        return type;
    }

    /** {@return the stack trace as the host printed it} */
    public String remoteStackTrace() {
        return trace;
    }
}
