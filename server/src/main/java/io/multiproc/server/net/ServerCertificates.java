package io.multiproc.server.net;

import io.multiproc.protocol.tls.TlsCertificates;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsFiles;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates that encrypted listeners show. When their files have changed they are read again, and connections that come then get the new ones. Files that are of no
 * use change nothing but the log. {@link #engine} may be called while another thread looks.
 */
final class ServerCertificates {
    private static final Logger log = LoggerFactory.getLogger(ServerCertificates.class);
    /** How long before its end a certificate is warned of. */
    private static final Duration SOON = Duration.ofDays(14);

    private final TlsFiles files;
    private volatile TlsCertificates current;
    /** What the files were at the last look, and when they were last read. */
    private String looked;

    private String read;

    private ServerCertificates(TlsFiles files, TlsCertificates current) {
        this.files = files;
        this.current = current;
        read = files.stamp();
        looked = read;
    }

    /** @throws TlsException if the files are of no use; the text says what to do */
    static ServerCertificates read(TlsFiles files) throws TlsException {
        TlsCertificates first = files.current();
        warn(first);
        return new ServerCertificates(files, first);
    }

    private static void warn(TlsCertificates certificates) {
        if (certificates.endsWithin(SOON)) {
            log.warn("the certificate is valid until {} only; renew it", certificates.until());
        }
    }

    TlsEngine engine() {
        return TlsEngine.server(current);
    }

    /** Reads files that have changed and are the same as at the last look: certificate and key are replaced one after the other. */
    void look() {
        String now = files.stamp();
        boolean settled = now.equals(looked);
        looked = now;
        if (!settled || now.equals(read)) {
            return;
        }
        read = now;
        try {
            TlsCertificates fresh = files.current();
            current = fresh;
            log.info("the certificate was read again, and is valid until {}", fresh.until());
            warn(fresh);
        } catch (TlsException e) {
            log.warn(
                    "the changed files of the certificate are not used: {}; the one from before is, until {}",
                    e.getMessage(),
                    current.until());
        }
    }
}
