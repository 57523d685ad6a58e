package io.multiproc.protocol.tls;

import java.security.SecureRandom;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/** The library's TLS by the cryptography of the Java runtime, but for {@link X25519Domain}. */
final class RuntimeCrypto extends JcaTlsCrypto {
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
}
