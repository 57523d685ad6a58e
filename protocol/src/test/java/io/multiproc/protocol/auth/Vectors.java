package io.multiproc.protocol.auth;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Recorded bytes for tests. */
final class Vectors {
    static final Authkey KEY = Authkey.ofText("secret-key");
    static final Authkey OTHER_KEY = Authkey.ofText("secret-kez");
    static final byte[] WELCOME = hex("2357454c434f4d4523");
    static final byte[] FAILURE = hex("234641494c55524523");
    private static final String CHALLENGE = "234348414c4c454e474523";

    private Vectors() {}

    static byte[] hex(String s) {
        return HexFormat.of().parseHex(s.replace(" ", "").replace("\n", ""));
    }

    static String hex(byte[] b) {
        return HexFormat.of().formatHex(b);
    }

    static byte[] challenge(String m) {
        return hex(CHALLENGE + m);
    }

    static List<String> hexes(List<byte[]> payloads) {
        return payloads.stream().map(Vectors::hex).toList();
    }

    /** A source that gives these bytes once. */
    static NonceSource nonce(String hex) {
        return length -> {
            byte[] b = hex(hex);
            if (b.length != length) {
                throw new AssertionError("asked for " + length);
            }
            return b;
        };
    }

    /** The bytes of a golden file; lines that start with # are comments. A missing file fails. */
    static byte[] golden(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/golden/" + name)) {
            if (in == null) {
                throw new AssertionError("golden/" + name + " is missing");
            }
            StringBuilder hex = new StringBuilder();
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n", -1)) {
                int comment = line.indexOf('#');
                hex.append((comment < 0 ? line : line.substring(0, comment)).strip());
            }
            return hex(hex.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
