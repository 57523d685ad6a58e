package io.multiproc.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The digests of the handshake, under the names that CPython gives them. */
public enum Digest {
    /** Only what CPython before 3.12 can do; the native dialect never accepts it. */
    MD5("md5", "MD5", 16, 64),
    SHA256("sha256", "SHA-256", 32, 64),
    SHA384("sha384", "SHA-384", 48, 128),
    SHA3_256("sha3_256", "SHA3-256", 32, 136),
    SHA3_384("sha3_384", "SHA3-384", 48, 104);

    private final String pythonName;
    private final String javaName;
    private final int size;
    private final int block;

    Digest(String pythonName, String javaName, int size, int block) {
        this.pythonName = pythonName;
        this.javaName = javaName;
        this.size = size;
        this.block = block;
    }

    /** The name that stands between braces before a challenge or an answer. */
    public String pythonName() {
        return pythonName;
    }

    /** Bytes of its output. */
    public int size() {
        return size;
    }

    /** The digest of a name, or null when the handshake does not know it. */
    public static @Nullable Digest named(String pythonName) {
        for (Digest d : values()) {
            if (d.pythonName.equals(pythonName)) {
                return d;
            }
        }
        return null;
    }

    /** {@code {name}} as bytes. */
    byte[] prefix() {
        return ("{" + pythonName + "}").getBytes(StandardCharsets.US_ASCII);
    }

    /** The digest that a message names in front, or null when it names none that is known. */
    static @Nullable Digest prefixOf(byte[] message) {
        for (Digest d : values()) {
            if (Bytes.startsWith(message, d.prefix())) {
                return d;
            }
        }
        return null;
    }

    /** RFC 2104 on the JDK's digest: {@code javax.crypto.Mac} costs a JVM 45 ms at its first use, three times what a whole handshake takes with this. */
    byte[] hmac(byte[] key, byte[]... parts) {
        MessageDigest digest = engine();
        byte[] used = key.length > block ? digest.digest(key) : key;
        byte[] pad = Arrays.copyOf(used, block);
        if (used != key) {
            Arrays.fill(used, (byte) 0);
        }
        xor(pad, 0x36);
        digest.update(pad);
        byte[] inner = finish(digest, parts);
        xor(pad, 0x36 ^ 0x5c);
        digest.update(pad);
        Arrays.fill(pad, (byte) 0);
        return digest.digest(inner);
    }

    byte[] hash(byte[]... parts) {
        return finish(engine(), parts);
    }

    private static byte[] finish(MessageDigest digest, byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static void xor(byte[] bytes, int with) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= (byte) with;
        }
    }

    private MessageDigest engine() {
        try {
            return MessageDigest.getInstance(javaName);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "this Java has no digest " + javaName + ": use one with the provider SUN", e);
        }
    }
}
