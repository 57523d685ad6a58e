package io.multiproc.server.log;

import java.io.IOException;

/** A data folder cannot be used. The message is one line that names the file, says what is wrong and what to do. */
public final class LogException extends IOException {
    private static final long serialVersionUID = 1;

    public LogException(String message) {
        super(message);
    }

    public LogException(String message, Throwable cause) {
        super(message, cause);
    }
}
