package io.multiproc.server.machine;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A deterministic state machine: the same entries give the same replies, completions and snapshot bytes. One thread at a time. */
public interface StateMachine {
    /**
     * Applies one entry.
     *
     * @param out gets the answers to requests parked by earlier entries, in order
     * @return the answer, or null when the request is parked, or the command has no answer
     */
    @Nullable
    Reply apply(Entry entry, Completions out);

    /**
     * Answers an operation that only reads, from what has been applied so far. Changes nothing, lets nothing expire, and has no index.
     *
     * @return the answer, or null if the operation has to become an entry: it may change something, may wait, or hands out references, which are counted
     */
    default @Nullable Reply query(long session, Op op, long object, Args args) {
        return null;
    }

    /**
     * As {@link #query}, for who keeps no reference of the reply beyond this turn: none is counted for the session.
     *
     * @return the answer, or null if the operation has to become an entry
     */
    default @Nullable Reply look(long session, Op op, long object, Args args) {
        return query(session, op, object, args);
    }

    /** The growth of an operation that keeps nothing: it reads, removes, releases or is answered at once. */
    long KEEPS_NOTHING = -1;

    /**
     * About how many bytes of memory an operation takes beyond its arguments, kept or only while it is applied; or {@link #KEEPS_NOTHING}. Changes
     * nothing. What grows is refused by this before it becomes an entry, so what an entry does depends on no memory.
     */
    default long growth(long session, Op op, long object, Args args) {
        return op.has(Flag.STORES) ? 0 : KEEPS_NOTHING;
    }

    /** Whether replies may hold references, which are counted for the session that gets them. */
    default boolean mayRefer() {
        return false;
    }

    /** How many objects the session would hold more after a reading operation. Changes nothing; takes as long as the operation. */
    default int newReferences(long session, Op op, long object, Args args) {
        return 0;
    }

    /** The settings, or null if it keeps none. */
    default @Nullable Settings settings() {
        return null;
    }

    /** What {@link Command.Genesis} said; 0 before that. */
    default long clusterId() {
        return 0;
    }

    /** The highest number that was given so far as an id or a fencing token. */
    default long lastNumber() {
        return 0;
    }

    /** Whether a session is open. */
    default boolean isOpen(long session) {
        return true;
    }

    /** The open sessions, in order of age. */
    default List<OpenSession> sessions() {
        return List.of();
    }

    /** How many replies have been kept for a session in all, for {@link Entry#confirmed}; those that were confirmed included. */
    default long keptReplies(long session) {
        return 0;
    }

    /** Gives out, in their order, the replies that are kept for a session as its client may not have them. */
    default void forEachKept(long session, Completions to) {}

    /** The requests of a session that wait. */
    default long[] waiting(long session) {
        return new long[0];
    }

    /** The name of an object, or null if it has none or is not there. */
    default @Nullable String nameOf(long object) {
        return null;
    }

    /** Whether there is an object of a name. */
    default boolean isNamed(String name) {
        return false;
    }

    /** Whether a session holds a reference to an object. */
    default boolean holds(long session, long object) {
        return false;
    }

    /** The name of a class that clients registered, or null. */
    default @Nullable String className(long id) {
        return null;
    }

    /** The names of the classes that clients registered, by id. */
    default Map<Long, String> classNames() {
        return Map.of();
    }

    /** The earliest time at which a {@link Command.Tick} has something to do; {@link Long#MAX_VALUE} when never. */
    long nextDeadline();

    /** Counts what there is, in a time that grows with the number of sessions only. */
    default StateCounts counts() {
        return StateCounts.NONE;
    }

    /** Writes the whole state. Equal states write equal bytes. */
    void snapshot(ByteWriter out);

    /** Replaces the state by a snapshot. */
    void restore(byte[] snapshot);
}
