package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Likeness;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Calls of functions of the standard library whose effect on plain data is known: keys of sort, functions of map and the like. No other function is called. */
final class Functions {
    private static final int CALL = 100;

    private final MethodCall c;

    Functions(MethodCall c) {
        this.c = c;
    }

    /** The result for these arguments. */
    Object apply(Object function, List<Object> args) {
        c.hub.work().spend(CALL);
        if (function instanceof PyObject o) {
            return applied(o, args);
        }
        if (function instanceof PyGlobal g) {
            Object first = args.isEmpty() ? Py.NONE : args.get(0);
            if (args.size() == 1) {
                Object result = one(g, first);
                if (result != null) {
                    return result;
                }
            }
            Object result = args.size() == 2 ? two(g, first, args.get(1)) : null;
            if (result != null) {
                return result;
            }
            if (args.size() > 1 && (g.is("builtins", "min") || g.is("builtins", "max"))) {
                return extreme(args, g.name().equals("max"));
            }
        }
        throw unknown(function);
    }

    private PyError unknown(Object function) {
        return PyError.type(
                "this server cannot call "
                        + (function instanceof PyGlobal g
                                ? g.module() + "." + g.name()
                                : c.hub.repr().shortened(() -> c.hub.repr().ofGraph(function)))
                        + ": it runs no Python. It knows the functions of builtins, operator and str that make plain values of plain values");
    }

    private Object applied(PyObject o, List<Object> args) {
        List<Object> a = o.arguments();
        if (args.size() == 1 && o.isA("operator", "itemgetter") && !a.isEmpty()) {
            return each(a, key -> item(key, args.get(0)));
        } else if (args.size() == 1 && o.isA("operator", "attrgetter") && !a.isEmpty()) {
            return each(a, name -> attribute(String.valueOf(name), args.get(0)));
        } else if (args.size() == 1 && o.isA("operator", "methodcaller") && a.size() == 1) {
            Object result = method(String.valueOf(a.get(0)), args.get(0));
            if (result != null) {
                return result;
            }
        } else if (o.isA("builtins", "getattr") && a.size() == 2 && a.get(1) instanceof String name) {
            if (a.get(0) instanceof PyGlobal g && g.is("builtins", "str") && args.size() == 1) {
                Object result = method(name, args.get(0));
                if (result != null) {
                    return result;
                }
            } else if (Likeness.plain(a.get(0)) instanceof PyDict d && name.equals("get") && args.size() == 1) {
                Object found = find(d, args.get(0));
                return found == null ? Py.NONE : found;
            }
        }
        throw unknown(o);
    }

    private static Object each(List<Object> keys, java.util.function.UnaryOperator<Object> get) {
        if (keys.size() == 1) {
            return get.apply(keys.get(0));
        }
        List<Object> out = new ArrayList<>();
        keys.forEach(key -> out.add(get.apply(key)));
        return new PyTuple(out);
    }

    private @Nullable Object one(PyGlobal g, Object v) {
        return switch (g.module() + "." + g.name()) {
            case "builtins.len" -> (long) length(v);
            case "builtins.abs" -> PyMath.absolute(v);
            case "builtins.str" -> Likeness.plain(v) instanceof String s
                    ? s
                    : c.hub.repr().ofGraph(v);
            case "builtins.repr" -> c.hub.repr().ofGraph(v);
            case "builtins.bool" -> PyNumbers.truth(v);
            case "builtins.int" -> PyMath.whole(v);
            case "builtins.float" -> PyMath.real(v);
            case "builtins.list" -> new PyList(new ArrayList<>(Iterables.items(c, v)));
            case "builtins.tuple" -> new PyTuple(new ArrayList<>(Iterables.items(c, v)));
            case "builtins.sorted" -> sorted(Iterables.items(c, v));
            case "builtins.min" -> extreme(Iterables.items(c, v), false);
            case "builtins.max" -> extreme(Iterables.items(c, v), true);
            case "builtins.sum" -> sum(Iterables.items(c, v));
            case "builtins.ord" -> Likeness.plain(v) instanceof String s && s.codePointCount(0, s.length()) == 1
                    ? (Object) (long) s.codePointAt(0)
                    : null;
            case "builtins.chr" -> PyNumbers.integer(v) >= 0 && PyNumbers.integer(v) <= Character.MAX_CODE_POINT
                    ? Character.toString((int) PyNumbers.integer(v))
                    : null;
            case "builtins.round" -> PyMath.rounded(v);
            case "builtins.hash" -> Likeness.plain(v) instanceof Long n && Math.abs(n) < 1L << 60 && n != -1 ? n : null;
            case "operator.neg", "_operator.neg" -> PyMath.negated(v);
            case "operator.not_", "_operator.not_" -> !PyNumbers.truth(v);
            case "posixpath.normpath", "posix._path_normpath" -> Likeness.plain(v) instanceof String s
                    ? PyMath.normalPath(s)
                    : null;
            case "posixpath.basename" -> Likeness.plain(v) instanceof String s
                    ? s.substring(s.lastIndexOf('/') + 1)
                    : null;
            default -> null;
        };
    }

    private @Nullable Object two(PyGlobal g, Object x, Object y) {
        String name = g.module().startsWith("_") ? g.module().substring(1) : g.module();
        return switch (name + "." + g.name()) {
            case "operator.add", "operator.concat" -> add(x, y);
            case "operator.sub" -> PyMath.binary('-', x, y);
            case "operator.mul" -> PyMath.binary('*', x, y);
            case "builtins.pow", "operator.pow" -> PyMath.binary('^', x, y);
            case "builtins.divmod" -> PyMath.divmod(x, y);
            case "builtins.round" -> null;
            default -> null;
        };
    }

