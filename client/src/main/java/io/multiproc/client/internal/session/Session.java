package io.multiproc.client.internal.session;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.internal.connection.AsyncCall;
import io.multiproc.client.internal.connection.Backoff;
import io.multiproc.client.internal.connection.Call;
import io.multiproc.client.internal.connection.Connection;
import io.multiproc.client.internal.connection.Errors;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.client.internal.value.ValueWriter;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.Shape;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session of a client process at a server: encodes arguments, sends requests, decodes replies, and keeps the references it was given.
 * Thread-safe.
 */
public final class Session {
    /** An optional argument that is left out. */
    public static final Object ABSENT = new Object();

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final AtomicLong HOLDERS = new AtomicLong();
    private static final ThreadLocal<Long> HOLDER = ThreadLocal.withInitial(HOLDERS::incrementAndGet);
    private static final Decoder<Object> AS_READ = v -> v;
    private static final ThreadLocal<Frame> FRAMES = ThreadLocal.withInitial(Frame::new);

    /** The buffer in which a thread encodes its requests; empty while it does. */
    private static final class Frame {
        @Nullable
        ByteWriter writer;
    }

    /** One session at the server, and all that ends with it. A program that asked for it gets a new one afterwards. */
    private static final class Life {
        final HelloAck ack;
        final Connection connection;
        final HeldReferences references;
        final ValueReader reader;

        Life(Session session) {
            SessionOptions options = session.options;
            connection = Connection.open(options.connection(), session::takeBack, session.new LifeEvents());
            ack = connection.server();
            references = new HeldReferences(session, this);
            reader = new ValueReader(options.codec(), references);
        }
    }

    private final SessionOptions options;
    private final SessionEvents events;
    private final Function<ObjectHandle, Object> proxies;
    private final ValueWriter writer;
    private volatile @Nullable Life current;
    private volatile boolean closed;
    private volatile @Nullable Object owner;

    private Session(SessionOptions options, SessionEvents.Listener listener, Function<ObjectHandle, Object> proxies) {
        this.options = options;
        this.proxies = proxies;
        events = new SessionEvents(listener);
        writer = new ValueWriter(options.codec());
    }

    /**
     * Connects and opens a session.
     *
     * @param proxies makes what a program gets for a reference
     */
    public static Session connect(
            SessionOptions options, SessionEvents.Listener listener, Function<ObjectHandle, Object> proxies) {
        Session session = new Session(options, listener, proxies);
        session.open();
        return session;
    }

    private void open() {
        Life life = new Life(this);
        if (!life.ack.registryKnown() && !options.classes().isEmpty()) {
            try {
                Call call = call(life, ManagerOp.REGISTER_CLASSES, 0, options.classes());
                life.connection.exchange(call, false);
                byte[] unused = call.reply();
            } catch (RuntimeException e) {
                life.connection.close();
                throw e;
            }
        }
        current = life;
        if (closed) {
            life.connection.close();
        }
    }

    private Life life() {
        Life life = current;
        if (life == null) {
            throw new IllegalStateException("not connected yet");
        }
        return life;
    }

    private final class LifeEvents implements Connection.Events {
        @Override
        public void disconnected(String reason) {
            events.disconnected(reason);
        }

        @Override
        public void reconnected(long outageNanos) {
            events.reconnected(outageNanos);
        }

        @Override
        public void ended(ManagerException reason) {
            if (reason instanceof ManagerClosedException) {
                return;
            }
            events.ended(reason);
            boolean again = reason instanceof SessionExpiredException || reason instanceof ConnectionLostException;
            if (options.renew() && again && current != null) {
                events.add(Session.this::renew);
            }
        }
    }

    /** On the events' thread: a new session, as soon as the server can be reached. */
    private void renew() {
        Backoff backoff = new Backoff(ThreadLocalRandom.current());
        while (!closed) {
            long until = System.nanoTime() + backoff.next();
            while (until - System.nanoTime() > 0 && !closed) {
                LockSupport.parkNanos(this, Math.min(until - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(50)));
            }
            try {
                open();
                LOG.info("a new session with {}", options.uri());
                events.renewed();
                return;
            } catch (ManagerException e) {
                if (e instanceof AuthenticationException || e.code() == ErrorCode.REGISTRY_MISMATCH) {
                    LOG.error("no new session with {}", options.uri(), e);
                    return;
                }
                LOG.debug("no new session with {} yet: {}", options.uri(), e.getMessage());
            }
        }
    }

    private void takeBack(Call call, byte[] payload, int at) {
        Life life = current;
        if (life == null) {
            return;
        }
        try {
            // the references in it have been counted, and are given back when their handles are found to be garbage
            Object unused = life.reader.read(payload, at + 1);
        } catch (RuntimeException e) {
            LOG.debug("the reply to an abandoned call cannot be decoded", e);
        }
        life.connection.takeBack(call);
    }

