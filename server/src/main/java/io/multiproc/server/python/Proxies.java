package io.multiproc.server.python;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.Maker;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Translator;
import io.multiproc.protocol.wire.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Proxies within values: references to shared objects on this side, descriptions of how to rebuild a proxy on the client's. A proxy is
 * handed out as some client handed it in: same class, type id and address, as CPython does. One that came from a Java client, or through another proxy server than the
 * reading client does, gets the address under which the reading client knows this server.
 */
final class Proxies implements Translator.Proxies {
    private static final String MANAGERS = "multiprocessing.managers";
    private static final int MAX_FORMS = 10_000;
    private static final int MAX_NAME = 200;

    /** What a token says. */
    record Token(String typeId, Object address, String ident) {}

    private final Idents idents;
    private final LongFunction<@Nullable String> classNames;
    private final Map<Long, Form> forms = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Form> eldest) {
            return size() > MAX_FORMS;
        }
    };
    /** A proxy as some client handed it in, and the proxy server through which that client came, or null. */
    private record Form(PyObject proxy, @Nullable String door) {}

    private Object address = Py.NONE;
    private @Nullable String door;
    private @Nullable Object spelled;

    /**
     * @param classNames the names of registered Java classes by their ids
     */
    Proxies(Idents idents, LongFunction<@Nullable String> classNames) {
        this.idents = idents;
        this.classNames = classNames;
    }

    /**
     * Who reads and writes from now on.
     *
     * @param serverAddress the address of this server for proxies that nobody has handed in yet
     * @param through the proxy server through which the client came, or null
     */
    void readBy(Object serverAddress, @Nullable String through) {
        address = serverAddress;
        door = through;
        spelled = null;
    }

    /** The address that a client has used in what was read since {@link #readBy}, or null. */
    @Nullable
    Object spelled() {
        return spelled;
    }

    /** Whether it is a class of the module, or of a fork of it under another name. */
    private static boolean isManagers(PyObject o, String name) {
        return o.callable instanceof PyGlobal g
                && g.name().equals(name)
                && g.module().endsWith(".managers");
    }

    /** Null if it is no token. */
    static @Nullable Token token(Object v) {
        return v instanceof PyObject o
                        && isManagers(o, "Token")
                        && o.state() instanceof PyTuple t
                        && t.items.size() == 3
                        && t.items.get(0) instanceof String typeId
                        && t.items.get(2) instanceof String ident
                ? new Token(typeId, t.items.get(1), ident)
                : null;
    }

    static PyObject token(String typeId, Object address, String ident) {
        return new PyObject(Maker.NEWOBJ, new PyGlobal(MANAGERS, "Token"), Py.EMPTY_TUPLE, Py.NONE)
                .step(Py.Step.BUILD, Py.tuple(typeId, address, ident));
    }

    /** The ident in the description of a proxy of an object of this server, or null. */
    Idents.@Nullable Ident ident(Object v) {
        if (v instanceof PyObject o
                && isManagers(o, "RebuildProxy")
                && o.arguments().size() == 4) {
            Token token = token(o.arguments().get(1));
            Idents.Ident ident = token == null ? null : idents.parse(token.ident());
            return ident == null || ident.type() == null ? null : ident;
        }
        return null;
    }

    @Override
    public byte @Nullable [] toEnvelope(PyObject o) {
        Idents.Ident ident = ident(o);
        if (ident == null) {
            return null;
        }
        if (isSmall(o)) {
            forms.put(ident.id(), new Form(o, door));
        }
        Token token = token(o.arguments().get(1));
        if (token != null) {
            spelled = token.address();
        }
        return Values.ofRef(ident.typeCode(), ident.id());
    }

    /** Whether it has the shape that CPython gives it, and nothing large in it. */
    private static boolean isSmall(PyObject o) {
        Token token = token(o.arguments().get(1));
        boolean named = o.arguments().get(0) instanceof PyGlobal g
                && g.module().length() + g.name().length() <= MAX_NAME;
        if (!named || token == null || token.typeId().length() > MAX_NAME || !o.steps.isEmpty()) {
            return false;
        }
        boolean address = token.address() instanceof String s
                ? s.length() <= MAX_NAME
                : token.address() instanceof PyTuple t
                        && t.items.size() == 2
                        && t.items.get(0) instanceof String host
                        && host.length() <= MAX_NAME
                        && t.items.get(1) instanceof Long;
        if (!address
                || !(o.arguments().get(2) instanceof String)
                || !(o.arguments().get(3) instanceof PyDict kwds)) {
            return false;
        }
        if (kwds.pairs.isEmpty()) {
            return true;
        }
        return kwds.pairs.size() == 2
                && kwds.pairs.get(0).equals("exposed")
                && kwds.pairs.get(1) instanceof PyTuple names
                && names.items.size() <= MAX_NAME
                && names.items.stream().allMatch(n -> n instanceof String s && s.length() <= MAX_NAME);
    }

    @Override
    public @Nullable String javaClass(byte[] b, int from, int end) {
        return JavaObjects.className(b, from, end, classNames);
    }

    @Override
    public Object fromEnvelope(int type, long id) {
        Form form = forms.get(id);
        if (form != null && Objects.equals(form.door(), door)) {
            return form.proxy();
        }
        if (form != null) {
            // on the other side of a proxy server that address means nothing, or something else
            List<Object> was = form.proxy().arguments();
            Token token = token(was.get(1));
            if (token != null) {
                return Py.call(
                        MANAGERS,
                        "RebuildProxy",
                        was.get(0),
                        token(token.typeId(), address, token.ident()),
                        was.get(2),
                        was.get(3));
            }
        }
        ObjectType t = ObjectType.coded(type);
        if (t == null) {
            return Py.NONE;
        }
        PyDict kwds = new PyDict();
        if (t != ObjectType.INSTANCE && Exposed.proxyClass(t).equals("AutoProxy")) {
            // (of an instance the client asks for the methods)
            kwds.put("exposed", Exposed.tuple(Exposed.forAutoProxy(t)));
        }
        return Py.call(
                MANAGERS,
                "RebuildProxy",
                new PyGlobal(MANAGERS, Exposed.proxyClass(t)),
                token(Exposed.typeId(t), address, idents.of(type, id)),
                "pickle",
                kwds);
    }
}
