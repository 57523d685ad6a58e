package io.multiproc.server.python;

import io.multiproc.protocol.op.ArrayOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** An array of numbers: what clients see of it are {@code array.array} objects. */
final class ArrayReferent implements Referent {
    private static final String TYPE = "array.array";
    private static final String INDICES = "array indices must be integers";

    @Override
    public Object call(MethodCall c) {
        return switch (c.method) {
            case "__len__" -> {
                c.positional(TYPE, 0, 0);
                yield DictReferent.encoded(c.invoke(ArrayOp.SIZE));
            }
            case "__getitem__" -> {
                Object i = c.positional(TYPE, 1, 1).get(0);
                yield ListReferent.isSlice(i)
                        ? slice(c, ListReferent.slice(c, i))
                        : DictReferent.encoded(c.invoke(ArrayOp.GET, index(c, i, "array index out of range")));
            }
            case "__setitem__" -> {
                List<Object> a = c.positional(TYPE, 2, 2);
                yield ListReferent.isSlice(a.get(0))
                        ? setSlice(c, ListReferent.slice(c, a.get(0)), a.get(1))
                        : c.change(
                                ArrayOp.SET,
                                index(c, a.get(0), "array assignment index out of range"),
                                c.value(PyArrays.checked(code(c), a.get(1))));
            }
            default -> throw new IllegalStateException(c.method);
        };
    }

    private static TypeCode code(MethodCall c) {
        return TypeCode.of(Values.text(c.invoke(ArrayOp.CODE).value()));
    }

    private static byte[] index(MethodCall c, Object i, String text) {
        Object index = PyNumbers.index(i);
        if (index instanceof BigInteger) {
            throw PyError.of("IndexError", "cannot fit '" + Py.typeName(i) + "' into an index-sized integer");
        }
        if (!(index instanceof Long at)) {
            throw PyError.type(INDICES);
        }
        long n = Values.integer(c.invoke(ArrayOp.SIZE).value(), 0);
        if (at >= n || at < -n) {
            throw PyError.of("IndexError", text);
        }
        return MethodCall.number(at);
    }

    private static Object slice(MethodCall c, byte[]... slice) {
        Object items =
                c.hub.translator().fromEnvelope(c.invoke(ArrayOp.SLICE, slice).value(), 0);
        String symbol = code(c).symbol();
        List<Object> all = items instanceof PyList l ? l.items : List.of();
        if (symbol.equals("c")) {
            return joined(all);
        }
        return Py.call("array", "array", symbol, PyArrays.bytes(symbol, all));
    }

    /** An array of type code 'c', which only Java programs make: {@code array.array} has none, a slice of ctypes' is bytes. */
    private static byte[] joined(List<Object> all) {
        byte[] bytes = new byte[all.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = ((byte[]) all.get(i))[0];
        }
        return bytes;
    }

    private static List<Object> single(byte[] bytes) {
        List<Object> all = new ArrayList<>(bytes.length);
        for (byte b : bytes) {
            all.add(new byte[] {b});
        }
        return all;
    }

    private static Object setSlice(MethodCall c, byte[][] slice, Object value) {
        String symbol = code(c).symbol();
        if (symbol.equals("c") && value instanceof byte[] given) {
            c.hub.work().spend(given.length, Work.ELEMENT);
            return c.change(ArrayOp.SET_SLICE, slice[0], slice[1], slice[2], c.list(single(given)));
        }
        if (!(value instanceof PyObject o)
                || !o.isA("array", "array")
                || o.arguments().size() != 2) {
            throw PyError.type("can only assign array (not \"" + Py.typeName(value) + "\") to array slice");
        }
        if (!symbol.equals(o.arguments().get(0)) || !(o.arguments().get(1) instanceof byte[] bytes)) {
            throw PyError.type("bad argument type for built-in operation");
        }
        c.hub.work().spend(bytes.length / PyArrays.width(symbol), Work.ELEMENT);
        return c.change(ArrayOp.SET_SLICE, slice[0], slice[1], slice[2], c.list(PyArrays.values(symbol, bytes)));
    }

    @Override
    public String repr(MethodCall c) {
        return c.hub.repr()
                .ofGraph(
                        c.hub.repr().isShortened()
                                ? slice(c, MethodCall.number(0), MethodCall.number(PyRepr.SHORT))
                                : slice(c));
    }

    @Override
    public Object content(MethodCall c) {
        return slice(c);
    }

    @Override
    public String typeName() {
        return TYPE;
    }
}
