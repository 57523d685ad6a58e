package io.multiproc.server.python;

import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.List;
import java.util.TreeMap;

/** A namespace. */
final class NamespaceReferent implements Referent {
    @Override
    public Object call(MethodCall c) {
        if (FreeValue.isCalled(c.method)) {
            return FreeValue.call(c);
        }
        int n = c.method.equals("__setattr__") ? 2 : 1;
        List<Object> a = c.positional("Namespace", n, n);
        if (!(a.get(0) instanceof String name)) {
            throw PyError.type("attribute name must be string, not '" + Py.typeName(a.get(0)) + "'");
        }
        switch (c.method) {
            case "__getattribute__" -> {
                Reply reply = c.invoke(NamespaceOp.GET, c.value(name));
                return Values.isAbsent(reply.value()) ? missing(name) : DictReferent.encoded(reply);
            }
            case "__setattr__" -> {
                return c.change(NamespaceOp.SET, c.value(name), c.value(a.get(1)));
            }
            case "__delattr__" -> {
                return c.await(
                        NamespaceOp.DELETE,
                        reply -> MethodCall.checked(reply).value()[0] == Tag.FALSE.code() ? missing(name) : NONE,
                        c.value(name));
            }
            default -> throw new IllegalStateException(c.method);
        }
    }

    private static Object missing(String name) {
        throw PyError.of("AttributeError", "'Namespace' object has no attribute '" + name + "'");
    }

    @Override
    public String repr(MethodCall c) {
        Reply content = c.look(NamespaceOp.SNAPSHOT);
        if (c.hub.translator().fromEnvelope(content.value(), 0) instanceof PyDict d && FreeValue.is(d)) {
            return FreeValue.repr(c, d);
        }
        List<byte[]> pairs = Values.elements(content.value(), 0);
        TreeMap<String, String> shown = new TreeMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            String name = Values.text(pairs.get(i));
            if (!name.startsWith("_")) {
                shown.put(name, name + "=" + c.hub.repr().of(pairs.get(i + 1)));
            }
        }
        return "Namespace(" + String.join(", ", shown.values()) + ")";
    }

    @Override
    public Object content(MethodCall c) {
        Object state =
                c.hub.translator().fromEnvelope(c.invoke(NamespaceOp.SNAPSHOT).value(), 0);
        if (state instanceof PyDict d && FreeValue.is(d)) {
            return FreeValue.content(d);
        }
        PyObject o = new PyObject(
                Py.Maker.NEWOBJ, new Py.PyGlobal("multiprocessing.managers", "Namespace"), Py.EMPTY_TUPLE, NONE);
        return state instanceof PyDict d && d.pairs.isEmpty() ? o : o.step(Py.Step.BUILD, state);
    }

    @Override
    public String typeName() {
        return "Namespace";
    }
}
