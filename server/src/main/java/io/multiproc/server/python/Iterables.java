package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Likeness;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Iteration over everything that Python can iterate over. */
final class Iterables {
    private static final long MAX_RANGE = 10_000_000;
    /** What one item costs from here to the object that takes it. */
    private static final int ITEM = 100;

    private Iterables() {}

    /** The items of an iterable; TypeError if it is none that this server understands. */
    static List<Object> items(MethodCall c, Object from) {
        Object v = Likeness.plain(from);
        if (v instanceof PyObject o && Likeness.number(o) instanceof String s) {
            v = s;
        }
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
            return keys(c, from, d);
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
        throw notIterable(from);
    }

    private static PyError notIterable(Object v) {
        return PyError.type("'" + PyNumbers.fullName(v) + "' object is not iterable");
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
        List<Object> made = new Recipes(c).items(o);
        if (made != null) {
            return made;
        }
        List<Object> elements = Likeness.elements(o);
        if (elements != null) {
            c.hub.work().spend(elements.size(), ITEM);
            return elements;
        }
        if (o.isA("array", "array")
                && a.size() == 2
                && a.get(0) instanceof String code
                && a.get(1) instanceof byte[] b) {
            c.hub.work().spend(b.length / PyArrays.width(code), ITEM);
            return PyArrays.values(code, b);
        }
        c.hub.work().spend(o.values.size(), Work.LOOK);
        if (o.isA("collections", "deque")) {
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

    /** The keys of a mapping; of merged ones, which may have a key twice, each once. */
    private static List<Object> keys(MethodCall c, Object from, PyDict d) {
        List<Object> keys = new ArrayList<>();
        if (from == d) {
            for (int i = 0; i < d.pairs.size(); i += 2) {
                keys.add(d.pairs.get(i));
            }
            return keys;
        }
        Set<Equality.Key> seen = new HashSet<>();
        for (int i = 0; i < d.pairs.size(); i += 2) {
            if (seen.add(new Equality.Key(c.value(d.pairs.get(i))))) {
                keys.add(d.pairs.get(i));
            }
        }
        return keys;
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
