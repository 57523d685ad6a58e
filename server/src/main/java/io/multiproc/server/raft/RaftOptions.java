package io.multiproc.server.raft;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a node has to know to take part.
 *
 * @param folder of its log and images; made if it is not there
 * @param node its name
 * @param address where the others reach it
 * @param peers the first voters and their addresses, itself included; a node that is not among them waits to be added
 * @param imageBytes after how much log an image is made
 */
public record RaftOptions(Path folder, String node, String address, Map<String, String> peers, long imageBytes) {
    public static final long IMAGE_BYTES = 32 << 20;

    public RaftOptions {
        peers = Map.copyOf(peers);
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("no peers: name the first voters of the cluster");
        }
    }

    public RaftOptions(Path folder, String node, String address, Map<String, String> peers) {
        this(folder, node, address, peers, IMAGE_BYTES);
    }
}
