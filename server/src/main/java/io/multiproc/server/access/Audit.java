package io.multiproc.server.access;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes what an audit is to know. Called on the engine's thread; must not block. No secret and no value of an object is part of it. */
@FunctionalInterface
public interface Audit {
    /** Takes nothing. */
    Audit NONE = (event, facts) -> {};

    /**
     * Something has happened.
     *
     * @param event the kind of event
     * @param facts texts, numbers and booleans; those that are null are left out
     */
    void record(Event event, Map<String, @Nullable Object> facts);

    /** The kinds of events. */
    enum Event {
        /** The server has begun to write. */
        STARTED,
        /** A client has proved a key and has a session. */
        CONNECTED,
        /** A client was turned away in the handshake. */
        REJECTED,
        /** An operation was refused for the role or the prefixes of its key. */
        REFUSED,
        /** An administrative operation was asked for. */
        ADMIN,
        /** The keys were read again. */
        KEYS_RELOADED,
        /** The keys were to be read again and could not be used. */
        KEYS_REJECTED,
        /** A session was ended as its key was revoked, or by an administrator. */
        SESSION_ENDED,
        /** Events were left out. */
        LEFT_OUT;

        /** Whether strangers or clients without permission can cause as many as they like. */
        boolean isBounded() {
            return this == REJECTED || this == REFUSED || this == CONNECTED;
        }
    }
}
