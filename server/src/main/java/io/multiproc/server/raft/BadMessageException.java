package io.multiproc.server.raft;

/** Bytes are no message of the log. */
final class BadMessageException extends Exception {
    private static final long serialVersionUID = 1;

    BadMessageException(String message) {
        super(message);
    }
}
