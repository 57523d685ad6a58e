package io.multiproc.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.bouncycastle.crypto.digests.MD5Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/** The digests of the handshake, under the names that CPython gives them. */
public enum Digest {
    /** Only what CPython before 3.12 can do; the native dialect never accepts it. */
    MD5("md5", 16, MD5Digest::new),
    SHA256("sha256", 32, SHA256Digest::new),
    SHA384("sha384", 48, SHA384Digest::new),
    SHA3_256("sha3_256", 32, () -> new SHA3Digest(256)),
    SHA3_384("sha3_384", 48, () -> new SHA3Digest(384));

    private final String pythonName;
    private final int size;
    private final Supplier<org.bouncycastle.crypto.Digest> engine;

    Digest(String pythonName, int size, Supplier<org.bouncycastle.crypto.Digest> engine) {
        this.pythonName = pythonName;
        this.size = size;
        this.engine = engine;
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

    byte[] hmac(byte[] key, byte[]... parts) {
        HMac mac = new HMac(engine.get());
        mac.init(new KeyParameter(key));
        for (byte[] part : parts) {
            mac.update(part, 0, part.length);
        }
        byte[] out = new byte[size];
        mac.doFinal(out, 0);
        return out;
    }

    byte[] hash(byte[]... parts) {
        org.bouncycastle.crypto.Digest digest = engine.get();
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        byte[] out = new byte[size];
        digest.doFinal(out, 0);
        return out;
    }
}
