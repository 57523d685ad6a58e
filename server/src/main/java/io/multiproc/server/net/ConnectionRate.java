package io.multiproc.server.net;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A counter of the connections that each address has made in the present second. Remembers a bounded number of addresses. Belongs to the event
 * loop thread.
 */
final class ConnectionRate {
    /** What becomes of a new connection. */
    enum Verdict {
        ADMIT,
        /** It is told why it is refused, once it has proved the key. */
        TELL,
        CLOSE
    }

    private static final int MOST_ADDRESSES = 4096;
    private static final long SECOND = 1_000_000_000L;

    private final int others;
    private final int loopback;
    private final Map<InetAddress, int[]> made = new LinkedHashMap<>();
    private long secondBegan;

    /** Limits per second; 0 for none. */
    ConnectionRate(int others, int loopback) {
        this.others = others;
        this.loopback = loopback;
    }

    /** What is allowed to an address, 0 for anything. */
    int limit(@Nullable InetAddress address) {
        return address == null ? 0 : address.isLoopbackAddress() ? loopback : others;
    }

    /** A connection from an address, null for a Unix socket, at a time in nanoseconds. */
    Verdict connected(@Nullable InetAddress address, long now) {
        int limit = limit(address);
        if (address == null || limit == 0) {
            return Verdict.ADMIT;
        }
        if (made.isEmpty() || now - secondBegan >= SECOND) {
            made.clear();
            secondBegan = now;
        }
        if (made.size() >= MOST_ADDRESSES && !made.containsKey(address)) {
            // so many addresses in one second: the limit on half-open connections has to do
            return Verdict.ADMIT;
        }
        int n = ++made.computeIfAbsent(address, a -> new int[1])[0];
        return n <= limit ? Verdict.ADMIT : n <= 2L * limit ? Verdict.TELL : Verdict.CLOSE;
    }
}
