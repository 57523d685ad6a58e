package io.multiproc.protocol.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.pickle.Py.Maker;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.Step;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Values;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What objects equal as their pickles show, and what they do not equal as their pickles do not show it. */
class LikenessTest {
    private static final Translator TRANSLATOR = new Translator(new Translator.Proxies() {
        @Override
        public byte @Nullable [] toEnvelope(PyObject rebuildProxy) {
            return null;
        }

        @Override
        public Object fromEnvelope(int type, long id) {
            throw new AssertionError();
        }
    });

    private static byte[] value(Object v) {
        return TRANSLATOR.toEnvelope(v, true);
    }

    /** As a constant of an enum, or an object of any class that reduces itself to a call. */
    private static PyObject called(String name, Object scalar) {
        return Py.call("shapes", name, scalar);
    }

    /** As a named tuple, an int subclass, or any class with __getnewargs__. */
    private static PyObject made(String name, Object... args) {
        return new PyObject(Maker.NEWOBJ, new PyGlobal("shapes", name), Py.tuple(args), Py.NONE);
    }

    private static void equal(Object x, Object y) {
        byte[] bx = value(x);
        byte[] by = value(y);
        assertTrue(Equality.equal(bx, by));
        assertTrue(Equality.equal(by, bx));
        assertEquals(Equality.hash(bx), Equality.hash(by));
    }

    private static void unequal(Object x, Object y) {
        assertFalse(Equality.equal(value(x), value(y)));
        assertFalse(Equality.equal(value(y), value(x)));
    }

    /** A key that replaces another one loses its entry: none of these may, as CPython may hold them apart. */
    @Test
    void classesOfAProgramAreHeldApart() {
        List<Object> keys = List.of(
                1L,
                1.5,
                "ada",
                Py.tuple(1L, 2L),
                called("Color", 1L),
                called("Level", 1L),
                called("Level", true),
                called("Level", 1.0),
                called("Name", "ada"),
                made("Many", 1L),
                made("Few", 1L),
                made("Text", "ada"),
                made("Point", 1L, 2L),
                made("Point", 1.0, 2L),
                made("Sum", 1L, 2L),
                Py.tuple(made("Point", 1L, 2L)),
                Py.tuple(Py.tuple(1L, 2L)),
                Py.tuple(called("Color", 1L), 2L),
                Py.call(
                        "copyreg",
                        "_reconstructor",
                        new PyGlobal("shapes", "Many"),
                        new PyGlobal("builtins", "int"),
                        1L));
        Set<Equality.Key> held = new HashSet<>();
        for (Object key : keys) {
            byte[] b = value(key);
            assertTrue(Values.isHashable(b, 0, b.length));
            assertTrue(held.add(new Equality.Key(b)), "one key with another: " + key);
            assertFalse(held.add(new Equality.Key(value(key))));
        }
        assertEquals(0, Equality.compare(value(called("Level", 1L)), value(1L)));
        assertTrue(Equality.compare(value(made("Point", 1L, 2L)), value(Py.tuple(1L, 3L))) < 0);
    }

    @Test
    void whatIsMadeOfEqualPartsIsEqual() {
        Object part = Py.tuple(1L, 2L);
        Object day = Py.call("datetime", "date", (Object) new byte[] {7, -23, 1, 2});
        equal(made("Edge", part, part), made("Edge", Py.tuple(1L, 2L), Py.tuple(1L, 2L)));
        equal(made("Span", day, day), made("Span", day, Py.call("datetime", "date", (Object)
                new byte[] {7, -23, 1, 2})));
        byte[] b = value(made("Edge", part, part));
        assertArrayEquals(b, value(TRANSLATOR.fromEnvelope(b, 0)));
    }

    /** As CPython pickles them: no two calls give a shared part. */
    private static List<Supplier<Object>> parts() {
        return List.of(
                () -> new PyObject(Maker.NEWOBJ, new PyGlobal("uuid", "UUID"), Py.tuple(), Py.NONE)
                        .step(Step.BUILD, new PyDict().put("int", 7L)),
                () -> path("a", "b"),
                () -> Py.call("ipaddress", "IPv4Address", "10.0.0.1"),
                () -> called("Color", 1L),
                () -> made("Point", 1L, path("a")),
                () -> dataclass("a", Py.tuple(1L, 2L)),
                () -> new Py.PyList(List.of(1L)),
                () -> new Py.PyBytearray(new byte[] {1}));
    }