    /** x + y of numbers, texts, lists and tuples; an error if they have no sum. */
    Object add(Object x, Object y) {
        Object a = Likeness.number(x);
        Object b = Likeness.number(y);
        if (a instanceof String s && b instanceof String t) {
            return s + t;
        } else if (a instanceof PyList s && b instanceof PyList t) {
            return new PyList(joined(s.items, t.items));
        } else if (a instanceof PyTuple s && b instanceof PyTuple t) {
            return new PyTuple(joined(s.items, t.items));
        }
        Object sum = PyMath.binary('+', x, y);
        if (sum == null) {
            throw PyError.type("unsupported operand type(s) for +: '" + PyNumbers.fullName(x) + "' and '"
                    + PyNumbers.fullName(y) + "'");
        }
        return sum;
    }

    private static List<Object> joined(List<Object> x, List<Object> y) {
        List<Object> out = new ArrayList<>(x);
        out.addAll(y);
        return out;
    }

    private Object sum(List<Object> items) {
        Object all = 0L;
        for (Object item : items) {
            all = add(all, item);
        }
        return all;
    }

    private int compare(Object x, Object y) {
        try {
            return Equality.compare(c.value(x), 0, c.value(y), 0, c.hub.work());
        } catch (ValueException e) {
            throw PyError.of(e.code(), String.valueOf(e.getMessage()));
        }
    }

    private Object sorted(List<Object> items) {
        List<Object> out = new ArrayList<>(items);
        out.sort(this::compare);
        return new PyList(out);
    }

    private Object extreme(List<Object> items, boolean most) {
        if (items.isEmpty()) {
            throw PyError.value((most ? "max()" : "min()") + " iterable argument is empty");
        }
        Object best = items.get(0);
        for (Object item : items) {
            int order = compare(item, best);
            best = (most ? order > 0 : order < 0) ? item : best;
        }
        return best;
    }

    private static @Nullable Object method(String name, Object v) {
        if (!(Likeness.number(v) instanceof String s)) {
            throw PyError.type(
                    "descriptor '" + name + "' for 'str' objects doesn't apply to a '" + Py.typeName(v) + "' object");
        }
        return switch (name) {
            case "lower", "casefold" -> s.toLowerCase(Locale.ROOT);
            case "upper" -> s.toUpperCase(Locale.ROOT);
            case "strip" -> s.strip();
            case "lstrip" -> s.stripLeading();
            case "rstrip" -> s.stripTrailing();
            case "swapcase", "title", "capitalize" -> PyMath.cased(s, name);
            default -> null;
        };
    }

    private int length(Object v) {
        Object plain = Likeness.plain(v);
        if (plain instanceof String s) {
            return s.codePointCount(0, s.length());
        } else if (plain instanceof byte[] b) {
            return b.length;
        } else if (plain instanceof PyDict d) {
            return new java.util.HashSet<>(keys(d)).size();
        }
        boolean sized = plain instanceof PyList
                || plain instanceof PyTuple
                || plain instanceof PySet
                || plain instanceof Py.PyBytearray
                || plain instanceof PyObject o && (o.isA("collections", "deque") || o.isA("builtins", "range"));
        if (!sized) {
            throw PyError.type("object of type '" + PyNumbers.fullName(v) + "' has no len()");
        }
        return Iterables.items(c, plain).size();
    }

    private static List<Object> keys(PyDict d) {
        List<Object> out = new ArrayList<>();
        for (int i = 0; i < d.pairs.size(); i += 2) {
            out.add(d.pairs.get(i));
        }
        return out;
    }

    private @Nullable Object find(PyDict d, Object key) {
        c.hub.work().spend(d.pairs.size(), Work.ELEMENT);
        byte[] wanted = c.value(key);
        for (int i = d.pairs.size() - 2; i >= 0; i -= 2) {
            Object k = d.pairs.get(i);
            if (k.equals(key) || Equality.equal(c.value(k), wanted)) {
                return d.pairs.get(i + 1);
            }
        }
        return null;
    }

    private Object item(Object key, Object v) {
        Object plain = Likeness.plain(v);
        List<Object> items = plain instanceof PyList l ? l.items : plain instanceof PyTuple t ? t.items : null;
        if (items != null && PyNumbers.index(key) instanceof Long i) {
            long at = i < 0 ? i + items.size() : i;
            if (at < 0 || at >= items.size()) {
                throw PyError.of("IndexError", Py.typeName(plain) + " index out of range");
            }
            return items.get((int) at);
        }
        if (plain instanceof String s && PyNumbers.index(key) instanceof Long i) {
            int n = s.codePointCount(0, s.length());
            long at = i < 0 ? i + n : i;
            if (at < 0 || at >= n) {
                throw PyError.of("IndexError", "string index out of range");
            }
            return Character.toString(s.codePointAt(s.offsetByCodePoints(0, (int) at)));
        }
        if (plain instanceof PyDict d) {
            Object found = find(d, key);
            if (found == null) {
                throw PyError.of("KeyError", key);
            }
            return found;
        }
        throw PyError.type("'" + PyNumbers.fullName(v) + "' object is not subscriptable");
    }

    /** What is in an object's dict; a property or a field of a named tuple is known to its class alone. */
    private Object attribute(String name, Object v) {
        Object now = v;
        for (String part : name.split("\\.", -1)) {
            Object next = now instanceof PyObject o && o.state() instanceof PyDict d ? find(d, part) : null;
            if (next == null && part.equals("real") && Likeness.plain(now) instanceof Number n) {
                next = n;
            }
            if (next == null) {
                throw PyError.type("this server cannot tell the attribute '" + part + "' of a '" + Py.typeName(now)
                        + "' object: it runs no Python");
            }
            now = next;
        }
        return now;
    }
}
