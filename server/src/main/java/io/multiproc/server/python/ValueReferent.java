package io.multiproc.server.python;

import io.multiproc.protocol.op.ValueOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.Values;
import java.util.List;

/**
 * A value. As CPython's it takes anything: what its type code would change is set by {@link ValueOp#SET_ANY}, of which Java is told where it relies on the
 * type code.
 */
final class ValueReferent implements Referent {
    @Override
    public Object call(MethodCall c) {
        if (c.method.equals("get")) {
            c.bind("Value.get", List.of());
            return DictReferent.encoded(c.invoke(ValueOp.GET_ANY));
        }
        Object value = c.bind("Value.set", List.of("value"), (Object) null)[0];
        TypeCode code = TypeCode.of(Values.text(c.invoke(ValueOp.CODE).value()));
        return c.change(PyArrays.isExact(code, value) ? ValueOp.SET : ValueOp.SET_ANY, c.value(value));
    }

    @Override
    public String repr(MethodCall c) {
        return "Value('" + Values.text(c.look(ValueOp.CODE).value()) + "', "
                + c.hub.repr().of(c.look(ValueOp.GET_ANY).value()) + ")";
    }

    @Override
    public Object content(MethodCall c) {
        Py.PyDict state = new Py.PyDict()
                .put("_typecode", Values.text(c.invoke(ValueOp.CODE).value()))
                .put(
                        "_value",
                        c.hub.translator()
                                .fromEnvelope(c.invoke(ValueOp.GET_ANY).value(), 0));
        Py.PyGlobal value = new Py.PyGlobal("multiprocessing.managers", "Value");
        return new Py.PyObject(Py.Maker.NEWOBJ, value, Py.EMPTY_TUPLE, NONE).step(Py.Step.BUILD, state);
    }

    @Override
    public String typeName() {
        return "Value";
    }
}
