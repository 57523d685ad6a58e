package io.multiproc.protocol.tls;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A TLS connection cannot be made, or has broken. The last record that tells the peer so is among the engine's output. */
public final class TlsException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What broke it. */
    public enum Reason {
        /** The peer has another authkey, or none. */
        WRONG_KEY,
        /** The peer does not speak TLS, or not this version of it. */
        NO_TLS,
        /** The files of the own certificates are of no use. */
        FILES,
        /** One end goes by the authkey, the other one by certificates. */
        OTHER_WAY,
        /** The certificate of one end is refused by the other one. */
        CERTIFICATE,
        /** The server asks for a certificate, and the client has none. */
        NO_CERTIFICATE,
        /** A record was damaged or is not what is due. */
        BROKEN
    }

    private final Reason reason;

    TlsException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** For a peer that sends more before its handshake is complete than that takes. */
    public static TlsException early(int most) {
        return new TlsException(
                Reason.NO_TLS, "the peer sent more than " + most + " bytes before TLS was complete", null);
    }

    /** For a peer that has its keys renewed and does not read the answers. */
    public static TlsException unread() {
        return new TlsException(Reason.BROKEN, "the peer renews its keys and does not read", null);
    }

    public Reason reason() {
        return reason;
    }
}
