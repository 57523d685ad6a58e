package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.Maker;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Py.Step;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which an object is taken for a plain value: what its pickle shows that it equals. Flags, numbers, positions, comparison, keys,
 * iteration and texts all ask here; the object itself is given back as it came. PROTOCOL.md has the rules as a table.
 */
public final class Likeness {
    /** Modules whose objects are never constants of an enum, though they are made of one scalar. */
    private static final Set<String> NO_ENUMS = Set.of(
            "builtins",
            "collections",
            "datetime",
            "decimal",
            "fractions",
            "ipaddress",
            "uuid",
            "types",
            "functools",
            "itertools",
            "operator",
            "copyreg",
            "array",
            "numpy",
            "re",
            "random",
            "string",
            "queue",
            "threading",
            "_thread",
            "_codecs");

    private static final Set<String> PRIMITIVES =
            Set.of("int", "float", "str", "bytes", "bytearray", "complex", "tuple", "list", "dict", "set", "frozenset");

    private Likeness() {}

    /** The plain value that an object of the standard library, NumPy or pandas equals, or the value itself. Its parts are as they were. */
    static Object equal(Object v) {
        Object now = v;
        while (now instanceof PyObject o) {
            Object next = known(o);
            if (next == null) {
                return now;
            }
            now = next;
        }
        return now;
    }

    /** The plain value that an object equals or, if the pickle does not show its class, is made of; or the value itself. For contents, order and texts. */
    public static Object plain(Object v) {
        Object now = v;
        while (now instanceof PyObject o) {
            Object next = known(o);
            if (next == null) {
                next = base(o);
            }
            if (next == null) {
                return now;
            }
            now = next;
        }
        return now;
    }

    /** As {@link #plain}, and the scalar of what may be a constant of an enum: for flags, numbers and texts, where a wrong guess changes no data. */
    public static Object number(Object v) {
        Object now = plain(v);
        if (now instanceof PyObject o) {
            Object scalar = scalar(o);
            return scalar == null ? now : plain(scalar);
        }
        return now;
    }

    /** What an object carries of a class that its pickle does not show: the value that it is made of, or the scalar of what may be a constant of an enum. */
    static @Nullable Object carried(PyObject o) {
        Object base = base(o);
        return base == null ? scalar(o) : base;
    }

    /** The scalar that a class of a program was called with and nothing else, as constants of enums are pickled; else null. */
    static @Nullable Object scalar(PyObject o) {
        if (o.maker != Maker.REDUCE
                || !(o.callable instanceof PyGlobal g)
                || o.arguments().size() != 1
                || !o.steps.isEmpty()
                || isLibrary(g.module())) {
            return null;
        }
        Object first = o.arguments().get(0);
        return isScalar(plain(first)) ? first : null;
    }

    private static boolean isLibrary(String module) {
        int dot = module.indexOf('.');
        String root = dot < 0 ? module : module.substring(0, dot);
        return NO_ENUMS.contains(root) || root.equals("pathlib") || root.equals("pandas") || root.equals("zoneinfo");
    }

    static boolean isScalar(Object v) {
        return v instanceof Number || v instanceof String || v instanceof Boolean || v instanceof byte[];
    }

    /** Of a class whose equality is known. */
    private static @Nullable Object known(PyObject o) {
        if (!(o.callable instanceof PyGlobal g)) {
            return null;
        }
        return switch (g.module()) {
            case "collections" -> collection(o, g.name());
            case "fractions" -> g.name().equals("Fraction") ? whole(o) : null;
            case "decimal" -> g.name().equals("Decimal") ? infinite(o) : null;
            case "uuid" -> g.name().equals("UUID") ? uuid(o) : null;
            case "datetime" -> Scalars.simpler(o);
            case "numpy.core.multiarray", "numpy._core.multiarray" -> g.name().equals("scalar")
                    ? NumpyScalars.value(o)
                    : null;
            case "pandas._libs.tslibs.timestamps" -> g.name().equals("_unpickle_timestamp") ? timestamp(o) : null;
            default -> null;
        };
    }

