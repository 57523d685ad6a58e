package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Py.Step;
import io.multiproc.protocol.wire.Notes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether two objects of one class of the standard library are equal, where no plain value equals them.
 *
 * @param kind of the note, hashable or not
 * @param value a tuple of the class and what is compared
 */
record ComparedContent(byte kind, PyTuple value) {
    private static @Nullable ComparedContent of(String name, @Nullable Object part) {
        return part == null ? null : new ComparedContent(Notes.CONTENT, Py.tuple(name, part));
    }

    private static ComparedContent mutable(String name, Object part) {
        return new ComparedContent(Notes.MUTABLE_CONTENT, Py.tuple(name, part));
    }

    /** Null if the bytes decide. */
    static @Nullable ComparedContent of(PyObject o) {
        if (!(o.callable instanceof PyGlobal g)) {
            return null;
        }
        List<Object> a = o.arguments();
        String module = g.module().startsWith("pathlib.") ? "pathlib" : g.module();
        switch (module + "." + g.name()) {
            case "builtins.range" -> {
                return of("range", range(a));
            }
            case "datetime.timezone" -> {
                return a.isEmpty() ? null : of("timezone", a.get(0));
            }
            case "datetime.time" -> {
                return of("time", time(a));
            }
            case "fractions.Fraction" -> {
                BigInteger[] r = Likeness.ratio(o);
                return r == null ? null : of("fraction", Py.tuple(Unpickler.shortest(r[0]), Unpickler.shortest(r[1])));
            }
            case "pathlib.PosixPath", "pathlib.PurePosixPath" -> {
                return of("path", path(a));
            }
            case "collections.deque" -> {
                PyList items = new PyList();
                int at = 0;
                for (Step step : o.steps) {
                    if (step != Step.APPEND) {
                        return null;
                    }
                    items.items.add(o.values.get(at++));
                }
                return mutable("deque", items);
            }
            case "types.SimpleNamespace" -> {
                return o.state() instanceof PyDict || o.steps.isEmpty()
                        ? mutable("namespace", o.steps.isEmpty() ? new PyDict() : o.state())
                        : null;
            }
            case "array.array", "array._array_reconstructor" -> {
                return mutable("array", o.args);
            }
            default -> {
                return null;
            }
        }
    }

    /** How many, the first and the step; only as far as they matter. */
    private static @Nullable Object range(List<Object> a) {
        if (a.size() != 3
                || !(a.get(0) instanceof Long start)
                || !(a.get(1) instanceof Long stop)
                || !(a.get(2) instanceof Long step)
                || step == 0) {
            return null;
        }
        BigInteger by = BigInteger.valueOf(step);
        BigInteger span = BigInteger.valueOf(stop).subtract(BigInteger.valueOf(start));
        if (span.signum() != by.signum()) {
            return 0L;
        }
        BigInteger n = span.abs().subtract(BigInteger.ONE).divide(by.abs()).add(BigInteger.ONE);
        Object count = Unpickler.shortest(n);
        return n.equals(BigInteger.ONE) ? Py.tuple(count, start) : Py.tuple(count, start, step);
    }

    /** Of a time with a fixed offset of whole minutes: the microsecond in UTC, which may be of another day. */
    private static @Nullable Object time(List<Object> a) {
        if (a.size() != 2 || !(a.get(0) instanceof byte[] b) || b.length != 6) {
            return null;
        }
        Long offset = Scalars.offset(Scalars.unnamed(a.get(1)));
        Long nanos = Scalars.nanos(b, 0);
        return offset == null || offset % 60 != 0 || nanos == null
                ? null
                : (Object) (nanos / 1000 - offset * 1_000_000);
    }

    /** The root and the parts of what the texts are when joined as paths. */
    private static @Nullable Object path(List<Object> a) {
        String all = "";
        for (Object part : a) {
            if (!(part instanceof String s)) {
                return null;
            }
            all = s.startsWith("/") || all.isEmpty() ? s : all.endsWith("/") ? all + s : all + "/" + s;
        }
        List<Object> parts = new ArrayList<>();
        if (all.startsWith("/")) {
            parts.add(all.startsWith("//") && !all.startsWith("///") ? "//" : "/");
        }
        for (String part : all.split("/")) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return new PyTuple(parts);
    }
}
