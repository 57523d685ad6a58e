package io.multiproc.server.python;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Translator;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.engine.Engine;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state that all connections of Python's clients share. Belongs to the thread of the engine. */
public final class PythonHub {
    private static final Logger log = LoggerFactory.getLogger(PythonHub.class);

    private final Engine engine;
    private final int maxFrame;
    private final Idents idents;
    private final Proxies proxies;
    /** What the present request costs this thread, beside the operations that it asks for. */
    private final Work work = new Work(Work.DEFAULT);

    private final Translator translator;
    private final PyRepr repr;
    private final Replies replies;
    private final Peers peers;
    private final Iterators iterators;
    private final UnownedLocks unowned;
    private final Control control;
    private long faults;
    /** Made before it is needed. */
    private final byte[] outOfMemory;

    private final BarrierReferent barriers = new BarrierReferent();
    private final Map<ObjectType, Referent> referents = new EnumMap<>(ObjectType.class);

    /**
     * @param awayMillis after how long without any connection a host counts as gone and what its processes held is dropped
     * @param orphanMillis after how long a waiter gets a plain lock or permit whose acquirer has gone
     */
    public PythonHub(Engine engine, int maxFrame, long awayMillis, long orphanMillis) {
        this.engine = engine;
        this.maxFrame = maxFrame;
        idents = new Idents(engine.epoch());
        proxies = new Proxies(idents, engine::className);
        long heap = Runtime.getRuntime().maxMemory();
        // what stays on the server need not fit a frame
        int maxValue = (int) Math.min(Integer.MAX_VALUE - 16, Math.max(maxFrame, heap / 16));
        translator = new Translator(proxies, maxValue, work);
        repr = new PyRepr(translator, work, (int) Math.min(maxFrame, heap / 32));
        replies = new Replies(translator, maxFrame);
        outOfMemory = replies.error(
                PyError.remote("MemoryError", "the server is out of memory; remove something, or send less at a time"));
        peers = new Peers(engine, awayMillis);
        iterators = new Iterators(this);
        unowned = new UnownedLocks(engine, orphanMillis);
        control = new Control(this);
        referents.put(ObjectType.DICT, new DictReferent());
        referents.put(ObjectType.LIST, new ListReferent());
        referents.put(ObjectType.SET, new SetReferent());
        referents.put(ObjectType.NAMESPACE, new NamespaceReferent());
        referents.put(ObjectType.QUEUE, new QueueReferent(false));
        referents.put(ObjectType.JOINABLE_QUEUE, new QueueReferent(true));
        referents.put(ObjectType.SIMPLE_QUEUE, new QueueReferent(false));
        referents.put(ObjectType.LOCK, new LockReferent(false));
        referents.put(ObjectType.RLOCK, new LockReferent(true));
        referents.put(ObjectType.VALUE, new ValueReferent());
        referents.put(ObjectType.ARRAY, new ArrayReferent());
        referents.put(ObjectType.EVENT, new EventReferent());
        referents.put(ObjectType.CONDITION, new ConditionReferent());
        referents.put(ObjectType.SEMAPHORE, new SemaphoreReferent("Semaphore"));
        referents.put(ObjectType.BOUNDED_SEMAPHORE, new SemaphoreReferent("BoundedSemaphore"));
        referents.put(ObjectType.BARRIER, barriers);
        referents.put(ObjectType.INSTANCE, new InstanceReferent());
    }

    /** What a connection's first request is. */
    public sealed interface Opened {
        /** A control connection: these are its replies, and its end. */
        record Answered(List<byte[]> replies) implements Opened {}

        /** A control connection whose reply the consumer gets later; that is its end. */
        record Asked() implements Opened {}

        /** A data connection, and the reply that opens it. */
        record Data(PythonSession session, byte[] reply) implements Opened {}
    }

    /**
     * Takes the first request of a connection.
     *
     * @param peerKey which process or host it is from; {@code "pid N"} for a process that this server can see
     * @param through the proxy server through which it came, or null
     * @param serverAddress how proxies should name this server: a text, or host and port
     * @param key what the client has proved; null for the server itself
     * @param out gets the replies of a data connection, and the one of a control connection that comes later
     */
    public Opened open(
            byte[] b,
            int from,
            int end,
            String peerKey,
            String address,
            List<Object> serverAddress,
            @Nullable NamedKey key,
            @Nullable String through,
            Consumer<byte[]> out) {
        work.begin();
        Request r;
        try {
            r = Request.read(b, from, end);
        } catch (PyError e) {
            return new Opened.Answered(List.of(replies.error(e)));
        } catch (OutOfMemoryError e) {
            return new Opened.Answered(List.of(outOfMemory));
        }
        Object self = serverAddress.size() == 1 ? serverAddress.get(0) : Py.tuple(serverAddress.toArray());
        boolean data = r.name().equals("accept_connection");
        String name = data && !r.args().isEmpty() && r.args().get(0) instanceof String s ? s : r.name();
        // what gives something back needs no room
        boolean gives = r.name().equals("decref") || r.name().equals("shutdown");
        if (!gives && !engine.hasRoom()) {
            return new Opened.Answered(List.of(outOfMemory));
        }
        Peers.Peer peer = peers.connected(peerKey, address, key);
        if (engine.gathers()) {
            unowned.prepare();
        }
        if (data) {
            PythonSession session = new PythonSession(this, peer, self, through, "python " + name, address, out);
            return new Opened.Data(session, replies.result(Py.NONE));
        }
        Controlled answer = new Controlled(out);
        PythonSession session = new PythonSession(this, peer, self, through, "python " + name, address, answer);
        session.control(r);
        byte[] reply = answer.returned();
        if (reply == null) {
            answer.endsLater(session);
            return new Opened.Asked();
        }
        session.ended(true, "answered");
        // CPython says it twice, and its client reads it
        return new Opened.Answered(r.name().equals("shutdown") ? List.of(reply, reply) : List.of(reply));
    }

