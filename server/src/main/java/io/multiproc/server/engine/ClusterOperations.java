package io.multiproc.server.engine;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The operations about the nodes of a cluster: their answers, whether the server is one of them or not. */
final class ClusterOperations {
    private ClusterOperations() {}

    static boolean has(ManagerOp op) {
        return switch (op) {
            case CLUSTER, ADD_NODE, REMOVE_NODE, TRANSFER_LEADERSHIP -> true;
            default -> false;
        };
    }

    /**
     * The answer, or null when {@code then} gets it later.
     *
     * @param cluster null if the server is no node of one
     */
    static @Nullable Reply answer(@Nullable Cluster cluster, ManagerOp op, Args args, Consumer<Reply> then) {
        if (op == ManagerOp.CLUSTER) {
            return Reply.value(
                    Facts.encode(cluster == null ? Map.of("role", "single", "members", List.of()) : cluster.facts()));
        }
        if (cluster == null) {
            return Reply.error(
                    ErrorCode.ILLEGAL_STATE,
                    "this server is no node of a cluster, and does not become one: start servers with --data, --node and --peers");
        }
        switch (op) {
            case ADD_NODE -> cluster.add(args.text(0), args.text(1), then);
            case REMOVE_NODE -> cluster.remove(args.text(0), then);
            default -> cluster.transfer(args.text(0), then);
        }
        return null;
    }
}
