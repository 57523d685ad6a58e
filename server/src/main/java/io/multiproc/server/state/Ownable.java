package io.multiproc.server.state;

import io.multiproc.server.machine.Command;
import org.jspecify.annotations.Nullable;

/** An object that sessions own, or own a part of; the end of a session gives it back. Found in {@link SessionState#owned}. */
interface Ownable {
    /** Takes what one owner has, for lists. */
    @FunctionalInterface
    interface OwnerSink {
        void owner(SessionState session, long holder, long levels);
    }

    /** Takes who waits, for lists. */
    @FunctionalInterface
    interface WaitingSink {
        void waiting(SessionState session, long holder, long levels, long since);
    }

    /** Tells who owns it. */
    void forEachOwner(OwnerSink sink);

    /** What of it waits for somebody else than its owner to be released, where there can be such. */
    default @Nullable OrphanedHold orphan() {
        return null;
    }

    /** Records what is orphaned; whether anything is. */
    default boolean orphaned(SessionState session, Command.Orphaned orphaned, ApplyContext context) {
        return false;
    }

    /** Tells who waits to own it, in order. */
    void forEachWaiting(WaitingSink sink);

    /** Takes it from all that own it; whether somebody did. */
    boolean releaseAll(ApplyContext context);

    /** The order in which a session acquired what it owns: it is given back in the same order on every replica. */
    long ownedSince(SessionState session);

    /** The session ended, and waits for nothing any more. */
    void ownerGone(SessionState session, ApplyContext context);
}
