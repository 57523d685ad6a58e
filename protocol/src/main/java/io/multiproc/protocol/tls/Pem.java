package io.multiproc.protocol.tls;

import io.multiproc.protocol.auth.FileTrust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Certificates and private keys in PEM files. What is wrong with a file is told with the command that helps. */
final class Pem {
    /** A bundle of all public authorities has a quarter of it. */
    private static final long LARGEST = 1 << 20;

    private static final String ED25519 = "1.3.101.112";
    private static final String ED448 = "1.3.101.113";

    private static final Map<String, String> ALGORITHMS = Map.of(
            PKCSObjectIdentifiers.rsaEncryption.getId(),
            "RSA",
            X9ObjectIdentifiers.id_ecPublicKey.getId(),
            "EC",
            ED25519,
            "Ed25519",
            ED448,
            "Ed448");

    private Pem() {}

    private static List<PemObject> objects(Path file) throws IOException {
        byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                throw new IOException(file + " is a folder: name a file in it");
            }
            if (Files.size(file) > LARGEST) {
                throw new IOException("the file " + file + " has more than " + LARGEST + " bytes: it is no PEM file");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new IOException("the file " + file + " may not be read by this user", e);
        }
        List<PemObject> out = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(new String(bytes, StandardCharsets.ISO_8859_1)))) {
            for (PemObject o = reader.readPemObject(); o != null; o = reader.readPemObject()) {
                out.add(o);
            }
        } catch (IOException | RuntimeException e) {
            throw new IOException("the file " + file + " is damaged: " + e.getMessage(), e);
        }
        return out;
    }

    /** All certificates of a file, in their order; at least one. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> out = new ArrayList<>();
        for (PemObject o : objects(file)) {
            if (o.getType().equals("CERTIFICATE") || o.getType().equals("X509 CERTIFICATE")) {
                out.add(certificate(o.getContent(), file));
            }
        }
        if (out.isEmpty()) {
            throw new IOException("the file " + file
                    + " has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----. If it is in DER form, run: openssl x509 -inform DER -in "
                    + file + " -out " + file + ".pem");
        }
        return out;
    }

    private static X509Certificate certificate(byte[] der, Path file) throws IOException {
        try {
            return certificate(der);
        } catch (CertificateException e) {
            throw new IOException("the file " + file + " has a damaged certificate: " + e.getMessage(), e);
        }
    }

    static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** The private key of a file: PKCS #8, or what OpenSSL called RSA and EC keys before. */
    static PrivateKey key(Path file) throws IOException {
        String fault = FileTrust.fault(file);
        if (fault != null) {
            throw new IOException("the key cannot be trusted: " + fault);
        }
        for (PemObject o : objects(file)) {
            String type = o.getType();
            if (type.equals("ENCRYPTED PRIVATE KEY")
                    || (type.endsWith("PRIVATE KEY") && !o.getHeaders().isEmpty())) {
                throw new IOException("the key in " + file
                        + " is encrypted. Write it without a passphrase, readable by this user only: (umask 077 && openssl pkey -in "
                        + file + " -out " + file + ".plain)");
            }
            if (type.endsWith("PRIVATE KEY")) {
                return key(type, o.getContent(), file);
            }
        }
        throw new IOException(
                "the file " + file + " has no private key in PEM form, which begins with -----BEGIN PRIVATE KEY-----");
    }

    private static PrivateKey key(String type, byte[] content, Path file) throws IOException {
        try {
            PrivateKeyInfo info =
                    switch (type) {
                        case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(content);
                        case "RSA PRIVATE KEY" -> new PrivateKeyInfo(
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                                org.bouncycastle.asn1.pkcs.RSAPrivateKey.getInstance(content));
                        case "EC PRIVATE KEY" -> {
                            ECPrivateKey ec = ECPrivateKey.getInstance(content);
                            yield new PrivateKeyInfo(
                                    new AlgorithmIdentifier(
                                            X9ObjectIdentifiers.id_ecPublicKey, ec.getParametersObject()),
                                    ec);
                        }
                        default -> throw new IOException(
                                "the file " + file + " has a key of the kind " + type + ", which TLS does not use");
                    };
            String id = info.getPrivateKeyAlgorithm().getAlgorithm().getId();
            String algorithm = ALGORITHMS.get(id);
            if (algorithm == null) {
                throw new IOException("the key in " + file + " is neither RSA nor EC nor Ed25519: " + id);
            }
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException("the key in " + file + " is damaged: " + e.getMessage(), e);
        }
    }
}
