package io.multiproc.client.internal;

import io.multiproc.client.ManagerException;
import io.multiproc.client.internal.value.ObjectCodec;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.client.internal.value.ValueWriter;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client process at the server: encodes arguments, sends requests, decodes replies, and keeps the references it was given.
 * Thread-safe.
 */
public final class Session {
    /** An optional argument that is left out. */
    public static final Object ABSENT = new Object();

    /** The operations whose success must not be forgotten, and what takes it back; both have the same first argument. */
    private static final Map<Op, Op> GRANTS = Map.of(
            LockOp.ACQUIRE, LockOp.RELEASE,
            SemaphoreOp.ACQUIRE, SemaphoreOp.RELEASE,
            RwLockOp.ACQUIRE_READ, RwLockOp.RELEASE_READ,
            RwLockOp.ACQUIRE_WRITE, RwLockOp.RELEASE_WRITE);

    private static final AtomicLong HOLDERS = new AtomicLong();
    private static final ThreadLocal<Long> HOLDER = ThreadLocal.withInitial(HOLDERS::incrementAndGet);
    private static final ThreadLocal<@Nullable ByteWriter> FRAMES = new ThreadLocal<>();

    private final Connection connection;
    private final HelloAck ack;
    private final ValueWriter writer;
    private final ValueReader reader;
    private final References references;
    private volatile @Nullable Object owner;

    private Session(Connection connection, HelloAck ack, ObjectCodec codec) {
        this.connection = connection;
        this.ack = ack;
        references = new References(this);
        writer = new ValueWriter(codec);
        reader = new ValueReader(codec, references);
    }

    /**
     * Connects.
     *
     * @param classes the user classes this process has registered, as (id, name, schema hash), asked for only when the server
     *     does not know their fingerprint
     */
    public static Session connect(
            String uri,
            Authkey key,
            Duration timeout,
            String name,
            ObjectCodec codec,
            byte[] fingerprint,
            List<?> classes) {
        Connector.Link link = Connector.connect(uri, key, timeout, fingerprint, name);
        Session session = new Session(link.connection(), link.ack(), codec);
        if (!link.ack().registryKnown() && !classes.isEmpty()) {
            try {
                session.call(ManagerOp.REGISTER_CLASSES, 0, classes);
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        }
        return session;
    }

    /** What the server said of itself. */
    public HelloAck server() {
        return ack;
    }

    /** The manager that this session belongs to; null only while it is being connected. */
    public @Nullable Object owner() {
        return owner;
    }

    public void ownedBy(Object manager) {
        owner = manager;
    }

    /** Why the session ended, or null while it lives. */
    public @Nullable ManagerException ended() {
        return connection.ended();
    }

    /** The number by which the server knows the calling thread as an owner of locks. */
    public long holder() {
        return HOLDER.get();
    }

    /** A number for an owner of locks that is no thread. */
    public long newHolder() {
        return HOLDERS.incrementAndGet();
    }

    /** One round trip. An interrupt is kept for later; the operation must not be one that waits for long. */
    public @Nullable Object call(Op op, long object, @Nullable Object... args) {
        byte[] reply = exchange(op, object, args);
        return reader.read(reply, 1);
    }

    /** As {@link #call}, with the reply left encoded, for sending it back as {@link Encoded}. Null when absent. */
    public @Nullable Encoded callEncoded(Op op, long object, @Nullable Object... args) {
        byte[] reply = exchange(op, object, args);
        return reply[1] == Tag.ABSENT.code() ? null : new Encoded(reply, 1);
    }

    /** Decodes what {@link #callEncoded} gave. References in it are taken over: decode a reply once. */
    public @Nullable Object decode(Encoded value) {
        return reader.read(value.payload(), value.at());
    }

    private byte[] exchange(Op op, long object, @Nullable Object... args) {
        Call call = begin(new Call(op, frame()), op, object, args);
        try {
            connection.exchange(call, false);
        } finally {
            // a proxy among them must not be given back before the request that names it is sent
            Reference.reachabilityFence(args);
            release(call.frame);
        }
        return checked(call.reply());
    }

    /**
     * One round trip that may wait. If the thread is interrupted the request is cancelled; should its answer have come first,
     * the answer is returned and the interrupt restored, so that nothing is lost.
     */
    public @Nullable Object callInterruptibly(Op op, long object, @Nullable Object... args)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Call call = begin(new Call(op, frame()), op, object, args);
        boolean interrupted;
        try {
            interrupted = connection.exchange(call, true);
        } finally {
            Reference.reachabilityFence(args);
            release(call.frame);
        }
        try {
            Object result = reader.read(checked(call.reply()), 1);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return result;
        } catch (CancellationException e) {
            if (interrupted) {
                throw new InterruptedException();
            }
            throw e;
        } catch (RuntimeException e) {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw e;
        }
    }

