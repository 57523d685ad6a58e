package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsFiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link NodeChannel} is told.
 *
 * @param node the name of this node
 * @param address where the other nodes connect to it; with port 0 that of any free one
 * @param listen where it listens, or null for what follows from the address ({@link NodeAddress#toListen})
 * @param keys the server's authkey, and beside it those that other nodes may still have while it is replaced
 * @param files certificates of the own node and of the authorities of all, or null to go by the authkey alone
 * @param largestMessage bytes of the largest message of any node
 */
public record NodeOptions(
        String node,
        NodeAddress address,
        @Nullable NodeAddress listen,
        List<Authkey> keys,
        @Nullable TlsFiles files,
        int largestMessage) {
    /** @throws IllegalArgumentException if that cannot be used; the text says what to do */
    public NodeOptions {
        keys = List.copyOf(keys);
        int length = node.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > NodeGreeting.MOST_NAME) {
            throw new IllegalArgumentException("the name of a node has 1 to " + NodeGreeting.MOST_NAME + " bytes");
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a node needs the authkey that all nodes share");
        }
        if (files != null && (files.ca() == null || files.certificate() == null)) {
            throw new IllegalArgumentException(
                    "between nodes both ends show a certificate: name its file, its key's, and that of the authority of all nodes");
        }
    }
}
