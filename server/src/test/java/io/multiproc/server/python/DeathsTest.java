package io.multiproc.server.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections of Python clients that break while a command of theirs is on its way: what it acquired is given back, as if that had come later. */
@Timeout(20)
class DeathsTest {
    private static final String NONE = "#RETURN " + Py.NONE;

    /** A server with an object of each type, and what can be seen of it. */
    private static final class World {
        final Calls calls;
        final Calls.Client other;
        final Map<String, String> idents = new TreeMap<>();

        World(boolean gathered) {
            calls = new Calls(gathered);
            other = calls.connect();
            for (String type :
                    List.of("Queue", "Lock", "RLock", "Semaphore", "Condition", "Event", "dict", "Namespace")) {
                idents.put(type, calls.create(type));
            }
            idents.put("full", calls.create("Queue", 1L));
            idents.put("held", calls.create("Lock"));
            idents.put("Barrier", calls.create("Barrier", 2L));
            idents.put("list", calls.create("list", new PyList(new ArrayList<>(List.of(3L, 1L, 2L)))));
            assertEquals(NONE, other.ask(of("full"), "put", "item"));
            assertEquals("#RETURN true", other.ask(of("held"), "acquire"));
            assertEquals(NONE, other.ask(of("dict"), "__setitem__", "k", 1L));
        }

        String of(String name) {
            return idents.getOrDefault(name, name);
        }

        List<String> seen() {
            Calls.Client c = calls.connect();
            List<String> out = new ArrayList<>();
            idents.forEach((name, ident) -> out.add(name + " " + c.ask(ident, "__repr__")));
            out.add("full " + c.ask(of("full"), "qsize"));
            out.add(calls.ask("number_of_objects").toString());
            out.add(calls.ask("debug_info").toString());
            out.add("Lock " + c.ask(of("Lock"), "release"));
            out.add("Semaphore " + c.ask(of("Semaphore"), "acquire", false));
            out.add("RLock " + c.ask(of("RLock"), "acquire", false));
            out.add("Condition " + c.ask(of("Condition"), "acquire", false));
            out.add("full " + c.ask(of("full"), "get", false));
            out.add("held " + other.ask(of("held"), "release"));
            calls.pass(Calls.PATIENCE + 1);
            out.add("held " + c.ask(of("held"), "acquire", false));
            out.add("faults " + calls.hub.faults() + " sessions " + calls.engine.sessionCount());
            String epoch = of("Lock").substring(0, 8);
            out.replaceAll(line -> line.replace(epoch, "E").replaceAll("0x[0-9a-f]+", "0x"));
            return out;
        }
    }

    /** What an empty burst would show: the session of locks is opened earlier with bursts. */
    private static List<String> after(boolean gathered, String object, String method) {
        World w = new World(gathered);
        // which opens the session of plain locks in both
        assertEquals("#RETURN true", w.other.ask(w.of("Lock"), "acquire"));
        assertEquals(NONE, w.other.ask(w.of("Lock"), "release"));
        Calls.Client c = w.calls.connect();
        w.calls.burst(() -> {
            c.call(w.of(object), method, arguments(method));
            if (gathered && !method.equals("get") && !method.startsWith("__len")) {
                assertEquals(List.of(), c.replies, "answered before the end of the burst");
            }
            c.dies();
        });
        return w.seen();
    }

    private static Object[] arguments(String method) {
        return switch (method) {
            case "put", "append", "notify" -> new Object[] {5L};
            case "__setitem__", "__setattr__" -> new Object[] {"n", 5L};
            case "pop" -> new Object[] {};
            case "popitem" -> new Object[] {};
            default -> new Object[] {};
        };
    }

    @ParameterizedTest
    @CsvSource({
        "full,get",
        "full,put",
        "Queue,put",
        "Queue,get",
        "Queue,join",
        "Lock,acquire",
        "held,acquire",
        "held,release",
        "RLock,acquire",
        "Semaphore,acquire",
        "Semaphore,release",
        "Condition,acquire",
        "Event,set",
        "Event,wait",
        "Barrier,wait",
        "dict,__iter__",
        "dict,__setitem__",
        "dict,popitem",
        "Namespace,__setattr__",
        "list,append",
        "list,pop",
        "list,sort",
    })
    void asIfTheDeathHadComeAfter(String object, String method) {
        assertEquals(after(false, object, method), after(true, object, method));
    }

    /** The lock is granted in the same burst in which the connection that waits for it breaks. */
    @Test
    void aLockThatNobodyWaitsForAnyMoreIsOrphaned() {
        World w = new World(true);
        Calls.Client dying = w.calls.connect();
        w.calls.burst(() -> {
            dying.call(w.of("held"), "acquire");
            dying.dies();
            w.other.call(w.of("held"), "release");
        });
        assertEquals(List.of(), dying.replies);
        Calls.Client c = w.calls.connect();
        c.call(w.of("held"), "acquire");
        w.calls.pass(Calls.PATIENCE + 1);
        w.calls.pass(Calls.PATIENCE + 1);
        assertEquals(List.of("#RETURN true"), c.replies);
        assertEquals(NONE, c.ask(w.of("held"), "release"));
        assertEquals("#RETURN true", w.other.ask(w.of("held"), "acquire", false));
    }

    /** What a control connection asked for is done and counted, whether or not it is there to be told. */
    @Test
    void countsAreThePeers() {
        World w = new World(true);
        List<String> kinds = new ArrayList<>();
        w.calls.burst(() -> w.calls.control(kinds, "incref", w.of("dict")));
        assertEquals(List.of("#RETURN"), kinds);
        w.calls.burst(() -> w.calls.control(kinds, "decref", w.of("dict")));
        assertEquals("#RETURN 1", w.other.ask(w.of("dict"), "__len__"));
        w.calls.burst(() -> w.calls.control(kinds, "decref", w.of("dict")));
        assertEquals("#TRACEBACK", w.other.ask(w.of("dict"), "__len__").substring(0, 10));
    }

    /** The peer of a control connection is dropped, with what it holds, before its request is applied. */
    @Test
    void aPeerThatIsDroppedHoldsNothing() {
        World w = new World(true);
        List<String> kinds = new ArrayList<>();
        long before = (Long) w.calls.ask("number_of_objects");
        assertEquals(w.idents.size(), before);
        w.calls.burst(() -> {
            w.calls.control(kinds, "create", "list");
            w.calls.hub.endPeer(w.other.session.peer().session, "dropped by a test");
        });
        assertEquals(List.of("#RETURN"), kinds);
        assertEquals(0L, w.calls.ask("number_of_objects"));
        assertEquals(0, w.calls.hub.faults());
    }
}
