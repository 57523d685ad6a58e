package io.multiproc.protocol.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files that one end of TLS takes its certificates from: its own with their key, and those of the authorities that the other end's must come from. What has
 * been read is kept until a file changes. Thread-safe.
 */
public final class TlsFiles {
    /** In the place of a file: the authorities that the Java runtime trusts. */
    public static final String SYSTEM = "system";

    private final @Nullable String ca;
    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private String readAs = "";
    private @Nullable TlsCertificates read;

    /**
     * @param ca a file with certificates of authorities, {@link #SYSTEM}, or null if the other end needs none
     * @param certificate a file with the own certificate and those between it and its authority, or null for none
     * @param key the file with its private key
     * @throws IllegalArgumentException if only one of certificate and key is given
     */
    public TlsFiles(@Nullable String ca, @Nullable Path certificate, @Nullable Path key) {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "a certificate and its private key belong together: name both files, or neither");
        }
        this.ca = ca;
        this.certificate = certificate;
        this.key = key;
    }

    /** The file of the authorities, {@link #SYSTEM}, or null. */
    public @Nullable String ca() {
        return ca;
    }

    /** The file of the own certificate, or null. */
    public @Nullable Path certificate() {
        return certificate;
    }

    /** The file of its key, or null. */
    public @Nullable Path key() {
        return key;
    }

    /**
     * What is in the files now.
     *
     * @throws TlsException if that is of no use; the text names the file and says what to do
     */
    public synchronized TlsCertificates current() throws TlsException {
        String now = stamp();
        TlsCertificates known = read;
        if (known != null && now.equals(readAs)) {
            return known;
        }
        TlsCertificates fresh;
        try {
            fresh = TlsCertificates.read(this);
        } catch (IOException e) {
            throw new TlsException(TlsException.Reason.FILES, String.valueOf(e.getMessage()), e);
        }
        read = fresh;
        readAs = now;
        return fresh;
    }

    /** A text that changes with the files: their times and sizes, behind links. */
    public String stamp() {
        StringBuilder out = new StringBuilder();
        for (Path file : paths()) {
            try {
                Path real = file.toRealPath();
                out.append(real)
                        .append(' ')
                        .append(Files.getLastModifiedTime(real))
                        .append(' ')
                        .append(Files.size(real));
            } catch (IOException e) {
                out.append("not there");
            }
            out.append('\n');
        }
        return out.toString();
    }

    private List<Path> paths() {
        List<Path> out = new ArrayList<>();
        if (ca != null && !ca.equals(SYSTEM)) {
            out.add(Path.of(ca));
        }
        if (certificate != null) {
            out.add(certificate);
            out.add(Objects.requireNonNull(key));
        }
        return out;
    }
}
