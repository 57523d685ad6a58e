package io.multiproc.server.snapshot;

import java.io.IOException;

/** A snapshot file cannot be used. The message is one line that names the file, says what is wrong and what to do. */
public final class SnapshotException extends IOException {
    private static final long serialVersionUID = 1;

    SnapshotException(String message) {
        super(message);
    }

    SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
