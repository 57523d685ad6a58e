package io.multiproc.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options of a node of a cluster: its name, the nodes that the cluster begins with, and where clients reach this one.
 *
 * @param node the name of this node, one of the peers
 * @param peers the address of the node channel by name, host and port, in the order in which they were given; 1, 3 or 5, on all nodes the same
 * @param advertise what clients are told to connect to, {@code tls://host:port} or {@code tcp://host:port}; none for the listeners' addresses
 * @param joins whether the node is none of those that the cluster began with: it waits to be added, and the peers are these and itself
 */
public record ClusterOptions(String node, Map<String, String> peers, List<String> advertise, boolean joins) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:/@,=\\[\\]]+):([0-9]{1,5})");
    private static final int MOST_PORT = 65_535;

    /** @throws IllegalArgumentException with what is wrong */
    public ClusterOptions {
        peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
        advertise = List.copyOf(advertise);
        checkName(node);
        for (Map.Entry<String, String> peer : peers.entrySet()) {
            checkName(peer.getKey());
            checkAddress(peer.getKey(), peer.getValue());
        }
        String twice = twice(peers);
        check(twice == null, twice + " is the address of two peers");
        int voters = joins ? peers.size() - 1 : peers.size();
        check(
                voters == 1 || voters == 3 || voters == 5,
                "a cluster begins with 1, 3 or 5 peers, so that more than half of them can agree, not with " + voters
                        + (joins ? " beside the one that joins" : ""));
        check(peers.containsKey(node), "'" + node + "' is none of the peers " + String.join(", ", peers.keySet()));
        advertise.forEach(ClusterOptions::checkUri);
    }

    /**
     * Reads the texts of the command line.
     *
     * @param peers {@code a=host:7000,b=host:7000}
     * @param advertise addresses with commas between them; empty for none
     * @throws IllegalArgumentException with what is wrong
     */
    public static ClusterOptions parse(String node, String peers, String advertise, boolean joins) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String text : peers.split(",", -1)) {
            int at = text.indexOf('=');
            check(at > 0, "peers are written a=host:7000,b=host:7000,c=host:7000, and '" + text + "' is none");
            String name = text.substring(0, at).strip();
            String other = all.put(name, text.substring(at + 1).strip());
            check(other == null, "'" + name + "' is the name of two peers");
        }
        List<String> uris = advertise.isEmpty()
                ? List.of()
                : Arrays.stream(advertise.split(",", -1)).map(String::strip).toList();
        return new ClusterOptions(node, all, uris, joins);
    }

    /** Those that the cluster begins with. */
    Map<String, String> voters() {
        Map<String, String> all = new LinkedHashMap<>(peers);
        if (joins) {
            String unused = all.remove(node);
        }
        return all;
    }

    /**
     * Whether a node can be called so.
     *
     * @throws IllegalArgumentException if not
     */
    public static void checkName(String node) {
        check(
                NAME.matcher(node).matches(),
                "'" + node + "' is not a node's name: 1 to 63 of a-z, 0-9 and -, without - at either end");
    }

    /**
     * Whether it is an address of a node channel.
     *
     * @throws IllegalArgumentException if not
     */
    public static void checkAddress(String node, String address) {
        var parts = ADDRESS.matcher(address);
        boolean fits = parts.matches();
        int port = fits ? Integer.parseInt(parts.group(2)) : 0;
        check(
                fits && port >= 1 && port <= MOST_PORT,
                "'" + address + "' is not the address of node '" + node
                        + "': write host:port, or [::1]:port, with a port of 1 to " + MOST_PORT);
    }

    private static void checkUri(String uri) {
        boolean fits;
        try {
            URI u = new URI(uri);
            fits = ("tls".equals(u.getScheme()) || "tcp".equals(u.getScheme()))
                    && u.getHost() != null
                    && u.getUserInfo() == null
                    && u.getPath().isEmpty()
                    && u.getQuery() == null
                    && u.getFragment() == null
                    && u.getPort() >= 1
                    && u.getPort() <= MOST_PORT;
        } catch (URISyntaxException e) {
            fits = false;
        }
        check(fits, "'" + uri + "' is nothing that clients can connect to: write tls://host:port or tcp://host:port");
    }

    private static @Nullable String twice(Map<String, String> peers) {
        return peers.values().stream()
                .filter(a -> Collections.frequency(peers.values(), a) > 1)
                .findFirst()
                .orElse(null);
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException(what);
        }
    }
}
