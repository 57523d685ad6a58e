package io.multiproc.protocol.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.jspecify.annotations.Nullable;

/** The certificates of one end of TLS, as {@link TlsFiles} had them: its own, if it has one, and whom it trusts, if it asks the other end for one. Immutable. */
public final class TlsCertificates {
    private final List<X509Certificate> chain;
    private final @Nullable PrivateKey key;
    private final @Nullable X509TrustManager trust;

    private TlsCertificates(List<X509Certificate> chain, @Nullable PrivateKey key, @Nullable X509TrustManager trust) {
        this.chain = chain;
        this.key = key;
        this.trust = trust;
    }

    static TlsCertificates read(TlsFiles files) throws IOException {
        String ca = files.ca();
        Path certificate = files.certificate();
        Path keyFile = files.key();
        X509TrustManager trust = ca == null ? null : trust(ca);
        if (certificate == null || keyFile == null) {
            return new TlsCertificates(List.of(), null, trust);
        }
        List<X509Certificate> chain = Pem.certificates(certificate);
        PrivateKey key = Pem.key(keyFile);
        checkDates(chain.get(0), certificate);
        if (!belong(chain.get(0), key)) {
            throw new IOException("the key in " + keyFile + " does not belong to the certificate in " + certificate
                    + ", whose first one must be that of the key and is of "
                    + chain.get(0).getSubjectX500Principal());
        }
        return new TlsCertificates(chain, key, trust);
    }

    private static void checkDates(X509Certificate own, Path file) throws IOException {
        Instant now = Instant.now();
        Instant from = own.getNotBefore().toInstant();
        Instant until = own.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            throw new IOException("the certificate in " + file + " was valid until " + until + "; renew it");
        }
        if (now.isBefore(from)) {
            throw new IOException("the certificate in " + file + " is not valid before " + from
                    + "; is the clock of this machine right?");
        }
    }

    private static X509TrustManager trust(String ca) throws IOException {
        try {
            KeyStore authorities = null;
            if (!ca.equals(TlsFiles.SYSTEM)) {
                authorities = KeyStore.getInstance("PKCS12");
                authorities.load(null, null);
                for (X509Certificate c : Pem.certificates(Path.of(ca))) {
                    authorities.setCertificateEntry("authority " + authorities.size(), c);
                }
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authorities);
            for (TrustManager m : factory.getTrustManagers()) {
                if (m instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new IOException("this Java runtime cannot check certificates");
        } catch (GeneralSecurityException e) {
            throw new IOException("the authorities in " + ca + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) throws IOException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "EdDSA";
                };
        try {
            byte[] text = new byte[32];
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(text);
            return signature.verify(signed);
        } catch (InvalidKeyException e) {
            return false; // of another algorithm
        } catch (GeneralSecurityException e) {
            return false; // of another curve or size
        }
    }

    /** Whether this end has a certificate of its own. */
    public boolean hasOwn() {
        return key != null;
    }

    /** Until when the own certificate is valid; null without one. */
    public @Nullable Instant until() {
        return chain.isEmpty() ? null : chain.get(0).getNotAfter().toInstant();
    }

    /** Whether the own certificate ends within this time. */
    public boolean endsWithin(Duration time) {
        Instant until = until();
        return until != null && until.isBefore(Instant.now().plus(time));
    }

    List<X509Certificate> chain() {
        return chain;
    }

    @Nullable
    PrivateKey key() {
        return key;
    }

    @Nullable
    X509TrustManager trust() {
        return trust;
    }

    /** How the own key signs in TLS 1.3. */
    SignatureAndHashAlgorithm algorithm() {
        if (key instanceof ECPrivateKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            short hash = bits <= 256 ? HashAlgorithm.sha256 : bits <= 384 ? HashAlgorithm.sha384 : HashAlgorithm.sha512;
            return SignatureAndHashAlgorithm.getInstance(hash, SignatureAlgorithm.ecdsa);
        }
        if (key instanceof EdECPrivateKey ed) {
            return ed.getParams().getName().equals("Ed448")
                    ? SignatureAndHashAlgorithm.ed448
                    : SignatureAndHashAlgorithm.ed25519;
        }
        return SignatureAndHashAlgorithm.rsa_pss_rsae_sha256;
    }

    /** Never its content. */
    @Override
    public String toString() {
        return "TlsCertificates";
    }
}
