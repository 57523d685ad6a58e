package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Translator;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** {@code repr(value)} in Python's spelling. A small value that shares its parts can have an endless text, so all texts are bounded. */
final class PyRepr {
    /** How much of a text is shown where nobody needs it all. */
    static final int SHORT = 200;

    private static final int NODE = 50;

    /** Builtin classes; other names in lower case are functions. */
    private static final Set<String> CLASSES = Set.of(
            "bool",
            "bytearray",
            "bytes",
            "classmethod",
            "complex",
            "dict",
            "enumerate",
            "filter",
            "float",
            "frozenset",
            "int",
            "list",
            "map",
            "memoryview",
            "object",
            "property",
            "range",
            "reversed",
            "set",
            "slice",
            "staticmethod",
            "str",
            "super",
            "tuple",
            "type",
            "zip");

    private final Translator translator;
    private final Work work;
    private final int most;
    private int limit;

    /**
     * @param work counts what is done
     * @param most the longest text
     */
    PyRepr(Translator translator, Work work, int most) {
        this.translator = translator;
        this.work = work;
        this.most = most;
        this.limit = most;
    }

    /** What makes texts, with none of them longer than about two hundred characters: what is beyond is left out. */
    String shortened(Supplier<String> maker) {
        limit = SHORT;
        try {
            return maker.get();
        } finally {
            limit = most;
        }
    }

    /** Whether nobody will see more than the start of a text. */
    boolean isShortened() {
        return limit < most;
    }

    /** Of an encoded value. */
    String of(byte[] value) {
        return ofGraph(translator.fromEnvelope(value, 0));
    }

    String ofGraph(Object v) {
        Pass pass = new Pass(limit, isShortened(), work);
        try {
            pass.render(v);
        } catch (TooLong e) {
            if (!isShortened()) {
                throw PyError.remote("MemoryError", "the text of the value has more than " + most + " characters");
            }
        }
        return pass.out.toString();
    }

