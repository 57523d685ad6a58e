package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;

/** Bytes or values that break a rule of the protocol. The code says which; the message says what to do. */
public final class ValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final ErrorCode code;

    public ValueException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
