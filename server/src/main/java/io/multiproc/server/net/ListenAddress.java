package io.multiproc.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * An address to listen on: {@code tls://host:port} or {@code tcp://host:port} (port 0 for any free one) or {@code unix:///path}, each with {@code ?dialect=native} if
 * it is for native clients only. Without a scheme, {@code host:port} or {@code host}, it is TLS beyond loopback and TCP on loopback.
 *
 * @param host the host as given, without brackets; empty for a Unix socket
 * @param port the port; 0 for a Unix socket
 * @param path the file of a Unix socket; empty for TCP
 * @param isEncrypted whether TLS is spoken there
 * @param nativeOnly whether clients that answer the challenge as CPython does are refused
 */
public record ListenAddress(String host, int port, String path, boolean isEncrypted, boolean nativeOnly) {
    /** The port of an address that has neither scheme nor port. */
    private static final int DEFAULT_PORT = 50000;

    private static final String NATIVE = "?dialect=native";

    /** @throws IllegalArgumentException if the text is no such address; the message says what one looks like */
    public static ListenAddress parse(String uri) {
        boolean nativeOnly = uri.endsWith(NATIVE);
        String address = nativeOnly ? uri.substring(0, uri.length() - NATIVE.length()) : uri;
        if (address.indexOf('?') >= 0) {
            // not part of a path: a listener whose option is misspelled would admit everybody
            throw bad(uri, "the only option is " + NATIVE);
        }
        return parse(uri, address, nativeOnly);
    }

    private static ListenAddress parse(String whole, String uri, boolean nativeOnly) {
        String lower = uri.toLowerCase(Locale.ROOT);
        if (lower.startsWith("unix://")) {
            String path = uri.substring("unix://".length());
            if (!path.startsWith("/") || path.length() < 2) {
                throw bad(whole, "the path must be absolute");
            }
            return new ListenAddress("", 0, path, false, nativeOnly);
        }
        boolean encrypted = lower.startsWith("tls://");
        if (encrypted || lower.startsWith("tcp://")) {
            return parse(whole, uri.substring("tcp://".length()), encrypted, nativeOnly);
        }
        if (uri.contains("://")) {
            throw bad(whole, "the scheme is unknown");
        }
        boolean hasPort = uri.lastIndexOf(':') > uri.lastIndexOf(']');
        ListenAddress plain = parse(whole, hasPort ? uri : uri + ":" + DEFAULT_PORT, false, nativeOnly);
        if (!hasPort && plain.host.chars().allMatch(Character::isDigit)) {
            // a port, not the address that these digits are as a number
            throw bad(whole, "host and port are needed");
        }
        return plain.isLocal() ? plain : new ListenAddress(plain.host, plain.port, "", true, nativeOnly);
    }

    private static ListenAddress parse(String whole, String rest, boolean encrypted, boolean nativeOnly) {
        int colon = rest.lastIndexOf(':');
        if (colon <= 0) {
            throw bad(whole, "host and port are needed");
        }
        String host = rest.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || host.indexOf('/') >= 0 || (!bracketed && host.indexOf(':') >= 0)) {
            throw bad(whole, "the host is malformed; an IPv6 address stands in brackets");
        }
        try {
            int port = Integer.parseInt(rest.substring(colon + 1));
            if (port >= 0 && port <= 65535) {
                return new ListenAddress(host, port, "", encrypted, nativeOnly);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw bad(whole, "the port must be a number from 0 to 65535");
    }

    private static IllegalArgumentException bad(String uri, String why) {
        return new IllegalArgumentException("cannot listen on \"" + uri + "\": " + why
                + "; addresses are host:port (TLS beyond loopback, TCP on loopback), tls://host:port, tcp://host:port (port 0 = any free one) or unix:///path,"
                + " with ?dialect=native for Java clients only");
    }

    public boolean isUnix() {
        return !path.isEmpty();
    }

    /** Whether it listens on all interfaces, so that its host is no address to connect to. */
    public boolean isOfAllInterfaces() {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
    }

    /** The same with another host; an IPv6 address in brackets or without. */
    public ListenAddress withHost(String other) {
        String plain = other.startsWith("[") && other.endsWith("]") ? other.substring(1, other.length() - 1) : other;
        return new ListenAddress(plain, port, path, isEncrypted, nativeOnly);
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

    ListenAddress encrypted() {
        return new ListenAddress(host, port, path, true, nativeOnly);
    }

    ListenAddress withPort(int realPort) {
        return new ListenAddress(host, realPort, path, isEncrypted, nativeOnly);
    }

    /** The address as clients name it: without the option. */
    @Override
    public String toString() {
        if (isUnix()) {
            return "unix://" + path;
        }
        return (isEncrypted ? "tls://" : "tcp://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
