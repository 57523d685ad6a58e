package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code list.sort(key=…)} with the functions that a server without Python knows. */
final class SortKeys {
    private static final Pattern TYPES =
            Pattern.compile("'<' not supported between instances of '([^']*)' and '([^']*)'");

    /** How often a list is sorted that others change all the time. */
    private static final int ATTEMPTS = 100;

    private record Item(byte[] key, byte[] value) {}

    private SortKeys() {}

    /** By the items themselves. */
    static Object sort(MethodCall c, boolean reverse) {
        return c.await(ListOp.SORT, SortKeys::sorted, Values.ofBool(reverse));
    }

    private static Object sorted(Reply reply) {
        if (reply.error() == ErrorCode.NOT_COMPARABLE) {
            throw notComparable(reply.message());
        }
        return QueueReferent.done(reply, Referent.NONE);
    }

    /** In Python's names, and with the later item first, as list.sort compares. */
    private static PyError notComparable(String text) {
        Matcher m = TYPES.matcher(text);
        return PyError.type(
                m.matches()
                        ? "'<' not supported between instances of '" + python(m.group(2)) + "' and '"
                                + python(m.group(1)) + "'"
                        : text);
    }

    private static String python(String type) {
        return type.equals("null") ? "NoneType" : type;
    }

    /** By a function of the items. Commands of others that come between reading and writing have it begin again. */
    static Object sort(MethodCall c, Object function, boolean reverse) {
        return sort(c, function, reverse, ATTEMPTS);
    }

    private static Object sort(MethodCall c, Object function, boolean reverse, int attempts) {
        List<byte[]> versionAndItems = Values.elements(c.invoke(ListOp.SNAPSHOT).value(), 0);
        List<Item> items = new ArrayList<>();
        c.hub.work().spend(Values.count(versionAndItems.get(1), 0), Work.ELEMENT);
        for (byte[] value : Values.elements(versionAndItems.get(1), 0)) {
            Object key = apply(c, function, c.hub.translator().fromEnvelope(value, 0));
            items.add(new Item(c.hub.translator().toEnvelope(key, true), value));
        }
        Comparator<Item> order = (a, b) -> Equality.compare(a.key, 0, b.key, 0, c.hub.work());
        try {
            items.sort(reverse ? order.reversed() : order);
        } catch (ValueException e) {
            throw e.code() == ErrorCode.NOT_COMPARABLE
                    ? notComparable(String.valueOf(e.getMessage()))
                    : PyError.of(e.code(), String.valueOf(e.getMessage()));
        }
        List<byte[]> sorted = items.stream().map(Item::value).toList();
        return c.await(
                ListOp.REPLACE_IF_VERSION,
                reply -> {
                    if (MethodCall.checked(reply).value()[0] == Tag.TRUE.code()) {
                        return Referent.NONE;
                    } else if (attempts == 1) {
                        throw PyError.value("list modified during sort");
                    }
                    return sort(c, function, reverse, attempts - 1);
                },
                versionAndItems.get(0),
                Values.container(Tag.LIST, sorted));
    }

    private static Object apply(MethodCall c, Object function, Object v) {
        String name = function instanceof PyGlobal g && g.module().equals("builtins")
                ? g.name()
                : function instanceof PyObject o ? method(o) : "";
        switch (name) {
            case "len" -> {
                return length(v);
            }
            case "abs" -> {
                return absolute(v);
            }
            case "str" -> {
                return v instanceof String ? v : c.hub.repr().ofGraph(v);
            }
            case "repr" -> {
                return c.hub.repr().ofGraph(v);
            }
            case "bool" -> {
                return MethodCall.truth(v);
            }
            case "int" -> {
                return v instanceof Double d ? (Object) (long) (double) d : MethodCall.integer(v);
            }
            case "float" -> {
                return MethodCall.seconds(v);
            }
            case "str.lower", "str.casefold" -> {
                return text(v).toLowerCase(Locale.ROOT);
            }
            case "str.upper" -> {
                return text(v).toUpperCase(Locale.ROOT);
            }
            case "itemgetter" -> {
                return item(c, ((PyObject) function).arguments().get(0), v);
            }
            default -> throw PyError.type("this server cannot call "
                    + (function instanceof PyGlobal g
                            ? g.module() + "." + g.name()
                            : c.hub.repr().shortened(() -> c.hub.repr().ofGraph(function)))
                    + ": it runs no Python. As a key it knows len, abs, str, repr, bool, int, float, str.lower, str.upper"
                    + " and operator.itemgetter");
        }
    }

    private static String method(PyObject o) {
        if (o.isA("operator", "itemgetter") && o.arguments().size() == 1) {
            return "itemgetter";
        }
        return o.isA("builtins", "getattr")
                        && o.arguments().size() == 2
                        && o.arguments().get(0) instanceof PyGlobal g
                        && o.arguments().get(1) instanceof String s
                ? g.name() + "." + s
                : "";
    }

    private static String text(Object v) {
        if (v instanceof String s) {
            return s;
        }
        throw PyError.type("descriptor for 'str' objects doesn't apply to a '" + Py.typeName(v) + "' object");
    }

    private static Object length(Object v) {
        if (v instanceof String s) {
            return (long) s.codePointCount(0, s.length());
        } else if (v instanceof byte[] b) {
            return (long) b.length;
        } else if (v instanceof Py.PyList l) {
            return (long) l.items.size();
        } else if (v instanceof Py.PyTuple t) {
            return (long) t.items.size();
        } else if (v instanceof Py.PySet s) {
            return (long) s.items.size();
        } else if (v instanceof PyDict d) {
            return (long) d.pairs.size() / 2;
        }
        throw PyError.type("object of type '" + Py.typeName(v) + "' has no len()");
    }

    private static Object absolute(Object v) {
        if (v instanceof Long n && n != Long.MIN_VALUE) {
            return Math.abs(n);
        } else if (v instanceof Number n && !(v instanceof Double)) {
            return n instanceof java.math.BigInteger big
                    ? big.abs()
                    : java.math.BigInteger.valueOf(n.longValue()).abs();
        } else if (v instanceof Double d) {
            return Math.abs(d);
        } else if (v instanceof Boolean b) {
            return b ? 1L : 0L;
        }
        throw PyError.type("bad operand type for abs(): '" + Py.typeName(v) + "'");
    }

    private static Object item(MethodCall c, Object key, Object v) {
        List<Object> items = v instanceof Py.PyList l ? l.items : v instanceof Py.PyTuple t ? t.items : null;
        if (items != null && key instanceof Long i) {
            long at = i < 0 ? i + items.size() : i;
            if (at < 0 || at >= items.size()) {
                throw PyError.of("IndexError", Py.typeName(v) + " index out of range");
            }
            return items.get((int) at);
        }
        if (v instanceof PyDict d) {
            c.hub.work().spend(d.pairs.size(), Work.LOOK);
            for (int i = 0; i < d.pairs.size(); i += 2) {
                if (d.pairs.get(i).equals(key)) {
                    return d.pairs.get(i + 1);
                }
            }
            throw PyError.of("KeyError", key);
        }
        throw PyError.type("'" + Py.typeName(v) + "' object is not subscriptable");
    }
}
