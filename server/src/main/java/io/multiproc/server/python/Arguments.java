package io.multiproc.server.python;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a type's constructor is called with, in Python's sense, as the engine's arguments of a new object. */
final class Arguments {
    private static final String BAD_CODE = "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)";

    private Arguments() {}

    static List<byte[]> of(ObjectType type, MethodCall call) {
        if (type == ObjectType.VALUE || type == ObjectType.ARRAY) {
            return typed(type, call);
        }
        byte @Nullable [] argument = argument(type, call);
        return argument == null ? List.of() : List.of(argument);
    }

    /** Parties, action and timeout. */
    static Object[] ofBarrier(MethodCall c) {
        Object[] a = c.bind("Barrier.__init__", List.of("parties", "action", "timeout"), null, Py.NONE, Py.NONE);
        if (a[1] != Py.NONE) {
            throw PyError.remote(
                    "NotImplementedError",
                    "the action of a Barrier is a Python function and this server has no Python; let the client that"
                            + " gets 0 from wait() do it");
        }
        if (PyNumbers.count(a[0]) < 1) {
            throw PyError.value("parties must be >= 1");
        }
        return a;
    }

    private static String labelType(Object label) {
        boolean simple = label instanceof Py.PyGlobal g
                && g.module().equals("ctypes")
                && g.name().startsWith("c_");
        return simple ? "_ctypes.PyCSimpleType" : Py.typeName(label);
    }

    /** The type code and the value or values; CPython ignores the lock, and so does this. */
    private static List<byte[]> typed(ObjectType type, MethodCall c) {
        String second = type == ObjectType.VALUE ? "value" : "sequence";
        Object[] a = c.bind(Exposed.typeId(type), List.of("typecode", second, "lock"), null, null, true);
        if (!(a[0] instanceof String symbol)) {
            throw PyError.type(
                    type == ObjectType.ARRAY
                            ? "array() argument 1 must be a unicode character, not "
                                    + (a[0] == Py.NONE ? "None" : labelType(a[0]))
                            : "the type code must be a str, not " + Py.typeName(a[0])
                                    + ": a value of a name keeps to its type code");
        }
        if (type == ObjectType.ARRAY && symbol.codePointCount(0, symbol.length()) != 1) {
            throw PyError.type("array() argument 1 must be a unicode character, not str");
        }
        if (type == ObjectType.ARRAY && "bBuhHiIlLqQfdc?".indexOf(symbol) < 0) {
            throw PyError.value(BAD_CODE);
        }
        TypeCode code = TypeCode.of(symbol);
        if (type == ObjectType.ARRAY && code == TypeCode.BYTE) {
            throw PyError.value(BAD_CODE);
        }
        if (type == ObjectType.VALUE) {
            return List.of(Values.ofText(symbol), c.value(PyArrays.checked(code, a[1])));
        }
        List<Object> items = Iterables.items(c, a[1]);
        c.hub.work().spend(items.size(), Work.ELEMENT);
        items.forEach(v -> PyArrays.checked(code, v));
        List<Object> checked = new AbstractList<>() {
            @Override
            public Object get(int i) {
                return PyArrays.checked(code, items.get(i));
            }

            @Override
            public int size() {
                return items.size();
            }
        };
        return List.of(Values.ofText(symbol), c.list(checked));
    }

    /** The argument for the engine, or null for none. */
    private static byte @Nullable [] argument(ObjectType type, MethodCall c) {
        switch (type) {
            case DICT -> {
                if (c.arguments().size() > 1) {
                    throw PyError.type("dict expected at most 1 argument, got "
                            + c.arguments().size());
                }
                PyDict all = c.arguments().isEmpty()
                        ? new PyDict()
                        : DictReferent.pairs(c, c.arguments().get(0));
                all.pairs.addAll(c.keywords().pairs);
                return c.pairs(all);
            }
            case LIST -> {
                List<Object> a = c.positional("list", 0, 1);
                return a.isEmpty() ? null : c.list(Iterables.items(c, a.get(0)));
            }
            case SET -> {
                List<Object> a = c.positional("set", 0, 1);
                return a.isEmpty() ? null : SetReferent.list(SetReferent.keys(c, Iterables.items(c, a.get(0))));
            }
            case NAMESPACE -> {
                if (!c.arguments().isEmpty()) {
                    throw PyError.type("__init__() takes 1 positional argument but "
                            + (c.arguments().size() + 1) + " were given");
                }
                PyDict all = new PyDict();
                all.pairs.addAll(c.keywords().pairs);
                return c.pairs(all);
            }
            case QUEUE, JOINABLE_QUEUE -> {
                return MethodCall.number(PyNumbers.count(c.bind("Queue.__init__", List.of("maxsize"), 0L)[0]));
            }
            case SEMAPHORE, BOUNDED_SEMAPHORE -> {
                long permits = PyNumbers.count(c.bind("Semaphore.__init__", List.of("value"), 1L)[0]);
                if (permits < 0) {
                    throw PyError.value("semaphore initial value must be >= 0");
                }
                return MethodCall.number(permits);
            }
            case BARRIER -> {
                return MethodCall.number(PyNumbers.count(ofBarrier(c)[0]));
            }
            case CONDITION -> {
                Object lock = c.bind("Condition.__init__", List.of("lock"), Py.NONE)[0];
                return lock == Py.NONE ? null : c.value(lock);
            }
            default -> {
                if (!c.arguments().isEmpty() || !c.keywords().pairs.isEmpty()) {
                    throw PyError.type(type.wireName() + "() takes no arguments ("
                            + (c.arguments().size() + c.keywords().pairs.size() / 2) + " given)");
                }
                return null;
            }
        }
    }
}