    private static PyObject dataclass(String name, Object field) {
        return made("Key").step(Step.BUILD, new PyDict().put(name, field));
    }

    @Test
    void aPartTwiceIsTwoThatAreEqual() {
        for (Supplier<Object> make : parts()) {
            Object part = make.get();
            Object once = made("Edge", part, part);
            Object twice = made("Edge", make.get(), make.get());
            equal(once, twice);
            equal(dataclass("edge", once), dataclass("edge", twice));
            equal(dataclass("both", Py.tuple(part, part)), dataclass("both", Py.tuple(make.get(), make.get())));
            equal(made("Edge", once, once), made("Edge", once, twice));
            equal(new Py.PyList(List.of(once, once)), new Py.PyList(List.of(twice, once)));
            unequal(once, made("Edge", make.get(), 1L));
            byte[] b = value(once);
            byte[] other = value(twice);
            assertEquals(Values.isHashable(other, 0, other.length), Values.isHashable(b, 0, b.length));
            assertEquals(b.length, Values.check(b, 0, b.length));
            assertEquals(0, Equality.compare(value(made("Edge", 1L, once)), value(made("Edge", 1L, twice))));
        }
    }

    @Test
    void whatCanChangeComesBackAsOneOrTwo() {
        for (boolean one : new boolean[] {true, false}) {
            Object list = new Py.PyList(List.of(1L));
            byte[] b = value(made("Pair", list, one ? list : new Py.PyList(List.of(1L))));
            assertFalse(Values.isHashable(b, 0, b.length));
            PyObject back = (PyObject) TRANSLATOR.fromEnvelope(b, 0);
            assertEquals(one, back.arguments().get(0) == back.arguments().get(1));
            assertArrayEquals(b, value(back));
        }
    }

    @Test
    void whatHoldsItselfEqualsTheSamePickle() {
        PyDict state = new PyDict();
        PyObject o = made("Key").step(Step.BUILD, state);
        state.put("me", o);
        equal(o, o);
        equal(made("Edge", o, o), made("Edge", o, o));
        unequal(o, dataclass("me", 1L));
    }

    /** Each level twice as large: what is large when written out is not written out. */
    @Test
    void whatIsReferredToOftenIsNotWrittenOut() {
        Object doubled = dataclass("a", 1L);
        for (int i = 0; i < 60; i++) {
            doubled = dataclass("both", Py.tuple(doubled, doubled));
        }
        assertTrue(value(doubled).length < 10_000);
        equal(doubled, doubled);
        Object list = new Py.PyList(Collections.nCopies(1000, 1L));
        byte[] b = value(dataclass("lists", new Py.PyList(Collections.nCopies(1000, list))));
        assertTrue(b.length < 10_000);
    }

    private static PyObject ordered(Object... pairs) {
        PyObject o = Py.call("collections", "OrderedDict");
        for (int i = 0; i < pairs.length; i += 2) {
            o.steps.add(Step.SETITEM);
            o.values.add(pairs[i]);
            o.values.add(pairs[i + 1]);
        }
        return o;
    }

    @Test
    void theStandardLibrarysEqualWhatPythonSays() {
        equal(Py.call("fractions", "Fraction", "1/2"), 0.5);
        equal(Py.call("fractions", "Fraction", "1/10"), Py.call("decimal", "Decimal", "0.1"));
        unequal(Py.call("fractions", "Fraction", "1/10"), 0.1);
        equal(Py.call("fractions", "Fraction", "2/6"), Py.call("fractions", "Fraction", "2/6"));
        equal(ordered("a", 1L, "b", 2L), new PyDict().put("b", 2L).put("a", 1L));
        unequal(ordered("a", 1L, "b", 2L), ordered("b", 2L, "a", 1L));
        equal(path("a", "b"), path("a/./b"));
        equal(path("a", "/b"), path("/b"));
        equal(path("///b"), path("/b"));
        unequal(path("//b"), path("/b"));
        unequal(path("a", "/b"), path("a/b"));
    }

    private static PyObject path(Object... texts) {
        return Py.call("pathlib", "PurePosixPath", texts);
    }
}
