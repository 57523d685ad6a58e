package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ConditionOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.OpenSession;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateCounts;
import io.multiproc.server.machine.StateLimits;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.table.LongMap;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All shared objects, names, sessions and registered classes. An entry is applied in this order: what is due by its time
 * ends, its command is done, objects that nobody refers to any more are freed.
 *
 * <p>Not thread-safe: one thread at a time, the engine's writer.
 */
public final class SharedState implements StateMachine {
    private static final int SNAPSHOT_VERSION = 10;
    /** The first one with the cluster's id and the settings. */
    private static final int SINCE_SETTINGS = 9;

    /** The first one whose numbers may be ahead of the count of entries. */
    private static final int SINCE_NUMBERS = 10;

    /** That can still be read: {@link QueueShutdown} came after it. */
    private static final int OLDEST_SNAPSHOT_VERSION = 6;

    /** More than a server counts between two snapshots. */
    private static final long LEAP_INDEX = 1L << 40;

    private static final long LEAP_IDS = 1L << 32;

    // of a state that nobody has told otherwise; milliseconds
    private static final long MIN_LEASE = 100;
    private static final long MAX_LEASE = 3_600_000;
    private static final long GRACE = 2_000;
    private static final long ORPHAN_PATIENCE = 30_000;

    private static final Reply FAULT =
            Reply.error(ErrorCode.INTERNAL, "a fault of the server, see its log; the outcome is unknown");

    /** By the codes of operations: whether one is answered without an entry, unless its reply holds references. */
    private static final boolean[] QUERIES = queries();

    private static boolean[] queries() {
        boolean[] out =
                new boolean[OpTable.all().stream().mapToInt(Op::code).max().orElse(0) + 1];
        for (Op op : OpTable.all()) {
            // the answer of these gives a reference; some make the object first
            boolean refers = op == ManagerOp.FIND || op == ConditionOp.LOCK || op == InstanceOp.SERVICE;
            out[op.code()] = op.has(Flag.READ) && !op.has(Flag.MAY_PARK) && !refers;
        }
        return out;
    }

    private final LongMap<ObjectState> objects = new LongMap<>();
    private final Imaging imaging = new Imaging();
    private final ObjectDirectory directory = new ObjectDirectory(objects, imaging);
    private final Sessions sessions = new Sessions(objects, imaging);
    private final References references = new References(objects, imaging);
    private final Deadlines deadlines = new Deadlines();
    private final ApplyContext context;
    private long clusterId;

    /** A state whose replies fit frames of the default size. */
    public SharedState() {
        this(Limits.DEFAULT_MAX_FRAME - 64);
    }

    /** A state without objects and sessions. Replies that would be larger than so many bytes are refused with TOO_LARGE. */
    public SharedState(int maxReplyBytes) {
        this(maxReplyBytes, StateLimits.DEFAULT);
    }

    /** The same with other limits than the default ones. */
    public SharedState(int maxReplyBytes, StateLimits limits) {
        Settings settings = new Settings(maxReplyBytes, limits, MIN_LEASE, MAX_LEASE, GRACE, ORPHAN_PATIENCE, 0);
        context = new ApplyContext(sessions, references, deadlines, settings);
        context.makeBy(type -> directory.make(type, context));
    }

    @Override
    public @Nullable Reply apply(Entry entry, Completions out) {
        context.begin(entry, out);
        expire();
        Reply reply = entry.frame() != 0 && wasApplied(entry) ? repeated(entry) : perform(entry);
        directory.freeUnused(context);
        return reply;
    }

    /** Whether a command of a counted frame has been applied before; if not, its frame is the last one from now on. */
    private boolean wasApplied(Entry entry) {
        if (!context.hasCaller()) {
            return false;
        }
        SessionState caller = context.caller();
        caller.confirm(entry.confirmed());
        if (entry.frame() <= caller.frame) {
            return true;
        }
        caller.frame = entry.frame();
        return false;
    }

