package io.multiproc.client.internal.connection;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsFiles;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Options of a connection: how to open it and keep it.
 *
 * @param uri the server's address or addresses, in the user's spelling
 * @param addresses the same
 * @param tls the files of the certificates that an encrypted connection goes by, or null for the key
 * @param connectTimeout for connecting the first time, handshake included
 * @param name how the session is called at the server
 * @param leaseMillis what the client asks for, 0 for the server's default
 * @param reconnectTimeout how long calls wait for a connection that broke
 * @param spinNanos how long a call looks for its reply before its thread sleeps, where that is worth it
 * @param fingerprint of the user classes, zeros for none
 */
public record ConnectionOptions(
        String uri,
        Addresses addresses,
        Authkey key,
        @Nullable TlsFiles tls,
        Duration connectTimeout,
        String name,
        long leaseMillis,
        Duration reconnectTimeout,
        long spinNanos,
        byte[] fingerprint) {
    /**
     * With the addresses of the text.
     *
     * @throws IllegalArgumentException if one is no address
     */
    public ConnectionOptions(
            String uri,
            Authkey key,
            @Nullable TlsFiles tls,
            Duration connectTimeout,
            String name,
            long leaseMillis,
            Duration reconnectTimeout,
            long spinNanos,
            byte[] fingerprint) {
        this(
                uri,
                Addresses.parse(uri),
                key,
                tls,
                connectTimeout,
                name,
                leaseMillis,
                reconnectTimeout,
                spinNanos,
                fingerprint);
    }
}
