package io.multiproc.server.python;

import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Value whose label is no type code, or whose first value a type code would change: CPython's server ignores the label. It is a namespace of the two
 * attributes that CPython's Value has; {@link NamespaceReferent} hands its calls on.
 */
final class FreeValue {
    private static final String LABEL = "_typecode";
    private static final String VALUE = "_value";

    private FreeValue() {}

    /** What the namespace holds, or null when the value keeps to its type code. */
    static byte @Nullable [] content(MethodCall c) {
        Object[] a = c.bind("Value", List.of("typecode", "value", "lock"), null, null, true);
        return isTyped(a[0], a[1])
                ? null
                : c.pairs(new PyDict().put(LABEL, a[0]).put(VALUE, a[1]));
    }

    private static boolean isTyped(Object label, Object value) {
        if (!(label instanceof String symbol)) {
            return false;
        }
        try {
            return PyArrays.isExact(TypeCode.of(symbol), value);
        } catch (ValueException e) {
            return false;
        }
    }

    static boolean isCalled(String method) {
        return method.equals("get") || method.equals("set");
    }

    static Object call(MethodCall c) {
        if (c.method.equals("set")) {
            Object value = c.bind("Value.set", List.of("value"), (Object) null)[0];
            return c.change(NamespaceOp.SET, Values.ofText(VALUE), c.value(value));
        }
        c.bind("Value.get", List.of());
        return DictReferent.encoded(c.invoke(NamespaceOp.GET, Values.ofText(VALUE)));
    }

    /** Whether what a namespace holds is one. */
    static boolean is(PyDict content) {
        return content.pairs.size() == 4
                && content.pairs.get(0).equals(LABEL)
                && content.pairs.get(2).equals(VALUE);
    }

    static String repr(MethodCall c, PyDict content) {
        return "Value(" + c.hub.repr().ofGraph(content.pairs.get(1)) + ", "
                + c.hub.repr().ofGraph(content.pairs.get(3)) + ")";
    }

    static PyObject content(PyDict content) {
        Py.PyGlobal value = new Py.PyGlobal("multiprocessing.managers", "Value");
        return new PyObject(Py.Maker.NEWOBJ, value, Py.EMPTY_TUPLE, Py.NONE).step(Py.Step.BUILD, content);
    }
}
