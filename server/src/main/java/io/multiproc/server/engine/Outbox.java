package io.multiproc.server.engine;

import io.multiproc.protocol.wire.Reply;

/** Where answers go that are not the result of the call at hand: requests that were parked, ticks, ends of sessions. */
@FunctionalInterface
public interface Outbox {
    /** Sends an answer to a session; drops it when the session has no connection. */
    void reply(long session, long request, Reply reply);

    /** Passes on what {@link io.multiproc.server.state.Completions#follows} says, to who can use it. */
    default void follows(long session, long request, long holder, long levels, boolean owns) {}
}
