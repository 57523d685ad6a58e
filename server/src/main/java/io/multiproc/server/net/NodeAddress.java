package io.multiproc.server.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;

/**
 * The address of a node for the other ones: {@code host:port}.
 *
 * @param host without brackets
 */
public record NodeAddress(String host, int port) {
    /**
     * Reads {@code host:port}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException if it is something else; the text says what is wrong
     */
    public static NodeAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        boolean malformed = host.isEmpty()
                || (!bracketed && host.indexOf(':') >= 0)
                || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '[' || c == ']' || c >= 0x7f);
        if (malformed || text.length() > NodeGreeting.MOST_TEXT) {
            throw bad(text, "a host and a port are needed, and an IPv6 address stands in brackets");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= 65535) {
                return new NodeAddress(host, port);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw bad(text, "the port must be a number from 0 to 65535");
    }

    private static IllegalArgumentException bad(String text, String why) {
        return new IllegalArgumentException("\"" + text + "\" is no address of a node, as HOST:PORT is: " + why);
    }

    NodeAddress withPort(int realPort) {
        return new NodeAddress(host, realPort);
    }

    /**
     * Where a node with this address listens: there, if it is an address of this machine and no name, or loopback; else on all addresses. What a name means may be
     * unknown yet, or change, and behind a router it is none of this machine's.
     */
    InetSocketAddress toListen() throws IOException {
        if (host.equals("localhost")) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }
        boolean literal = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        if (literal) {
            InetAddress address = InetAddress.getByName(host);
            if (address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null) {
                return new InetSocketAddress(address, port);
            }
        }
        return new InetSocketAddress(port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
