package io.multiproc.server.python;

import io.multiproc.protocol.op.ValueOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.Values;
import java.util.List;

/** A value. Unlike CPython's it keeps to its type code, so that Java can rely on it. */
final class ValueReferent implements Referent {
    @Override
    public Object call(MethodCall c) {
        if (c.method.equals("get")) {
            c.bind("Value.get", List.of());
            return DictReferent.encoded(c.invoke(ValueOp.GET));
        }
        Object value = c.bind("Value.set", List.of("value"), (Object) null)[0];
        TypeCode code = TypeCode.of(Values.text(c.invoke(ValueOp.CODE).value()));
        return c.change(ValueOp.SET, c.value(PyArrays.checked(code, value)));
    }

    @Override
    public String repr(MethodCall c) {
        return "Value('" + Values.text(c.look(ValueOp.CODE).value()) + "', "
                + c.hub.repr().of(c.look(ValueOp.GET).value()) + ")";
    }

    @Override
    public Object content(MethodCall c) {
        Py.PyDict state = new Py.PyDict()
                .put("_typecode", Values.text(c.invoke(ValueOp.CODE).value()))
                .put(
                        "_value",
                        c.hub.translator().fromEnvelope(c.invoke(ValueOp.GET).value(), 0));
        Py.PyGlobal value = new Py.PyGlobal("multiprocessing.managers", "Value");
        return new Py.PyObject(Py.Maker.NEWOBJ, value, Py.EMPTY_TUPLE, NONE).step(Py.Step.BUILD, state);
    }

    @Override
    public String typeName() {
        return "Value";
    }
}