    /** The answer that a request got before; null if it waits, or the client has had it. */
    private @Nullable Reply repeated(Entry entry) {
        KeptReplies kept = context.caller().kept();
        return kept == null || !(entry.command() instanceof Command.Invoke) ? null : kept.get(entry.request());
    }

    private @Nullable Reply perform(Entry entry) {
        Command command = entry.command();
        Reply reply = null;
        if (command instanceof Command.Invoke invoke) {
            reply = context.keepsReplies() ? keptReply(invoke, entry) : invoke(invoke, entry);
        } else if (command instanceof Command.SessionOpened opened) {
            sessions.open(context.index(), opened, context.now());
            reply = Reply.integer(context.index());
        } else if (command instanceof Command.Retain retain) {
            reply = retain(retain.object());
        } else if (command instanceof Command.Orphaned orphaned) {
            reply = Reply.bool(context.hasCaller()
                    && references.object(orphaned.object()) instanceof Ownable owned
                    && owned.orphaned(context.caller(), orphaned, context));
        } else if (command instanceof Command.Genesis genesis) {
            begin(genesis);
        } else if (command instanceof Command.SettingsChanged changed) {
            context.set(changed.settings());
        } else if (command instanceof Command.Restarted restarted) {
            directory.raiseIds(context.numbers().raise(restarted.wallClock()));
        } else if (context.hasCaller()) {
            forSession(command, entry.request());
        }
        return reply;
    }

    /** Does an operation, and keeps its answer for a client that may come back to another server. An answer that was only read is not kept: it is read again. */
    private @Nullable Reply keptReply(Command.Invoke invoke, Entry entry) {
        Reply reply;
        try {
            reply = invoke(invoke, entry);
        } catch (RuntimeException | StackOverflowError e) {
            if (context.hasCaller()) {
                context.keep(context.caller(), entry.request(), FAULT);
            }
            throw e;
        }
        if (reply != null
                && context.hasCaller()
                && (!QUERIES[invoke.op().code()] || (references.anyStored() && References.areIn(reply)))) {
            context.keep(context.caller(), entry.request(), reply);
        }
        return reply;
    }

    private void begin(Command.Genesis genesis) {
        if (clusterId == 0) {
            clusterId = genesis.clusterId();
            context.set(genesis.settings());
            context.numbers().begin(context.now(), directory.lastId());
        }
    }

    @Override
    public Settings settings() {
        return context.settings();
    }

    @Override
    public long clusterId() {
        return clusterId;
    }

    private void expire() {
        try {
            for (Timer t = deadlines.due(context.now()); t != null; t = deadlines.due(context.now())) {
                imaging.before(t.object());
                t.expire(context);
            }
        } catch (OutOfMemoryError e) {
            // one that needs memory must not keep everybody from removing something: it is due at the next entry, too
        }
    }

    @Override
    public long growth(long session, Op op, long object, Args args) {
        try {
            if (object == 0) {
                return op instanceof ManagerOp managerOp ? directory.growth(managerOp, args) : KEEPS_NOTHING;
            }
            ObjectState o = objects.get(object);
            SessionState caller = sessions.get(session);
            if (o == null || caller == null || !o.type().has(op)) {
                // applied, it is refused for that
                return KEEPS_NOTHING;
            }
            long bytes = o.growth(op, args, caller);
            boolean parks = bytes >= ObjectState.PARKED && op.has(Flag.MAY_PARK);
            return parks ? bytes + caller.parked.growth(1) + deadlines.growth() : bytes;
        } catch (ValueException e) {
            // applied, it is refused for that
            return KEEPS_NOTHING;
        }
    }

    @Override
    public @Nullable Reply query(long session, Op op, long object, Args args) {
        return QUERIES[op.code()] ? read(session, op, object, args, true) : null;
    }

