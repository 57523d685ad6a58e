package io.multiproc.server.engine;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpSpec;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.AccessControl;
import io.multiproc.server.access.Audit;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.StateMachine;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
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
    /** New references that a reply may bring while memory is scarce. */
    private static final int FEW = 16;
    /** What a byte of a reply becomes if it is nothing but references. */
    private static final int HELD = 6;

    private static final int REFUSALS_ALIKE = 1000;
    private static final int MAX_KNOWN_REGISTRY_BYTES = 4 << 20;

    private final StateMachine machine;
    private final Completions completions;
    private final ThreadOwnership thread = new ThreadOwnership();
    private final Sequencer sequencer;
    private final EngineOptions options;
    private final Runnable onShutdown;
    private final ServerInfo info;
    private final OperationCounters counters = new OperationCounters();
    private final HeapGuard heap;
    private final AccessControl access;
    private final Audit audit;
    private @Nullable Administration administration;

    private final long epoch;
    private final Map<Long, String> sessions = new HashMap<>();
    /** What sessions have announced as their classes, by the fingerprint of their Hello, the one used last at the end. */
    private final Map<String, byte[]> registries = new LinkedHashMap<>(16, 0.75f, true);

    /** Sessions whose end failed, and its reason. */
    private final Map<Long, String> unclosed = new LinkedHashMap<>();

    private int registryBytes;
    private final Set<Long> registered = new HashSet<>();
    private long lastSession;
    private Reply noRoom = Reply.error(ErrorCode.BUSY, "the server's memory is full; remove something first");
    private int refusals;

    /**
     * @param onShutdown called when a client ends the server, before its reply is sent
     */
    public Engine(
            StateMachine machine,
            LongSupplier clock,
            DeadlineTimer timer,
            Completions out,
            EngineOptions options,
            Runnable onShutdown) {
        this.machine = machine;
        this.completions = out;
        this.sequencer = new LocalSequencer(machine, clock, timer, out, thread);
        this.options = options;
        this.heap = HeapGuard.ofThisJvm(options.memoryReserve());
        this.audit = options.audit();
        this.access = new AccessControl(machine, audit);
        this.onShutdown = onShutdown;
        this.info = new ServerInfo(options, sequencer.time());
        this.epoch = new SecureRandom().nextLong();
    }

    /** A random number of this start of the server. */
    public long epoch() {
        return epoch;
    }

    /** Before a client is served: who keeps the keys. */
    public void administeredBy(Administration keys) {
        administration = keys;
    }

    /** Who may do what. */
    public AccessControl access() {
        return access;
    }

    /**
     * Opens a session of a client with a key, as {@link #openSession(Hello, String)} does.
     *
     * @param key what the client has proved; null for the server itself
     * @param holder the session that holds references on behalf of this one; 0 if it does so itself
     */
    public long openSession(Hello hello, String address, @Nullable NamedKey key, long holder) {
        long id = openSession(hello, address);
        if (key != null) {
            access.opened(id, key, holder == 0 ? id : holder, address);
        }
        return id;
    }

    /** Opens a session and returns its id; {@code name} and {@code address} are for people. */
    public long openSession(Hello hello, String address) {
        thread.check();
        long id = ++lastSession;
        String fingerprint = hello.hasFingerprint() ? fingerprint(hello) : "";
        sequencer.submit(id, 0, new Command.SessionOpened(hello.name(), address));
        if (!machine.isOpen(id)) {
            throw new OutOfMemoryError("no memory for a session");
        }
        sessions.put(id, fingerprint);
        byte[] classes = registries.get(fingerprint);
        if (classes != null) {
            // announced on its behalf; if others contradict it now, it is told so when it does it itself
            Reply reply = sequencer.submit(
                    id,
                    0,
                    new Command.Invoke(ManagerOp.REGISTER_CLASSES, 0, Args.of(ManagerOp.REGISTER_CLASSES, classes)));
            if (reply != null && !reply.isError()) {
                registered.add(id);
            }
        }
        return id;
    }

    /** The session's client is connected from this address, or from nowhere at the moment. */
    public void connected(long session, @Nullable String address) {
        if (sessions.containsKey(session)) {
            sequencer.submit(session, 0, new Command.SessionConnected(address == null ? "" : address));
        }
    }

    /** Opens a session for a client that sends no Hello. */
    public long openSession(String name, String address) {
        return openSession(Hello.named(name), address);
    }

    /** Gives a session one more reference to a live object; the answer is the reference, or NO_SUCH_OBJECT. */
    public Reply retain(long session, long object) {
        Reply refusal = access.isLimiting() ? access.refusalToHold(session, object) : null;
        if (refusal != null) {
            return refusal;
        }
        Reply reply = sequencer.submit(session, 0, new Command.Retain(object));
        return reply == null ? Reply.error(ErrorCode.INTERNAL, "a fault of the server, see its log") : reply;
    }

    /**
     * Creates the named objects that are not there yet. Before the first call of another method; from any thread, as the first
     * call of all.
     *
     * @throws IllegalArgumentException if a name belongs to an object of another type, or a type needs arguments
     */
    public void share(Map<String, String> typesByName) {
        if (typesByName.isEmpty()) {
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
        registered.remove(session);
        if (sessions.containsKey(session)) {
            try {
                heap.probe();
                sequencer.submit(session, 0, new Command.SessionClosed(reason));
            } catch (OutOfMemoryError e) {
                // as if the command had failed
            }
            if (machine.isOpen(session)) {
                // what it owns must be released all the same: the next sweep tries again
                unclosed.put(session, reason);
            } else {
                String unused = sessions.remove(session);
                access.closed(session);
            }
        }
    }

    /** To be called now and then: does what failed for want of memory. */
    public void sweep() {
        if (!unclosed.isEmpty()) {
            Map<Long, String> again = new LinkedHashMap<>(unclosed);
            unclosed.clear();
            again.forEach(this::closeSession);
        }
        sequencer.awake();
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
        return registered.contains(session);
    }

    private void remember(String fingerprint, Args args) {
        if (fingerprint.isEmpty() || registries.containsKey(fingerprint)) {
            return;
        }
        byte[] classes = args.encoded(0, 0);
        registries.put(fingerprint, classes);
        registryBytes += classes.length;
        for (var oldest = registries.values().iterator(); registryBytes > MAX_KNOWN_REGISTRY_BYTES; ) {
            registryBytes -= oldest.next().length;
            oldest.remove();
        }
    }

    private static String fingerprint(Hello hello) {
        return java.util.HexFormat.of().formatHex(hello.fingerprint());
    }

    /**
     * Applies an operation.
     *
     * @param args a view that need not outlive the call
     * @return the answer, or null when it comes later through the completions
     */
    public @Nullable Reply invoke(long session, long request, Op op, long object, Args args) {
        long begun = counters.begin();
        Reply refusal = access.isLimiting() ? access.refusal(session, op, object, args) : null;
        Reply reply = refusal == null ? invokeAny(session, request, op, object, args) : refusal;
        if (audit != Audit.NONE && refusal == null && op.has(Flag.ADMIN)) {
            access.administered(session, op, args, reply);
        }
        counters.end(op, reply, begun);
        return reply;
    }

    /** Why a session may not do an operation, or null if it may: for one that another session does on its behalf. */
    public @Nullable Reply notPermitted(long session, Op op, long object, Args args) {
        return access.isLimiting() ? access.refusal(session, op, object, args) : null;
    }

    /** What has been counted so far. */
    public EngineStats stats() {
        thread.check();
        return counters.stats(sessions.size(), machine.counts());
    }

    private @Nullable Reply invokeAny(long session, long request, Op op, long object, Args args) {
        OpSpec spec = op.spec();
        if (spec.has(Flag.WRITE) || spec.has(Flag.MAY_PARK)) {
            Reply refusal = refusal(session, op, object, args);
            if (refusal != null) {
                return refusal;
            }
        } else if (machine.mayRefer()) {
            return read(session, request, op, object, args);
        }
        if (op instanceof ManagerOp managerOp) {
            return invokeManager(session, request, managerOp, object, args);
        }
        return sequencer.submit(session, request, new Command.Invoke(op, object, args));
    }

    /** Reading goes on, but for what would make the session hold many more objects while memory is scarce. */
    private @Nullable Reply read(long session, long request, Op op, long object, Args args) {
        boolean manager = op instanceof ManagerOp;
        try {
            if (!manager && !heap.admitsSmall() && machine.newReferences(session, op, object, args) > FEW) {
                return noRoom();
            }
        } catch (OutOfMemoryError e) {
            return noRoom();
        }
        Reply reply = op instanceof ManagerOp managerOp
                ? invokeManager(session, request, managerOp, object, args)
                : sequencer.submit(session, request, new Command.Invoke(op, object, args));
        if (reply != null && !reply.isError()) {
            heap.taken((long) HELD * reply.length());
        }
        return reply;
    }

    /** Why memory does not suffice for an operation, before anything has changed; or null if it does. */
    private @Nullable Reply refusal(long session, Op op, long object, Args args) {
        boolean room;
        try {
            long growth = machine.growth(session, op, object, args);
            if (growth == StateMachine.KEEPS_NOTHING) {
                room = !(op.has(Flag.DELIVERS) || op.has(Flag.MAY_PARK)) || heap.admitsSmall();
            } else {
                room = heap.admits(args.count() == 0 ? 0 : args.stop(args.count() - 1) - args.start(0), growth);
            }
            heap.probe();
        } catch (OutOfMemoryError e) {
            room = false;
        }
        if (room) {
            return null;
        }
        log.debug("no room for {} of session {}", op.wireName(), session);
        return noRoom();
    }

    /** Refuses a request for want of memory. One reply for many: while memory is full, each would take some. */
    public Reply noRoom() {
        if (refusals++ % REFUSALS_ALIKE == 0) {
            try {
                noRoom = Reply.error(
                        ErrorCode.BUSY,
                        "the server's memory is full (" + heap.describe() + " in use); remove something first");
            } catch (OutOfMemoryError e) {
                // the one before says nearly the same
            }
        }
        return noRoom;
    }

    /** Whether there is memory for one more session, reference or iterator of a client: there may be while nothing more is stored. */
    public boolean hasRoom() {
        return heap.admitsSmall();
    }

    /** Whether there is memory to receive a large request. If not, {@link #noRoom} answers it. */
    public boolean hasRoomFor(long bytes) {
        return heap.hasRoomFor(bytes);
    }

    private @Nullable Reply invokeManager(long session, long request, ManagerOp op, long object, Args args) {
        if (op == ManagerOp.INFO) {
            Reply objects = sequencer.submit(
                    session,
                    request,
                    new Command.Invoke(ManagerOp.NUMBER_OF_OBJECTS, 0, Args.of(ManagerOp.NUMBER_OF_OBJECTS)));
            return Reply.value(info.render(sequencer.time(), sessions.size(), objects, machine.classNames()));
        }
        if (op == ManagerOp.SHUTDOWN) {
            if (!options.allowShutdown()) {
                return Reply.error(
                        ErrorCode.FORBIDDEN, "this server was started without leave to be shut down by clients");
            }
            log.info("session {} ends the server", session);
            onShutdown.run();
            return Reply.NOTHING;
        }
        Administration keys = administration;
        if (keys != null && op == ManagerOp.KEYS) {
            return keys.keys();
        }
        if (keys != null && op == ManagerOp.RELOAD_KEYS) {
            keys.reloadKeys(answer -> completions.complete(session, request, answer));
            return null;
        }
        if (keys != null && op == ManagerOp.END_SESSIONS) {
            return keys.endSessions(args.text(0), session);
        }
        Reply reply = sequencer.submit(session, request, new Command.Invoke(op, object, args));
        reply = reply == null ? null : access.shown(session, op, reply);
        if (op == ManagerOp.FORCE_RELEASE && reply != null && !reply.isError()) {
            log.warn("session {} took object {} from its owners", session, args.integer(0));
        }
        if (op == ManagerOp.REGISTER_CLASSES && reply != null && !reply.isError()) {
            registered.add(session);
            remember(sessions.getOrDefault(session, ""), args);
        }
        return reply;
    }

    /** The client no longer waits for the request; its answer comes through the completions unless it was sent already. */
    public void cancel(long session, long request) {
        deliver(session, request, new Command.Cancel());
    }

    /** Ends the wait of a request whose client is gone, while its session goes on: it gets nothing and no answer. */
    public void abandon(long session, long request) {
        sequencer.submit(session, request, new Command.Abandon());
    }

    /**
     * A client that acquired something through a shared session is gone, while the session goes on. See {@link Command.Orphaned}.
     *
     * @return whether anything of the object is orphaned now
     */
    public boolean orphaned(long session, long object, long holder, long live, long patience) {
        Reply reply = sequencer.submit(session, 0, new Command.Orphaned(object, holder, live, patience));
        return reply != null && !reply.isError() && reply.bytes()[reply.start()] == Tag.TRUE.code();
    }

    /** The client has received the delivery that answered the request. */
    public void acknowledge(long session, long request) {
        deliver(session, request, new Command.Acknowledge());
    }

    /** The client does not want the delivery that answered the request. */
    public void giveBack(long session, long request) {
        deliver(session, request, new Command.GiveBack());
    }

    private void deliver(long session, long request, Command command) {
        Reply reply = sequencer.submit(session, request, command);
        if (reply != null) {
            completions.complete(session, request, reply);
        }
    }
}
