package io.multiproc.protocol.error;

import org.jspecify.annotations.Nullable;

/**
 * Every error that crosses the wire, grouped by what the caller can do about it. The number is stable and never reused; a
 * receiver treats an unknown number as {@link #INTERNAL}. Except where noted, the operation was not applied.
 */
public enum ErrorCode {
    // your request
    /** An argument's value is not allowed, or an argument is missing or one too many. */
    BAD_ARGUMENT(1),
    /** An argument or stored value is of a type that the operation does not take. */
    WRONG_TYPE(2),
    /** The object was deleted, was freed because nobody held it, or never existed. */
    NO_SUCH_OBJECT(3),
    /** The name belongs to an object of another type. */
    NAME_TAKEN(4),
    /** The caller does not own the lock. */
    NOT_OWNER(5),
    /** The operation code is unknown, or not one of the object's type. */
    UNKNOWN_OPERATION(6),
    /** An index is outside the list. */
    INDEX_OUT_OF_RANGE(7),
    /** The value cannot be a dict key. */
    UNHASHABLE(8),
    /** Two values have no order. */
    NOT_COMPARABLE(9),
    /** The operation does not fit the object's present state. */
    ILLEGAL_STATE(10),
    /** A class registration contradicts another session's. */
    REGISTRY_MISMATCH(11),
    /** A value is malformed or nested too deep. */
    BAD_VALUE(12),
    /** The caller cancelled the request while it waited. */
    CANCELLED(13),
    /** A fencing token is not that of the lock's present owner: its user has lost the lock. */
    STALE_TOKEN(14),
    /** The queue was shut down: it takes no items any more, or has none left to give. */
    QUEUE_SHUT_DOWN(15),
    // not now
    /** A limit of the server is reached; try again later. */
    BUSY(101),
    /** The request or its reply exceeds the frame limit, or would keep the server from others for too long. */
    TOO_LARGE(102),
    /** The server is ending. */
    SHUTTING_DOWN(103),
    /** The session has ended, because it was silent for its lease or had no connection for too long: what it held is released. */
    SESSION_EXPIRED(104),
    /** The session was one of a server that has ended: its successor knows nothing of it, or has an older state than its client has seen. */
    SERVER_RESTARTED(105),
    /** The server is a node of a cluster and does not lead it: go to the node that it names, or ask the others. */
    NOT_LEADER(106),
    // not allowed
    /** The proof of the authkey is wrong. */
    AUTH_FAILED(201),
    /** No common protocol version. */
    UNSUPPORTED_VERSION(202),
    /** The server's options forbid the operation. */
    FORBIDDEN(203),
    /** The role or the prefixes of the caller's key forbid the operation, or the key was revoked. */
    NOT_PERMITTED(204),
    // our fault
    /** A fault of the server. The outcome is unknown. */
    INTERNAL(301);

    private final int code;

    ErrorCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The error of a number; {@link #INTERNAL} for a number that this version does not know. */
    public static ErrorCode coded(int code) {
        @Nullable ErrorCode found = null;
        for (ErrorCode e : values()) {
            if (e.code == code) {
                found = e;
            }
        }
        return found == null ? INTERNAL : found;
    }
}
