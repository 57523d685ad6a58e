package io.multiproc.server.engine;

import io.multiproc.protocol.wire.Reply;
import java.util.function.Consumer;

/** What the operations on the keys of a server ask of whoever keeps them. */
public interface Administration {
    /** The answer to {@code manager.keys}. */
    Reply keys();

    /**
     * Reads the keys again.
     *
     * @param then gets the answer to {@code manager.reload_keys}, later, on the engine's thread
     */
    void reloadKeys(Consumer<Reply> then);

    /** Ends the sessions of a key, apart from one; the answer to {@code manager.end_sessions}. */
    Reply endSessions(String keyName, long except);
}
