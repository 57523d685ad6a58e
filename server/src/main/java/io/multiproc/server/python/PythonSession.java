package io.multiproc.server.python;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.pickle.PickleException;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A data connection: one thread of one client, and one session of the engine, which owns the reentrant locks that the thread
 * acquires. Requests come one after the other; what one has received is certain when the next one comes.
 */
public final class PythonSession {
    private static final long NO_REQUEST = 0;

    private final PythonHub hub;
    private final Peers.Peer peer;
    private final Object serverAddress;
    private final @Nullable String through;
    private final long session;
    private final Consumer<byte[]> out;

    private final Submitted submitted;
    private long lastRequest;
    /** The request that is not answered yet. */
    private @Nullable Request current;
    /** What makes its result of the answer to a command; null before there is one. */
    private @Nullable Supplier<Object> stage;

    private boolean control;
    private boolean waiting;
    /** References that replies have given this session and that the client has counted by now, or never will. */
    private Map<Long, Long> lent = Map.of();

    private long undelivered = NO_REQUEST;
    /** The item and the references that the client has certainly received, of which the state has not been told. */
    private long delivered = NO_REQUEST;

    private Map<Long, Long> counted = Map.of();
    private final List<Long> iterators = new ArrayList<>();
    private long plainWait = NO_REQUEST;
    /** Plain locks and semaphores that it acquired and did not release. */
    private final Set<Long> plain = new HashSet<>();
    /** Why the connection has ended, or null. */
    private @Nullable String ended;

    private boolean over;
    private @Nullable Runnable onApplied;

    PythonSession(
            PythonHub hub,
            Peers.Peer peer,
            Object serverAddress,
            @Nullable String through,
            String name,
            String address,
            Consumer<byte[]> out) {
        this.hub = hub;
        this.peer = peer;
        this.serverAddress = serverAddress;
        this.through = through;
        this.session = hub.engine().openSession(Hello.named(name), address, peer.key, peer.session);
        this.out = out;
        this.submitted = new Submitted(this, hub.engine());
    }

    /** The session of the engine. */
    public long id() {
        return session;
    }

    /** Whether the last request is not answered yet; the next one must not be given before it is. */
    public boolean isWaiting() {
        return waiting;
    }

    /** Whether a command of the last request is on its way to the state, for no longer than a burst takes. */
    public boolean isBusy() {
        return submitted.isOnItsWay();
    }

    /** Has something done once when that is over. */
    public void whenApplied(Runnable task) {
        onApplied = task;
    }

    /** Whether the last reply hands over an item of a queue. */
    public boolean hasUndelivered() {
        return undelivered != NO_REQUEST;
    }

    Peers.Peer peer() {
        return peer;
    }

    Object serverAddress() {
        return serverAddress;
    }

    /** Takes a request; the answer goes to the consumer, now or later. */
    public void request(byte[] b, int from, int end) {
        confirm();
        hub.proxies().readBy(serverAddress, through);
        finish(() -> {
            Request r = Request.read(b, from, end);
            current = r;
            return dispatch(r);
        });
    }

    /** Takes the request of a control connection. */
    void control(Request r) {
        control = true;
        current = r;
        again();
    }

    /** Answers a request that was not read with an error. */
    public void refuse(String text) {
        confirm();
        finish(() -> {
            throw PyError.value(text);
        });
    }

    /** Answers a request that was not read as there is no memory for it. */
    public void refuseForMemory() {
        confirm();
        finish(() -> {
            throw new OutOfMemoryError("no memory for a request");
        });
    }

    /** Says why it ends, as the answer to the request that waits, or to the next one. */
    public void lastWord(String text) {
        out.accept(hub.replies().error(PyError.of("PermissionError", text)));
    }

    /** Makes a result and sends it, unless it comes later. */
    private void finish(Supplier<Object> maker) {
        waiting = false;
        plainWait = NO_REQUEST;
        hub.work().begin();
        byte[] reply;
        try {
            hub.proxies().readBy(serverAddress, through);
            reply = reply(maker);
        } catch (OutOfMemoryError e) {
            takeBack();
            reply = hub.outOfMemory();
        }
        if (reply == null) {
            waiting = true;
            return;
        }
        current = null;
        stage = null;
        submitted.forget();
        if (ended == null) {
            out.accept(reply);
        }
        settle();
    }

