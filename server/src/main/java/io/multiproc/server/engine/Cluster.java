package io.multiproc.server.engine;

import io.multiproc.protocol.wire.Reply;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the operations about the nodes of a cluster ask of whoever keeps their common log. Calls come from the engine's thread, and answers go to it. */
public interface Cluster {
    /** What {@code manager.cluster} answers: see OPERATIONS. */
    Map<String, @Nullable Object> facts();

    /** The same in numbers. */
    ClusterStats stats();

    /** Adds a node by the address of its node channel. */
    void add(String node, String address, Consumer<Reply> then);

    void remove(String node, Consumer<Reply> then);

    /** Hands leadership to a node; nothing happens if it leads. The request may come again at the next leader. */
    void transfer(String node, Consumer<Reply> then);
}
