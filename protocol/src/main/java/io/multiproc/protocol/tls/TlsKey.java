package io.multiproc.protocol.tls;

import io.multiproc.protocol.auth.Authkey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.security.auth.Destroyable;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * The pre-shared key that follows from an authkey, and the identity that names it without revealing it. Made once for each authkey: a weak one takes tens of
 * milliseconds. Immutable until it is destroyed, thread-safe.
 */
public final class TlsKey implements Destroyable {
    private static final byte[] SALT = ascii("multiproc tls v1");
    private static final byte[] STRETCHED = ascii("multiproc tls v1, stretched");
    private static final byte[] NODES = ascii("multiproc node v1");
    private static final byte[] NODES_STRETCHED = ascii("multiproc node v1, stretched");
    private static final byte[] IDENTITY = ascii("identity");
    private static final byte[] SECRET = ascii("secret");
    private static final int SECRET_BYTES = 32;
    private static final int IDENTITY_BYTES = 16;
    private static final int ARGON_KIB = 19 << 10;
    private static final int ARGON_PASSES = 2;

    private final byte[] identity;
    private final byte[] secret;
    private volatile boolean destroyed;

    private TlsKey(byte[] identity, byte[] secret) {
        this.identity = identity;
        this.secret = secret;
    }

    /** The key that follows from an authkey: by HKDF with SHA-256, and if it is not {@link Authkey#isStrong strong} by Argon2id before. */
    public static TlsKey of(Authkey authkey) {
        return derived(authkey, SALT, STRETCHED);
    }

    /** As {@link #of}, for connections between the nodes of a cluster: neither of the two keys is of use in the other one's place. */
    public static TlsKey ofNodes(Authkey authkey) {
        return derived(authkey, NODES, NODES_STRETCHED);
    }

    private static TlsKey derived(Authkey authkey, byte[] salt, byte[] stretchedSalt) {
        byte[] extracted =
                authkey.isStrong() ? authkey.extract(salt) : stretched(authkey.extract(stretchedSalt), stretchedSalt);
        try {
            return new TlsKey(expand(extracted, IDENTITY, IDENTITY_BYTES), expand(extracted, SECRET, SECRET_BYTES));
        } finally {
            Arrays.fill(extracted, (byte) 0);
        }
    }

    private static byte[] stretched(byte[] password, byte[] salt) {
        Argon2BytesGenerator argon = new Argon2BytesGenerator();
        argon.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withSalt(salt)
                .withMemoryAsKB(ARGON_KIB)
                .withIterations(ARGON_PASSES)
                .withParallelism(1)
                .build());
        byte[] out = new byte[SECRET_BYTES];
        argon.generateBytes(password, out);
        Arrays.fill(password, (byte) 0);
        return out;
    }

    private static byte[] expand(byte[] extracted, byte[] label, int length) {
        HKDFBytesGenerator hkdf = new HKDFBytesGenerator(SHA256Digest.newInstance());
        hkdf.init(HKDFParameters.skipExtractParameters(extracted, label));
        byte[] out = new byte[length];
        hkdf.generateBytes(out, 0, length);
        return out;
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** What a client sends to say which key it has. */
    byte[] identity() {
        return identity.clone();
    }

    boolean isNamed(byte[] other) {
        return !destroyed && Arrays.equals(identity, other);
    }

    byte[] secret() {
        byte[] copy = secret.clone();
        if (destroyed) {
            throw new IllegalStateException("the key is destroyed");
        }
        return copy;
    }

    /** Overwrites the secret. No connection is encrypted by it any more, apart from those that are. */
    @Override
    public void destroy() {
        destroyed = true;
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public String toString() {
        return "TlsKey";
    }
}