    @Override
    public @Nullable Reply look(long session, Op op, long object, Args args) {
        return QUERIES[op.code()] || op == ConditionOp.LOCK ? read(session, op, object, args, false) : null;
    }

    /** @param keeps whether the reader keeps the references of the reply */
    private @Nullable Reply read(long session, Op op, long object, Args args, boolean keeps) {
        SessionState caller = sessions.get(session);
        if (caller == null) {
            return notOpen(session);
        }
        context.look(caller);
        try {
            ObjectState o = object == 0 ? null : objects.get(object);
            if (o == null && object != 0) {
                return Reply.error(ObjectDirectory.noSuchObject(object));
            }
            Reply reply = o == null ? directory.apply(managerOp(op), args, context) : o.apply(op, args, context);
            if (reply == null || (keeps && references.anyStored() && References.areIn(reply))) {
                return null;
            }
            if (o != null) {
                o.reads++;
            }
            return reply;
        } catch (ValueException e) {
            return Reply.error(e);
        }
    }

    private static Reply notOpen(long session) {
        return Reply.error(ErrorCode.ILLEGAL_STATE, "session " + session + " is not open");
    }

    @Override
    public boolean mayRefer() {
        return references.anyStored();
    }

    @Override
    public int newReferences(long session, Op op, long object, Args args) {
        SessionState caller = sessions.get(session);
        ObjectState o = objects.get(object);
        if (caller == null
                || o == null
                || !op.has(Flag.READ)
                || op.has(Flag.MAY_PARK)
                || !o.type().has(op)) {
            return 0;
        }
        try {
            Reply reply = o.apply(op, args, context);
            return reply == null ? 0 : references.notHeld(caller, reply);
        } catch (ValueException e) {
            return 0;
        }
    }

    @Override
    public boolean isOpen(long session) {
        return sessions.get(session) != null;
    }

    @Override
    public List<OpenSession> sessions() {
        return sessions.open();
    }

    @Override
    public long keptReplies(long session) {
        SessionState s = sessions.get(session);
        KeptReplies kept = s == null ? null : s.kept();
        return kept == null ? 0 : kept.total();
    }

    @Override
    public void forEachKept(long session, Completions to) {
        SessionState s = sessions.get(session);
        KeptReplies kept = s == null ? null : s.kept();
        if (kept != null) {
            kept.forEach(session, to);
        }
    }

    @Override
    public long[] waiting(long session) {
        SessionState s = sessions.get(session);
        return s == null ? new long[0] : s.parked.sortedKeys();
    }

    @Override
    public @Nullable String nameOf(long id) {
        ObjectState object = objects.get(id);
        return object == null ? null : object.name();
    }

    @Override
    public boolean isNamed(String name) {
        return directory.isNamed(name);
    }

    @Override
    public boolean holds(long session, long object) {
        SessionState s = sessions.get(session);
        return s != null && s.holds.get(object) != null;
    }

    private Reply retain(long id) {
        ObjectState object = objects.get(id);
        if (object == null || !context.hasCaller()) {
            return Reply.error(ObjectDirectory.noSuchObject(id));
        }
        Reply reply = Reply.value(Values.ofRef(object.type().code(), id));
        references.hold(context.caller(), reply);
        return reply;
    }

    private void forSession(Command command, long request) {
        SessionState caller = context.caller();
        if (command instanceof Command.SessionConnected connected) {
            caller.connected(connected.address());
        } else if (command instanceof Command.SessionClosed) {
            sessions.close(caller, context);
            directory.forgetClasses(caller.id());
        } else if (command instanceof Command.Acknowledge) {
            context.acknowledge();
        } else if (command instanceof Command.GiveBack) {
            sessions.giveBack(caller, request, context);
        } else if (command instanceof Command.Cancel) {
            Waiter w = caller.parked.get(request);
            if (w != null) {
                imaging.before(w.object());
                w.object().cancel(w, context);
            }
        } else if (command instanceof Command.Abandon) {
            Waiter w = caller.parked.get(request);
            if (w != null) {
                imaging.before(w.object());
                w.object().leave(w, context);
            }
        }
    }

