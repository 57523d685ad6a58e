package io.multiproc.protocol.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Vector;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsEd25519Signer;
import org.jspecify.annotations.Nullable;

/** The two ends of a TLS handshake by certificates. Paths are checked by the Java runtime, names by {@link HostNames}, signatures by the library. */
final class CertificatePeers {
    private CertificatePeers() {}

    private static Certificate chain(JcaTlsCrypto crypto, TlsCertificates own, byte[] request) throws IOException {
        CertificateEntry[] entries = new CertificateEntry[own.chain().size()];
        try {
            for (int i = 0; i < entries.length; i++) {
                entries[i] = new CertificateEntry(
                        crypto.createCertificate(own.chain().get(i).getEncoded()), null);
            }
        } catch (CertificateException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
        return new Certificate(request, entries);
    }

    /** The own certificate with its key; null if there is none, or the other end cannot check its signatures. */
    private static @Nullable TlsCredentials credentials(
            TlsContext context,
            JcaTlsCrypto crypto,
            TlsCertificates own,
            byte[] request,
            @SuppressWarnings("rawtypes") Vector understood)
            throws IOException {
        PrivateKey key = own.key();
        SignatureAndHashAlgorithm algorithm = own.algorithm();
        if (key == null || !understood.contains(algorithm)) {
            return null;
        }
        TlsCryptoParameters parameters = new TlsCryptoParameters(context);
        Certificate chain = chain(crypto, own, request);
        return algorithm.equals(SignatureAndHashAlgorithm.ed25519)
                // the runtime calls such keys by another name than the library looks for
                ? new DefaultTlsCredentialedSigner(parameters, new JcaTlsEd25519Signer(crypto, key), chain, algorithm)
                : new JcaDefaultTlsCredentialedSigner(parameters, crypto, key, chain, algorithm);
    }

    private static X509Certificate[] chain(Certificate shown) throws IOException {
        TlsCertificate[] list = shown.getCertificateList();
        X509Certificate[] out = new X509Certificate[list.length];
        try {
            for (int i = 0; i < list.length; i++) {
                out[i] = Pem.certificate(list[i].getEncoded());
            }
        } catch (CertificateException e) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
        }
        return out;
    }

    private static TlsFatalAlert untrusted(CertificateException e, String whose, HandshakeEvents events) {
        Throwable cause = e;
        for (Throwable t = e; t != null; t = t.getCause()) {
            cause = t;
        }
        short alert = AlertDescription.certificate_unknown;
        String why = String.valueOf(cause.getMessage());
        if (cause instanceof CertificateExpiredException) {
            alert = AlertDescription.certificate_expired;
            why = "it has expired: " + why;
        } else if (cause instanceof CertificateNotYetValidException) {
            alert = AlertDescription.certificate_expired;
            why = "it is not valid yet: " + why;
        } else if (isUnknown(e)) {
            alert = AlertDescription.unknown_ca;
            why = "it is from no authority that is trusted here";
        }
        events.refused(TlsException.Reason.CERTIFICATE, "the certificate of the " + whose + " is refused: " + why);
        return new TlsFatalAlert(alert, e);
    }

    private static boolean isUnknown(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof CertPathValidatorException path
                    && path.getReason() == java.security.cert.PKIXReason.NO_TRUST_ANCHOR) {
                return true;
            }
            if (t.getClass().getName().contains("SunCertPathBuilderException")) {
                return true;
            }
        }
        return false;
    }

    /** The end that knows which host it wants. */
    static final class Client extends AbstractTlsClient {
        private final JcaTlsCrypto crypto;
        private final TlsCertificates own;
        private final X509TrustManager trust;
        private final String host;
        private final HandshakeEvents events;

        Client(JcaTlsCrypto crypto, TlsCertificates own, X509TrustManager trust, String host, HandshakeEvents events) {
            super(crypto);
            this.crypto = crypto;
            this.own = own;
            this.trust = trust;
            this.host = host;
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
        @SuppressWarnings("JdkObsolete")
        protected @Nullable Vector<ServerName> getSNIServerNames() {
            if (HostNames.isAddress(host)) {
                return null;
            }
            Vector<ServerName> names = new Vector<>();
            names.add(new ServerName(NameType.host_name, host.getBytes(StandardCharsets.US_ASCII)));
            return names;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate shown) throws IOException {
                    X509Certificate[] chain = chain(shown.getCertificate());
                    try {
                        trust.checkServerTrusted(chain, "UNKNOWN");
                    } catch (CertificateException e) {
                        throw untrusted(e, "server", events);
                    }
                    String fault = HostNames.fault(chain[0], host);
                    if (fault != null) {
                        events.refused(
                                TlsException.Reason.CERTIFICATE, "the certificate of the server is refused: " + fault);
                        throw new TlsFatalAlert(AlertDescription.bad_certificate);
                    }
                }

                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                    return credentials(
                            context,
                            crypto,
                            own,
                            request.getCertificateRequestContext(),
                            request.getSupportedSignatureAlgorithms());
                }
            };
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

    /** The end that shows a certificate, and may ask for one. */
    static final class Server extends AbstractTlsServer {
        private final JcaTlsCrypto crypto;
        private final TlsCertificates own;
        private final HandshakeEvents events;

        Server(JcaTlsCrypto crypto, TlsCertificates own, HandshakeEvents events) {
            super(crypto);
            this.crypto = crypto;
            this.own = own;
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

        /** No key is known here. HandshakeEvents to the log if it is why the client leaves. */
        @Override
        public @Nullable TlsPSKExternal getExternalPSK(@SuppressWarnings("rawtypes") Vector identities) {
            events.refused(
                    TlsException.Reason.OTHER_WAY,
                    "the client goes by the authkey in TLS, and this listener by certificates");
            return null;
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            TlsCredentials found = credentials(
                    context,
                    crypto,
                    own,
                    TlsUtils.EMPTY_BYTES,
                    context.getSecurityParametersHandshake().getClientSigAlgs());
            if (found == null) {
                throw new TlsFatalAlert(AlertDescription.handshake_failure);
            }
            return found;
        }

        @Override
        public @Nullable CertificateRequest getCertificateRequest() throws IOException {
            return own.trust() == null
                    ? null
                    : new CertificateRequest(
                            TlsUtils.EMPTY_BYTES, TlsUtils.getDefaultSupportedSignatureAlgorithms(context), null, null);
        }

        @Override
        public void notifyClientCertificate(Certificate shown) throws IOException {
            X509TrustManager trust = own.trust();
            if (trust == null || shown.isEmpty()) {
                events.refused(TlsException.Reason.NO_CERTIFICATE, "the client shows no certificate");
                throw new TlsFatalAlert(AlertDescription.certificate_required);
            }
            try {
                trust.checkClientTrusted(chain(shown), "UNKNOWN");
            } catch (CertificateException e) {
                throw untrusted(e, "client", events);
            }
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