    /** What an object of a class of a program is made of. */
    private static @Nullable Object base(PyObject o) {
        if (!(o.callable instanceof PyGlobal g)) {
            return null;
        }
        return switch (g.module()) {
            case "copyreg" -> g.name().equals("_reconstructor") ? reconstructed(o) : null;
            case "builtins", "datetime", "uuid", "types", "functools", "itertools", "multiprocessing.managers" -> null;
            default -> o.maker == Maker.NEWOBJ ? subclass(o) : null;
        };
    }

    private static @Nullable Object collection(PyObject o, String name) {
        return switch (name) {
            case "defaultdict", "OrderedDict" -> items(o);
            case "Counter" -> o.maker == Maker.REDUCE
                            && o.steps.isEmpty()
                            && o.arguments().size() == 1
                            && o.arguments().get(0) instanceof PyDict d
                    ? d
                    : null;
            case "UserDict", "UserList", "UserString" -> attribute(o, "data");
            case "ChainMap" -> chained(attribute(o, "maps"));
            default -> null;
        };
    }

    static boolean isOrderedDict(Object v) {
        return v instanceof PyObject o && o.isA("collections", "OrderedDict") && items(o) != null;
    }

    /** A UUID that says how it was made equals one that does not. */
    private static @Nullable Object uuid(PyObject o) {
        Object number = o.state() instanceof PyDict d && d.pairs.size() > 2 ? attribute(o, "int") : null;
        return number == null
                ? null
                : new PyObject(o.maker, o.callable, o.args, Py.NONE).step(Step.BUILD, new PyDict().put("int", number));
    }

    /** An attribute of an object that has only them. */
    static @Nullable Object attribute(PyObject o, String name) {
        if (o.state() instanceof PyDict d) {
            for (int i = 0; i < d.pairs.size(); i += 2) {
                if (name.equals(d.pairs.get(i))) {
                    return d.pairs.get(i + 1);
                }
            }
        }
        return null;
    }

    private static @Nullable Object chained(@Nullable Object maps) {
        if (!(maps instanceof PyList all)) {
            return null;
        }
        PyDict out = new PyDict();
        for (int i = all.items.size() - 1; i >= 0; i--) {
            if (!(plain(all.items.get(i)) instanceof PyDict d)) {
                return null;
            }
            // a later pair of an equal key wins
            out.pairs.addAll(d.pairs);
            out.holds(d);
        }
        return out;
    }

    /** A dict of what is set in an object by key. */
    private static @Nullable Object items(PyObject o) {
        PyDict d = new PyDict();
        int at = 0;
        for (Step step : o.steps) {
            if (step == Step.SETITEM) {
                d.put(o.values.get(at), o.values.get(at + 1));
                d.holds(o.values.get(at));
                d.holds(o.values.get(at + 1));
                at += 2;
            } else if (step == Step.BUILD) {
                at++;
            } else {
                return null;
            }
        }
        return d;
    }

    /** object.__reduce_ex__ gives items of subclasses of list and dict only, and arguments of those of tuples and scalars. */
    private static @Nullable Object subclass(PyObject o) {
        List<Object> a = o.arguments();
        if (a.isEmpty()) {
            return o.steps.contains(Step.SETITEM) ? items(o) : o.steps.contains(Step.APPEND) ? appended(o) : null;
        }
        if (o.steps.contains(Step.SETITEM) || o.steps.contains(Step.APPEND) || o.steps.contains(Step.ADD)) {
            return null;
        }
        if (a.size() == 1) {
            Object only = a.get(0);
            if (isScalar(only)
                    || only instanceof PyTuple
                    || only instanceof PyObject c && c.isA("builtins", "complex")) {
                return only;
            }
        }
        return o.steps.isEmpty() ? o.args : null;
    }

    private static @Nullable Object appended(PyObject o) {
        PyList l = new PyList();
        int at = 0;
        for (Step step : o.steps) {
            if (step == Step.APPEND) {
                l.items.add(o.values.get(at));
                l.holds(o.values.get(at));
            } else if (step != Step.BUILD) {
                return null;
            }
            at++;
        }
        return l;
    }

