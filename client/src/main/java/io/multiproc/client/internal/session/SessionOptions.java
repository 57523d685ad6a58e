package io.multiproc.client.internal.session;

import io.multiproc.client.internal.connection.Addresses;
import io.multiproc.client.internal.connection.ConnectionOptions;
import io.multiproc.client.internal.value.ObjectCodec;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsFiles;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options of a session: how to open it and keep it, and the user classes of its values.
 *
 * @param uri the server's address, in the user's spelling
 * @param tls the files of the certificates that an encrypted connection goes by, or null for the key
 * @param connectTimeout for connecting the first time, handshake included
 * @param name how the session is called at the server
 * @param leaseMillis what the client asks for, 0 for the server's default
 * @param reconnectTimeout how long calls wait for a connection that broke
 * @param spinNanos how long a call looks for its reply before its thread sleeps, where that is worth it
 * @param renew whether a session that has ended without the program's doing is followed by a new one
 * @param codec writes and reads objects of user classes
 * @param fingerprint of the user classes, zeros for none
 * @param classes the user classes this process has registered, as (id, name, kind, types of fields by name), sent only when the server does not know
 *     their fingerprint
 */
public record SessionOptions(
        String uri,
        Authkey key,
        @Nullable TlsFiles tls,
        Duration connectTimeout,
        String name,
        long leaseMillis,
        Duration reconnectTimeout,
        long spinNanos,
        boolean renew,
        ObjectCodec codec,
        byte[] fingerprint,
        List<?> classes) {
    /**
     * The addresses in a text, each whole.
     *
     * @throws IllegalArgumentException if one is no address; the text names it
     */
    public static List<String> addresses(String uris) {
        return Addresses.parse(uris).uris();
    }

    /** What the connection needs to know of them. */
    ConnectionOptions connection() {
        return new ConnectionOptions(
                uri, key, tls, connectTimeout, name, leaseMillis, reconnectTimeout, spinNanos, fingerprint);
    }
}
