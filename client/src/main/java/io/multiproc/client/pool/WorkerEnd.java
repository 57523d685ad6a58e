package io.multiproc.client.pool;

import java.io.Serializable;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Which process a worker was, and how that ended; nothing of it is known of a worker that another program started. */
record WorkerEnd(boolean known, long process, int code) implements Serializable {
    static final WorkerEnd UNKNOWN = new WorkerEnd(false, 0, 0);

    OptionalLong pid() {
        return known ? OptionalLong.of(process) : OptionalLong.empty();
    }

    OptionalInt exitCode() {
        return known ? OptionalInt.of(code) : OptionalInt.empty();
    }

    /** For an error's text, behind a worker's name. */
    @Override
    public String toString() {
        return known ? " (pid " + process + ", exit code " + code + ")" : "";
    }
}
