package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A shared object. An operation that fails throws a {@link ValueException} and has changed nothing. */
abstract class ObjectState {
    /** Bytes of a parked request, with all that leads to it. */
    static final long PARKED = 512;
    /** Bytes of an object without content, with its place among the objects. */
    static final long OBJECT = 2048;
    /** Bytes of an element besides its own: the array's head and the places while it is taken in. */
    static final long ELEMENT = 48;

    private final ObjectType type;
    private final long id;
    private final @Nullable String name;
    /** How often stored values refer to it, and how often sessions hold it: see {@link References}. */
    long references;

    long holds;

    /** The next of those to be freed, and whether this is one of them: for {@link References}. */
    @Nullable
    ObjectState nextUnused;

    boolean notedUnused;

    /** When it was made, and how many operations were applied to it since: for lists of objects. */
    long created;

    long operations;

    /** The number of the latest image that it is in: no part of the state. */
    int imaged;

    /** How many reads this server has answered without an entry: no part of the state. */
    long reads;

    ObjectState(ObjectType type, long id, @Nullable String name) {
        this.type = type;
        this.id = id;
        this.name = name;
    }

    final ObjectType type() {
        return type;
    }

    final long id() {
        return id;
    }

    /** Null for an anonymous object. */
    final @Nullable String name() {
        return name;
    }

    /** The elements of an argument, each in an array of its own. */
    static List<byte[]> values(Args a, int argument, ApplyContext context) {
        context.work().spend(Values.count(a.buffer(), a.start(argument)), Work.ELEMENT);
        return a.values(argument);
    }

    /**
     * Applies an operation of the caller.
     *
     * @return the answer, or null when the request is parked
     */
    abstract @Nullable Reply apply(Op op, Args args, ApplyContext context);

    /** What {@link StateMachine#growth} says of an operation of a session on this object. */
    long growth(Op op, Args args, @Nullable SessionState caller) {
        if (op.has(Flag.MAY_PARK)) {
            return args.integer(args.count() - 1) == 0 ? StateMachine.KEEPS_NOTHING : PARKED;
        }
        return op.has(Flag.STORES) ? 0 : StateMachine.KEEPS_NOTHING;
    }

    /**
     * Takes the content that it is made with. Before any other call.
     *
     * @param b holds the arguments, of which {@link ObjectTypes#check} approved
     * @param first where the first of them starts
     * @param count how many there are, at least one
     */
    abstract void start(byte[] b, int first, int count, ApplyContext context);

    /**
     * How what it was made with differs from what a request to open it asks for: the two in words, as {@code has capacity 5, not 3}; null if
     * it does not. What changes with use, such as content, is not compared.
     *
     * @param b holds the arguments, of which {@link ObjectTypes#check} approved
     * @param first where the first of them starts
     * @param count how many there are, at least one
     */
    @Nullable
    String difference(byte[] b, int first, int count) {
        return null;
    }

    /** Adds what a list of all objects tells of this type only. */
    void addDetails(ContainerBuilder row) {
        // most have nothing to add
    }

    /** The number of entries, elements, attributes or items; the levels of a lock. */
    abstract long size();

    /** The number of parked requests. */
    int waiters() {
        return 0;
    }

    /** The content as one value. */
    abstract byte[] describe(int maxBytes);

    /** The object was deleted or freed: answers the waiting requests and releases what is stored. */
    abstract void dispose(ApplyContext context);

    /** The time limit of a parked request has been reached. */
    void expire(Waiter w, ApplyContext context) {
        throw nobodyWaits();
    }

    /** The client gave up a parked request. */
    void cancel(Waiter w, ApplyContext context) {
        throw nobodyWaits();
    }

    /** The session of a parked request ended. */
    void abandon(Waiter w, ApplyContext context) {
        throw nobodyWaits();
    }

    /** A parked request is not wanted any more and gets no answer; the session goes on, and so do its other waits. */
    void leave(Waiter w, ApplyContext context) {
        abandon(w, context);
    }

    /**
     * A copy that outlives the server: without waiters and owners. Values are shared, since they never change; only {@link
     * #forEachStored}, {@link #snapshot} and {@link QueueState#takeBackCopied} are called on it, on another thread.
     */
    abstract ObjectState durableCopy();

    /** Walks the stored values. */
    abstract void forEachStored(Consumer<byte[]> action);

    abstract void snapshot(SnapshotWriter out);

    /** Reads what {@link #snapshot} wrote into a new object. Counts of references are restored elsewhere. */
    abstract void restore(SnapshotReader in, ApplyContext context);

    private IllegalStateException nobodyWaits() {
        return new IllegalStateException("nobody waits for " + withArticle(type));
    }

    final ValueException notMine(Op op) {
        return new ValueException(
                ErrorCode.UNKNOWN_OPERATION, op.wireName() + " is not an operation of " + withArticle(type));
    }

    final Reply goneReply() {
        return Reply.error(ObjectDirectory.noSuchObject(id));
    }

    static Reply cancelledReply() {
        return Reply.error(ErrorCode.CANCELLED, "the request was cancelled while it waited");
    }

    static ValueException badArgument(String text) {
        return new ValueException(ErrorCode.BAD_ARGUMENT, text);
    }

    static String withArticle(ObjectType type) {
        boolean an = "aeio".indexOf(type.wireName().charAt(0)) >= 0 || type == ObjectType.RLOCK;
        return (an ? "an " : "a ") + type.wireName();
    }
}
