package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Likeness;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** {@code repr} of objects of the standard library. */
final class StandardRepr {
    private StandardRepr() {}

    /** Appends the representation of an object; false if it is of another class. */
    static boolean append(PyObject o, StringBuilder out, Consumer<Object> render, Work work) {
        List<Object> a = o.arguments();
        switch (o.className()) {
            case "builtins.slice", "builtins.range" -> {
                boolean step = o.isA("builtins", "slice")
                        || (a.size() == 3 && !a.get(2).equals(1L));
                call(Py.typeName(o), step ? a : a.subList(0, Math.min(2, a.size())), out, render);
            }
            case "builtins.complex" -> complex(a, out);
            case "datetime.date", "datetime.time", "datetime.datetime" -> time(o, out, render);
            case "datetime.timedelta" -> delta(a, out, render);
            case "datetime.timezone" -> {
                if (a.size() == 1
                        && a.get(0) instanceof PyObject d
                        && d.arguments().equals(List.of(0L, 0L, 0L))) {
                    out.append("datetime.timezone.utc");
                } else {
                    call("datetime.timezone", a, out, render);
                }
            }
            case "decimal.Decimal" -> call("Decimal", a, out, render);
            case "fractions.Fraction" -> fraction(a, out, render);
            case "uuid.UUID" -> uuid(o, out);
            case "array.array" -> array(a, out, render, work);
            case "collections.OrderedDict", "collections.Counter", "collections.deque" -> collection(o, out, render);
            case "collections.defaultdict" -> {
                out.append("defaultdict(");
                render.accept(a.isEmpty() ? Py.NONE : a.get(0));
                out.append(", ");
                render.accept(Likeness.plain(o));
                out.append(')');
            }
            case "collections.UserDict", "collections.UserList", "collections.UserString" -> render.accept(
                    Likeness.plain(o));
            case "collections.ChainMap" -> call("ChainMap", maps(o), out, render);
            case "pathlib.PosixPath",
                    "pathlib.PurePosixPath",
                    "pathlib._local.PosixPath",
                    "pathlib._local.PurePosixPath" -> {
                String text = String.join("/", a.stream().map(String::valueOf).toList())
                        .replaceFirst("^//+", "/");
                call(Py.typeName(o), List.of(text.isEmpty() ? "." : text), out, render);
            }
            case "ipaddress.IPv4Address",
                    "ipaddress.IPv6Address",
                    "ipaddress.IPv4Network",
                    "ipaddress.IPv6Network",
                    "ipaddress.IPv4Interface",
                    "ipaddress.IPv6Interface" -> call(
                    Py.typeName(o), a.isEmpty() ? a : List.of(address(Py.typeName(o), a.get(0))), out, render);
            case "multiprocessing.reduction._rebuild_partial", "functools.partial" -> partial(o, out, render);
            case "operator.itemgetter", "operator.attrgetter" -> call("operator." + Py.typeName(o), a, out, render);
            case "multiprocessing.managers.RebuildProxy" -> proxy(a, out);
            case "types.SimpleNamespace" -> {
                out.append("namespace(");
                attributes(o.state(), out, render);
                out.append(')');
            }
            default -> {
                Object plain = Likeness.plain(o);
                boolean complex = plain != o && plain instanceof PyObject p && p.isA("builtins", "complex");
                if (plain instanceof Number
                        || plain instanceof String
                        || plain instanceof byte[]
                        || plain instanceof Boolean
                        || complex) {
                    // a subclass of int, float, str or bytes; or a scalar of NumPy
                    render.accept(plain);
                    return true;
                }
                if (o.callable instanceof Py.PyGlobal g
                        && g.module().equals("builtins")
                        && g.name().matches(".*(Error|Exception|Iteration)")) {
                    call(g.name(), a, out, render);
                    return true;
                }
                return false;
            }
        }
        return true;
    }

    private static List<Object> maps(PyObject o) {
        return o.state() instanceof PyDict d && d.pairs.size() == 2 && d.pairs.get(1) instanceof Py.PyList maps
                ? maps.items
                : List.of(Likeness.plain(o));
    }

