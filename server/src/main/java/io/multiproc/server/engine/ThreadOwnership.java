package io.multiproc.server.engine;

import org.jspecify.annotations.Nullable;

/** An assertion that one thread makes all calls: the one that made the first. */
final class ThreadOwnership {
    private @Nullable Thread owner;

    void check() {
        Thread current = Thread.currentThread();
        if (owner == null) {
            owner = current;
        }
        assert owner == current : "the engine belongs to " + owner;
    }

    /** The next call may come from another thread. */
    void release() {
        owner = null;
    }
}
