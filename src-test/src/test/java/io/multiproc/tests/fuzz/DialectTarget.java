package io.multiproc.tests.fuzz;

import io.multiproc.protocol.pickle.Pickler;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Unpickler;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.python.PythonHub;
import io.multiproc.server.python.PythonSession;
import io.multiproc.server.state.SharedState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes as a request of a Python client: as they are, on a control and on a data connection; and, behind the ident of an object of a
 * type that the first byte chooses, as the rest of a call. Each is answered, once, by a well-formed pickle, or waits; no fault, little memory.
 */
public final class DialectTarget {
    static final List<String> TYPES = List.of(
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
            "Event",
            "Barrier",
            "Value",
            "Array");

    private static final int MAX_FRAME = 1 << 20;
    private static final int RUNS_OF_A_SERVER = 500;

    private static @Nullable DialectTarget server;

    private final Queue<Runnable> answers = new ArrayDeque<>();
    private final List<String> idents = new ArrayList<>();
    private final PythonHub hub;
    private long now = 1;
    private @Nullable PythonSession session;
    private byte @Nullable [] reply;
    private int runs;

    private DialectTarget() {
        Engine engine = new Engine(
                new SharedState(MAX_FRAME),
                () -> now,
                (delay, task) -> () -> {},
                (to, request, answer) -> answers.add(() -> answered(to, request, answer)),
                new EngineOptions("fuzzed", MAX_FRAME, false, List::of),
                () -> {});
        hub = new PythonHub(engine, MAX_FRAME, 1000, 1000);
        for (String type : TYPES) {
            Object[] args =
                    switch (type) {
                        case "Barrier" -> new Object[] {type, 2L};
                        case "Value" -> new Object[] {type, "i", 1L};
                        case "Array" -> new Object[] {type, "i", new Py.PyList(new ArrayList<>(List.of(1L, 2L)))};
                        default -> new Object[] {type};
                    };
            byte[] created = control(request(Py.NONE, "create", args));
            Py.PyTuple pair = (Py.PyTuple) Unpickler.read(created);
            idents.add((String) ((Py.PyTuple) pair.items.get(1)).items.get(0));
        }
    }

    private void answered(long to, long request, io.multiproc.protocol.wire.Reply answer) {
        PythonSession s = session;
        if (s != null && s.id() == to) {
            s.answered(request, answer);
        } else if (!hub.answered(to, request, answer)) {
            return; // to a connection that has ended
        }
    }

    private void checkFaults() {
        if (hub.faults() > 0) {
            throw new AssertionError("a fault, see above");
        }
    }

    private static byte[] request(Object ident, String name, Object... args) {
        return Pickler.write(Py.tuple(ident, name, Py.tuple(args), new Py.PyDict()));
    }

    private byte[] control(byte[] b) {
        PythonHub.Opened opened =
                hub.open(b, 0, b.length, "fuzzer", "fuzzer", List.of("here"), null, null, bytes -> {});
        if (opened instanceof PythonHub.Opened.Answered a) {
            a.replies().forEach(DialectTarget::check);
            checkFaults();
            return a.replies().get(0);
        }
        PythonHub.Opened.Data data = (PythonHub.Opened.Data) opened;
        data.session().ended(true, "fuzzed");
        return data.reply();
    }

    private static void check(byte[] bytes) {
        Object pair = Unpickler.read(bytes);
        if (!(pair instanceof Py.PyTuple t)
                || t.items.size() != 2
                || !(t.items.get(0) instanceof String kind)
                || !List.of("#RETURN", "#ERROR", "#TRACEBACK", "#PROXY", "#UNSERIALIZABLE")
                        .contains(kind)) {
            throw new AssertionError("no reply: " + pair);
        }
    }

    private void data(byte[] b) {
        if (session == null) {
            byte[] accept = request(Py.NONE, "accept_connection", "fuzzer");
            PythonHub.Opened opened =
                    hub.open(accept, 0, accept.length, "fuzzer", "fuzzer", List.of("here"), null, null, bytes -> {
                        if (reply != null) {
                            throw new AssertionError("two replies");
                        }
                        reply = bytes;
                    });
            session = ((PythonHub.Opened.Data) opened).session();
        }
        reply = null;
        session.request(b, 0, b.length);
        while (!answers.isEmpty()) {
            answers.remove().run();
        }
        byte[] answer = reply;
        if (answer != null) {
            check(answer);
        }
        if ((answer == null) != session.isWaiting()) {
            throw new AssertionError(answer == null ? "no reply" : "a reply, and waiting");
        }
        if (answer == null) {
            session.ended(false, "fuzzed");
            session = null;
        }
        now++;
        checkFaults();
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        DialectTarget s = server;
        if (s == null || s.runs++ > RUNS_OF_A_SERVER) {
            server = s = new DialectTarget();
        }
        if (b.length == 0) {
            return;
        }
        int type = b[0] & 0xff;
        if (type >= TYPES.size()) {
            byte[] dup = b.clone();
            s.control(dup);
            s.data(b);
            return;
        }
        String ident = s.idents.get(type);
        ByteArrayOutputStream call = new ByteArrayOutputStream();
        call.writeBytes(new byte[] {(byte) 0x80, 4, '(', (byte) 0x8c, (byte) ident.length()});
        call.writeBytes(ident.getBytes(StandardCharsets.US_ASCII));
        call.write(b, 1, b.length - 1);
        s.data(call.toByteArray());
    }
}
