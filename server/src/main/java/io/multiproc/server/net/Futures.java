package io.multiproc.server.net;

import java.util.concurrent.Future;

/** A marker for futures that nobody waits for. */
final class Futures {
    private Futures() {}

    /** Nobody waits: a failed write or close shows as an exception or the end of its channel, a task logs its own. */
    static void unawaited(Future<?> future) {
        assert future != null;
    }
}
