package io.multiproc.server.engine;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.wire.Args;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes that sessions have announced, kept by the fingerprint of their Hello, so that others of the same program need not announce them. */
final class KnownClasses {
    private static final int MOST_BYTES = 4 << 20;

    /** The one used last at the end. */
    private final Map<String, byte[]> byFingerprint = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<Long> registered = new HashSet<>();
    private int bytes;

    /** Empty for a Hello without one. */
    static String fingerprint(Hello hello) {
        return hello.hasFingerprint() ? HexFormat.of().formatHex(hello.fingerprint()) : "";
    }

    /** What a program with a fingerprint has announced, as one value, or null. */
    byte @Nullable [] known(String fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    boolean hasRegistered(long session) {
        return registered.contains(session);
    }

    /** A session has announced its classes. */
    void registered(long session, String fingerprint, Args args) {
        registered.add(session);
        if (fingerprint.isEmpty() || byFingerprint.containsKey(fingerprint)) {
            return;
        }
        byte[] classes = args.encoded(0, 0);
        byFingerprint.put(fingerprint, classes);
        bytes += classes.length;
        for (var oldest = byFingerprint.values().iterator(); bytes > MOST_BYTES; ) {
            bytes -= oldest.next().length;
            oldest.remove();
        }
    }

    void closed(long session) {
        registered.remove(session);
    }
}
