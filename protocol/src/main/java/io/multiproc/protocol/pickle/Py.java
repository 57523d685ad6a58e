package io.multiproc.protocol.pickle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The nodes of a pickled graph. Python's None, bool, int, float, str and bytes are {@link #NONE}, {@link Boolean}, {@link Long}
 * or {@link java.math.BigInteger} (beyond 64 bits only), {@link Double}, {@link String} and {@code byte[]}; the rest are the classes here. They
 * are equal by identity: a pickle is a graph. Not thread-safe.
 */
public final class Py {
    /** None. */
    public static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    /** The functions among the builtins: the other names are types. */
    private static final Set<String> FUNCTIONS = Set.of(
            "abs",
            "all",
            "any",
            "ascii",
            "bin",
            "callable",
            "chr",
            "compile",
            "delattr",
            "dir",
            "divmod",
            "eval",
            "exec",
            "format",
            "getattr",
            "globals",
            "hasattr",
            "hash",
            "hex",
            "id",
            "input",
            "isinstance",
            "issubclass",
            "iter",
            "len",
            "locals",
            "max",
            "min",
            "next",
            "oct",
            "open",
            "ord",
            "pow",
            "print",
            "repr",
            "round",
            "setattr",
            "sorted",
            "sum",
            "vars");

    public static final PyTuple EMPTY_TUPLE = new PyTuple(List.of());

    private Py() {}

    /** Whatever holds other values. */
    public abstract static sealed class Node permits PyList, PyTuple, PySet, PyDict, PyObject {
        /** How many levels are below, as far as is known: exact unless the graph shares or changes nodes later. */
        int depth = 1;

        final void holds(Object child) {
            if (child instanceof Node n && n.depth >= depth) {
                depth = n.depth + 1;
            }
        }
    }

    public static final class PyList extends Node {
        public final List<Object> items;

        public PyList() {
            this(new ArrayList<>());
        }

        public PyList(List<Object> items) {
            this.items = items;
        }
    }

    public static final class PyTuple extends Node {
        public final List<Object> items;

        public PyTuple(List<Object> items) {
            this.items = items;
        }
    }

    /** A tuple of values. */
    public static PyTuple tuple(Object... items) {
        return items.length == 0 ? EMPTY_TUPLE : new PyTuple(List.of(items));
    }

    /** A set or frozenset; items in the order they came. */
    public static final class PySet extends Node {
        public final boolean frozen;
        public final List<Object> items;

        public PySet(boolean frozen, List<Object> items) {
            this.frozen = frozen;
            this.items = items;
        }
    }

    /** Keys and values in turn, in the order they came; a later pair of an equal key wins when it is read. */
    public static final class PyDict extends Node {
        public final List<Object> pairs = new ArrayList<>();

        public PyDict put(Object key, Object value) {
            pairs.add(key);
            pairs.add(value);
            return this;
        }
    }

    /** A bytearray. */
    public record PyBytearray(byte[] bytes) {}

    /** A class or function by name: never looked up. */
    public record PyGlobal(String module, String name) {
        public boolean is(String otherModule, String otherName) {
            return name.equals(otherName) && module.equals(otherModule);
        }
    }

    /** How an object would be made. */
    public enum Maker {
        /** callable(*args) */
        REDUCE,
        /** cls.__new__(cls, *args) */
        NEWOBJ,
        /** cls.__new__(cls, *args, **kwargs) */
        NEWOBJ_EX
    }

    /** What would be done to an object once it is made. */
    public enum Step {
        /** obj.__setstate__(value), or obj.__dict__.update(value) */
        BUILD,
        /** obj.append(value) */
        APPEND,
        /** obj.add(value) */
        ADD,
        /** obj[key] = value; two values */
        SETITEM
    }

    /** The description of an object: how it would be made, and with what. */
    public static final class PyObject extends Node {
        public final Maker maker;
        public final Object callable;
        public final Object args;
        public final Object kwargs;
        public final List<Step> steps = new ArrayList<>(0);
        /** The values of all steps in order. */
        public final List<Object> values = new ArrayList<>(0);

        public PyObject(Maker maker, Object callable, Object args, Object kwargs) {
            this.maker = maker;
            this.callable = callable;
            this.args = args;
            this.kwargs = kwargs;
            holds(callable);
            holds(args);
            holds(kwargs);
        }

        public PyObject step(Step step, Object value) {
            steps.add(step);
            values.add(value);
            holds(value);
            return this;
        }

        /** Whether it is made by calling this global. */
        public boolean isA(String module, String name) {
            return callable instanceof PyGlobal g && g.is(module, name);
        }

        /** The positional arguments. */
        public List<Object> arguments() {
            return args instanceof PyTuple t ? t.items : List.of();
        }

        /** The value of its only step if that is a BUILD, else NONE. */
        public Object state() {
            return steps.size() == 1 && steps.get(0) == Step.BUILD ? values.get(0) : NONE;
        }

        /** The qualified name of its class or maker, for people. */
        public String className() {
            if (callable instanceof PyGlobal g) {
                boolean helper = g.module.equals("copyreg") && !arguments().isEmpty();
                return helper && arguments().get(0) instanceof PyGlobal of
                        ? of.module + "." + of.name
                        : g.module + "." + g.name;
            }
            return callable instanceof PyObject o ? o.className() : "?";
        }
    }

    /** callable(*args) */
    public static PyObject call(String module, String name, Object... args) {
        return new PyObject(Maker.REDUCE, new PyGlobal(module, name), tuple(args), NONE);
    }

    /** Python's name of a value's type. */
    public static String typeName(Object v) {
        if (v == NONE) {
            return "NoneType";
        } else if (v instanceof Boolean) {
            return "bool";
        } else if (v instanceof Number) {
            return v instanceof Double ? "float" : "int";
        } else if (v instanceof String) {
            return "str";
        } else if (v instanceof byte[]) {
            return "bytes";
        } else if (v instanceof PyList) {
            return "list";
        } else if (v instanceof PyTuple) {
            return "tuple";
        } else if (v instanceof PySet s) {
            return s.frozen ? "frozenset" : "set";
        } else if (v instanceof PyDict) {
            return "dict";
        } else if (v instanceof PyBytearray) {
            return "bytearray";
        } else if (v instanceof PyGlobal g) {
            return g.module().equals("builtins") && FUNCTIONS.contains(g.name())
                    ? "builtin_function_or_method"
                    : "type";
        }
        String name = v instanceof PyObject o ? o.className() : "object";
        String builtins = "builtins.";
        return name.startsWith(builtins)
                ? name.substring(builtins.length())
                : name.substring(name.lastIndexOf('.') + 1);
    }
}
