package io.multiproc.server.cli;

import io.multiproc.server.ClusterOptions;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.cli.Input.Kind;
import org.jspecify.annotations.Nullable;

/** What {@code serve} takes to be a node of a cluster. */
final class ServeCluster {
    private static final int MOST_FRAME = 64;

    private final Input<@Nullable String> node;
    private final Input<@Nullable String> peers;
    private final Input<@Nullable String> advertise;
    private final Input<Boolean> join;

    ServeCluster(Inputs inputs) {
        join = inputs.flag(
                "join",
                "Is none of the nodes that the cluster began with: waits until multiproc cluster add adds it. --peers are those and this one.");
        node = inputs.option(
                "node",
                "NAME",
                Kind.TEXT,
                "Is this node of the cluster of --peers, in which each has a name of its own.");
        peers = inputs.option(
                "peers",
                "LIST",
                Kind.TEXT,
                "The nodes that the cluster begins with, 1, 3 or 5, with the addresses at which they reach each other:"
                        + " a=host:7000,b=host:7000,c=host:7000. The same on all of them; needs --data.");
        advertise = inputs.option(
                "advertise",
                "URI",
                Kind.TEXT,
                "Where clients reach this node, if they do not do so at --listen: tls://host:port; several with commas between them.");
    }

    /** @param first what an option gives a new folder as its first state; null if there is none */
    ServerOptions in(
            ServerOptions options, boolean hasData, boolean hasSnapshot, @Nullable String first, int frameMib) {
        String list = peers.get();
        String name = node.get();
        String uris = advertise.get();
        if (list == null) {
            if (name != null || uris != null || join.get()) {
                throw new UsageException(
                        (name != null ? "--node" : uris != null ? "--advertise" : "--join") + " needs --peers LIST");
            }
            return options;
        }
        if (name == null) {
            throw new UsageException("--peers needs --node NAME: which of them is this one?");
        }
        if (hasSnapshot) {
            throw new UsageException("--peers and --snapshot exclude each other: a node keeps its state by --data DIR");
        }
        if (!hasData) {
            throw new UsageException("--peers needs --data DIR, where this node keeps its log");
        }
        if (first != null) {
            throw new UsageException(
                    "--peers and " + first + " exclude each other: the nodes would not begin with one state");
        }
        if (frameMib > MOST_FRAME) {
            throw new UsageException("--max-frame must be 1 to " + MOST_FRAME + " MiB with --peers, not " + frameMib);
        }
        try {
            return options.withCluster(ClusterOptions.parse(name, list, uris == null ? "" : uris, join.get()));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--node, --peers, --advertise: " + e.getMessage());
        }
    }
}