    /** How protocols 0 and 1 write subclasses of builtin types. */
    private static @Nullable Object reconstructed(PyObject o) {
        List<Object> a = o.arguments();
        return a.size() == 3
                        && a.get(1) instanceof PyGlobal base
                        && base.module().equals("builtins")
                        && PRIMITIVES.contains(base.name())
                ? a.get(2)
                : null;
    }

    private static @Nullable Object infinite(PyObject o) {
        if (o.arguments().size() == 1 && o.arguments().get(0) instanceof String s) {
            return s.equals("Infinity")
                    ? (Object) Double.POSITIVE_INFINITY
                    : s.equals("-Infinity") ? (Object) Double.NEGATIVE_INFINITY : null;
        }
        return null;
    }

    /** The datetime that a Timestamp of pandas without a zone equals. */
    private static @Nullable Object timestamp(PyObject o) {
        List<Object> a = o.arguments();
        if (a.size() == 4
                && a.get(0) instanceof Long nanos
                && a.get(2) == Py.NONE
                && a.get(3).equals(10L)) {
            long day = Math.floorDiv(nanos, 86_400_000_000_000L);
            return Scalars.datetime(day, Math.floorMod(nanos, 86_400_000_000_000L), null);
        }
        return null;
    }

    /** The elements of an array of NumPy, each as it would be pickled alone; null if it is none of one dimension. */
    public static @Nullable List<Object> elements(PyObject o) {
        return NumpyScalars.elements(o);
    }

    /** Numerator and denominator, or null. */
    static BigInteger @Nullable [] ratio(PyObject o) {
        List<Object> a = o.arguments();
        if (!o.isA("fractions", "Fraction") || !o.steps.isEmpty()) {
            return null;
        }
        BigInteger over = null;
        BigInteger under = BigInteger.ONE;
        if (a.size() == 2) {
            over = integer(a.get(0));
            under = integer(a.get(1));
        } else if (a.size() == 1
                && a.get(0) instanceof String s
                && s.length() <= 2000
                && s.matches("-?[0-9]+(/[0-9]+)?")) {
            int slash = s.indexOf('/');
            over = new BigInteger(slash < 0 ? s : s.substring(0, slash));
            under = slash < 0 ? BigInteger.ONE : new BigInteger(s.substring(slash + 1));
        }
        return over == null || under == null || under.signum() <= 0 || over.bitLength() + under.bitLength() > 8000
                ? null
                : new BigInteger[] {over, under};
    }

    /** Numerator and denominator of a Fraction as floats; empty if it is none. */
    public static double[] fraction(Object v) {
        BigInteger[] r = v instanceof PyObject o ? ratio(o) : null;
        return r == null ? new double[0] : new double[] {r[0].doubleValue(), r[1].doubleValue()};
    }

    private static @Nullable BigInteger integer(Object v) {
        return v instanceof Long n ? BigInteger.valueOf(n) : v instanceof BigInteger b ? b : null;
    }

    /** A fraction that a float, an int or a Decimal equals. */
    private static @Nullable Object whole(PyObject o) {
        BigInteger[] r = ratio(o);
        if (r == null) {
            return null;
        }
        if (r[1].equals(BigInteger.ONE)) {
            return Unpickler.shortest(r[0]);
        }
        int shift = r[1].bitLength() - 1;
        if (r[1].bitCount() == 1 && r[0].bitLength() <= 53 && shift <= 1000) {
            return r[0].doubleValue() * Math.pow(2, -shift);
        }
        return r[0].bitLength() + r[1].bitLength() > 400 ? null : decimal(r[0], r[1]);
    }

    private static @Nullable Object decimal(BigInteger over, BigInteger under) {
        try {
            return Py.call(
                    "decimal",
                    "Decimal",
                    new BigDecimal(over).divide(new BigDecimal(under)).toString());
        } catch (ArithmeticException e) {
            return null; // a third has no end
        }
    }

    /** The bytes of a bytearray, which it equals though it is no key. */
    static byte @Nullable [] bytes(Object v) {
        return v instanceof PyBytearray b ? b.bytes() : null;
    }
}
