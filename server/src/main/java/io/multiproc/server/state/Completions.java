package io.multiproc.server.state;

import io.multiproc.protocol.wire.Reply;

/** Where answers to requests that were parked earlier go. */
@FunctionalInterface
public interface Completions {
    void complete(long session, long request, Reply reply);
}
