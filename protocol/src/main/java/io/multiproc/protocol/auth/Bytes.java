package io.multiproc.protocol.auth;

import java.util.Arrays;

/** Joining and cutting of byte arrays. */
final class Bytes {
    private Bytes() {}

    static byte[] concat(byte[]... parts) {
        int n = 0;
        for (byte[] part : parts) {
            n += part.length;
        }
        byte[] out = new byte[n];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, out, at, part.length);
            at += part.length;
        }
        return out;
    }

    static boolean startsWith(byte[] b, byte[] prefix) {
        return b.length >= prefix.length && Arrays.equals(b, 0, prefix.length, prefix, 0, prefix.length);
    }

    static byte[] from(byte[] b, int start) {
        return Arrays.copyOfRange(b, start, b.length);
    }
}
