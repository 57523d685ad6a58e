package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.table.LongMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The reference counts of all objects: by stored values (in dicts, lists, namespaces, queues, unacknowledged deliveries and parked
 * puts) and sessions. An anonymous object that nobody refers to is freed at the end of the entry, and with it what only it
 * referred to. Objects that refer to each other in a circle are never freed: break the circle, or give them names and
 * delete these.
 */
final class References {
    private final LongMap<ObjectState> objects;
    private final Imaging imaging;
    /** The first and the last of those to be freed; each knows the next one, so that noting one takes no memory. */
    private @Nullable ObjectState firstUnused;

    private @Nullable ObjectState lastUnused;
    // made once: counting takes no memory either
    private final LongConsumer retain = this::retain;
    private final LongConsumer release = this::release;
    /** The references of all live objects by stored values: while it is 0 no stored value needs to be walked. */
    private long stored;

    References(LongMap<ObjectState> objects, Imaging imaging) {
        this.objects = objects;
        this.imaging = imaging;
    }

    long stored() {
        return stored;
    }

    boolean anyStored() {
        return stored > 0;
    }

    /**
     * Checks the references within a value that is to be stored.
     *
     * @throws ValueException with NO_SUCH_OBJECT or WRONG_TYPE
     */
    void check(byte[] b, int from) {
        if (Values.mayHoldRefs(b, from)) {
            Values.forEachRefAt(b, from, at -> check(Values.refType(b, at), Values.refId(b, at)));
        }
    }

    private void check(int type, long id) {
        ObjectState object = objects.get(id);
        if (object == null) {
            throw ObjectDirectory.noSuchObject(id);
        }
        if (object.type().code() != type) {
            ObjectType claimed = ObjectType.coded(type);
            throw new ValueException(
                    ErrorCode.WRONG_TYPE,
                    "object " + id + " is " + ObjectState.withArticle(object.type()) + ", not "
                            + (claimed == null ? "of type " + type : ObjectState.withArticle(claimed)));
        }
    }

    /** An object that may be changed for another one that has to do with it. */
    @Nullable
    ObjectState object(long id) {
        ObjectState object = objects.get(id);
        if (object != null) {
            imaging.before(object);
        }
        return object;
    }

    /** A checked value is stored. */
    void retain(byte[] value) {
        retain(value, 0);
    }

    /** The checked value at an offset is stored. */
    void retain(byte[] b, int from) {
        if (Values.mayHoldRefs(b, from)) {
            Values.forEachRef(b, from, retain);
        }
    }

    private void retain(long id) {
        ObjectState object = objects.get(id);
        if (object != null) {
            imaging.before(object);
            object.references++;
            stored++;
        }
    }

    /** A stored value is no longer stored. */
    void release(byte[] value) {
        release(value, 0);
    }

    /** The stored value at an offset is no longer stored. */
    void release(byte[] b, int from) {
        if (stored > 0 && Values.mayHoldRefs(b, from)) {
            Values.forEachRef(b, from, release);
        }
    }

    private void release(long id) {
        ObjectState object = objects.get(id);
        if (object != null) {
            imaging.before(object);
            object.references--;
            stored--;
            noteIfUnused(object);
        }
    }

    /** Whether a value refers to any object. */
    static boolean areIn(Reply reply) {
        return !reply.isError()
                && Values.mayHoldRefs(reply.bytes(), reply.start())
                && count(reply.bytes(), reply.start()) > 0;
    }

    /** A session receives a value. */
    void hold(SessionState session, Reply reply) {
        byte[] b = reply.bytes();
        if (Values.mayHoldRefs(b, reply.start())) {
            int most = Math.min(count(b, reply.start()), objects.size());
            if (most > 0) {
                // all that takes much memory comes before anything has changed
                session.holds.reserve(most);
                Values.forEachRef(b, reply.start(), id -> hold(session, id));
            }
        }
    }

    /** How many references of a value are to objects that a session does not hold yet. */
    int notHeld(SessionState session, Reply reply) {
        int[] n = {0};
        Values.forEachRef(reply.bytes(), reply.start(), id -> n[0] += session.holds.get(id) == null ? 1 : 0);
        return n[0];
    }

    private static int count(byte[] b, int from) {
        int[] n = {0};
        Values.forEachRefAt(b, from, at -> n[0]++);
        return n[0];
    }

    private void hold(SessionState session, long id) {
        ObjectState object = objects.get(id);
        if (object == null) {
            return;
        }
        Long held = session.holds.get(id);
        imaging.before(object);
        Long unused = session.holds.put(id, held == null ? 1 : held + 1);
        object.holds++;
    }

    /** A session gives back so many of the references that it received; what it has not received is ignored. */
    void unhold(SessionState session, long id, long count) {
        Long held = session.holds.get(id);
        if (held == null) {
            return;
        }
        long given = Math.min(held, count);
        Long unused = given == held ? session.holds.remove(id) : session.holds.put(id, held - given);
        ObjectState object = objects.get(id);
        if (object != null) {
            imaging.before(object);
            object.holds -= given;
            noteIfUnused(object);
        }
    }

    /** An object is no longer among the objects: references to it count no more. */
    void forget(ObjectState object) {
        stored -= object.references;
    }

    /** The next object that is of no use to anybody, or null. */
    @Nullable
    ObjectState pollUnused() {
        while (true) {
            ObjectState object = firstUnused;
            if (object == null) {
                return null;
            }
            firstUnused = object.nextUnused;
            if (firstUnused == null) {
                lastUnused = null;
            }
            object.nextUnused = null;
            object.notedUnused = false;
            if (isUnused(object) && objects.get(object.id()) == object) {
                return object;
            }
        }
    }

    private void noteIfUnused(ObjectState object) {
        if (isUnused(object) && !object.notedUnused) {
            object.notedUnused = true;
            ObjectState last = lastUnused;
            if (last == null) {
                firstUnused = object;
            } else {
                last.nextUnused = object;
            }
            lastUnused = object;
        }
    }

    /** An object could not be freed yet. */
    void keepUnused(ObjectState object) {
        noteIfUnused(object);
    }

    private static boolean isUnused(ObjectState object) {
        return object.name() == null && object.references == 0 && object.holds == 0;
    }

    /** Sets the counts of an object that a snapshot brought back. */
    void restore(ObjectState object, long references, long holds) {
        object.references = references;
        object.holds = holds;
        stored += references;
    }

    void clear() {
        firstUnused = null;
        lastUnused = null;
        stored = 0;
    }
}
