package io.multiproc.client.internal.connection;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Address of a server: {@code tcp://host:port}, {@code tls://host:port} or {@code unix:///path}.
 *
 * @param host the host, without the brackets of an IPv6 literal; empty for a Unix socket
 * @param path the socket's path, or null for TCP
 * @param isEncrypted whether TLS is spoken
 */
public record Address(String host, int port, @Nullable String path, boolean isEncrypted) {
    public static final int DEFAULT_PORT = 50000;

    /**
     * Reads a URI.
     *
     * @throws IllegalArgumentException if it is not of one of the three forms; the text says which are
     */
    public static Address parse(String uri) {
        URI u;
        try {
            u = new URI(uri);
        } catch (URISyntaxException e) {
            throw bad(uri, e);
        }
        String scheme = u.getScheme();
        if ("unix".equals(scheme) && u.getPath() != null && u.getPath().startsWith("/")) {
            return new Address("", 0, u.getPath(), false);
        }
        String host = u.getHost();
        boolean encrypted = "tls".equals(scheme);
        if (!(encrypted || "tcp".equals(scheme)) || host == null || !u.getPath().isEmpty()) {
            throw bad(uri, null);
        }
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new Address(host, u.getPort() < 0 ? DEFAULT_PORT : u.getPort(), null, encrypted);
    }

    /** Whether nobody on the network can read what goes there. Asks no name server. */
    boolean isLocal() {
        return path != null
                || host.equals("localhost")
                || host.equals("::1")
                || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
    }

    private static IllegalArgumentException bad(String uri, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "'" + uri
                        + "' is not an address; write tls://host:port for another machine, tcp://host:port on this one, or unix:///path",
                cause);
    }
}
