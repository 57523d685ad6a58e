package io.multiproc.protocol.pickle;

/** A pickle that is malformed, exceeds a limit, or cannot be written. The text is for the peer and names no internals. */
public final class PickleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PickleException(String text) {
        // hostile input makes many of these
        super(text, null, false, false);
    }
}
