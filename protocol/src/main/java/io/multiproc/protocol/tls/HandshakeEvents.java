package io.multiproc.protocol.tls;

import org.bouncycastle.tls.TlsContext;

/** What an end of a TLS handshake tells its engine. */
interface HandshakeEvents {
    /** The handshake is complete. */
    void opened(TlsContext context);

    /** The other end has sent an alert. */
    void alerted(short description);

    /** The handshake ends for this reason. */
    void refused(TlsException.Reason reason, String text);

    /** The other end has named this key. */
    default void named(TlsKey key) {}

    /** The other end has named keys that are none of this one's. */
    default void stranger() {}
}
