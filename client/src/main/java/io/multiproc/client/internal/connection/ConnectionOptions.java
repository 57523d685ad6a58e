package io.multiproc.client.internal.connection;

import io.multiproc.protocol.auth.Authkey;
import java.time.Duration;

/**
 * Options of a connection: how to open it and keep it.
 *
 * @param uri the server's address, in the user's spelling
 * @param connectTimeout for connecting the first time, handshake included
 * @param name how the session is called at the server
 * @param leaseMillis what the client asks for, 0 for the server's default
 * @param reconnectTimeout how long calls wait for a connection that broke
 * @param spinNanos how long a call looks for its reply before its thread sleeps, where that is worth it
 * @param fingerprint of the user classes, zeros for none
 */
public record ConnectionOptions(
        String uri,
        Authkey key,
        Duration connectTimeout,
        String name,
        long leaseMillis,
        Duration reconnectTimeout,
        long spinNanos,
        byte[] fingerprint) {}
