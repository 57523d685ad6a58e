package io.multiproc.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.security.auth.Destroyable;

/**
 * The secret that server and clients share. Its bytes cannot be read back and do not appear in {@link #toString}.
 * Immutable until it is destroyed, thread-safe.
 */
public final class Authkey implements Destroyable {
    /** Bytes: 128 bits, if they are random. */
    public static final int LEAST_STRONG = 16;

    private static final byte[] BOUND = "multiproc bound v1\0".getBytes(StandardCharsets.US_ASCII);

    private final byte[] key;
    private volatile boolean destroyed;

    private Authkey(byte[] key) {
        if (key.length == 0) {
            throw new IllegalArgumentException("an authkey may not be empty");
        }
        this.key = key;
    }

    /**
     * Wraps a copy of the bytes.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Authkey of(byte[] key) {
        return new Authkey(key.clone());
    }

    /** The UTF-8 bytes of a text, as {@code "text".encode()} in Python. */
    public static Authkey ofText(String text) {
        return new Authkey(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number of bytes. */
    public int length() {
        return key.length;
    }

    /** The HMAC of the parts, one after the other, under this key. */
    public byte[] hmac(Digest digest, byte[]... parts) {
        return digest.hmac(bytes(), parts);
    }

    /** Whether it is long enough that nobody guesses it: whoever sees a handshake can try keys at home. */
    public boolean isStrong() {
        return key.length >= LEAST_STRONG;
    }

    /** A pseudorandom key that follows from this one: the first step of HKDF with SHA-256. Tells nothing of the key that cannot be guessed. */
    public byte[] extract(byte[] salt) {
        return Digest.SHA256.hmac(salt, bytes());
    }

    private byte[] bytes() {
        if (destroyed) {
            throw new IllegalStateException("the authkey is destroyed");
        }
        return key;
    }

    /** Overwrites the bytes. Whoever uses the key afterwards gets an IllegalStateException. */
    @Override
    public void destroy() {
        destroyed = true;
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    /**
     * A key that follows from this one and from what only the two ends of an encrypted connection know: proofs by it are good for that connection alone.
     *
     * @param binding 32 bytes of the connection's {@code tls-exporter} (RFC 9266)
     */
    public Authkey boundTo(byte[] binding) {
        return new Authkey(hmac(Digest.SHA256, BOUND, binding));
    }

    /** Compares in a time that depends on the lengths only. */
    public static boolean constantTimeEquals(byte[] a, byte[] b) {
        return MessageDigest.isEqual(a, b);
    }

    @Override
    public boolean equals(Object o) {
        return o == this
                || (o instanceof Authkey other && !destroyed && !other.destroyed && constantTimeEquals(key, other.key));
    }

    @Override
    public int hashCode() {
        // no function of the bytes: it would leak into logs
        return Authkey.class.hashCode();
    }

    @Override
    public String toString() {
        return "Authkey[" + key.length + " bytes]";
    }
}
