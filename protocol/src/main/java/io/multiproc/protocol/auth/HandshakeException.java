package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The handshake failed: the connection must be closed, after {@link #lastFrame} has been sent if there is one. */
public final class HandshakeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient byte @Nullable [] lastFrame;
    private final transient HelloRefused.@Nullable Nodes nodes;

    HandshakeException(ErrorCode code, String message) {
        this(code, message, null);
    }

    HandshakeException(ErrorCode code, String message, byte @Nullable [] lastFrame) {
        super(message);
        this.code = code;
        this.lastFrame = lastFrame == null ? null : lastFrame.clone();
        nodes = null;
    }

    /** The server has refused the Hello. */
    HandshakeException(HelloRefused refused) {
        super(refused.text());
        code = refused.code();
        lastFrame = null;
        nodes = refused.nodes();
    }

    /** AUTH_FAILED, UNSUPPORTED_VERSION, BAD_VALUE for bytes that are no handshake at all, or what the server refuses a Hello with. */
    public ErrorCode code() {
        return code;
    }

    /** The payload of the last frame to send before closing, or null when nothing more is said. */
    public byte @Nullable [] lastFrame() {
        return lastFrame == null ? null : lastFrame.clone();
    }

    /** Where the server sends its client instead. */
    public HelloRefused.Nodes nodes() {
        HelloRefused.Nodes n = nodes;
        return n == null ? HelloRefused.Nodes.NONE : n;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? code.name() : message;
    }
}
