package io.multiproc.server.machine;

import io.multiproc.protocol.wire.Reply;

/** The receiver of answers that are not the result of the call at hand: to requests that were parked, of ticks, at the end of sessions. */
@FunctionalInterface
public interface Completions {
    /** Passes an answer on to a session; drops it when the session has no connection and will have none. */
    void complete(long session, long request, Reply reply);

    /**
     * Announces a grant: the session's parked request will get its lock by the entry in which this holder, of the same session, releases it for the last
     * time, unless the request, or the holder while it waits itself, gives up before. Only advice: a receiver that ignores it loses nothing but time.
     *
     * @param levels how many releases that takes
     * @param owns whether the holder owns the lock now, rather than being the last in line before the request
     */
    default void follows(long session, long request, long holder, long levels, boolean owns) {}
}
