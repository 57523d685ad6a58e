package io.multiproc.server.engine;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.AccessControl;
import io.multiproc.server.access.Audit;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Dialect;
import io.multiproc.server.machine.OpenSession;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateMachine;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's one entrance to its state: requests of all dialects become commands of the {@link Sequencer}. Opens and closes sessions, refuses what would
 * exhaust the memory, counts operations, and answers the two that are about the server itself ({@code manager.info}, {@code manager.shutdown}). All methods
 * run on one thread, that of the first call.
 */
public final class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    /** Of a value of bytes. */
    private static final int LARGEST_HEAD = 16;

    private static final Args NO_ARGUMENTS = Args.of(ManagerOp.NUMBER_OF_OBJECTS);
    private static final Sequencer.Completion NOBODY_ASKS = (request, reply) -> {};

    /** The answer to a command that the caller waits for. */
    private static final class Answer implements Sequencer.Completion {
        private @Nullable Reply reply;
        private boolean isThere;

        @Override
        public void applied(long request, @Nullable Reply given) {
            reply = given;
            isThere = true;
        }

        boolean isThere() {
            return isThere;
        }

        @Nullable
        Reply fetch() {
            if (!isThere) {
                throw new IllegalStateException("not applied yet, and the order of commands cannot be hurried");
            }
            Reply r = reply;
            reply = null;
            isThere = false;
            return r;
        }
    }

    private final StateMachine machine;
    private final Completions completions;
    private final ThreadOwnership thread = new ThreadOwnership();
    private final Applier applier;
    private final Sequencer sequencer;
    private final LongSupplier clock;
    private final boolean gathers;
    /** One for all where each is fetched at once. */
    private final Answer answer = new Answer();

    private final EngineOptions options;
    private final Runnable onShutdown;
    private final ServerInfo info;
    private final OperationCounters counters = new OperationCounters();
    private final Room room;
    private final AccessControl access;
    private final Audit audit;
    private @Nullable Administration administration;
    private @Nullable Backups backups;
    private @Nullable Cluster cluster;

    private final long epoch;
    /** The highest number that the log knew of at the start, and the highest one that was skipped then. */
    private long lastFound;

    private long lastSkipped;
    private final Map<Long, String> sessions = new HashMap<>();
    /** Sessions whose end failed, and its reason. */
    private final Map<Long, String> unclosed = new LinkedHashMap<>();

    private final KnownClasses classes = new KnownClasses();

    /**
     * An engine that applies each command at once, from memory.
     *
     * @param onShutdown called when a client ends the server, before its reply is sent
     */
    public Engine(
            StateMachine machine,
            LongSupplier clock,
            DeadlineTimer timer,
            Completions out,
            EngineOptions options,
            Runnable onShutdown) {
        this(machine, clock, timer, out, options, onShutdown, Direct::new);
    }

    /** The same with another order of its commands. */
    public Engine(
            StateMachine machine,
            LongSupplier clock,
            DeadlineTimer timer,
            Completions out,
            EngineOptions options,
            Runnable onShutdown,
            Sequencer.Factory order) {
        this.machine = machine;
        this.completions = out;
        this.applier =
                new Applier(machine, clock.getAsLong(), timer, out, counters, this::managerApplied, this::tick, thread);
        this.sequencer = order.create(applier, clock);
        this.gathers = sequencer.gathers();
        this.clock = clock;
        this.options = options;
        this.room = new Room(machine, HeapGuard.ofThisJvm(options.memoryReserve()));
        this.audit = options.audit();
        this.access = new AccessControl(machine, audit);
        this.onShutdown = onShutdown;
        this.info = new ServerInfo(options, applier.time());
        this.epoch = sequencer.isPassive() ? machine.clusterId() : begin(options.settings());
        // what follows may run on another thread
        thread.release();
    }

    /** Gives the state its identity and its settings, if it has others or none, and returns its identity. */
    private long begin(@Nullable Settings wanted) {
        Settings present = machine.settings();
        if (present == null) {
            return sequencer.newIdentity();
        }
        if (machine.clusterId() == 0) {
            now(0, 0, new Command.Genesis(sequencer.newIdentity(), wanted == null ? present : wanted));
            return machine.clusterId();
        }
        long restarted = sequencer.restartedAt();
        if (restarted != 0) {
            lastFound = machine.lastNumber();
            now(0, 0, new Command.Restarted(restarted));
            lastSkipped = machine.lastNumber();
        }
        if (wanted != null && !wanted.equals(present)) {
            now(0, 0, new Command.SettingsChanged(wanted));
        }
        return machine.clusterId();
    }

    /** Whether a server before this one has opened a session of which the log that this one went on with knows nothing. */
    public boolean isLost(long session) {
        return session > lastFound && session <= lastSkipped;
    }

    /** Whether it serves nobody, as another process gives the state its order. */
    public boolean isPassive() {
        return sequencer.isPassive();
    }

    /** The state's identity: a random number that stays for as long as sessions go on. */
    public long epoch() {
        return epoch;
    }

    /** Before a client is served: who keeps the keys. */
    public void administeredBy(Administration keys) {
        administration = keys;
    }

    /** Before a client is served: who makes backups. */
    public void backedUpBy(Backups keeper) {
        backups = keeper;
    }

    /** What is stored is stored by other processes, too: bytes of the smallest heap of them. */
    public void boundBy(LongSupplier smallestHeap) {
        room.boundBy(smallestHeap);
    }

    /** Before a client is served: who keeps the common log of the nodes. */
    public void clusteredBy(Cluster nodes) {
        cluster = nodes;
    }

    /** Who may do what. */
    public AccessControl access() {
        return access;
    }

    /**
     * Opens a session of a client of the Python dialect.
     *
     * @param key what the client has proved; null for the server itself
     * @param holder the session that holds references on behalf of this one; 0 if it does so itself
     */
    public long openSession(Hello hello, String address, @Nullable NamedKey key, long holder) {
        String name = key == null ? "" : key.principal().name();
        long id = open(hello, new Command.SessionOpened(hello.name(), address, Dialect.PYTHON, 0, 0, name));
        if (key != null) {
            access.opened(id, key, holder == 0 ? id : holder, address);
        }
        return id;
    }

    /**
     * Opens a session of a native client.
     *
     * @param secret what its client must know to resume it
     * @param lease after how many milliseconds of silence it ends
     */
    public long openSession(Hello hello, String address, NamedKey key, long secret, long lease) {
        String name = key.principal().name();
        long id = open(hello, new Command.SessionOpened(hello.name(), address, Dialect.NATIVE, secret, lease, name));
        access.opened(id, key, id, address);
        return id;
    }

    /** Opens a session of the server itself and returns its id; {@code name} and {@code address} are for people. */
    public long openSession(Hello hello, String address) {
        return open(hello, new Command.SessionOpened(hello.name(), address));
    }

    private long open(Hello hello, Command.SessionOpened command) {
        thread.check();
        String fingerprint = KnownClasses.fingerprint(hello);
        Reply opened = now(0, 0, command);
        if (opened == null) {
            throw new OutOfMemoryError("no memory for a session");
        }
        long id = Values.integer(opened.bytes(), opened.start());
        sessions.put(id, fingerprint);
        byte[] known = classes.known(fingerprint);
        if (known != null) {
            // announced on its behalf; if others contradict it now, it is told so when it does it itself
            Args args = Args.of(ManagerOp.REGISTER_CLASSES, known);
            now(id, 0, new Command.Invoke(ManagerOp.REGISTER_CLASSES, 0, args));
        }
        return id;
    }

    /** The session's client is connected from this address, or from nowhere at the moment. */
    public void connected(long session, @Nullable String address) {
        if (sessions.containsKey(session)) {
            sequencer.submit(session, 0, new Command.SessionConnected(address == null ? "" : address), NOBODY_ASKS);
        }
    }

    // ---- sessions that were open before the server was started again

    /** Before the first client is served: who counts the frames and replies of sessions. */
    public void countedBy(Receipts counts) {
        applier.countedBy(counts);
    }

    /** Whether the state keeps replies, so that sessions outlive the server. */
    public boolean keepsReplies() {
        Settings settings = machine.settings();
        return settings != null && settings.keptReplies() > 0;
    }

    /** See {@link StateMachine#keptReplies}. */
    public long keptReplies(long session) {
        return machine.keptReplies(session);
    }

    /** See {@link StateMachine#forEachKept}. */
    public void forEachKept(long session, Completions to) {
        machine.forEachKept(session, to);
    }

    /** See {@link StateMachine#waiting}. */
    public long[] waiting(long session) {
        return machine.waiting(session);
    }

    /** The sessions of native clients that go on where a log says that they were open, in order of age; before {@link #goOn}. */
    public List<OpenSession> resumable() {
        return machine.sessions().stream().filter(OpenSession::canResume).toList();
    }

    /**
     * Ends the sessions that cannot go on without the process that served them, and lets the others wait for their clients. Before the first client is served; from any
     * thread, as the last call of that one.
     */
    public void goOn() {
        sequencer.beginBurst();
        for (OpenSession s : machine.sessions()) {
            sessions.put(s.id(), "");
            if (s.canResume()) {
                connected(s.id(), null);
            } else {
                closeSession(s.id(), "the server was started again");
            }
        }
        sequencer.endBurst();
        // what follows runs on the thread of the event loop
        thread.release();
    }

    /** The session's client is back, from this address. */
    public void resumed(long session, Hello hello, String address) {
        if (sessions.containsKey(session)) {
            sessions.put(session, KnownClasses.fingerprint(hello));
            connected(session, address);
        }
    }

    /** Opens a session for a client that sends no Hello. */
    public long openSession(String name, String address) {
        return openSession(Hello.named(name), address);
    }

    /** Gives a session one more reference to a live object; the answer is the reference, or NO_SUCH_OBJECT, and null after a fault. */
    public void retain(long session, long object, Sequencer.Completion completion) {
        Reply refusal = access.isLimiting() ? access.refusalToHold(session, object) : null;
        if (refusal != null) {
            completion.applied(0, refusal);
        } else {
            sequencer.submit(session, 0, new Command.Retain(object), completion);
        }
    }

    /**
     * Creates the named objects that are not there yet. Before the first call of another method; from any thread, as the first
     * call of all.
     *
     * @throws IllegalArgumentException if a name belongs to an object of another type, or a type needs arguments
     */
    public void share(Map<String, String> typesByName) {
        if (typesByName.isEmpty() || isPassive()) {
            return;
        }
        long session = openSession("share", "");
        typesByName.forEach((name, type) -> {
            Reply reply = invoke(
                    session,
                    1,
                    ManagerOp.OPEN,
                    0,
                    Args.of(
                            ManagerOp.OPEN,
                            Values.ofText(type),
                            Values.ofText(name),
                            Values.container(Tag.LIST, List.of())));
            if (reply != null && reply.isError()) {
                throw new IllegalArgumentException("cannot share '" + name + "' as " + type + ": " + reply.message());
            }
        });
        closeSession(session, "shared");
        // what follows runs on the thread of the event loop
        thread.release();
    }

    /** Ends a session: its locks, waits and references are released. */
    public void closeSession(long session, String reason) {
        thread.check();
        classes.closed(session);
        if (sessions.containsKey(session)) {
            try {
                room.probe();
                sequencer.submit(
                        session, 0, new Command.SessionClosed(reason), (request, none) -> closed(session, reason));
            } catch (OutOfMemoryError e) {
                // as if the command had failed
                closed(session, reason);
            }
        }
    }

    private void closed(long session, String reason) {
        if (machine.isOpen(session)) {
            // what it owns must be released all the same: the next sweep tries again
            unclosed.put(session, reason);
        } else {
            String unused = sessions.remove(session);
            access.closed(session);
        }
    }

    /** To be called now and then: does what failed for want of memory. */
    public void sweep() {
        if (!unclosed.isEmpty()) {
            Map<Long, String> again = new LinkedHashMap<>(unclosed);
            unclosed.clear();
            again.forEach(this::closeSession);
        }
        applier.awake();
    }

    public int sessionCount() {
        return sessions.size();
    }

    /** The name of the class that clients registered under an id, or null. */
    public @Nullable String className(long id) {
        return machine.className(id);
    }

    /** Whether the classes of a session are announced, by itself or because they were known when it was opened. */
    public boolean hasRegistered(long session) {
        return classes.hasRegistered(session);
    }

    /**
     * Applies an operation whose answer the caller needs at once: with a log, it and all before it are made durable meanwhile, and completions of others are
     * called: the caller must not be in the middle of something.
     *
     * @param args a view that need not outlive the call
     * @return the answer, or null when it comes later through the completions
     */
    public @Nullable Reply invoke(long session, long request, Op op, long object, Args args) {
        Answer got = gathers ? new Answer() : answer;
        submit(session, request, op, object, args, got);
        return fetch(got);
    }

    private @Nullable Reply fetch(Answer got) {
        if (!got.isThere()) {
            sequencer.commit();
        }
        return got.fetch();
    }

    /**
     * Reads what has been applied so far, whatever the session itself has on its way.
     *
     * @param op one that reads
     * @return the answer, whose references the session does not hold; null if only a command gives one
     */
    public @Nullable Reply look(long session, Op op, long object, Args args) {
        Reply forbidden = notPermitted(session, op, object, args);
        if (forbidden != null) {
            return forbidden;
        }
        thread.check();
        long begun = counters.begin();
        Reply reply = sequencer.mayRead(0) ? machine.look(session, op, object, args) : null;
        if (reply != null) {
            counters.end(op, reply, begun);
        }
        return reply;
    }

    /**
     * Has an operation applied, if the session may do it.
     *
     * @param args a view that need not outlive the call
     * @param completion gets the answer, before this returns or at the end of a burst; null when the request waits and is answered through the completions
     */
    public void submit(long session, long request, Op op, long object, Args args, Sequencer.Completion completion) {
        Reply forbidden = notPermitted(session, op, object, args);
        if (forbidden != null) {
            answer(session, op, request, forbidden, completion);
            return;
        }
        Sequencer.Completion then =
                op instanceof ManagerOp managerOp ? shown(session, managerOp, args, completion) : completion;
        boolean isRead = !op.has(Flag.WRITE) && !op.has(Flag.MAY_PARK);
        Reply refusal = isRead ? null : room.refusal(session, op, object, args);
        if (refusal != null) {
            answer(session, op, request, refusal, then);
        } else if (op instanceof ManagerOp managerOp && isOfServer(managerOp)) {
            sequencer.commit();
            answer(session, op, request, ofServer(session, request, managerOp, args), then);
        } else if (isRead) {
            read(session, request, op, object, args, then);
        } else {
            sequencer.submit(session, request, new Command.Invoke(op, object, args), then);
        }
    }

    /** Passes on what a session may see of the manager's reply, and tells the audit of what is administered. */
    private Sequencer.Completion shown(long session, ManagerOp op, Args args, Sequencer.Completion completion) {
        // all of it is found before the operation is applied: its arguments may be gone after that, and memory may run
        // out
        UnaryOperator<Reply> view = access.view(session, op);
        AccessControl.Administered asked =
                audit != Audit.NONE && op.has(Flag.ADMIN) ? access.administered(session, op, args) : null;
        if (view == null && asked == null) {
            return completion;
        }
        return (request, reply) -> {
            Reply seen = view == null || reply == null || reply.isError() ? reply : view.apply(reply);
            if (asked != null) {
                asked.answered(seen);
            }
            completion.applied(request, seen);
        };
    }

    /** Whether the order of commands gathers bursts: {@link #beginBurst} and {@link #endBurst} have to be called then. */
    public boolean gathers() {
        return gathers;
    }

    /** What is submitted until {@link #endBurst} was read in one turn of the loop. */
    public void beginBurst() {
        sequencer.beginBurst();
    }

    /** All that was there has been read. */
    public void endBurst() {
        sequencer.endBurst();
    }

    /** Has all that was submitted be applied, and answered, before it returns. */
    public void commit() {
        sequencer.commit();
    }

    /** Runs something when all that a session has submitted is applied and answered, which may be now. */
    public void after(long session, Runnable action) {
        sequencer.after(session, action);
    }

    private @Nullable Reply now(long session, long request, Command command) {
        Answer got = gathers ? new Answer() : answer;
        sequencer.submit(session, request, command, got);
        return fetch(got);
    }

    /** Answers a request that never becomes a command. */
    private void answer(long session, Op op, long request, @Nullable Reply reply, Sequencer.Completion completion) {
        counters.end(op, reply, 0);
        if (gathers) {
            sequencer.after(session, () -> completion.applied(request, reply));
        } else {
            completion.applied(request, reply);
        }
    }

    /** Why a session may not do an operation, or null if it may: for one that another session does on its behalf. */
    public @Nullable Reply notPermitted(long session, Op op, long object, Args args) {
        return access.isLimiting() ? access.refusal(session, op, object, args) : null;
    }

    /** What has been counted so far. */
    public EngineStats stats() {
        thread.check();
        Backups kept = backups;
        Cluster nodes = cluster;
        return counters.stats(
                sessions.size(),
                machine.counts(),
                sequencer.stats(),
                kept == null ? ImageStats.NONE : kept.stats(),
                nodes == null ? ClusterStats.NONE : nodes.stats());
    }

    /** Reads what has been applied so far. What cannot be read so becomes a command. */
    private void read(long session, long request, Op op, long object, Args args, Sequencer.Completion completion) {
        if (sequencer.mayRead(session)) {
            thread.check();
            long begun = counters.begin();
            Reply reply;
            try {
                reply = machine.query(session, op, object, args);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                reply = Applier.fault(session, op, object, e);
            }
            if (reply != null) {
                counters.end(op, reply, begun);
                completion.applied(request, reply);
                return;
            }
        }
        Command.Invoke command = new Command.Invoke(op, object, args);
        if (machine.mayRefer()) {
            readReferences(session, request, command, completion);
        } else {
            sequencer.submit(session, request, command, completion);
        }
    }

    /** Reading goes on, but for what would make the session hold many more objects while memory is scarce. */
    private void readReferences(long session, long request, Command.Invoke command, Sequencer.Completion completion) {
        boolean manager = command.op() instanceof ManagerOp;
        if (!manager && !room.admitsReferences(session, command)) {
            answer(session, command.op(), request, noRoom(), completion);
            return;
        }
        sequencer.submit(session, request, command, (r, reply) -> {
            if (reply != null && !reply.isError()) {
                room.taken(reply);
            }
            completion.applied(r, reply);
        });
    }

    /** Refuses a request for want of memory. */
    public Reply noRoom() {
        return room.refusal();
    }

    /** Whether there is memory for one more session, reference or iterator of a client: there may be while nothing more is stored. */
    public boolean hasRoom() {
        return room.admitsSmall();
    }

    /** Whether there is memory to receive a large request. If not, {@link #noRoom} answers it. */
    public boolean hasRoomFor(long bytes) {
        return room.hasRoomFor(bytes);
    }

    /** Whether an operation is about the server instead of the state: it never becomes a command. */
    private boolean isOfServer(ManagerOp op) {
        return switch (op) {
            case INFO, SHUTDOWN -> true;
            case KEYS, RELOAD_KEYS, END_SESSIONS -> administration != null;
            case BEGIN_BACKUP, READ_BACKUP -> true;
            default -> ClusterOperations.has(op);
        };
    }

    /** The answer, or null when it comes later through the completions. */
    private @Nullable Reply ofServer(long session, long request, ManagerOp op, Args args) {
        if (op == ManagerOp.INFO) {
            return info(session);
        }
        if (op == ManagerOp.BEGIN_BACKUP || op == ManagerOp.READ_BACKUP) {
            return backup(session, request, op, args);
        }
        if (ClusterOperations.has(op)) {
            return ClusterOperations.answer(cluster, op, args, later(session, request));
        }
        Administration keys = administration;
        if (op == ManagerOp.SHUTDOWN || keys == null) {
            return shutdown(session);
        }
        if (op == ManagerOp.RELOAD_KEYS) {
            keys.reloadKeys(later(session, request));
            return null;
        }
        return op == ManagerOp.KEYS ? keys.keys() : keys.endSessions(args.text(0), session);
    }

    /** Takes an answer that is ready later. */
    private Consumer<Reply> later(long session, long request) {
        return reply -> sequencer.after(session, () -> completions.complete(session, request, reply));
    }

    private @Nullable Reply backup(long session, long request, ManagerOp op, Args args) {
        Backups kept = backups;
        if (kept == null) {
            return Reply.error(
                    ErrorCode.ILLEGAL_STATE,
                    "this server has no data folder to make a backup of: start it with --data DIR");
        }
        Consumer<Reply> then = later(session, request);
        if (op == ManagerOp.BEGIN_BACKUP) {
            kept.begin(then);
        } else {
            int most = options.maxFrame() - Messages.REPLY_HEADER - LARGEST_HEAD;
            kept.read(args.integer(0), args.integer(1), most, then);
        }
        return null;
    }

    private Reply info(long session) {
        Reply objects = machine.query(session, ManagerOp.NUMBER_OF_OBJECTS, 0, NO_ARGUMENTS);
        long now = Math.max(applier.time(), clock.getAsLong());
        return Reply.value(info.render(now, sessions.size(), objects, machine.classNames()));
    }

    private Reply shutdown(long session) {
        if (!options.allowShutdown()) {
            return Reply.error(ErrorCode.FORBIDDEN, "this server was started without leave to be shut down by clients");
        }
        log.info("session {} ends the server", session);
        onShutdown.run();
        return Reply.NOTHING;
    }

    private void managerApplied(long session, ManagerOp op, Args args, @Nullable Reply reply) {
        if (reply == null || reply.isError()) {
            return;
        }
        if (op == ManagerOp.FORCE_RELEASE) {
            log.warn("session {} took object {} from its owners", session, args.integer(0));
        }
        if (op == ManagerOp.REGISTER_CLASSES) {
            classes.registered(session, sessions.getOrDefault(session, ""), args);
        }
    }

    private void tick() {
        sequencer.submit(0, 0, new Command.Tick(), NOBODY_ASKS);
    }

    /** The client no longer waits for the request; its answer comes through the completions unless it was sent already. */
    public void cancel(long session, long request) {
        sequencer.submit(session, request, new Command.Cancel(), NOBODY_ASKS);
    }

    /**
     * Ends the wait of a request whose client is gone, while its session goes on: it gets nothing and no answer.
     *
     * @param completion is told when that is so: until then the request may still be answered
     */
    public void abandon(long session, long request, Sequencer.Completion completion) {
        sequencer.submit(session, request, new Command.Abandon(), completion);
    }

    /**
     * A client that acquired something through a shared session is gone, while the session goes on. See {@link Command.Orphaned}.
     *
     * @param completion gets whether anything of the object is orphaned now
     */
    public void orphaned(
            long session, long object, long holder, long live, long patience, Sequencer.Completion completion) {
        sequencer.submit(session, 0, new Command.Orphaned(object, holder, live, patience), completion);
    }

    /** The client has received the delivery that answered the request. */
    public void acknowledge(long session, long request) {
        sequencer.submit(session, request, new Command.Acknowledge(), NOBODY_ASKS);
    }

    /** The client does not want the delivery that answered the request. */
    public void giveBack(long session, long request) {
        sequencer.submit(session, request, new Command.GiveBack(), NOBODY_ASKS);
    }
}