    /** The reply, or null if it comes later. */
    private byte @Nullable [] reply(Supplier<Object> maker) {
        try {
            Object result = maker.get();
            return result == MethodCall.LATER ? null : hub.replies().result(result);
        } catch (Submitted.Again e) {
            return null;
        } catch (PyError e) {
            return error(e);
        } catch (PickleException e) {
            return error(PyError.value(String.valueOf(e.getMessage())));
        } catch (ValueException e) {
            return error(PyError.of(e.code(), String.valueOf(e.getMessage())));
        } catch (RuntimeException | StackOverflowError e) {
            hub.fault(e);
            return hub.replies().error(PyError.remote("RuntimeError", "a fault of the server, see its log"));
        }
    }

    private byte[] error(PyError e) {
        return hub.replies().error(control ? hub.control().remote(e) : e);
    }

    /** Makes the result of the request from its start, or from the last command on, as a read has been applied that it needs. */
    void again() {
        Supplier<Object> last = stage;
        Request r = current;
        if (last != null) {
            finish(last);
        } else if (r != null) {
            finish(() -> control ? hub.control().run(peer, this, r) : dispatch(r));
        }
    }

    /** A command has been applied: makes the result of its answer. */
    void goOn(Function<Reply, Object> then, Reply reply) {
        finish(stage(then, reply));
    }

    /** The request goes on from here. */
    Supplier<Object> stage(Function<Reply, Object> then, Reply reply) {
        Supplier<Object> last = () -> then.apply(reply);
        stage = last;
        return last;
    }

    /** A request waits in the state. */
    void parked(long by, long request) {
        if (by != session) {
            hub.unowned().waits(request, this);
            plainWait = request;
        }
    }

    /** What was on its way has been applied. If the connection has ended meanwhile, it ends now: as if that had come after the answer. */
    void applied() {
        Runnable task = onApplied;
        if (task != null && !submitted.isOnItsWay()) {
            onApplied = null;
            task.run();
        }
        String reason = ended;
        if (reason != null && !submitted.isOnItsWay()) {
            end(reason);
        }
    }

    private Object dispatch(Request r) {
        Idents.Ident ident = r.ident() instanceof String s ? hub.idents().parse(s) : null;
        if (ident == null) {
            throw PyError.unknown(
                    r.ident() instanceof String s
                            ? s
                            : hub.repr().shortened(() -> hub.repr().ofGraph(r.ident())));
        }
        MethodCall call = new MethodCall(hub, this, ident.id(), r.name(), r.args(), r.kwds(), r.shared());
        if (ident.typeCode() == Idents.ITERATOR) {
            if (Exposed.ITERATOR.contains(r.name())) {
                return hub.iterators().call(ident.id(), call);
            }
            if (hub.iterators().has(ident.id())
                    && (r.name().equals("__repr__") || r.name().equals("__str__"))) {
                return "<dict_keyiterator object at 0x" + Long.toHexString(ident.id()) + ">";
            }
            throw notExposed(r.name(), "dict_keyiterator");
        }
        ObjectType type = ident.type();
        Referent referent = type == null ? null : hub.referent(type);
        if (type == null || referent == null) {
            throw PyError.unknown(String.valueOf(r.ident()));
        }
        r.checkDescriptors(type);
        if (Exposed.of(type).contains(r.name())
                || Exposed.ofNewer(type).contains(r.name())
                || type == ObjectType.NAMESPACE && FreeValue.isCalled(r.name())) {
            return referent.call(call);
        }
        boolean special = r.name().startsWith("__") || r.name().startsWith("#");
        if (type == ObjectType.INSTANCE && !special) {
            return referent.call(call); // its host knows its methods
        }
        return switch (r.name()) {
            case "__str__", "__repr__" -> referent.repr(call);
            case "#GETVALUE" -> referent.content(call);
            default -> throw notExposed(r.name(), referent.typeName());
        };
    }

    private static PyError notExposed(String method, String type) {
        return PyError.remote(
                "AttributeError",
                "method '" + method + "' of <class '" + type + "'> object is not in exposed\n\nKeyError: '" + method
                        + "'");
    }

    /** Reads. @throws Submitted.Again if the answer comes later; the call is made again then */
    Reply read(Op op, long object, Args args) {
        return submitted.read(session, ++lastRequest, op, object, args);
    }

