package io.multiproc.server.cli;

import io.multiproc.client.ManagerOptions;
import io.multiproc.server.cli.Input.Kind;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of a command for the certificates of a {@code tls://} server. */
final class TlsInputs {
    private static final String SYSTEM = "system";

    /**
     * Files of certificates.
     *
     * @param ca authorities of the server's, or {@value #SYSTEM}, or null
     * @param certificate this end's own, or null
     * @param key its private key, or null
     */
    record Files(@Nullable String ca, @Nullable Path certificate, @Nullable Path key) {
        static final Files NONE = new Files(null, null, null);

        static Files of(ManagerOptions options) {
            return new Files(options.tlsCa(), options.tlsCertificate(), options.tlsKey());
        }

        ManagerOptions in(ManagerOptions options) {
            ManagerOptions o = ca == null
                    ? options
                    : ca.equals(SYSTEM) ? options.withTlsSystemCa() : options.withTlsCa(Path.of(ca));
            return certificate == null || key == null ? o : o.withTlsCertificate(certificate, key);
        }

        /** These, or those that the variables name if there are none. */
        Files orVariables(Map<String, String> environment) {
            String named = environment.getOrDefault("MULTIPROC_TLS_CA", "");
            if (ca != null || named.isEmpty()) {
                return this;
            }
            String own = environment.getOrDefault("MULTIPROC_TLS_CERT", "");
            String ownKey = environment.getOrDefault("MULTIPROC_TLS_KEY", "");
            return new Files(named, own.isEmpty() ? null : Path.of(own), ownKey.isEmpty() ? null : Path.of(ownKey));
        }

        /** The variables by which another process of this command finds the same. */
        Map<String, String> variables() {
            return Map.of(
                    "MULTIPROC_TLS_CA",
                    ca == null ? "" : ca,
                    "MULTIPROC_TLS_CERT",
                    certificate == null ? "" : certificate.toString(),
                    "MULTIPROC_TLS_KEY",
                    key == null ? "" : key.toString());
        }
    }

    private final Input<@Nullable String> ca;
    private final Input<@Nullable Path> certificate;
    private final Input<@Nullable Path> key;

    /** @param otherwise where the files are from if none is named */
    TlsInputs(Inputs inputs, String otherwise) {
        ca = inputs.option(
                "tls-ca",
                "FILE",
                Kind.PATH_TEXT,
                "Authorities of which a tls:// server must show a certificate; system: those of the Java runtime."
                        + " Default: "
                        + otherwise);
        certificate = inputs.option(
                "tls-cert", "FILE", Kind.PATH, "Certificate for a tls:// server that asks for one, in PEM form.");
        key = inputs.option("tls-key", "FILE", Kind.PATH, "Its private key, in PEM form and not encrypted.");
    }

    /** What was named; none of it if nothing was. */
    Files get() {
        Path own = certificate.get();
        Path ownKey = key.get();
        if ((own == null) != (ownKey == null)) {
            throw new UsageException("--tls-cert and --tls-key belong together");
        }
        if (own != null && ca.get() == null) {
            throw new UsageException("--tls-cert needs --tls-ca FILE, to check the server's certificate by");
        }
        return new Files(ca.get(), own, ownKey);
    }
}
