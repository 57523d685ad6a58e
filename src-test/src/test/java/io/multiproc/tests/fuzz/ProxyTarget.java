package io.multiproc.tests.fuzz;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.ProxyGreeting;
import io.multiproc.server.net.ListenAddress;
import java.util.Arrays;
import java.util.List;

/** The greeting of a proxy server, with a changed or any content: only the one that was made for the connection is taken, and its address is one or is refused. */
public final class ProxyTarget {
    private static final Authkey KEY = Authkey.ofText("a key of the fuzzer only");
    private static final byte[] BINDING = new byte[32];
    private static final String URI = "unix:///run/multiproc.sock";

    private ProxyTarget() {}

    static byte[] greeting() {
        return ProxyGreeting.encode(KEY, BINDING, URI);
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        if (b.length < 1) {
            return;
        }
        byte[] payload = Arrays.copyOfRange(b, 1, b.length);
        try {
            String uri = ProxyGreeting.read(List.of(KEY), BINDING, payload);
            if (!uri.equals(URI) || !Arrays.equals(payload, greeting())) {
                throw new AssertionError("taken, and not made by anybody with the key");
            }
        } catch (HandshakeException e) {
            // refused
        }
        try {
            ListenAddress address = ListenAddress.parse(new String(payload, java.nio.charset.StandardCharsets.UTF_8));
            if (!address.isUnix() && (address.port() < 0 || address.port() > 65_535)) {
                throw new AssertionError("a port that is none");
            }
        } catch (IllegalArgumentException e) {
            // refused
        }
    }
}
