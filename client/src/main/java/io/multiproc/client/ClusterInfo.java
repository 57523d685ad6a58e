package io.multiproc.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as one of its nodes sees it.
 *
 * @param node the name of that node; empty for a single server
 * @param role what it does: {@code leader}, {@code follower} or {@code learner}; {@code single} for a server that is no node
 * @param term how often the nodes have elected, which grows with each new leader
 * @param leader the name of the node that leads, or null if none is known
 * @param members all nodes, in the order of the cluster; none for a single server
 * @param why what keeps the cluster from having a leader, as far as this node knows; null if it has one
 * @param details everything that the node said, by its own key, in its order: what has no component here is in it. Unmodifiable
 */
public record ClusterInfo(
        String node,
        String role,
        long term,
        @Nullable String leader,
        List<Member> members,
        @Nullable String why,
        Map<String, @Nullable Object> details) {
    /**
     * A node of a cluster.
     *
     * @param node its name
     * @param role what it does, as far as is known: {@code leader}, {@code follower} or {@code learner}
     * @param address where the other nodes reach it, host and port
     * @param uris where clients reach it; none if that is not known
     * @param lag how many records of the log it lacks; null where that is not known, as on a node that does not lead
     * @param heard how long ago anything came from it; null if nothing ever did
     * @param details everything that was said of it, by its own key, in its order. Unmodifiable
     */
    public record Member(
            String node,
            String role,
            String address,
            List<String> uris,
            @Nullable Long lag,
            @Nullable Duration heard,
            Map<String, @Nullable Object> details) {
        static Member of(Facts f) {
            Long heard = f.optionalNumber("heard_ms");
            Long lag = f.optionalNumber("lag");
            return new Member(
                    f.text("node"),
                    f.text("role"),
                    f.text("address"),
                    f.all().get("uris") instanceof List<?> l
                            ? l.stream().map(String::valueOf).toList()
                            : List.of(),
                    lag == null || lag < 0 ? null : lag,
                    heard == null || heard < 0 ? null : Duration.ofMillis(heard),
                    f.all());
        }
    }

    static ClusterInfo of(Facts f) {
        return new ClusterInfo(
                f.text("node"),
                f.text("role"),
                f.number("term"),
                f.optionalText("leader"),
                Facts.list(f.all().get("members"), Member::of),
                f.optionalText("why"),
                f.all());
    }
}