    /** The reply to a first request that was not read. */
    public byte[] refusal(String text) {
        return replies.error(PyError.remote("ValueError", text));
    }

    /** The consumer of the reply of a control connection. */
    private static final class Controlled implements Consumer<byte[]> {
        private final Consumer<byte[]> out;
        private byte @Nullable [] reply;
        private @Nullable PythonSession session;

        Controlled(Consumer<byte[]> out) {
            this.out = out;
        }

        byte @Nullable [] returned() {
            return reply;
        }

        void endsLater(PythonSession s) {
            session = s;
        }

        @Override
        public void accept(byte[] bytes) {
            PythonSession s = session;
            if (s == null) {
                reply = bytes;
            } else {
                out.accept(bytes);
                s.ended(true, "answered");
            }
        }
    }

    /** Takes an answer to a session that no connection has; false if it is none of this dialect's. */
    public boolean answered(long session, long request, Reply reply) {
        if (session == 0 || session != unowned.session()) {
            return false;
        }
        unowned.answered(request, reply);
        return true;
    }

    /** Drops what those held that have been gone for long. */
    public void sweep() {
        peers.sweep(nowMillis()).forEach(iterators::peerGone);
    }

    /** Ends the session of a process or host, if it is one: what it held is dropped. */
    public void endPeer(long session, String why) {
        Peers.Peer peer = peers.ended(session, why);
        if (peer != null) {
            iterators.peerGone(peer);
        }
    }

    private static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }

    void disconnected(Peers.Peer peer, long session) {
        peers.disconnected(peer, session, nowMillis());
    }

    /** How many requests ended in a fault of this server, since its start. */
    public long faults() {
        return faults;
    }

    /** The reply to a request for which memory ran out. Nothing has been changed: an operation of the state says so by itself. */
    byte[] outOfMemory() {
        return outOfMemory;
    }

    void fault(Throwable e) {
        faults++;
        log.error("fault while serving a Python client", e);
    }

    Control control() {
        return control;
    }

    Work work() {
        return work;
    }

    Engine engine() {
        return engine;
    }

    Idents idents() {
        return idents;
    }

    Proxies proxies() {
        return proxies;
    }

    Translator translator() {
        return translator;
    }

    PyRepr repr() {
        return repr;
    }

    Replies replies() {
        return replies;
    }

    Peers peers() {
        return peers;
    }

    Iterators iterators() {
        return iterators;
    }

    UnownedLocks unowned() {
        return unowned;
    }

    BarrierReferent barriers() {
        return barriers;
    }

    int maxReply() {
        return maxFrame;
    }

    @Nullable
    Referent referent(ObjectType type) {
        return referents.get(type);
    }

    /** The type of a value, or of the proxy that it is. */
    String typeName(Object v) {
        Idents.Ident ident = proxies.ident(v);
        ObjectType type = ident == null ? null : ident.type();
        return type == null ? Py.typeName(v) : Exposed.proxyClass(type);
    }

    /** The content of a proxy of a dict, or null if it is none. */
    @Nullable
    Object contentOfDict(MethodCall c, Object v) {
        Idents.Ident ident = proxies.ident(v);
        if (ident == null || ident.type() != ObjectType.DICT) {
            return null;
        }
        PyDict dict = new PyDict();
        Contents.ofDict(c, ident.id()).forEach(part -> dict.pairs.add(translator.fromEnvelope(part, 0)));
        return dict;
    }

    /** The content of a proxy of a dict, list or set, or null if it is none. */
    @Nullable
    Object contentOfProxy(MethodCall c, PyObject v) {
        Idents.Ident ident = proxies.ident(v);
        if (ident != null && ident.type() == ObjectType.LIST) {
            PyList list = new PyList();
            Contents.ofList(c, ident.id()).forEach(item -> list.items.add(translator.fromEnvelope(item, 0)));
            return list;
        }
        if (ident != null && ident.type() == ObjectType.SET) {
            return translator.fromEnvelope(
                    c.invokeOn(ident.id(), SetOp.SNAPSHOT).value(), 0);
        }
        return contentOfDict(c, v);
    }
}
