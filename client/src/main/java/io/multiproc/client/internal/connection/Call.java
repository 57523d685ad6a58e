package io.multiproc.client.internal.connection;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.Shape;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A request on its way, with its reply once that is there. */
public class Call {
    /** The operation, or null for the connection's own messages. */
    final @Nullable Op op;

    /** Set by the connection when the request is numbered. */
    long id;

    /** The number of the frame that carries the request, also set then: its reply shows that all frames up to it have arrived. */
    long frameNumber;

    /** What was asked of which object, for whoever has to take the result back. */
    final long object;

    final @Nullable Object[] args;

    /** When the call's own time is up, on the clock of {@link System#nanoTime}; 0 for never. */
    final long deadline;

    /** The request's frame while it is being encoded; given back to its owner once sent. */
    public final ByteWriter frame;

    /** How the frame goes on after what {@link #frame} holds: a large array of the caller's, who waits; null if it does not. */
    byte @Nullable [] borrowed;

    /** Whether the server was asked to end it before its time. Guarded by the connection's lock. */
    boolean givesUp;

    /** The thread that waits, if it parks; set before it does. */
    volatile @Nullable Thread waiter;

    private byte[] reply = NONE;
    private int replyAt;
    private byte @Nullable [] tail;
    private @Nullable RuntimeException failure;
    private volatile boolean done;

    private static final byte[] NONE = {};

    /** @param frame where the request is encoded, with room for its id, before it is sent */
    public Call(Op op, long object, @Nullable Object[] args, ByteWriter frame) {
        this.op = op;
        this.object = object;
        this.args = args;
        this.frame = frame;
        deadline = op.has(Flag.MAY_PARK) && args[args.length - 1] instanceof Long millis && millis > 0
                ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis)
                : 0;
    }

    /** Lets the frame end with a large array of the caller's, which nobody changes while the caller waits. */
    public final void borrow(byte[] rest) {
        borrowed = rest;
    }

    /** The length of the request, without the four bytes that say it. */
    public final long length() {
        return frame.size() - 4L + (borrowed == null ? 0 : borrowed.length);
    }

    /** One that takes the place of a call whose caller does not wait for the reply any more. */
    Call(Call call) {
        op = call.op;
        object = call.object;
        args = call.args;
        frame = call.frame;
        deadline = 0;
        id = call.id;
        frameNumber = call.frameNumber;
    }

    /**
     * The reply that means "not in time" for a call whose own time is up, if what happens all the same can be taken back: true whatever
     * the server knows. Null if only the server can say.
     */
    byte @Nullable [] timeoutReply() {
        Op o = op;
        if (deadline == 0 || o == null || !(o.has(Flag.DELIVERS) || LateReply.isGrant(o))) {
            return null;
        }
        if (o.spec().replyOptional()) {
            return new byte[] {0, Tag.ABSENT.code()};
        }
        return o.spec().reply() == Shape.BOOL ? new byte[] {0, Tag.FALSE.code()} : null;
    }

    /**
     * Called once, on whichever thread reads, with the array that the reply is the end of, and where it starts: with its status.
     *
     * @param ownBytes if the reply is a byte array: the rest of it, which is the result
     */
    void complete(byte[] payload, int at, byte @Nullable [] ownBytes) {
        reply = payload;
        replyAt = at;
        tail = ownBytes;
        done();
    }

    /** Called once instead of {@link #complete} when there will be no reply. */
    void fail(RuntimeException e) {
        failure = e;
        done();
    }

    private void done() {
        done = true;
        wake();
    }

    /** Makes the thread that waits look again. */
    final void wake() {
        Thread t = waiter;
        if (t != null && t != Thread.currentThread()) {
            LockSupport.unpark(t);
        }
    }

    /** Whether completion must run on the I/O thread because it may run the user's code. */
    public boolean isAsync() {
        return false;
    }

    /** The operation of a call that is no message of the connection's own. */
    public final Op operation() {
        return Objects.requireNonNull(op);
    }

    /** Whether its reply, which has come, brings items that are to be acknowledged or given back. */
    final boolean hasDelivered() {
        return op != null
                && op.has(Flag.DELIVERS)
                && failure == null
                && (tail != null || LateReply.isIn(reply, replyAt));
    }

    /** Whether there is somebody to be told that there will be no reply. */
    boolean isAwaited() {
        return true;
    }

    /**
     * Whether a server with a log has logged it once it has answered without an error, and the program may rely on that. Administration of the server itself is in no log, and what
     * the session says of itself, such as that it has dropped a proxy, is nothing that a program knows of.
     */
    final boolean isLogged() {
        return op != null && op.has(Flag.WRITE) && !op.has(Flag.ADMIN) && !op.has(Flag.SESSION);
    }

    /** Whether the server answers at once, and somebody reads that. */
    boolean isImmediate() {
        return op != null && !op.has(Flag.MAY_PARK);
    }

    public final boolean isDone() {
        return done;
    }

    /** The array whose end, from {@link #replyAt} on, is the reply; only after {@link #isDone}. Throws the error of an error reply. */
    public final byte[] reply() {
        RuntimeException e = failure;
        if (e != null) {
            // made by whoever learned of it, for this call alone: the trace says where the call was made
            e.fillInStackTrace();
            throw e;
        }
        byte[] rest = tail;
        if (rest != null) {
            reply = joined(reply, replyAt, rest);
            replyAt = 0;
            tail = null;
        }
        return checked(reply, replyAt);
    }

    /** The result if it is a byte array that came as one; else null, and {@link #reply} has it. Only after {@link #isDone}. */
    public final byte @Nullable [] ownBytes() {
        return tail;
    }

    /** A reply in one piece. */
    static byte[] joined(byte[] payload, int at, byte[] rest) {
        byte[] all = Arrays.copyOfRange(payload, at, payload.length + rest.length);
        System.arraycopy(rest, 0, all, payload.length - at, rest.length);
        return all;
    }

    /** Throws the error of an error reply; returns any other. */
    public static byte[] checked(byte[] reply, int at) {
        if (reply[at] != 0) {
            throw Errors.exception(Messages.errorCode(reply, at + 1), Messages.errorText(reply, at + 1, reply.length));
        }
        return reply;
    }

    public final int replyAt() {
        return replyAt;
    }
}
