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

    /** Takes what one waiter asks for, for lists. */
    @FunctionalInterface
    interface WaitingSink {
        void waiting(SessionState session, long holder, long levels, long since);
    }

    /** Tells the owners, in order. */
    void forEachOwner(OwnerSink sink);

    /** The part that is orphaned, if there can be one. */
    default @Nullable OrphanedHold orphan() {
        return null;
    }

    /** Records what is orphaned; returns whether anything is. */
    default boolean orphaned(SessionState session, Command.Orphaned orphaned, ApplyContext context) {
        return false;
    }

    /** Tells the waiters, in order. */
    void forEachWaiting(WaitingSink sink);

    /** Takes it from all owners; returns whether there was one. */
    boolean releaseAll(ApplyContext context);

    /** The order in which a session acquired what it owns: it is given back in the same order on every replica. */
    long ownedSince(SessionState session);

    /** The session ended, and waits for nothing any more. */
    void ownerGone(SessionState session, ApplyContext context);
}
