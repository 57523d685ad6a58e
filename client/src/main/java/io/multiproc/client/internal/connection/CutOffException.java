package io.multiproc.client.internal.connection;

import java.io.EOFException;
import java.io.Serial;

/** An encrypted stream ends although the other side has not said that it does: its process was killed, or somebody between the two has cut it. */
public final class CutOffException extends EOFException {
    @Serial
    private static final long serialVersionUID = 1L;

    CutOffException() {
        super("the connection was cut: the other side did not end it (no close_notify of TLS)");
    }
}
