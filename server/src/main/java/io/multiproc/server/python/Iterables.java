package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/** Iteration over everything that Python can iterate over. */
final class Iterables {
    private static final long MAX_RANGE = 10_000_000;
    /** What one item costs from here to the object that takes it. */
    private static final int ITEM = 100;

    private Iterables() {}

    /** The items of an iterable; TypeError if it is none that this server understands. */
    static List<Object> items(MethodCall c, Object v) {
        if (v instanceof String s) {
            c.hub.work().spend(s.length(), ITEM);
        } else if (v instanceof byte[] b) {
            c.hub.work().spend(b.length, ITEM);
        } else if (v instanceof PyBytearray b) {
            c.hub.work().spend(b.bytes().length, ITEM);
        }
        if (v instanceof PyList l) {
            return l.items;
        } else if (v instanceof PyTuple t) {
            return t.items;
        } else if (v instanceof PySet s) {
            return s.items;
        } else if (v instanceof PyDict d) {
            List<Object> keys = new ArrayList<>();
            for (int i = 0; i < d.pairs.size(); i += 2) {
                keys.add(d.pairs.get(i));
            }
            return keys;
        } else if (v instanceof String s) {
            List<Object> chars = new ArrayList<>(s.length());
            s.codePoints().forEach(p -> chars.add(Character.toString(p)));
            return chars;
        } else if (v instanceof byte[] b) {
            return bytes(b);
        } else if (v instanceof PyBytearray b) {
            return bytes(b.bytes());
        } else if (v instanceof PyObject o) {
            return ofObject(c, o);
        }
        throw notIterable(v);
    }

    private static PyError notIterable(Object v) {
        return PyError.type("'" + Py.typeName(v) + "' object is not iterable");
    }

    private static List<Object> bytes(byte[] b) {
        List<Object> out = new ArrayList<>(b.length);
        for (byte x : b) {
            out.add((long) (x & 0xff));
        }
        return out;
    }

    private static List<Object> ofObject(MethodCall c, PyObject o) {
        List<Object> a = o.arguments();
        if (o.isA("builtins", "range") && a.size() == 3) {
            return range(c, a.get(0), a.get(1), a.get(2));
        }
        if (o.isA("builtins", "iter") || o.isA("builtins", "reversed")) {
            List<Object> all = a.isEmpty() ? List.of() : items(c, a.get(0));
            return o.isA("builtins", "iter") && o.state() instanceof Long from && from >= 0 && from <= all.size()
                    ? all.subList((int) (long) from, all.size())
                    : o.isA("builtins", "iter") ? all : reversed(all);
        }
        c.hub.work().spend(o.values.size(), Work.LOOK);
        if (o.isA("collections", "deque") || o.isA("collections", "OrderedDict")) {
            List<Object> out = new ArrayList<>();
            int at = 0;
            for (Py.Step step : o.steps) {
                if (step != Py.Step.BUILD) {
                    out.add(o.values.get(at));
                }
                at += step == Py.Step.SETITEM ? 2 : 1;
            }
            return out;
        }
        Object content = c.hub.contentOfProxy(c, o);
        if (content != null) {
            return items(c, content);
        }
        throw notIterable(o);
    }

    private static List<Object> reversed(List<Object> all) {
        List<Object> out = new ArrayList<>(all);
        java.util.Collections.reverse(out);
        return out;
    }

    private static List<Object> range(MethodCall c, Object from, Object to, Object by) {
        if (!(from instanceof Long start) || !(to instanceof Long stop) || !(by instanceof Long step) || step == 0) {
            throw PyError.of("OverflowError", "range too large for this server");
        }
        BigInteger span = BigInteger.valueOf(stop).subtract(BigInteger.valueOf(start));
        BigInteger signed = step > 0 ? span : span.negate();
        long n = signed.signum() <= 0
                ? 0
                : signed.subtract(BigInteger.ONE)
                                .divide(BigInteger.valueOf(step).abs())
                                .longValue()
                        + 1;
        if (n > MAX_RANGE || n < 0) {
            throw PyError.of("MemoryError", "a range of more than " + MAX_RANGE + " items; send it in parts");
        }
        c.hub.work().spend(n, ITEM);
        return new AbstractList<>() {
            @Override
            public Object get(int i) {
                return start + i * step;
            }

            @Override
            public int size() {
                return (int) n;
            }
        };
    }
}
