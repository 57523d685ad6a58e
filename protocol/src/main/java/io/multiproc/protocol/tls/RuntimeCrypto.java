package io.multiproc.protocol.tls;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Locale;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The library's TLS by the cryptography of the Java runtime, but for {@link X25519Domain}. The library has a name for RSA-PSS with each digest; the runtime has one for all, and the digest is a
 * parameter, which the library sets as well.
 */
final class RuntimeCrypto extends JcaTlsCrypto {
    private static final String PSS = "RSASSA-PSS";

    private RuntimeCrypto(DefaultJcaJceHelper runtime, SecureRandom random) {
        super(runtime, runtime, random, random);
    }

    static JcaTlsCrypto create() {
        return new RuntimeCrypto(new DefaultJcaJceHelper(), new SecureRandom());
    }

    @Override
    public TlsECDomain createECDomain(TlsECConfig config) {
        return config.getNamedGroup() == NamedGroup.x25519 ? new X25519Domain(this) : super.createECDomain(config);
    }

    private static String name(String algorithm) {
        return algorithm.toUpperCase(Locale.ROOT).endsWith("ANDMGF1") ? PSS : algorithm;
    }

    @Override
    protected TlsStreamSigner createStreamSigner(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, PrivateKey key, boolean needsRandom)
            throws IOException {
        return super.createStreamSigner(name(algorithm), parameter, key, needsRandom);
    }

    @Override
    protected TlsStreamVerifier createStreamVerifier(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, byte[] signature, PublicKey key)
            throws IOException {
        return super.createStreamVerifier(name(algorithm), parameter, signature, key);
    }

    @Override
    protected Tls13Verifier createTls13Verifier(
            String algorithm, @Nullable AlgorithmParameterSpec parameter, PublicKey key) throws IOException {
        return super.createTls13Verifier(name(algorithm), parameter, key);
    }
}
