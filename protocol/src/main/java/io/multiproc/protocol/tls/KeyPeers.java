package io.multiproc.protocol.tls;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/** The two ends of a TLS handshake by pre-shared keys, with a Diffie-Hellman exchange and without any certificate. */
final class KeyPeers {
    private KeyPeers() {}

    private static TlsPSKExternal external(JcaTlsCrypto crypto, TlsKey key) {
        byte[] secret = key.secret();
        try {
            // the library keeps a copy
            return new BasicTlsPSKExternal(key.identity(), crypto.createSecret(secret), PRFAlgorithm.tls13_hkdf_sha256);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** The end that has one key. */
    static final class Client extends AbstractTlsClient {
        private final JcaTlsCrypto crypto;
        private final TlsKey key;
        private final HandshakeEvents events;
        private boolean keyed;

        Client(JcaTlsCrypto crypto, TlsKey key, HandshakeEvents events) {
            super(crypto);
            this.crypto = crypto;
            this.key = key;
            this.events = events;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return TlsEngine.SUITES.clone();
        }

        @Override
        @SuppressWarnings("JdkObsolete") // the library's own collections
        protected Vector<Integer> getSupportedGroups(@SuppressWarnings("rawtypes") Vector roles) {
            return TlsEngine.groups();
        }

        @Override
        public short[] getPskKeyExchangeModes() {
            return new short[] {PskKeyExchangeMode.psk_dhe_ke};
        }

        @Override
        @SuppressWarnings("JdkObsolete")
        public Vector<TlsPSKExternal> getExternalPSKs() {
            Vector<TlsPSKExternal> all = new Vector<>();
            all.add(external(crypto, key));
            return all;
        }

        @Override
        public void notifySelectedPSK(@Nullable TlsPSK selected) throws IOException {
            keyed = selected != null;
        }

        /** A certificate, which anybody has. A server that has only other keys says so instead. */
        @Override
        public TlsAuthentication getAuthentication() throws IOException {
            events.refused(
                    TlsException.Reason.OTHER_WAY, "the server shows a certificate and does not go by the authkey");
            throw new TlsFatalAlert(AlertDescription.handshake_failure);
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            if (!keyed) {
                throw new TlsFatalAlert(AlertDescription.handshake_failure);
            }
            events.opened(context);
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            events.alerted(description);
        }
    }

    /** The end that accepts several. */
    static final class Server extends AbstractTlsServer {
        private final JcaTlsCrypto crypto;
        private final List<TlsKey> keys;
        private final HandshakeEvents events;
        private boolean strangers;

        Server(JcaTlsCrypto crypto, List<TlsKey> keys, HandshakeEvents events) {
            super(crypto);
            this.crypto = crypto;
            this.keys = keys;
            this.events = events;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return TlsEngine.SUITES.clone();
        }

        @Override
        protected boolean preferLocalCipherSuites() {
            return true;
        }

        @Override
        public int[] getSupportedGroups() {
            return TlsEngine.GROUPS.clone();
        }

        @Override
        public short[] getPskKeyExchangeModes() {
            return new short[] {PskKeyExchangeMode.psk_dhe_ke};
        }

        @Override
        public @Nullable TlsPSKExternal getExternalPSK(@SuppressWarnings("rawtypes") Vector identities) {
            for (Object offered : identities) {
                for (TlsKey key : keys) {
                    if (offered instanceof PskIdentity identity && key.isNamed(identity.getIdentity())) {
                        events.named(key);
                        return external(crypto, key);
                    }
                }
            }
            strangers = true;
            events.stranger();
            return null;
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            if (!strangers) {
                events.refused(
                        TlsException.Reason.OTHER_WAY, "the client asks for a certificate, and there is none here");
            }
            throw new TlsFatalAlert(AlertDescription.unknown_psk_identity);
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            events.opened(context);
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            events.alerted(description);
        }
    }
}
