package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.Maker;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The allow-list: calls that are nothing but another spelling of a builtin value become that value. Python 2's names become
 * Python 3's. Everything else stays a description.
 */
final class Normal {
    private static final Map<String, String> MODULES =
            Map.of("__builtin__", "builtins", "copy_reg", "copyreg", "Queue", "queue", "exceptions", "builtins");

    private Normal() {}

    static PyGlobal global(String module, String name) {
        return new PyGlobal(MODULES.getOrDefault(module, module), name);
    }

    static Object reduced(PyObject o) {
        if (o.maker != Maker.REDUCE || !(o.callable instanceof PyGlobal g)) {
            return o;
        }
        List<Object> args = o.arguments();
        if (g.module().equals("builtins")) {
            return builtin(g.name(), args, o);
        }
        if (g.is("_codecs", "encode") && args.size() == 2 && args.get(0) instanceof String s && isLatin1(args.get(1))) {
            return latin1(s, o);
        }
        return o;
    }

    private static Object builtin(String name, List<Object> args, PyObject o) {
        Object first = args.isEmpty() ? Py.NONE : args.get(0);
        switch (name) {
            case "set", "frozenset" -> {
                if (args.size() == 1 && first instanceof PyList items) {
                    PySet set = new PySet(name.equals("frozenset"), new ArrayList<>(items.items));
                    items.items.forEach(set::holds);
                    return set;
                }
            }
            case "list" -> {
                // how views of dicts are sent
                if (args.size() == 1 && first instanceof PyList items) {
                    return items;
                }
            }
            case "tuple" -> {
                if (args.size() == 1 && first instanceof PyList items) {
                    PyTuple tuple = new PyTuple(new ArrayList<>(items.items));
                    items.items.forEach(tuple::holds);
                    return tuple;
                }
            }
            case "bytes" -> {
                if (args.isEmpty()) {
                    return new byte[0];
                }
            }
            case "bytearray" -> {
                if (args.isEmpty()) {
                    return new PyBytearray(new byte[0]);
                }
                if (args.size() == 1 && first instanceof byte[] b) {
                    return new PyBytearray(b);
                }
                if (args.size() == 2 && first instanceof String s && isLatin1(args.get(1))) {
                    return latin1(s, o) instanceof byte[] b ? new PyBytearray(b) : o;
                }
            }
            default -> {
                // a description
            }
        }
        return o;
    }

    private static boolean isLatin1(Object name) {
        return name instanceof String s && (s.equals("latin1") || s.equals("latin-1"));
    }

    private static Object latin1(String s, PyObject otherwise) {
        return s.chars().allMatch(c -> c < 256) ? s.getBytes(StandardCharsets.ISO_8859_1) : otherwise;
    }
}
