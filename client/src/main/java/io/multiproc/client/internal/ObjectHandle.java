package io.multiproc.client.internal;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import java.lang.ref.Reference;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What every proxy has: the session, and the object's type and id there. Proxies of one object share one handle.
 *
 * <p>When the collector finds a handle the object is given back. A call that waits may be the last use of its proxy, so the
 * handle is kept reachable until the call has ended.
 */
public final class ObjectHandle {
    private final Session session;
    private final ObjectType type;
    private final long id;
    private final References.Hold hold;

    ObjectHandle(Session session, ObjectType type, long id, References.Hold hold) {
        this.session = session;
        this.type = type;
        this.id = id;
        this.hold = hold;
    }

    public Session session() {
        return session;
    }

    public ObjectType type() {
        return type;
    }

    public long id() {
        return id;
    }

    /** See {@link Session#call}. */
    public @Nullable Object call(Op op, @Nullable Object... args) {
        try {
            return session.call(op, id, args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    public @Nullable Encoded callEncoded(Op op, @Nullable Object... args) {
        try {
            return session.callEncoded(op, id, args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#callInterruptibly}. */
    public @Nullable Object callInterruptibly(Op op, @Nullable Object... args) throws InterruptedException {
        try {
            return session.callInterruptibly(op, id, args);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** See {@link Session#callAsync}. */
    public <T> CompletableFuture<T> callAsync(Session.Decoder<T> decoder, Op op, @Nullable Object... args) {
        // the pending call holds the decoder, and the decoder this handle
        return session.callAsync(
                v -> {
                    try {
                        return decoder.decode(v);
                    } finally {
                        Reference.reachabilityFence(this);
                    }
                },
                op,
                id,
                args);
    }

    References.Hold hold() {
        return hold;
    }

    /** Lets go of the object now instead of when the garbage collector finds the last proxy. */
    public void release() {
        hold.release();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ObjectHandle h && h.session == session && h.id == id;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    @Override
    public String toString() {
        return type.wireName() + " #" + id;
    }
}
