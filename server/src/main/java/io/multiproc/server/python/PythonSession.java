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

    private long lastRequest;
    /** References that replies have given this session and that the client has counted by now, or never will. */
    private final Map<Long, Long> lent = new LinkedHashMap<>();

    private final List<Long> iterators = new ArrayList<>();
    private long undelivered = NO_REQUEST;
    private @Nullable Function<Reply, Object> then;
    private boolean waiting;
    private long plainWait = NO_REQUEST;
    /** Plain locks and semaphores that it acquired and did not release. */
    private final Set<Long> plain = new HashSet<>();

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
    }

    /** The session of the engine. */
    public long id() {
        return session;
    }

    /** Whether a request waits on the server; the next one must not be given before it is answered. */
    public boolean isWaiting() {
        return waiting;
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
        settle();
        hub.proxies().readBy(serverAddress, through);
        finish(() -> dispatch(Request.read(b, from, end)));
    }

    /** Answers a request that was not read with an error. */
    public void refuse(String text) {
        settle();
        finish(() -> {
            throw PyError.value(text);
        });
    }

    /** Answers a request that was not read as there is no memory for it. */
    public void refuseForMemory() {
        settle();
        finish(() -> {
            throw new OutOfMemoryError("no memory for a request");
        });
    }

    /** Says why it ends, as the answer to the request that waits, or to the next one. */
    public void lastWord(String text) {
        out.accept(hub.replies().error(PyError.of("PermissionError", text)));
    }

    /** Makes a result and sends it, unless it comes later. */
    void finish(Supplier<Object> maker) {
        waiting = false;
        plainWait = NO_REQUEST;
        hub.work().begin();
        byte[] reply;
        try {
            hub.proxies().readBy(serverAddress, through);
            Object result = maker.get();
            if (result == MethodCall.LATER) {
                waiting = true;
                return;
            }
            reply = hub.replies().result(result);
        } catch (PyError e) {
            reply = hub.replies().error(e);
        } catch (PickleException e) {
            reply = hub.replies().error(PyError.value(String.valueOf(e.getMessage())));
        } catch (ValueException e) {
            reply = hub.replies().error(PyError.of(e.code(), String.valueOf(e.getMessage())));
        } catch (OutOfMemoryError e) {
            takeBack();
            reply = hub.outOfMemory();
        } catch (RuntimeException | StackOverflowError e) {
            hub.fault(e);
            reply = hub.replies().error(PyError.remote("RuntimeError", "a fault of the server, see its log"));
        }
        out.accept(reply);
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
        if (Exposed.of(type).contains(r.name())
                || Exposed.forAutoProxy(type).contains(r.name())
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

    /** Applies an operation, whose answer comes at once. */
    @Nullable
    Reply invoke(Op op, long object, Args args) {
        Reply reply = hub.engine().invoke(session, ++lastRequest, op, object, args);
        return received(op, reply);
    }

    /** Applies an operation, whose answer may come later; {@code later} gets it then. */
    @Nullable
    Reply invokeLast(Op op, long object, Args args, Function<Reply, Object> later) {
        Reply reply = hub.engine().invoke(session, ++lastRequest, op, object, args);
        if (reply == null) {
            then = later;
            lateOp = op;
        }
        return received(op, reply);
    }

    private Op lateOp = ManagerOp.INFO;

    private @Nullable Reply received(Op op, @Nullable Reply reply) {
        if (reply == null || reply.isError()) {
            return reply;
        }
        if (op.has(Flag.DELIVERS) && reply.bytes()[reply.start()] != Tag.ABSENT.code()) {
            undelivered = lastRequest;
        }
        if (Values.mayHoldRefs(reply.bytes(), reply.start())) {
            Values.forEachRef(reply.bytes(), reply.start(), id -> lent.merge(id, 1L, Long::sum));
        }
        return reply;
    }

    /** The answer to the request that waits. */
    public void answered(long request, Reply reply) {
        Function<Reply, Object> f = then;
        if (f != null && request == lastRequest) {
            then = null;
            received(lateOp, reply);
            finish(() -> f.apply(reply));
        }
    }

    void waitsFor(long plainRequest) {
        plainWait = plainRequest;
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

    /** The client has got the last reply. */
    private void settle() {
        if (undelivered != NO_REQUEST) {
            hub.engine().acknowledge(session, undelivered);
            undelivered = NO_REQUEST;
        }
        if (!lent.isEmpty()) {
            List<byte[]> pairs = new ArrayList<>();
            lent.forEach((id, n) -> {
                pairs.add(Values.ofInteger(id));
                pairs.add(Values.ofInteger(n));
            });
            lent.clear();
            Args args = MethodCall.args(ManagerOp.RELEASE, Values.container(Tag.DICT, pairs));
            hub.engine().invoke(session, ++lastRequest, ManagerOp.RELEASE, 0, args);
        }
    }

    /**
     * The connection has ended.
     *
     * @param received whether the client certainly got the last reply: if not, an item that it hands over goes back to its queue
     */
    public void ended(boolean received, String reason) {
        if (plainWait != NO_REQUEST) {
            hub.unowned().abandon(plainWait);
        }
        for (long object : List.copyOf(plain)) {
            hub.unowned().gone(this, object);
        }
        if (received) {
            settle();
        }
        hub.iterators().openerGone(this, iterators);
        hub.engine().closeSession(session, reason);
        hub.disconnected(peer);
    }
}
