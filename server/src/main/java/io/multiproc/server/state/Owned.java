package io.multiproc.server.state;

/** An object that sessions own, or own a part of; the end of a session gives it back. Found in {@link SessionState#owned}. */
interface Owned {
    /** The order in which a session acquired what it owns: it is given back in the same order on every replica. */
    long ownedSince(SessionState session);

    /** The session ended, and waits for nothing any more. */
    void ownerGone(SessionState session, Turn turn);
}
