package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.Settings;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The entry that is being applied, and what an object may do to the rest of the state meanwhile. One exists; it is reused. */
final class ApplyContext {
    private final Sessions sessions;
    private final References references;
    private final Deadlines deadlines;
    private Settings settings;
    /** Of {@link #settings}: how many bytes of replies are kept for a session. */
    private long keptReplies;

    private final Work work = new Work(Work.DEFAULT);

    private final Numbers numbers = new Numbers();
    private long now;
    private long request;
    private @Nullable SessionState caller;
    private Completions out = (session, id, reply) -> {};
    private Function<ObjectType, ObjectState> maker = type -> {
        throw new IllegalStateException("nobody makes objects");
    };

    ApplyContext(Sessions sessions, References references, Deadlines deadlines, Settings settings) {
        this.sessions = sessions;
        this.references = references;
        this.deadlines = deadlines;
        this.settings = settings;
        this.keptReplies = settings.keptReplies();
    }

    void begin(Entry entry, Completions completions) {
        work.begin();
        numbers.next();
        now = Math.max(now, entry.time());
        request = entry.request();
        caller = sessions.get(entry.session());
        out = completions;
    }

    /** A session asks for something between two entries. */
    void look(SessionState session) {
        work.begin();
        caller = session;
    }

    void makeBy(Function<ObjectType, ObjectState> directory) {
        maker = directory;
    }

    /** Makes an anonymous object without content that only the caller's own reference will keep. */
    ObjectState make(ObjectType type) {
        return maker.apply(type);
    }

    Sessions sessions() {
        return sessions;
    }

    References references() {
        return references;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /** The meter of this entry. What takes long is charged before anything has changed. */
    Work work() {
        return work;
    }

    /** The bound of a reply's value. */
    int maxReplyBytes() {
        return settings.maxReply();
    }

    Settings settings() {
        return settings;
    }

    void set(Settings changed) {
        settings = changed;
        keptReplies = changed.keptReplies();
    }

    /** The number of this entry, which ids and fencing tokens are taken from. */
    long index() {
        return numbers.last();
    }

    /** How many entries have been applied, this one included, and the numbers taken from that. */
    Numbers numbers() {
        return numbers;
    }

    /** The time of the latest entry. */
    long now() {
        return now;
    }

    void restore(long count, long time) {
        numbers.restore(count);
        now = time;
    }

    boolean hasCaller() {
        return caller != null;
    }

    /** The session that asks. */
    SessionState caller() {
        if (caller == null) {
            throw new IllegalStateException("nobody asks");
        }
        return caller;
    }

    /**
     * When a wait that starts now ends.
     *
     * @throws ValueException with BAD_ARGUMENT if the timeout is less than -1
     */
    long deadline(long timeout) {
        if (timeout < -1) {
            throw new ValueException(
                    ErrorCode.BAD_ARGUMENT,
                    "a timeout is a number of milliseconds, 0 (do not wait) or -1 (no limit), not " + timeout);
        }
        return timeout == -1 || timeout > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + timeout;
    }

    /**
     * To be called before an object grows.
     *
     * @throws ValueException with BUSY if it would have more entries than one may have
     */
    void checkEntries(long size, long more) {
        if (size + more > settings.limits().entries()) {
            throw new ValueException(
                    ErrorCode.BUSY,
                    "an object may have " + settings.limits().entries() + " entries, this one has " + size
                            + " and would get " + more
                            + " more; remove some, or raise the server's limit (--max-entries)");
        }
    }

    /** Whether an object could have so many more entries, without a look at how many of them it has already. */
    boolean admitsEntries(long size, long more) {
        return size + more <= settings.limits().entries();
    }

    /** To be called before an object is made, or before a state changes for that. */
    void checkObjects(long present) {
        if (present >= settings.limits().objects()) {
            throw new ValueException(
                    ErrorCode.BUSY,
                    "there are " + present
                            + " objects, the limit; let go of some, or raise the server's limit (--max-objects)");
        }
    }

    /** To be called before a state changes for a request that will be parked; {@link #park} calls it, too. */
    void checkWaiters(ObjectState object) {
        if (object.waiters() >= settings.limits().waiters()) {
            throw new ValueException(
                    ErrorCode.BUSY,
                    settings.limits().waiters()
                            + " requests wait for this object already, the limit; try again later, or raise the"
                            + " server's limit (--max-waiters)");
        }
    }

    /** Parks the caller's request at the end of a list. */
    <W extends Waiter> W park(ObjectState object, Waiters<W> list, long deadline) {
        checkWaiters(object);
        // all that takes memory comes before anything has changed
        caller().parked.reserve(1);
        deadlines.reserve();
        W w = list.kind().make(object, caller(), request, numbers.last(), deadline);
        w.since = now;
        list.add(w);
        w.session.parked.put(request, w);
        deadlines.add(w);
        return w;
    }

    /** Lets a request that is in no list wait on another object, as long as it would have waited: in a list of another kind. */
    <W extends Waiter> W move(Waiter from, ObjectState object, Waiters<W> list) {
        deadlines.remove(from);
        W w = list.kind().make(object, from.session, from.request, from.index, from.deadline);
        w.since = from.since;
        list.add(w);
        w.session.parked.put(w.request, w);
        deadlines.add(w);
        return w;
    }

    /** Ends a wait without an answer. */
    void unpark(Waiter w) {
        if (w.list != null) {
            w.list.remove(w);
        }
        deadlines.remove(w);
        w.session.parked.remove(w.request);
    }

    /** Ends a wait with an answer. */
    void finish(Waiter w, Reply reply) {
        unpark(w);
        if (references.anyStored()) {
            references.hold(w.session, reply);
        }
        if (keptReplies > 0) {
            keep(w.session, w.request, reply);
        }
        out.complete(w.session.id(), w.request, reply);
    }

    /** Tells a parked request's session what {@link Completions#follows} says. */
    void follows(Waiter w, long holder, long levels, boolean owns) {
        out.follows(w.session.id(), w.request, holder, levels, owns);
    }

    /** Whether replies are kept for clients that may come back to another server. */
    boolean keepsReplies() {
        return keptReplies > 0;
    }

    /** Keeps a reply, before it is given out. */
    void keep(SessionState session, long id, Reply reply) {
        session.keep(id, reply, keptReplies);
    }

    /** The request that is being applied. */
    long request() {
        return request;
    }

    /** Records items that the answer to a request hands over. Their references stay counted. */
    void deliver(SessionState session, long id, long queue, byte[][] items, long[] positions, boolean kept) {
        session.deliveries.put(id, new SessionState.Delivery(id, queue, items, positions, kept));
        session.undelivered += items.length;
    }

    /** The caller has received what the answer to this entry's request handed over. */
    void acknowledge() {
        SessionState.Delivery delivery = caller().deliveries.remove(request);
        if (delivery != null) {
            caller().undelivered -= delivery.items().length;
            if (!delivery.kept()) {
                for (byte[] item : delivery.items()) {
                    references.release(item);
                }
            }
        }
    }
}
