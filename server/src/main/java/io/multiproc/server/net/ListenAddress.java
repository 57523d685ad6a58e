package io.multiproc.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * An address to listen on: {@code tcp://host:port} (port 0 for any free one) or {@code unix:///path}.
 *
 * @param host the host as given, without brackets; empty for a Unix socket
 * @param port the port; 0 for a Unix socket
 * @param path the file of a Unix socket; empty for TCP
 */
public record ListenAddress(String host, int port, String path) {
    /** @throws IllegalArgumentException if the text is no such address; the message says what one looks like */
    public static ListenAddress parse(String uri) {
        String lower = uri.toLowerCase(Locale.ROOT);
        if (lower.startsWith("unix://")) {
            String path = uri.substring("unix://".length());
            if (!path.startsWith("/") || path.length() < 2) {
                throw bad(uri, "the path must be absolute");
            }
            return new ListenAddress("", 0, path);
        }
        if (lower.startsWith("tls://")) {
            throw bad(uri, "this version does not listen with TLS");
        }
        if (!lower.startsWith("tcp://")) {
            throw bad(uri, "the scheme is unknown");
        }
        String rest = uri.substring("tcp://".length());
        int colon = rest.lastIndexOf(':');
        if (colon <= 0) {
            throw bad(uri, "host and port are needed");
        }
        String host = rest.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || host.indexOf('/') >= 0 || (!bracketed && host.indexOf(':') >= 0)) {
            throw bad(uri, "the host is malformed; an IPv6 address stands in brackets");
        }
        try {
            int port = Integer.parseInt(rest.substring(colon + 1));
            if (port >= 0 && port <= 65535) {
                return new ListenAddress(host, port, "");
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw bad(uri, "the port must be a number from 0 to 65535");
    }

    private static IllegalArgumentException bad(String uri, String why) {
        return new IllegalArgumentException("cannot listen on \"" + uri + "\": " + why
                + "; addresses are tcp://host:port (port 0 = any free one) or unix:///path");
    }

    public boolean isUnix() {
        return !path.isEmpty();
    }

    /** Whether only processes of this machine can reach it. */
    public boolean isLocal() {
        if (isUnix()) {
            return true;
        }
        try {
            for (InetAddress a : InetAddress.getAllByName(host)) {
                if (!a.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            // binding will tell; until then it counts as reachable
            return false;
        }
    }

    ListenAddress withPort(int realPort) {
        return new ListenAddress(host, realPort, path);
    }

    /** The address as text: what {@link #parse} takes. */
    @Override
    public String toString() {
        if (isUnix()) {
            return "unix://" + path;
        }
        return "tcp://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