    /** The text of a value exceeds its bound. */
    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super(null, null, false, false);
        }
    }

    /** One rendering, which remembers what it is within. */
    private static final class Pass {
        private final int limit;
        private final boolean shortened;
        private final Work work;
        private final StringBuilder out = new StringBuilder();
        private final IdentityHashMap<Object, Boolean> open = new IdentityHashMap<>();

        Pass(int limit, boolean shortened, Work work) {
            this.limit = limit;
            this.shortened = shortened;
            this.work = work;
        }

        StringBuilder render(Object v) {
            checkLength();
            work.spend(NODE);
            if (v instanceof String s) {
                text(s);
            } else if (v == Py.NONE) {
                out.append("None");
            } else if (v instanceof Boolean b) {
                out.append(b ? "True" : "False");
            } else if (v instanceof Double d) {
                work.spend(PyFloat.COST);
                out.append(PyFloat.repr(d));
            } else if (v instanceof BigInteger n) {
                integer(n);
            } else if (v instanceof Number n) {
                out.append(n);
            } else if (v instanceof byte[] b) {
                bytes(b, false);
            } else if (v instanceof PyBytearray b) {
                out.append("bytearray(");
                bytes(b.bytes(), true);
                out.append(')');
            } else if (v instanceof PyGlobal g) {
                global(g);
            } else if (v instanceof PyObject o) {
                if (!StandardRepr.append(o, out, this::render, work)) {
                    out.append('<').append(o.className()).append(" object>");
                }
            } else {
                nested(v);
            }
            return out;
        }

        private void checkLength() {
            if (out.length() > limit) {
                throw new TooLong();
            }
        }

        private void integer(BigInteger n) {
            if (!Work.hasTooManyDigits(n.bitLength())) {
                work.spend(Work.ofDigits(Work.digits(n.bitLength())));
                out.append(n);
            } else if (shortened) {
                out.append("<int of ").append(n.bitLength()).append(" bits>");
            } else {
                // in CPython's words
                throw PyError.value(
                        "Exceeds the limit (" + Work.MAX_DIGITS
                                + " digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit");
            }
        }

        private void nested(Object v) {
            boolean list = v instanceof PyList;
            boolean dict = v instanceof PyDict;
            if (open.put(v, true) != null) {
                out.append(list ? "[...]" : dict ? "{...}" : v instanceof PyTuple ? "(...)" : "set(...)");
                return;
            }
            if (v instanceof PyList l) {
                items("[", l.items, "]");
            } else if (v instanceof PyTuple t) {
                items("(", t.items, t.items.size() == 1 ? ",)" : ")");
            } else if (v instanceof PySet s) {
                if (s.items.isEmpty()) {
                    out.append(s.frozen ? "frozenset()" : "set()");
                } else {
                    items(s.frozen ? "frozenset({" : "{", s.items, s.frozen ? "})" : "}");
                }
            } else if (v instanceof PyDict d) {
                out.append('{');
                for (int i = 0; i < d.pairs.size(); i += 2) {
                    out.append(i == 0 ? "" : ", ");
                    render(d.pairs.get(i)).append(": ");
                    render(d.pairs.get(i + 1));
                }
                out.append('}');
            }
            open.remove(v);
        }

        private void items(String before, List<Object> items, String after) {
            out.append(before);
            for (int i = 0; i < items.size(); i++) {
                out.append(i == 0 ? "" : ", ");
                render(items.get(i));
            }
            out.append(after);
        }

        private void global(PyGlobal g) {
            boolean builtin = g.module().equals("builtins");
            String name = builtin ? g.name() : g.module() + "." + g.name();
            if (builtin && (g.name().equals("Ellipsis") || g.name().equals("NotImplemented"))) {
                out.append(name);
                return;
            }
            boolean type = !g.name().isEmpty() && Character.isUpperCase(g.name().charAt(0))
                    || builtin && CLASSES.contains(g.name())
                    || g.module().equals("collections") && !g.name().equals("namedtuple")
                    || g.module().equals("ctypes") && g.name().startsWith("c_");
            if (builtin && !type) {
                out.append("<built-in function ").append(name).append('>');
                return;
            }
            boolean function = !type;
            out.append(function ? "<function " : "<class '").append(name).append(function ? ">" : "'>");
        }

        private void bytes(byte[] b, boolean array) {
            boolean doubled = has(b, '\'') && !has(b, '"');
            char quote = doubled ? '"' : '\'';
            out.append('b').append(quote);
            work.spend(b.length, Work.LOOK);
            for (byte x : b) {
                checkLength();
                int c = x & 0xff;
                // CPython escapes both quotes in a bytearray, though it needs only one
                if (c == quote || c == '\\' || array && c == '\'') {
                    out.append('\\').append((char) c);
                } else if (c >= 0x20 && c < 0x7f) {
                    out.append((char) c);
                } else {
                    escape(c);
                }
            }
            out.append(quote);
        }

        private static boolean has(byte[] b, char c) {
            for (byte x : b) {
                if (x == c) {
                    return true;
                }
            }
            return false;
        }

        private void text(String s) {
            boolean doubled = s.indexOf('\'') >= 0 && s.indexOf('"') < 0;
            char quote = doubled ? '"' : '\'';
            out.append(quote);
            work.spend(s.length(), Work.LOOK);
            s.codePoints().forEach(c -> {
                checkLength();
                if (c == quote || c == '\\') {
                    out.append('\\').append((char) c);
                } else if (isPrintable(c)) {
                    out.appendCodePoint(c);
                } else {
                    escape(c);
                }
            });
            out.append(quote);
        }

        private void escape(int c) {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
                    out.append('\\').append(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
                    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
                        out.append(Character.forDigit(c >> shift & 15, 16));
                    }
                }
            }
        }

        private static boolean isPrintable(int c) {
            return switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.PRIVATE_USE,
                        Character.UNASSIGNED,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> false;
                case Character.SPACE_SEPARATOR -> c == ' ';
                default -> true;
            };
        }
    }
}
