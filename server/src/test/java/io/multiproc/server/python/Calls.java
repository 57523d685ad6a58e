package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Pickler;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Unpickler;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.engine.Gathered;
import io.multiproc.server.state.SharedState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python clients of an engine without sockets. */
final class Calls {
    private static final int MAX_FRAME = 1 << 20;
    static final long PATIENCE = 1000;

    final List<byte[]> records = new ArrayList<>();
    final Engine engine;
    final PythonHub hub;
    private final Map<Long, Client> clients = new HashMap<>();
    private final List<Runnable> timers = new ArrayList<>();
    long time = 1;

    /** @param gathered whether commands are applied at the end of a burst */
    Calls(boolean gathered) {
        EngineOptions options = new EngineOptions("test", MAX_FRAME, false, List::of);
        SharedState state = new SharedState(MAX_FRAME);
        engine = gathered
                ? new Engine(
                        state,
                        () -> time,
                        (delay, task) -> timer(task),
                        this::complete,
                        options,
                        () -> {},
                        (applier, clock) -> new Gathered(records::add, applier, clock))
                : new Engine(state, () -> time, (delay, task) -> timer(task), this::complete, options, () -> {});
        hub = new PythonHub(engine, MAX_FRAME, 1000, PATIENCE);
    }

    private Runnable timer(Runnable task) {
        timers.add(task);
        return () -> timers.remove(task);
    }

    private void complete(long session, long request, Reply reply) {
        Client client = clients.get(session);
        if (client != null) {
            client.session.answered(request, reply);
        } else {
            boolean ignored = hub.answered(session, request, reply);
        }
    }

    /** So much later all that is due has happened. */
    void pass(long millis) {
        time += millis;
        for (Runnable task : List.copyOf(timers)) {
            timers.remove(task);
            task.run();
        }
    }

    /** What is asked for meanwhile comes in one burst. */
    void burst(Runnable requests) {
        engine.beginBurst();
        requests.run();
        engine.endBurst();
    }

    private static byte[] request(Object ident, String name, Object... args) {
        return Pickler.write(Py.tuple(ident, name, Py.tuple(args), new PyDict()));
    }

    /** The ident of a new object. */
    String create(Object... typeAndArguments) {
        List<String> out = new ArrayList<>();
        control(out, "create", typeAndArguments);
        PyTuple made = (PyTuple) results.get(results.size() - 1);
        return (String) made.items.get(0);
    }

    private final List<Object> results = new ArrayList<>();

    /** Asks over a control connection; the kinds of the replies come into the list. */
    void control(List<String> kinds, String name, Object... args) {
        byte[] b = request(Py.NONE, name, args);
        PythonHub.Opened opened =
                hub.open(b, 0, b.length, "peer", "there", List.of("here"), null, null, reply -> kinds.add(kind(reply)));
        if (opened instanceof PythonHub.Opened.Answered answered) {
            kinds.add(kind(answered.replies().get(0)));
        }
    }

    /** The result of a control request. */
    Object ask(String name, Object... args) {
        List<String> kinds = new ArrayList<>();
        control(kinds, name, args);
        return results.get(results.size() - 1);
    }

    private String kind(byte[] reply) {
        PyTuple pair = (PyTuple) Unpickler.read(reply);
        results.add(pair.items.get(1));
        return (String) pair.items.get(0);
    }

    Client connect() {
        Client client = new Client();
        byte[] b = request(Py.NONE, "accept_connection", "thread");
        PythonHub.Opened opened =
                hub.open(b, 0, b.length, "peer", "there", List.of("here"), null, null, client::replied);
        client.session = ((PythonHub.Opened.Data) opened).session();
        clients.put(client.session.id(), client);
        return client;
    }

    /** A data connection, and its replies as texts. */
    final class Client {
        final List<String> replies = new ArrayList<>();
        private @Nullable Object last;

        @SuppressWarnings("NullAway.Init")
        PythonSession session;

        private void replied(byte[] reply) {
            PyTuple pair = (PyTuple) Unpickler.read(reply);
            Object result = pair.items.get(1);
            last = result;
            replies.add(pair.items.get(0) + " "
                    + (result instanceof Py.PyObject o && !pair.items.get(0).equals("#PROXY")
                            ? Py.typeName(o) + " " + o.arguments()
                            : result instanceof PyTuple ? "…" : result instanceof Py.PyList l ? l.items : result));
        }

        void call(String ident, String method, Object... args) {
            byte[] b = request(ident, method, args);
            session.request(b, 0, b.length);
        }

        /** The answer to a call that is answered at once. */
        String ask(String ident, String method, Object... args) {
            int before = replies.size();
            call(ident, method, args);
            return replies.size() == before ? "none" : replies.get(before);
        }

        @Nullable
        Object last() {
            return last;
        }

        /** The connection breaks. */
        void dies() {
            clients.remove(session.id());
            session.ended(false, "died");
        }
    }
}
