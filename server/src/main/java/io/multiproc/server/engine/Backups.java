package io.multiproc.server.engine;

import io.multiproc.protocol.wire.Reply;
import java.util.function.Consumer;

/** What the operations that copy the whole state to a client ask of whoever keeps its images. Calls come from the engine's thread, and answers go to it. */
public interface Backups {
    /**
     * Has an image made of the state as it is now.
     *
     * @param then gets the answer to {@code manager.begin_backup}, later
     */
    void begin(Consumer<Reply> then);

    /** The newest image. */
    ImageStats stats();

    /**
     * Reads a part of an image.
     *
     * @param id what {@link #begin} has answered
     * @param offset of the first byte
     * @param most bytes, at most
     * @param then gets the answer to {@code manager.read_backup}, later
     */
    void read(long id, long offset, int most, Consumer<Reply> then);
}
