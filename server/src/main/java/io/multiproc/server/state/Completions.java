package io.multiproc.server.state;

import io.multiproc.protocol.wire.Reply;

/** Where answers to requests that were parked earlier go, and what is known of such answers in advance. */
@FunctionalInterface
public interface Completions {
    void complete(long session, long request, Reply reply);

    /**
     * The session's parked request will be granted its lock by the entry in which this holder, of the same session, releases it for the last time, unless
     * the request, or the holder while it waits itself, gives up before. Only advice: whoever does not pass it on loses nothing but time.
     *
     * @param levels how many releases that takes
     * @param owns whether the holder owns the lock now, rather than being the last in line before the request
     */
    default void follows(long session, long request, long holder, long levels, boolean owns) {}
}