    /** Whether an object's handle is one of a session that has ended. */
    boolean isStale(Object life) {
        return life != current;
    }

    /** The state of the connection, for people. */
    public String state() {
        Life life = current;
        if (life == null || life.connection.isEnded()) {
            return "ended";
        }
        return life.connection.isConnected() ? "connected" : "reconnecting";
    }

    /** What the server said of itself. */
    public HelloAck server() {
        return life().ack;
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
        return life().connection.ended();
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
        return call(AS_READ, op, object, args);
    }

    /** As {@link #call(Op, long, Object...)}, with what a decoder makes of the result. */
    public <T> @Nullable T call(Decoder<T> decoder, Op op, long object, @Nullable Object... args) {
        Life life = life();
        return result(life, exchange(life, op, object, args), decoder);
    }

    /** Asks for the server's end. Its goodbye may come before the caller has seen the reply. */
    public void callForEnd(Op op) {
        Life life = life();
        life.connection.expectEnd(true);
        try {
            Object unused = result(life, exchange(life, op, 0), AS_READ);
        } catch (RuntimeException e) {
            life.connection.expectEnd(false);
            throw e;
        }
    }

    /** As {@link #call}, with the reply left encoded, for sending it back as {@link Encoded}. Null when absent. */
    public @Nullable Encoded callEncoded(Op op, long object, @Nullable Object... args) {
        Call call = exchange(life(), op, object, args);
        byte[] reply = call.reply();
        int at = call.replyAt() + 1;
        return reply[at] == Tag.ABSENT.code() ? null : new Encoded(reply, at);
    }

    /** As {@link #call}, of the manager itself, for an operation whose reply is a reference. */
    public ObjectHandle callForHandle(Op op, @Nullable Object... args) {
        Life life = life();
        Call call = exchange(life, op, 0, args);
        byte[] reply = call.reply();
        int at = call.replyAt() + 1;
        if (reply[at] != Tag.REF.code()) {
            throw new IllegalStateException("the server did not answer with a reference");
        }
        return life.references.handle(Values.refType(reply, at), Values.refId(reply, at));
    }

    /** What a program gets for a reference. */
    Object proxy(ObjectHandle handle) {
        return proxies.apply(handle);
    }

    /** Decodes what {@link #callEncoded} gave of a call that only looks. References in it are taken over: decode a reply once. */
    public @Nullable Object decode(Encoded value) {
        return Results.look(life().reader, value.payload(), value.at());
    }

    /** Takes over the references in what {@link #callEncoded} gave, of which nothing else is needed, readable or not. */
    public void takeOver(Encoded value) {
        try {
            Object unused = decode(value);
        } catch (SerializationException e) {
            LOG.debug("a value that nobody asked for cannot be read", e);
        }
    }

    /** Whether a value equals one in its encoded form, as the server would find. References in it are taken over. */
    public boolean isEqual(@Nullable Encoded one, @Nullable Object other) {
        if (one == null) {
            return false;
        }
        takeOver(one);
        ByteWriter out = new ByteWriter(64);
        writer.write(other, out);
        return Equality.equal(one.payload(), one.at(), out.array(), 0);
    }

    private Call exchange(Life life, Op op, long object, @Nullable Object... args) {
        Call call = call(life, op, object, args);
        try {
            life.connection.exchange(call, false);
        } finally {
            // a proxy among them must not be given back before the request that names it is sent
            Reference.reachabilityFence(args);
            release(call.frame);
        }
        return call;
    }

    /** Releases a lock of a holder: one round trip, or none if another thread of this process is sure to get it. */
    public void release(Op op, long object, Long holder) {
        Life life = life();
        Call call = call(life, op, object, holder);
        try {
            if (life.connection.release(call)) {
                byte[] unused = call.reply();
            }
        } finally {
            release(call.frame);
        }
    }

    /** Decodes a reply. A delivery is acknowledged once it is what the program gets, and returned if it cannot be. */
    private static <T> @Nullable T result(Life life, Call call, Decoder<T> decoder) {
        byte[] bytes = call.ownBytes();
        byte[] reply = bytes == null ? call.reply() : bytes;
        Op op = call.operation();
        T result;
        try {
            result = bytes != null
                    ? Results.ofBytes(decoder, op, bytes)
                    : Results.of(life.reader, decoder, op, reply, call.replyAt() + 1);
        } catch (RuntimeException | Error e) {
            if (op.has(Flag.DELIVERS)) {
                life.connection.giveBack(call);
            }
            throw e;
        }
        if (op.has(Flag.DELIVERS)) {
            life.connection.acknowledge(call);
        }
        if (bytes == null && call.replyAt() > 0 && (result instanceof byte[] || result instanceof String)) {
            life.connection.giveBack(reply);
        }
        return result;
    }

