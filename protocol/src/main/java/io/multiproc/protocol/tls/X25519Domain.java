package io.multiproc.protocol.tls;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * Diffie-Hellman on X25519 by the library's own arithmetic, which takes a fraction of the time of the Java runtime's: a handshake is little else. Both take
 * the same time whatever the secret.
 */
record X25519Domain(TlsCrypto crypto) implements TlsECDomain {
    @Override
    public TlsAgreement createECDH() {
        return new Agreement(crypto);
    }

    private static final class Agreement implements TlsAgreement {
        private final TlsCrypto crypto;
        private final byte[] own = new byte[X25519.SCALAR_SIZE];
        private byte[] peer = new byte[X25519.POINT_SIZE];

        Agreement(TlsCrypto crypto) {
            this.crypto = crypto;
        }

        @Override
        public byte[] generateEphemeral() {
            SecureRandom random = crypto.getSecureRandom();
            X25519.generatePrivateKey(random, own);
            byte[] value = new byte[X25519.POINT_SIZE];
            X25519.scalarMultBase(own, 0, value, 0);
            return value;
        }

        @Override
        public void receivePeerValue(byte[] value) throws IOException {
            if (value.length != X25519.POINT_SIZE) {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter);
            }
            peer = value.clone();
        }

        /** Of both values; a server receives the other side's first. */
        @Override
        public TlsSecret calculateSecret() throws IOException {
            byte[] shared = new byte[X25519.POINT_SIZE];
            // false for points that make the secret no secret (RFC 7748, section 6.1)
            boolean good = X25519.calculateAgreement(own, 0, peer, 0, shared, 0);
            Arrays.fill(own, (byte) 0);
            if (!good) {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter);
            }
            return crypto.createSecret(shared);
        }
    }
}