    private @Nullable Reply invoke(Command.Invoke invoke, Entry entry) {
        if (!context.hasCaller()) {
            return notOpen(entry.session());
        }
        SessionState caller = context.caller();
        if (!caller.parked.isEmpty() && caller.parked.get(entry.request()) != null) {
            return null;
        }
        if (!caller.deliveries.isEmpty() && caller.deliveries.get(entry.request()) != null) {
            // executed again, the request would replace its delivery, and the items in that would be lost
            return Reply.error(
                    ErrorCode.ILLEGAL_STATE,
                    "request " + entry.request() + " was answered and its delivery is not acknowledged");
        }
        boolean mayRefer = invoke.object() == 0 || references.anyStored();
        try {
            Reply reply = dispatch(invoke);
            if (mayRefer && reply != null) {
                references.hold(caller, reply);
            }
            return reply;
        } catch (ValueException e) {
            return Reply.error(e);
        }
    }

    private @Nullable Reply dispatch(Command.Invoke invoke) {
        if (invoke.object() == 0) {
            return directory.apply(managerOp(invoke.op()), invoke.args(), context);
        }
        ObjectState object = objects.get(invoke.object());
        if (object == null) {
            throw ObjectDirectory.noSuchObject(invoke.object());
        }
        imaging.before(object);
        object.operations++;
        return object.apply(invoke.op(), invoke.args(), context);
    }

    private static ManagerOp managerOp(Op op) {
        if (op instanceof ManagerOp managerOp) {
            return managerOp;
        }
        throw new ValueException(ErrorCode.UNKNOWN_OPERATION, op.wireName() + " is not an operation of the manager");
    }

    @Override
    public @Nullable String className(long id) {
        return directory.className(id);
    }

    @Override
    public Map<Long, String> classNames() {
        return directory.classNames();
    }

    @Override
    public long nextDeadline() {
        return deadlines.next();
    }

    @Override
    public StateCounts counts() {
        return sessions.counts(directory.countByType());
    }

    /** The number of live objects. */
    public int numberOfObjects() {
        return objects.size();
    }

    /** The number of open sessions. */
    public int numberOfSessions() {
        return sessions.size();
    }

    @Override
    public void snapshot(ByteWriter out) {
        SnapshotWriter writer = new SnapshotWriter(new OutputStream() {
            @Override
            public void write(int b) {
                out.u8(b);
            }

            @Override
            public void write(byte[] b, int from, int length) {
                out.raw(b, from, length);
            }
        });
        writeHeader(writer, context.numbers(), context.now(), clusterId, context.settings());
        sessions.snapshot(writer);
        directory.snapshot(writer);
        writer.flush();
    }

    static void writeHeader(SnapshotWriter out, Numbers numbers, long time, long clusterId, Settings settings) {
        out.u8(SNAPSHOT_VERSION).i64(numbers.count()).i64(time).i64(clusterId);
        StateLimits limits = settings.limits();
        out.i32(settings.maxReply()).i64(limits.objects()).i64(limits.entries()).i64(limits.waiters());
        out.i64(settings.minLease()).i64(settings.maxLease());
        out.i64(settings.grace()).i64(settings.orphanPatience()).i64(settings.keptReplies());
        numbers.snapshot(out);
    }

    /** One of an older version has none of them: they are as this state was made with. */
    private void readSettings(SnapshotReader in) {
        clusterId = 0;
        if (in.version() >= SINCE_SETTINGS) {
            clusterId = in.i64();
            context.set(new Settings(
                    in.i32(),
                    new StateLimits(in.i64(), in.i64(), in.i64()),
                    in.i64(),
                    in.i64(),
                    in.i64(),
                    in.i64(),
                    in.i64()));
        }
        if (in.version() >= SINCE_NUMBERS) {
            context.numbers().restoreRest(in);
        } else if (clusterId != 0) {
            context.numbers().beganEarlier();
        }
    }

