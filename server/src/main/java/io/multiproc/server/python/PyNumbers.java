package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Likeness;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Py.Step;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/** Arguments as flags, integers and seconds, in Python's sense and of any class that {@link Likeness} knows to carry them. */
final class PyNumbers {
    /** Classes written in C, outside the builtins: their names have the module in errors. */
    private static final Set<String> OF_C = Set.of(
            "decimal.Decimal",
            "collections.OrderedDict",
            "collections.defaultdict",
            "collections.deque",
            "array.array",
            "datetime.datetime",
            "datetime.date",
            "datetime.time",
            "datetime.timedelta",
            "types.SimpleNamespace",
            "functools.partial");

    private PyNumbers() {}

    /** bool(v); an object that nothing is known of is true. */
    static boolean truth(Object v) {
        if (v instanceof Boolean b) {
            return b;
        }
        Object plain = Likeness.number(v);
        if (plain instanceof Boolean b) {
            return b;
        } else if (plain instanceof Long n) {
            return n != 0;
        } else if (plain instanceof Double d) {
            return d != 0;
        } else if (plain instanceof String s) {
            return !s.isEmpty();
        } else if (plain instanceof byte[] b) {
            return b.length > 0;
        } else if (plain instanceof PyBytearray b) {
            return b.bytes().length > 0;
        } else if (plain instanceof PyList l) {
            return !l.items.isEmpty();
        } else if (plain instanceof PyTuple t) {
            return !t.items.isEmpty();
        } else if (plain instanceof PySet s) {
            return !s.items.isEmpty();
        } else if (plain instanceof PyDict d) {
            return !d.pairs.isEmpty();
        } else if (plain instanceof PyObject o) {
            return truth(o);
        }
        return plain != Py.NONE;
    }

    private static boolean truth(PyObject o) {
        List<Object> a = o.arguments();
        return switch (o.className()) {
            case "builtins.complex", "datetime.timedelta" -> a.stream().anyMatch(PyNumbers::truth);
            case "builtins.range" -> a.size() != 3
                    || !(a.get(0) instanceof Long start)
                    || !(a.get(1) instanceof Long stop)
                    || !(a.get(2) instanceof Long step)
                    || (step > 0 ? start < stop : start > stop);
            case "decimal.Decimal" -> !(a.size() == 1 && a.get(0) instanceof String s && s.matches("-?[0.]+([eE].*)?"));
            case "collections.deque" -> o.steps.contains(Step.APPEND);
            case "array.array" -> a.size() != 2 || truth(a.get(1));
            default -> true;
        };
    }

    /** operator.index(v) as a number of 64 bits. */
    static long integer(Object v) {
        Object plain = index(v);
        if (plain instanceof Long n) {
            return n;
        } else if (plain instanceof BigInteger) {
            throw PyError.of("OverflowError", "Python int too large to convert to C ssize_t");
        }
        throw PyError.type("'" + fullName(v) + "' object cannot be interpreted as an integer");
    }

    /** A position within bounds that a sequence cuts off by itself. */
    static long position(Object v) {
        Object plain = index(v);
        if (plain instanceof BigInteger n) {
            return n.signum() < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE;
        } else if (plain instanceof Long n) {
            return n;
        }
        throw PyError.type("slice indices must be integers or have an __index__ method");
    }

    /** How many: of what is no int, the least int that is as much. */
    static long count(Object v) {
        Object plain = index(v);
        if (plain instanceof Long n) {
            return n;
        }
        boolean real =
                plain instanceof Number || isFraction(v) || v instanceof PyObject o && o.isA("decimal", "Decimal");
        if (!real) {
            throw PyError.type("'<' not supported between instances of '" + fullName(v) + "' and 'int'");
        }
        return (long) Math.ceil(real(v));
    }

    /** Seconds of a wait, with CPython's error for what is none: it first compares ("<" or ">") or adds ("+") them. */
    static double seconds(Object v, String first) {
        Object plain = Likeness.number(v);
        boolean decimal = v instanceof PyObject o && o.isA("decimal", "Decimal");
        if (isFraction(v) && first.equals("<")) {
            return real(v);
        } else if (plain instanceof Number
                || plain instanceof Boolean
                || decimal && first.equals(">")
                || isFraction(v)) {
            return seconds(v);
        }
        throw PyError.type(
                decimal || first.equals("+")
                        ? "unsupported operand type(s) for +: 'float' and '" + fullName(v) + "'"
                        : "'" + first + "' not supported between instances of '" + fullName(v) + "' and 'int'");
    }

    /** The Long or BigInteger that a value carries as an int; any other object if it carries none. */
    static Object index(Object v) {
        Object plain = v instanceof Long ? v : Likeness.number(v);
        return plain instanceof Boolean b ? (Object) (b ? 1L : 0L) : plain;
    }

    /** Seconds as a float. */
    static double seconds(Object v) {
        Object plain = v instanceof Long || v instanceof Double ? v : Likeness.number(v);
        if (plain instanceof Number n && !isFraction(v)) {
            return n.doubleValue();
        } else if (plain instanceof Boolean b) {
            return b ? 1 : 0;
        }
        throw PyError.type("'" + fullName(v) + "' object cannot be interpreted as an integer");
    }

    /** The number as a float, of Decimal and Fraction too; an error in CPython's words if there is none. */
    static double real(Object v) {
        Object plain = v instanceof Long || v instanceof Double ? v : Likeness.number(v);
        if (plain instanceof Number n) {
            return n.doubleValue();
        } else if (plain instanceof Boolean b) {
            return b ? 1 : 0;
        } else if (plain instanceof PyObject o) {
            List<Object> a = o.arguments();
            if (o.isA("decimal", "Decimal") && a.size() == 1 && a.get(0) instanceof String s && s.length() < 400) {
                return decimal(s);
            } else if (isFraction(o)) {
                double[] parts = Likeness.fraction(o);
                if (parts.length == 2) {
                    return parts[0] / parts[1];
                }
            }
        }
        throw PyError.type("must be real number, not " + Py.typeName(v));
    }

    private static double decimal(String s) {
        try {
            return Double.parseDouble(s.toLowerCase(java.util.Locale.ROOT).endsWith("nan") ? "NaN" : s);
        } catch (NumberFormatException e) {
            throw PyError.type("must be real number, not decimal.Decimal");
        }
    }

    static boolean isFraction(Object v) {
        return v instanceof PyObject o && o.isA("fractions", "Fraction");
    }

    /** A class of a module of C has it in its name, as CPython's errors do. */
    static String fullName(Object v) {
        return v instanceof PyObject o && OF_C.contains(o.className()) ? o.className() : Py.typeName(v);
    }
}