    /** Sends a request; the future completes on the client's I/O thread. Cancelling it cancels the request. */
    public <T> CompletableFuture<T> callAsync(Decoder<T> decoder, Op op, long object, @Nullable Object... args) {
        AsyncCall<T> call = new AsyncCall<>(this, op, object, frame(), decoder);
        Op undo = GRANTS.get(op);
        if (undo != null) {
            call.undo(undo, args[0]);
        }
        try {
            begin(call, op, object, args);
            connection.send(call);
        } catch (ManagerException e) {
            call.future.completeExceptionally(e);
        } finally {
            Reference.reachabilityFence(args);
            release(call.frame);
        }
        return call.future;
    }

    /** Sends a request whose outcome nobody waits for. */
    void post(Op op, long object, @Nullable Object... args) {
        var unused = callAsync(v -> v, op, object, args);
    }

    /** Makes the result of a decoded reply. */
    @FunctionalInterface
    public interface Decoder<T> {
        @Nullable
        T decode(@Nullable Object value);
    }

    Connection connection() {
        return connection;
    }

    @Nullable
    Object read(byte[] payload) {
        return reader.read(checked(payload), 1);
    }

    /** Throws the error of an error reply; returns any other. */
    private static byte[] checked(byte[] payload) {
        if (payload[0] != 0) {
            throw Errors.exception(Messages.errorCode(payload, 1), Messages.errorText(payload, 1, payload.length));
        }
        return payload;
    }

    private <C extends Call> C begin(C call, Op op, long object, @Nullable Object... args) {
        ByteWriter out = call.frame.reset();
        Messages.beginRequest(out, 0, op.code(), object);
        out.u8(args.length);
        for (Object arg : args) {
            if (arg instanceof Encoded e) {
                out.raw(e.payload(), e.at(), e.payload().length - e.at());
            } else if (arg == ABSENT) {
                out.tag(Tag.ABSENT);
            } else {
                writer.write(arg, out);
            }
        }
        Messages.endFrame(out, 0);
        if (out.size() - 4 > ack.maxFrame()) {
            throw Errors.exception(
                    ErrorCode.TOO_LARGE,
                    op.wireName() + ": the request has " + (out.size() - 4) + " bytes, the server takes at most "
                            + ack.maxFrame() + "; send it in parts");
        }
        return call;
    }

    private ByteWriter frame() {
        ByteWriter f = FRAMES.get();
        if (f == null) {
            return new ByteWriter(512);
        }
        // a nested call while this one encodes gets its own
        FRAMES.remove();
        return f;
    }

    private void release(ByteWriter frame) {
        if (frame.array().length <= 1 << 20) {
            FRAMES.set(frame);
        }
    }

    /** Returns the handle of a reference that the server has just given to this session. */
    public ObjectHandle received(@Nullable Object handle) {
        if (handle instanceof io.multiproc.client.Proxy p) {
            return p.handle();
        }
        throw new IllegalStateException("the server did not answer with a reference");
    }

    /** Ends the session: the server releases at once whatever it owns. */
    public void close() {
        references.close();
        connection.close();
    }

    /** Gives back holds without waiting for an answer. */
    void giveBack(Map<Long, Long> holds) {
        if (connection.ended() == null) {
            post(ManagerOp.RELEASE, 0, holds);
        }
    }
}
