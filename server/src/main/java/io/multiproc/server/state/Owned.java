package io.multiproc.server.state;

import java.util.function.Consumer;

/** An object that sessions own, or own a part of; the end of a session gives it back. Found in {@link SessionState#owned}. */
interface Owned {
    /** Takes what one owner has, for lists. */
    @FunctionalInterface
    interface OwnerSink {
        void owner(SessionState session, long holder, long levels);
    }

    /** Tells who owns it. */
    void forEachOwner(OwnerSink sink);

    /** Tells who waits to own it, in order. */
    void forEachWaiting(Consumer<Waiter> sink);

    /** Takes it from all that own it; whether somebody did. */
    boolean releaseAll(Turn turn);

    /** The order in which a session acquired what it owns: it is given back in the same order on every replica. */
    long ownedSince(SessionState session);

    /** The session ended, and waits for nothing any more. */
    void ownerGone(SessionState session, Turn turn);
}
