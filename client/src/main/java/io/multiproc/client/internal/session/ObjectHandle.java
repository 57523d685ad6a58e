package io.multiproc.client.internal.session;

import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.internal.value.CollectionTypes;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a shared object: the session, and the object's type and id there. Proxies of one object share one handle.
 *
 * <p>When the collector finds a handle the object is given back. A call that waits may be the last use of its proxy, so the
 * handle is kept reachable until the call has ended.
 */
public final class ObjectHandle {
    /** The object's id, which means something only to the session that it came from. */
    private record Place(Object life, long id, HeldReferences.Hold hold) {}

    private final Session session;
    private final ObjectType type;
    private volatile Place place;

    /** By which a named object is found again, or made again, in a new session; null for an anonymous one. */
    private @Nullable String name;

    private List<?> arguments = List.of();
    /** Whether the object holds sorted collections, which are checked before they are stored. */
    private boolean sorted;

    private volatile @Nullable Object attached;
    /** Keeps the handle reachable whose hold is in use after that. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable ObjectHandle reopened;

    ObjectHandle(Session session, Object life, ObjectType type, long id, HeldReferences.Hold hold) {
        this.session = session;
        this.type = type;
        place = new Place(life, id, hold);
    }

    /** Says how the object is opened, for sessions to come. */
    public synchronized ObjectHandle named(String objectName, List<?> openedWith) {
        name = objectName;
        arguments = openedWith;
        return this;
    }

    /** Says what the object's elements or values are read as. */
    public ObjectHandle holding(Class<?> elements) {
        sorted = CollectionTypes.isSorted(elements);
        return this;
    }

    private void check(@Nullable Object... args) {
        if (sorted) {
            CollectionTypes.checkOrder(args);
        }
    }

    /** What this process knows of the object, made when it is first asked for: one for all proxies, in this and following sessions. */
    public <T> T attached(Class<T> type, Supplier<T> maker) {
        Object known = attached;
        if (known == null) {
            synchronized (this) {
                known = attached;
                if (known == null) {
                    known = maker.get();
                    attached = known;
                }
            }
        }
        return type.cast(known);
    }

    public Session session() {
        return session;
    }

    public ObjectType type() {
        return type;
    }

    /**
     * The object's id at the server. If the session has been renewed a named object is opened again first, in one round trip.
     *
     * @throws NoSuchObjectException if the object was anonymous and ended with its session
     */
    public long id() {
        Place p = place;
        return session.isStale(p.life) ? reopen() : p.id;
    }

    private synchronized long reopen() {
        if (session.isStale(place.life)) {
            String n = name;
            if (n == null) {
                throw new NoSuchObjectException(
                        ErrorCode.NO_SUCH_OBJECT,
                        this + " is gone: it was anonymous, and the session that held it has ended",
                        null);
            }
            ObjectHandle fresh = session.callForHandle(ManagerOp.OPEN, type.wireName(), n, arguments);
            reopened = fresh;
            place = fresh.place;
        }
        return place.id;
    }

    /** See {@link Session#call}. */
    public @Nullable Object call(Op op, @Nullable Object... args) {
        check(args);
        try {
            return session.call(op, id(), args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#call}. */
    public <T> @Nullable T call(Session.Decoder<T> decoder, Op op, @Nullable Object... args) {
        check(args);
        try {
            return session.call(decoder, op, id(), args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#release}. */
    public void release(Op op, Long holder) {
        try {
            session.release(op, id(), holder);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    public @Nullable Encoded callEncoded(Op op, @Nullable Object... args) {
        check(args);
        try {
            return session.callEncoded(op, id(), args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#callInterruptibly}. */
    public @Nullable Object callInterruptibly(Op op, @Nullable Object... args) throws InterruptedException {
        check(args);
        try {
            return session.callInterruptibly(op, id(), args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#callInterruptibly}. */
    public <T> @Nullable T callInterruptibly(Session.Decoder<T> decoder, Op op, @Nullable Object... args)
            throws InterruptedException {
        check(args);
        try {
            return session.callInterruptibly(decoder, op, id(), args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#callCancellably}. */
    public @Nullable Object callCancellably(Op op, @Nullable Object... args) throws InterruptedException {
        check(args);
        try {
            return session.callCancellably(op, id(), args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#callAsync}. */
    public <T> CompletableFuture<T> callAsync(Session.Decoder<T> decoder, Op op, @Nullable Object... args) {
        check(args);
        // the pending call holds the decoder, and the decoder this handle
        return session.callAsync(new KeptDecoder<>(decoder), op, id(), args);
    }

    /** A decoder that keeps this handle reachable. */
    private final class KeptDecoder<T> implements Session.Decoder<T> {
        private final Session.Decoder<T> decoder;

        KeptDecoder(Session.Decoder<T> decoder) {
            this.decoder = decoder;
        }

        @Override
        public @Nullable T decode(@Nullable Object value) {
            try {
                return decoder.decode(value);
            } finally {
                Reference.reachabilityFence(ObjectHandle.this);
            }
        }

        @Override
        public @Nullable T none() {
            return decoder.none();
        }

        @Override
        public void dropped() {
            decoder.dropped();
        }
    }

    HeldReferences.Hold hold() {
        return place.hold;
    }

    /** Lets go of the object now instead of when the garbage collector finds the last proxy. */
    public void release() {
        place.hold.release();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ObjectHandle h && h.session == session && h.place.id == place.id;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(place.id);
    }

    @Override
    public String toString() {
        return type.wireName() + " #" + place.id;
    }
}