    /** An address is pickled as a number or, in a network, as a text. */
    private static Object address(String name, Object v) {
        BigInteger n = v instanceof Long l ? BigInteger.valueOf(l) : v instanceof BigInteger b ? b : null;
        boolean six = name.startsWith("IPv6");
        if (n == null || n.signum() < 0 || n.bitLength() > (six ? 128 : 32)) {
            return v;
        }
        if (!six) {
            long all = n.longValue();
            return (all >> 24 & 255) + "." + (all >> 16 & 255) + "." + (all >> 8 & 255) + "." + (all & 255);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = n.shiftRight(16 * (7 - i)).intValue() & 0xffff;
        }
        int from = 0;
        int zeros = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > zeros) {
                from = i;
                zeros = end - i;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (zeros > 1 && i >= from && i < from + zeros) {
                out.append(i == from ? "::" : "");
            } else {
                boolean joined = out.length() > 0 && out.charAt(out.length() - 1) != ':';
                out.append(joined ? ":" : "").append(Integer.toHexString(groups[i]));
            }
        }
        return out.toString();
    }

    /** Function, arguments and keywords of a partial, in both forms in which it is pickled. */
    private static void partial(PyObject o, StringBuilder out, Consumer<Object> render) {
        List<Object> parts = o.state() instanceof Py.PyTuple t ? t.items : o.arguments();
        out.append("functools.partial(");
        render.accept(parts.isEmpty() ? Py.NONE : parts.get(0));
        if (parts.size() > 1 && parts.get(1) instanceof Py.PyTuple t) {
            for (Object v : t.items) {
                out.append(", ");
                render.accept(v);
            }
        }
        if (parts.size() > 2 && parts.get(2) instanceof PyDict d && !d.pairs.isEmpty()) {
            out.append(", ");
            attributes(d, out, render);
        }
        out.append(')');
    }

    private static void call(String name, List<Object> args, StringBuilder out, Consumer<Object> render) {
        out.append(name).append('(');
        for (int i = 0; i < args.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            render.accept(args.get(i));
        }
        out.append(')');
    }

    /** Fraction('1/3') is shown as Fraction(1, 3), and what is a whole number likewise. */
    private static void fraction(List<Object> a, StringBuilder out, Consumer<Object> render) {
        if (a.size() == 1 && a.get(0) instanceof String s && s.length() <= 2 * Work.MAX_DIGITS + 2) {
            int slash = s.indexOf('/');
            if (slash > 0 && isInteger(s, 0, slash) && isInteger(s, slash + 1, s.length())) {
                out.append("Fraction(").append(s, 0, slash).append(", ");
                out.append(s, slash + 1, s.length()).append(')');
                return;
            }
        }
        call("Fraction", a, out, render);
    }

    private static boolean isInteger(String s, int from, int end) {
        int first = from < end && s.charAt(from) == '-' ? from + 1 : from;
        return first < end && s.substring(first, end).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static void attributes(Object state, StringBuilder out, Consumer<Object> render) {
        if (state instanceof PyDict d) {
            for (int i = 0; i < d.pairs.size(); i += 2) {
                out.append(i == 0 ? "" : ", ");
                if (d.pairs.get(i) instanceof String name) {
                    out.append(name);
                } else {
                    render.accept(d.pairs.get(i));
                }
                out.append('=');
                render.accept(d.pairs.get(i + 1));
            }
        }
    }

    private static void complex(List<Object> a, StringBuilder out) {
        double re = a.isEmpty() ? 0 : MethodCall.seconds(a.get(0));
        double im = a.size() < 2 ? 0 : MethodCall.seconds(a.get(1));
        String i = trim(PyFloat.repr(im)) + "j";
        if (re == 0 && 1 / re > 0) {
            out.append(i);
        } else {
            out.append('(')
                    .append(trim(PyFloat.repr(re)))
                    .append(i.startsWith("-") ? "" : "+")
                    .append(i)
                    .append(')');
        }
    }

    private static String trim(String f) {
        return f.endsWith(".0") ? f.substring(0, f.length() - 2) : f;
    }

    private static void time(PyObject o, StringBuilder out, Consumer<Object> render) {
        List<Object> a = o.arguments();
        String name = o.className();
        byte[] b = !a.isEmpty() && a.get(0) instanceof byte[] bytes ? bytes : new byte[0];
        int dates = name.endsWith("date") || name.endsWith("datetime") ? 4 : 0;
        int times = name.endsWith("datetime.time") || name.endsWith("datetime.datetime") ? 6 : 0;
        if (b.length != dates + times) {
            call(name, a, out, render);
            return;
        }
        List<Integer> fields = new ArrayList<>();
        boolean fold = false;
        if (dates > 0) {
            fields.add((b[0] & 0xff) << 8 | b[1] & 0xff);
            fold = b[2] < 0 && times > 0;
            fields.add(b[2] & 0x7f);
            fields.add((int) b[3]);
        }
        if (times > 0) {
            fold |= dates == 0 && b[0] < 0;
            fields.add(b[dates] & 0x7f);
            fields.add((int) b[dates + 1]);
            int micros = (b[dates + 3] & 0xff) << 16 | (b[dates + 4] & 0xff) << 8 | b[dates + 5] & 0xff;
            if (b[dates + 2] != 0 || micros != 0) {
                fields.add((int) b[dates + 2]);
            }
            if (micros != 0) {
                fields.add(micros);
            }
        }
        out.append(name).append('(');
        for (int i = 0; i < fields.size(); i++) {
            out.append(i == 0 ? "" : ", ").append(fields.get(i));
        }
        if (fold) {
            out.append(", fold=1");
        }
        if (a.size() > 1) {
            out.append(", tzinfo=");
            render.accept(a.get(1));
        }
        out.append(')');
    }

    private static void delta(List<Object> a, StringBuilder out, Consumer<Object> render) {
        String[] names = {"days", "seconds", "microseconds"};
        out.append("datetime.timedelta(");
        String separator = "";
        for (int i = 0; i < Math.min(3, a.size()); i++) {
            if (!a.get(i).equals(0L)) {
                out.append(separator).append(names[i]).append('=');
                render.accept(a.get(i));
                separator = ", ";
            }
        }
        out.append(separator.isEmpty() ? "0)" : ")");
    }

    private static void uuid(PyObject o, StringBuilder out) {
        Object n = o.state() instanceof PyDict d && d.pairs.size() == 2 ? d.pairs.get(1) : 0L;
        BigInteger value =
                n instanceof BigInteger big ? big : n instanceof Long l ? BigInteger.valueOf(l) : BigInteger.ZERO;
        if (value.signum() < 0 || value.bitLength() > 128) {
            out.append("<uuid.UUID object>");
            return;
        }
        String hex = String.format("%032x", value);
        out.append("UUID('")
                .append(hex, 0, 8)
                .append('-')
                .append(hex, 8, 12)
                .append('-')
                .append(hex, 12, 16);
        out.append('-').append(hex, 16, 20).append('-').append(hex, 20, 32).append("')");
    }

    private static void array(List<Object> a, StringBuilder out, Consumer<Object> render, Work work) {
        if (a.size() == 2 && a.get(0) instanceof String code && a.get(1) instanceof byte[] b) {
            work.spend(b.length / PyArrays.width(code), PyFloat.COST);
            List<String> items = PyArrays.items(code, b);
            out.append("array('").append(code).append('\'');
            if (!items.isEmpty() && (code.equals("u") || code.equals("w"))) {
                out.append(", ");
                render.accept(String.join("", items));
            } else {
                out.append(items.isEmpty() ? "" : ", " + items);
            }
            out.append(')');
        } else {
            out.append("<array.array object>");
        }
    }

    private static void collection(PyObject o, StringBuilder out, Consumer<Object> render) {
        String name = Py.typeName(o);
        if (name.equals("deque")) {
            out.append("deque([");
            for (int i = 0; i < o.steps.size(); i++) {
                out.append(i == 0 ? "" : ", ");
                render.accept(o.values.get(i));
            }
            out.append(']');
            if (o.arguments().size() == 2) {
                out.append(", maxlen=");
                render.accept(o.arguments().get(1));
            }
            out.append(')');
            return;
        }
        if (name.equals("Counter")) {
            boolean empty = !o.arguments().isEmpty() && o.arguments().get(0) instanceof PyDict d && d.pairs.isEmpty();
            call(name, empty ? List.of() : o.arguments(), out, render);
            return;
        }
        out.append(name).append('(');
        if (!o.steps.isEmpty()) {
            out.append('[');
            for (int i = 0; i + 1 < o.values.size(); i += 2) {
                out.append(i == 0 ? "(" : ", (");
                render.accept(o.values.get(i));
                out.append(", ");
                render.accept(o.values.get(i + 1));
                out.append(')');
            }
            out.append(']');
        }
        out.append(')');
    }

    private static void proxy(List<Object> a, StringBuilder out) {
        String cls = !a.isEmpty() && a.get(0) instanceof Py.PyGlobal g ? g.name() : "Proxy";
        Proxies.Token token = a.size() > 1 ? Proxies.token(a.get(1)) : null;
        if (token != null && cls.equals("AutoProxy")) {
            cls = "AutoProxy[" + token.typeId() + "]";
        }
        out.append('<').append(cls).append(" object");
        if (token != null) {
            out.append(", typeid '").append(token.typeId()).append("' at 0x").append(token.ident());
        }
        out.append('>');
    }
}
