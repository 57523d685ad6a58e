package io.multiproc.server.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of Python clients whose commands are applied at the end of a burst. */
@Timeout(20)
class LateAnswersTest {
    private static final String NONE = "#RETURN " + Py.NONE;

    private final Calls calls = new Calls(true);
    private final Calls.Client a = calls.connect();
    private final Calls.Client b = calls.connect();

    private static PyObject proxy(String type, String ident) {
        return Py.call(
                "multiprocessing.managers",
                "RebuildProxy",
                new PyGlobal("multiprocessing.managers", type + "Proxy"),
                Proxies.token(type.toLowerCase(java.util.Locale.ROOT), "here", ident),
                "pickle",
                new PyDict());
    }

    @Test
    void aWriteIsAnsweredAtTheEndOfItsBurst() {
        String dict = calls.create("dict");
        int before = calls.records.size();
        calls.burst(() -> {
            a.call(dict, "__setitem__", "k", 7L);
            assertTrue(a.session.isWaiting() && a.session.isBusy());
            b.call(dict, "__setitem__", "l", 8L);
            b.call(dict, "no such method");
        });
        assertEquals(List.of(NONE), a.replies);
        assertFalse(a.session.isWaiting() || a.session.isBusy());
        assertEquals(before + 1, calls.records.size());
        assertEquals("#RETURN 7", a.ask(dict, "__getitem__", "k"));
        assertEquals("#RETURN 8", a.ask(dict, "__getitem__", "l"));
        assertEquals(before + 1, calls.records.size(), "a read is no command");
    }

    /** The acknowledgement of an item and what is done next are one record; a read does not wait for the acknowledgement. */
    @Test
    void whatSettlesTheLastCallHoldsUpNothing() {
        String queue = calls.create("Queue");
        assertEquals(NONE, a.ask(queue, "put", "x"));
        assertEquals("#RETURN x", a.ask(queue, "get"));
        int before = calls.records.size();
        calls.burst(() -> {
            assertEquals("#RETURN 0", a.ask(queue, "qsize"));
            assertEquals("none", a.ask(queue, "put", "y"));
        });
        assertEquals(before + 1, calls.records.size());
    }

    /** A call that fails is nothing to the others of its burst. */
    @Test
    void anErrorIsItsOwnCalls() {
        String dict = calls.create("dict");
        String list = calls.create("list");
        calls.burst(() -> {
            a.call(dict, "pop", "k");
            b.call(list, "append", 1L);
        });
        assertEquals(List.of("#ERROR KeyError [k]"), a.replies);
        assertEquals(List.of(NONE), b.replies);
        calls.burst(() -> {
            a.call(list, "__delitem__", 5L);
            b.call(list, "__delitem__", 0L);
        });
        assertEquals("#ERROR IndexError [list assignment index out of range]", a.replies.get(1));
        assertEquals(NONE, b.replies.get(1));
    }

    /** Reading what holds a reference is a command: the call goes on when it is applied. */
    @Test
    void aReferenceIsRead() {
        String inner = calls.create("list", new PyList(new ArrayList<>(List.of(1L))));
        String dict = calls.create("dict");
        calls.burst(() -> a.call(dict, "__setitem__", "k", proxy("List", inner)));
        calls.burst(() -> {
            assertEquals("none", a.ask(dict, "__getitem__", "k"));
            assertTrue(a.session.isBusy());
        });
        PyObject got = (PyObject) java.util.Objects.requireNonNull(a.last());
        assertTrue(got.isA("multiprocessing.managers", "RebuildProxy"));
        String list = calls.create("list");
        calls.burst(() -> a.call(list, "extend", proxy("List", inner)));
        assertEquals("#RETURN 1", a.ask(list, "__len__"));
        String copy = calls.create("dict");
        calls.burst(() -> a.call(copy, "update", proxy("Dict", dict)));
        assertEquals("#RETURN 1", a.ask(copy, "__len__"));
        calls.burst(() -> assertTrue(a.ask(dict, "__repr__").startsWith("#RETURN {'k': <"), "a text holds nothing"));
        // as many as there were before: nothing of what was only read is held
        assertEquals(4L, calls.ask("number_of_objects"));
    }

    /** What another client does between reading and writing is not lost. */
    @Test
    void sortingBeginsAgain() {
        String list = calls.create("list", new PyList(new ArrayList<>(List.of("ccc", "a", "bb"))));
        PyDict keywords = new PyDict();
        keywords.put("key", new PyGlobal("builtins", "len"));
        byte[] sort = io.multiproc.protocol.pickle.Pickler.write(Py.tuple(list, "sort", Py.EMPTY_TUPLE, keywords));
        calls.burst(() -> {
            b.call(list, "append", "");
            a.session.request(sort, 0, sort.length);
        });
        assertEquals(List.of(NONE), a.replies);
        assertEquals("#RETURN [, a, bb, ccc]", a.ask(list, "copy"));
    }

    @Test
    void anIteratorBeginsWhenItIsThere() {
        String dict = calls.create("dict");
        calls.burst(() -> {
            b.call(dict, "__setitem__", "k", 1L);
            a.call(dict, "__iter__");
        });
        assertTrue(a.replies.get(0).startsWith("#PROXY"), a.replies.get(0));
        Py.PyTuple proxy = (Py.PyTuple) java.util.Objects.requireNonNull(a.last());
        Proxies.Token token = java.util.Objects.requireNonNull(Proxies.token(proxy.items.get(1)));
        assertEquals("#RETURN k", a.ask(token.ident(), "__next__"));
    }

    /** Several control requests of one burst, one of which fails. */
    @Test
    void controlRequestsAreAnsweredLater() {
        String dict = calls.create("dict");
        List<String> kinds = new ArrayList<>();
        int sessions = calls.engine.sessionCount();
        // the opening of each connection commits what is there
        calls.burst(() -> calls.control(kinds, "incref", dict));
        calls.burst(() -> calls.control(kinds, "incref", dict.substring(0, 10) + "fff"));
        calls.burst(() -> calls.control(kinds, "decref", dict));
        calls.burst(() -> calls.control(kinds, "decref", dict));
        assertEquals(List.of("#RETURN", "#TRACEBACK", "#RETURN", "#RETURN"), kinds);
        assertEquals(0L, calls.ask("number_of_objects"));
        assertEquals(sessions, calls.engine.sessionCount());
        assertTrue(a.ask(dict, "__len__").startsWith("#TRACEBACK"), "it is no more");
    }
}
