package io.multiproc.server.engine;

/**
 * A node's view of its cluster, as it was at one moment.
 *
 * @param leads 1 if this node leads, else 0
 * @param hasLeader 1 if this node knows one that leads, else 0
 * @param term of leadership
 * @param elections that this node has won since its start
 * @param committed the last index of the common log that a majority has
 * @param applied the last one that this node has applied
 * @param members nodes of the cluster
 * @param connected those that this node has heard of lately, itself included
 */
public record ClusterStats(
        int leads, int hasLeader, long term, long elections, long committed, long applied, int members, int connected) {
    /** Of a server that is no node of a cluster. */
    public static final ClusterStats NONE = new ClusterStats(0, 0, 0, 0, 0, 0, 0, 0);
}