    /**
     * This state as it is now, sessions and waits included. The pause is the copying of sessions and of the objects' ids; the objects
     * themselves are taken between later entries.
     *
     * @param nanoTime measures the pauses
     * @throws IllegalStateException while another image is being taken
     */
    public StateImage image(LongSupplier nanoTime) {
        return image(nanoTime, SnapshotWriter.SMALL);
    }

    /** @param small how many elements and bytes are copied rather than shared, for tests */
    StateImage image(LongSupplier nanoTime, int small) {
        if (imaging.isActive()) {
            throw new IllegalStateException("an image is being taken");
        }
        long start = nanoTime.getAsLong();
        SnapshotWriter out = new SnapshotWriter(small);
        writeHeader(out, context.numbers(), context.now(), clusterId, context.settings());
        sessions.snapshot(out);
        StateImage image = directory.image(out, lastIndex(), clusterId, nanoTime);
        image.begunAt(start);
        return image;
    }

    /** The part of this state that outlives the server, as it is now. The pause is the copying of tables, not of values. */
    public DurableSnapshot durableSnapshot() {
        return directory.durableSnapshot(context.index(), context.settings(), sessions.undelivered());
    }

    /** How many entries have been applied, those before the snapshot that was restored included. */
    public long lastIndex() {
        return context.numbers().count();
    }

    @Override
    public long lastNumber() {
        return Math.max(context.index(), directory.lastId());
    }

    /** The time of the last entry. */
    public long lastTime() {
        return context.now();
    }

    /**
     * Goes on as the state of another cluster: no session is open any more, and ids and fencing tokens to come are higher than any that the first one may
     * have given since.
     *
     * @param wallClock milliseconds since 1970
     */
    public void renew(long newClusterId, long wallClock) {
        for (OpenSession open : sessions.open()) {
            Entry end = new Entry(context.now(), open.id(), 0, new Command.SessionClosed("restored from a backup"));
            Reply unused = apply(end, (session, request, reply) -> {});
        }
        // the first one may have been started again meanwhile
        directory.raiseIds(context.numbers().raise(wallClock));
        leap();
        context.numbers().begin(wallClock, directory.lastId());
        clusterId = newClusterId;
    }

    /**
     * Makes all ids and fencing tokens to come higher than any that may have been given after the snapshot that was restored
     * and before the crash that made it necessary.
     */
    public void leap() {
        context.numbers().skip(LEAP_INDEX);
        directory.skipIds(LEAP_IDS);
    }

    /**
     * Replaces the state by a snapshot.
     *
     * @throws IllegalArgumentException if a version wrote it that is too old or too new, or it is damaged
     */
    @Override
    public void restore(byte[] snapshot) {
        restore(new ByteArrayInputStream(snapshot));
    }

    /**
     * Replaces the state by a snapshot, all bytes of the stream.
     *
     * @throws IllegalArgumentException if a version wrote it that is too old or too new, or it is damaged; the state is of no use then
     * @throws UncheckedIOException if the stream fails
     */
    public void restore(InputStream snapshot) {
        SnapshotReader in = new SnapshotReader(snapshot);
        in.version(OLDEST_SNAPSHOT_VERSION, SNAPSHOT_VERSION);
        imaging.giveUp();
        references.clear();
        deadlines.clear();
        context.restore(in.i64(), in.i64());
        readSettings(in);
        sessions.restore(in);
        directory.restore(in, context);
        in.end();
    }

    /** The number of references within stored values, for tests. */
    long storedReferences() {
        return references.stored();
    }

    /** The session of an id, for tests. */
    @Nullable
    SessionState session(long id) {
        return sessions.get(id);
    }

    /** The object of an id, for tests. */
    @Nullable
    ObjectState object(long id) {
        return objects.get(id);
    }
}