    /**
     * One round trip that may wait. If the thread is interrupted the request is cancelled; should its answer have come first,
     * the answer is returned and the interrupt restored, so that nothing is lost.
     */
    public @Nullable Object callInterruptibly(Op op, long object, @Nullable Object... args)
            throws InterruptedException {
        return callInterruptibly(AS_READ, op, object, args);
    }

    /** As {@link #callInterruptibly(Op, long, Object...)}, with what a decoder makes of the result. */
    public <T> @Nullable T callInterruptibly(Decoder<T> decoder, Op op, long object, @Nullable Object... args)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return callCancellably(decoder, op, object, args);
    }

    /** As {@link #callInterruptibly}, and asks even if the thread is interrupted already: the request is then cancelled at once. */
    public @Nullable Object callCancellably(Op op, long object, @Nullable Object... args) throws InterruptedException {
        return callCancellably(AS_READ, op, object, args);
    }

    private <T> @Nullable T callCancellably(Decoder<T> decoder, Op op, long object, @Nullable Object... args)
            throws InterruptedException {
        Life life = life();
        Call call = call(life, op, object, args);
        boolean interrupted;
        try {
            interrupted = life.connection.exchange(call, true);
        } finally {
            Reference.reachabilityFence(args);
            release(call.frame);
        }
        try {
            T result = result(life, call, decoder);
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
        Life life = life();
        AsyncCall<T> call =
                new AsyncCall<>(life.connection, op, object, args, frame(), new AsyncCall.ReplyDecoder<T>() {
                    @Override
                    public @Nullable T decode(byte[] payload, int at, byte @Nullable [] ownBytes) {
                        return ownBytes != null
                                ? Results.ofBytes(decoder, op, ownBytes)
                                : Results.of(life.reader, decoder, op, Call.checked(payload, at), at + 1);
                    }

                    @Override
                    public void dropped() {
                        decoder.dropped();
                    }
                });
        try {
            encode(life, call, op, object, args);
            life.connection.send(call);
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

        /** The result of a reply that says that there is none, which is not the same as null. */
        default @Nullable T none() {
            return decode(null);
        }

        /** The future was cancelled: what was decoded last goes back. For decoders of one call. */
        default void dropped() {}
    }

    private Call call(Life life, Op op, long object, @Nullable Object... args) {
        Call call = new Call(op, object, args, frame());
        encode(life, call, op, object, args);
        return call;
    }

    private void encode(Life life, Call call, Op op, long object, @Nullable Object... args) {
        ByteWriter out = call.frame.reset();
        Messages.beginRequest(out, 0, op.code(), object);
        out.u8(args.length);
        for (int i = 0; i < args.length; i++) {
            Object arg = args[i];
            if (i == args.length - 1 && arg instanceof byte[] b && b.length >= Connection.LARGE && !call.isAsync()) {
                writer.writeStart(b, out);
                call.borrow(b);
            } else if (arg instanceof Encoded e) {
                out.raw(e.payload(), e.at(), e.payload().length - e.at());
            } else if (arg == ABSENT) {
                out.tag(Tag.ABSENT);
            } else {
                write(op, i, arg, out);
            }
        }
        long length = call.length();
        if (length > life.ack.maxFrame()) {
            throw Errors.exception(
                    ErrorCode.TOO_LARGE,
                    op.wireName() + ": the request has " + length + " bytes, the server takes at most "
                            + life.ack.maxFrame() + "; send it in parts");
        }
        out.patchI32(0, (int) length);
    }

    private void write(Op op, int position, @Nullable Object arg, ByteWriter out) {
        if (arg == null || arg instanceof String || arg instanceof Number) {
            writer.write(arg, out);
            return;
        }
        List<Arg> declared = op.spec().args();
        Shape shape = position < declared.size() ? declared.get(position).shape() : Shape.VALUE;
        if (shape == Shape.KEY) {
            writer.writeKey(arg, out);
        } else if (shape == Shape.KEYS || shape == Shape.PAIRS) {
            writer.writeKeys(arg, out);
        } else {
            writer.write(arg, out);
        }
    }

    private static ByteWriter frame() {
        Frame mine = FRAMES.get();
        ByteWriter f = mine.writer;
        // a nested call while this one encodes gets its own
        mine.writer = null;
        return f == null ? new ByteWriter(512) : f;
    }

    private static void release(ByteWriter frame) {
        if (frame.array().length <= Connection.MOST_KEPT) {
            FRAMES.get().writer = frame;
        }
    }

    /** Ends the session: the server releases at once whatever it owns. */
    public void close() {
        closed = true;
        Life life = life();
        life.references.close();
        life.connection.close();
    }

    /** Does something soon on the I/O thread of the session that a handle belongs to. */
    static void onIoThread(Object life, Runnable task) {
        ((Life) life).connection.onIoThread(task);
    }

    /** Gives back holds without waiting for an answer. */
    void giveBack(Object life, Map<Long, Long> holds) {
        if (life == current && ((Life) life).connection.ended() == null) {
            post(ManagerOp.RELEASE, 0, holds);
        }
    }
}
