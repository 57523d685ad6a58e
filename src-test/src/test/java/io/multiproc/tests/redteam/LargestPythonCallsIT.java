package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.pickle.Pickler;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every method of every type of Python's with the most expensive arguments, and the texts of objects that hold such, while another client measures its round
 * trips.
 */
@Tag("alone")
@Tag("once")
@Timeout(900)
class LargestPythonCallsIT {
    private static final boolean WHOLE = Boolean.getBoolean("redteam.whole");
    /** Bytes of a value as a pickle. */
    private static final int BYTES = WHOLE ? 48 << 20 : 1 << 20;

    /** How long one call may keep the server's thread, in milliseconds of a processor. */
    private static final long MOST = 2_000;
    /** What nobody may be kept waiting, however busy the machine is with other things. */
    private static final long LONGEST = 20_000;

    /** Methods that would wait, and the arguments with which they do not. */
    private static final Map<String, PyTuple> AT_ONCE = Map.of(
            "get", Py.tuple(false),
            "put", Py.tuple(1L, false),
            "acquire", Py.tuple(false),
            "wait", Py.tuple(0L),
            "join", Py.tuple());

    private static PyList list(int n, IntFunction<Object> item) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            items.add(item.apply(i));
        }
        return new PyList(items);
    }

    private static PyDict dict(int n, IntFunction<Object> key) {
        PyDict dict = new PyDict();
        for (int i = 0; i < n; i++) {
            dict.put(key.apply(i), Py.NONE);
        }
        return dict;
    }

    private static String digits(int n) {
        return "7".repeat(n);
    }

    private static Object big(int bytes) {
        byte[] b = new byte[bytes];
        Arrays.fill(b, (byte) 0x55);
        return new BigInteger(b);
    }

    private static Map<String, Object> values() {
        Random random = new Random(19);
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("an integer", big(BYTES));
        out.put("a text of controls", "\u0001".repeat(BYTES));
        out.put("bytes", new byte[BYTES]);
        out.put("a fraction", Py.call("fractions", "Fraction", digits(BYTES / 2) + "/" + digits(BYTES / 2)));
        out.put(
                "a UUID",
                new Py.PyObject(Py.Maker.NEWOBJ, new Py.PyGlobal("uuid", "UUID"), Py.EMPTY_TUPLE, Py.NONE)
                        .step(Py.Step.BUILD, new PyDict().put("int", big(BYTES))));
        out.put("a delta", Py.call("datetime", "timedelta", big(BYTES), 0L, 0L));
        out.put("a range", Py.call("builtins", "range", 0L, 10_000_000L, 1L));
        out.put("a range without end", Py.call("builtins", "range", Long.MIN_VALUE, Long.MAX_VALUE, 1L));
        out.put("a slice", Py.call("builtins", "slice", Py.NONE, big(BYTES), Py.NONE));
        out.put("decimals", list(BYTES / 9_800, i -> Py.call("decimal", "Decimal", digits(9_800))));
        out.put("integers", list(BYTES / 4_000, i -> big(4_000)));
        out.put("integers that are written out", list(BYTES / 1_780, i -> big(1_780)));
        out.put("floats", list(BYTES / 9, i -> random.nextDouble()));
        out.put("small integers", list(BYTES / 5, i -> 70_000L + i));
        out.put("pairs", list(BYTES / 12, i -> Py.tuple(70_000L + i, (long) i)));
        out.put("a dict", dict(BYTES / 6, i -> 70_000L + i));
        out.put("a set", new PySet(false, list(BYTES / 5, i -> 70_000L + i).items));
        PyList shared = list(BYTES / 10, i -> 70_000L + i);
        out.put("a list a thousand times", list(1_000, i -> shared));
        PyTuple tuple = new PyTuple(list(BYTES / 10, i -> 70_000L + i).items);
        out.put("a tuple ten thousand times", list(10_000, i -> tuple));
        Object deep = 1L;
        for (int i = 0; i < 90; i++) {
            deep = Py.tuple(deep, deep);
        }
        out.put("a tuple of endless text", deep);
        out.put("an array", Py.call("array", "array", "d", new byte[BYTES & -8]));
        return out;
    }

    private final Map<String, Object> values = values();
    private final List<String> slow = new ArrayList<>();

    @Test
    void nobodyElseIsStopped() throws Exception {
        try (TestServer server = TestServer.start();
                Bystander bystander = new Bystander(server.connect())) {
            long longest = 0;
            Map<String, Object[]> types = new LinkedHashMap<>();
            for (String type : List.of(
                    "dict",
                    "list",
                    "Namespace",
                    "Queue",
                    "JoinableQueue",
                    "Lock",
                    "RLock",
                    "Semaphore",
                    "BoundedSemaphore",
                    "Condition",
                    "Event")) {
                types.put(type, new Object[] {type});
            }
            types.put("Barrier", new Object[] {"Barrier", 2L});
            types.put("Value", new Object[] {"Value", "i", 1L});
            types.put("Array", new Object[] {"Array", "d", list(1_000, i -> (double) i)});
            for (Map.Entry<String, Object[]> type : types.entrySet()) {
                methods(server, type.getValue());
                longest = Math.max(longest, bystander.report(type.getKey()));
            }
            contents(server);
            longest = Math.max(longest, bystander.report("texts and sorts"));
            making(server, types);
            longest = Math.max(longest, bystander.report("create"));
            assertEquals(List.of(), slow);
            assertTrue(longest < LONGEST, longest + " ms");
        }
    }

    private void methods(TestServer server, Object[] create) throws IOException {
        PyTuple made = Intruder.create(server.uri(), server.key(), create);
        Object ident = made.items.get(0);
        for (Object method : ((PyTuple) made.items.get(1)).items) {
            String name = (String) method;
            for (Map.Entry<String, Object> value : values.entrySet()) {
                Object v = value.getValue();
                for (PyTuple args : arguments(name, v)) {
                    call(server, ident, name, args, create[0] + "." + name + " with " + value.getKey());
                }
            }
            if (name.startsWith("__") || name.equals("clear") || name.equals("extend")) {
                // so that it does not get larger and larger
                made = Intruder.create(server.uri(), server.key(), create);
                ident = made.items.get(0);
            }
        }
    }

    private static List<PyTuple> arguments(String name, Object v) {
        PyTuple base = AT_ONCE.get(name);
        if (base != null && !name.equals("put")) {
            return List.of(base);
        }
        return switch (name) {
            case "put" -> List.of(Py.tuple(v, false));
            case "insert", "__setitem__" -> List.of(Py.tuple(0L, v), Py.tuple(v, 1L));
            case "setdefault", "get", "pop", "index" -> List.of(Py.tuple(v), Py.tuple(v, 0L));
            case "__setattr__" -> List.of(Py.tuple("name", v));
            default -> List.of(Py.tuple(v));
        };
    }

    private void call(TestServer server, Object ident, String method, PyTuple args, String what) throws IOException {
        long before = Bystander.loopMillis();
        String answer;
        try (Intruder intruder = Intruder.toPython(server.uri(), server.key())) {
            answer = text(intruder.call(ident, method, args));
        }
        note(what, before, answer);
    }

    private static String text(Object reply) {
        return reply instanceof PyTuple t ? t.items.toString() : "";
    }

    private void note(String what, long before, String answer) {
        long millis = Bystander.loopMillis() - before;
        if (millis > MOST / 4) {
            System.out.println("  " + what + ": " + millis + " ms of the server");
        }
        if (millis > MOST) {
            slow.add(what + ": " + millis + " ms");
        }
        assertTrue(!answer.contains("a fault of the server"), what);
    }

    /** What is asked of a list that holds one of the values, or many. */
    private void contents(TestServer server) throws IOException {
        for (Map.Entry<String, Object> value : values.entrySet()) {
            Object v = value.getValue();
            PyTuple made =
                    Intruder.create(server.uri(), server.key(), "list", new PyList(new ArrayList<>(List.of(v, v))));
            Object ident = made.items.get(0);
            if (!(ident instanceof String)) {
                continue;
            }
            String what = "of a list of " + value.getKey();
            call(server, ident, "__str__", Py.tuple(), "text " + what);
            call(server, ident, "#GETVALUE", Py.tuple(), "value " + what);
            call(server, ident, "sort", Py.tuple(), "sort " + what);
            call(server, ident, "index", Py.tuple(v), "index " + what);
            call(server, ident, "__mul__", Py.tuple(1L << 40), "product " + what);
            if (v instanceof PyList l) {
                call(server, ident, "extend", Py.tuple(l), "extend " + what);
                for (String key : List.of("str", "len", "abs")) {
                    PyDict kwds = new PyDict().put("key", new Py.PyGlobal("builtins", key));
                    long before = Bystander.loopMillis();
                    try (Intruder intruder = Intruder.toPython(server.uri(), server.key())) {
                        Object answer = intruder.call(Pickler.write(Py.tuple(ident, "sort", Py.tuple(), kwds)));
                        note("sort by " + key + " " + what, before, text(answer));
                    }
                }
                call(server, ident, "count", Py.tuple(v), "count " + what);
                call(server, ident, "__str__", Py.tuple(), "text of the longer " + what);
            }
        }
    }

    private void making(TestServer server, Map<String, Object[]> types) throws IOException {
        for (String type : types.keySet()) {
            for (Map.Entry<String, Object> value : values.entrySet()) {
                long before = Bystander.loopMillis();
                Object[] args = type.equals("Value") || type.equals("Array")
                        ? new Object[] {type, "d", value.getValue()}
                        : new Object[] {type, value.getValue()};
                PyTuple made = Intruder.create(server.uri(), server.key(), args);
                note(type + " of " + value.getKey(), before, text(made));
            }
        }
        assertEquals(14, types.size());
    }
}