    /** Reads without holding the references of the answer; null if only a command can. */
    @Nullable
    Reply look(Op op, long object, Args args) {
        return hub.engine().look(session, op, object, args);
    }

    /** Applies an operation; {@code then} makes the result of the answer, now or later. */
    Object await(Op op, long object, Args args, Function<Reply, Object> then) {
        settle();
        return submitted.operation(session, ++lastRequest, op, object, args, null, then);
    }

    /** The same by another session: {@code request} is a number of it. */
    Object awaitBy(long by, long request, Op op, long object, Args args, Function<Reply, Object> then) {
        settle();
        return submitted.operation(by, request, op, object, args, null, then);
    }

    /** The same for one that may wait, which the caller does not. */
    Object postBy(long by, long request, Op op, long object, Args args, Function<Reply, Object> then) {
        return submitted.operation(by, request, op, object, args, Reply.NOTHING, then);
    }

    /** One more reference for a session. */
    Object retainBy(long by, long object, Function<Reply, Object> then) {
        settle();
        return submitted.retain(by, object, then);
    }

    /** Notes what an answer gives to this session. */
    Reply received(long by, long request, Op op, Reply reply) {
        if (reply.isError() || by != session) {
            return reply;
        }
        if (op.has(Flag.DELIVERS) && reply.bytes()[reply.start()] != Tag.ABSENT.code()) {
            undelivered = request;
        }
        if (Values.mayHoldRefs(reply.bytes(), reply.start())) {
            Values.forEachRef(reply.bytes(), reply.start(), id -> {
                if (lent.isEmpty()) {
                    lent = new LinkedHashMap<>();
                }
                lent.merge(id, 1L, Long::sum);
            });
        }
        return reply;
    }

    /** The answer to the request that waits. */
    public void answered(long request, Reply reply) {
        submitted.answered(session, request, reply);
    }

    /** The answer to what waits in another session. */
    void answeredBy(long by, long request, Reply reply) {
        submitted.answered(by, request, reply);
        if (ended != null) {
            orphan();
        }
    }

    void acquired(long plainObject) {
        plain.add(plainObject);
    }

    void released(long plainObject) {
        plain.remove(plainObject);
    }

    void opened(long iterator) {
        iterators.add(iterator);
    }

    /** There is no reply that hands over the item. */
    private void takeBack() {
        if (undelivered != NO_REQUEST) {
            hub.engine().giveBack(session, undelivered);
            undelivered = NO_REQUEST;
        }
    }

    /** The client has got the last reply. The state is told with the next command, or when the request at hand is answered. */
    private void confirm() {
        settle();
        delivered = undelivered;
        undelivered = NO_REQUEST;
        counted = lent;
        lent = Map.of();
    }

    private void settle() {
        if (delivered != NO_REQUEST) {
            hub.engine().acknowledge(session, delivered);
            delivered = NO_REQUEST;
        }
        if (!counted.isEmpty()) {
            List<byte[]> pairs = new ArrayList<>();
            counted.forEach((id, n) -> {
                pairs.add(Values.ofInteger(id));
                pairs.add(Values.ofInteger(n));
            });
            Args args = MethodCall.args(ManagerOp.RELEASE, Values.container(Tag.DICT, pairs));
            counted = Map.of();
            hub.engine().submit(session, ++lastRequest, ManagerOp.RELEASE, 0, args, Submitted.UNASKED);
        }
    }

    /**
     * The connection has ended.
     *
     * @param received whether the client certainly got the last reply: if not, an item that it hands over goes back to its queue
     */
    public void ended(boolean received, String reason) {
        if (ended != null) {
            return;
        }
        ended = reason;
        if (submitted.isOnItsWay()) {
            // nobody knows yet what it acquires
            return;
        }
        if (received && !waiting) {
            confirm();
        }
        end(reason);
    }

    private void end(String reason) {
        if (over) {
            return;
        }
        over = true;
        settle();
        if (plainWait != NO_REQUEST) {
            hub.unowned().abandon(plainWait);
            plainWait = NO_REQUEST;
        }
        orphan();
        hub.iterators().openerGone(this, iterators);
        hub.engine().closeSession(session, reason);
        hub.disconnected(peer, session);
    }

    /** What it has acquired of plain locks and semaphores stays for a while. */
    private void orphan() {
        for (long object : List.copyOf(plain)) {
            hub.unowned().gone(this, object);
        }
    }
}
