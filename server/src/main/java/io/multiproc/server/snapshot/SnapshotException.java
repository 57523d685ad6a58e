package io.multiproc.server.snapshot;

import java.io.IOException;

/** A snapshot file cannot be used. The message is one line that names the file, says what is wrong and what to do. */
public final class SnapshotException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean isDamage;

    public SnapshotException(String message) {
        this(message, false);
    }

    SnapshotException(String message, boolean isDamage) {
        super(message);
        this.isDamage = isDamage;
    }

    public SnapshotException(String message, Throwable cause) {
        super(message, cause);
        this.isDamage = false;
    }

    /** Whether the content is not what was written. */
    public boolean isDamage() {
        return isDamage;
    }
}
