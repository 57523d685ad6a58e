package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.Node;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Notes;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the note of a value that travels as a pickle ({@link Notes}): what {@link Likeness} and {@link ComparedContent} say of it, and the proxies in it. */
final class NoteWriter {
    private static final int NODE = 60;
    /** What is larger when written out is compared by its bytes. */
    private static final int MOST = 1 << 20;

    /** A value has no note: it is too deep or large, or holds itself. */
    private static final class None extends RuntimeException {
        private static final long serialVersionUID = 1L;

        None() {
            super(null, null, false, false);
        }
    }

    private final Translator.Proxies proxies;
    private final Work work;

    NoteWriter(Translator.Proxies proxies, Work work) {
        this.proxies = proxies;
        this.work = work;
    }

    /** The note, or null if there is nothing to say. */
    byte @Nullable [] note(Object v) {
        ByteWriter out = new ByteWriter();
        try {
            write(v, out, 0, 0);
        } catch (None | PickleException e) {
            // also when an object within is larger than the most
            out = new ByteWriter();
        }
        if (out.size() == 0) {
            out.u8(Notes.NOTHING).tag(Tag.ABSENT);
        }
        int before = out.size();
        references(v, out);
        return out.size() == before && out.array()[0] == Notes.NOTHING ? null : out.toByteArray();
    }

    /** Kind and value; nothing for what is known by its bytes. */
    private void write(Object v, ByteWriter out, int depth, int nested) {
        Object plain = Likeness.equal(v);
        if (plain instanceof PyBytearray b) {
            out.u8(Notes.MUTABLE).tag(Tag.BYTES).varint(b.bytes().length).raw(b.bytes());
            return;
        }
        if (Likeness.isOrderedDict(v)) {
            out.u8(Notes.ORDERED);
            elements(Tag.DICT, ((PyDict) plain).pairs, 2, out, depth, nested);
            return;
        }
        if (plain != v || !(v instanceof PyObject o)) {
            if (plain instanceof PyGlobal) {
                return;
            }
            out.u8(Notes.VALUE);
            value(plain, out, depth, nested);
            return;
        }
        Object carried = Likeness.carried(o);
        if (carried != null) {
            out.u8(Notes.CARRIED);
            value(carried, out, depth, nested);
            return;
        }
        byte[] known = Scalars.toEnvelope(o);
        if (known != null) {
            out.u8(Notes.VALUE).raw(known);
            return;
        }
        ComparedContent content = ComparedContent.of(o);
        if (content != null) {
            out.u8(content.kind());
            value(content.value(), out, depth, nested);
        }
    }

    /** A value in the form in which it is compared. */
    private void value(Object v, ByteWriter out, int depth, int nested) {
        work.spend(NODE);
        if (depth > Limits.MAX_DEPTH - 2 || out.size() > MOST) {
            throw new None();
        }
        Object plain = Likeness.isOrderedDict(v) ? v : Likeness.equal(v);
        if (plain instanceof PyList l) {
            elements(Tag.LIST, l.items, 1, out, depth, nested);
        } else if (plain instanceof PyTuple t) {
            elements(Tag.TUPLE, t.items, 1, out, depth, nested);
        } else if (plain instanceof PyDict d) {
            elements(Tag.DICT, d.pairs, 2, out, depth, nested);
        } else if (plain instanceof PySet s) {
            elements(s.frozen ? Tag.FROZENSET : Tag.SET, s.items, 1, out, depth, nested);
        } else if (plain instanceof PyObject o) {
            byte[] known = isProxy(o) ? proxies.toEnvelope(o) : Scalars.toEnvelope(o);
            if (known == null) {
                object(o, out, depth, nested);
            } else {
                out.raw(known);
            }
        } else if (plain instanceof PyBytearray b) {
            object(b, out, depth, nested);
        } else if (plain instanceof PyGlobal g) {
            opaque(Pickler.write(g), out);
        } else {
            scalar(plain, out);
        }
    }

    private static void scalar(Object v, ByteWriter out) {
        if (v instanceof String s) {
            out.string(s);
        } else if (v instanceof Long n) {
            out.integer(n);
        } else if (v == Py.NONE) {
            out.tag(Tag.NULL);
        } else if (v instanceof Boolean b) {
            out.bool(b);
        } else if (v instanceof Double d) {
            out.tag(Tag.FLOAT64).i64(Double.doubleToRawLongBits(d));
        } else if (v instanceof byte[] b) {
            out.tag(Tag.BYTES).varint(b.length).raw(b);
        } else if (v instanceof BigInteger n) {
            byte[] b = n.toByteArray();
            out.tag(Tag.BIGINT).varint(b.length).raw(b);
        } else {
            throw new IllegalStateException(v.getClass().getName());
        }
    }

    private void elements(Tag tag, List<Object> items, int each, ByteWriter out, int depth, int nested) {
        int mark = out.begin(tag);
        for (Object item : items) {
            value(item, out, depth + 1, nested);
        }
        out.end(mark, items.size() / each);
    }

    /** An object within: where its note decides what it equals, None stands for it. */
    private void object(Object o, ByteWriter out, int depth, int nested) {
        ByteWriter note = new ByteWriter();
        if (nested < Notes.MAX_NESTED - 2) {
            write(o, note, depth + 1, nested + 1);
        }
        byte[] known = note.size() == 0 ? null : note.toByteArray();
        opaque(pickle(known == null || known[0] == Notes.CARRIED ? o : Py.NONE, known, MOST), out);
    }

    private static void opaque(byte[] pickle, ByteWriter out) {
        out.tag(Tag.OPAQUE).varint(pickle.length + 1).u8(Translator.CODEC).raw(pickle);
    }

    /** A pickle with a note. */
    static byte[] pickle(Object v, byte @Nullable [] note, int most) {
        if (note == null) {
            return Pickler.write(v, most);
        }
        PickleWriter out = new PickleWriter(most).start().dropped(note);
        new Pickler(out, true).save(v);
        return out.stop().toByteArray();
    }

    /** Whether it is how multiprocessing, or a fork of it, pickles a proxy. */
    static boolean isProxy(PyObject o) {
        return o.callable instanceof PyGlobal g
                && g.name().equals("RebuildProxy")
                && g.module().endsWith(".managers");
    }

    /** A reference for each proxy in a graph, however often it is referred to. */
    private void references(Object root, ByteWriter out) {
        java.util.ArrayDeque<Object> left = new java.util.ArrayDeque<>();
        IdentityHashMap<Object, Boolean> seen = new IdentityHashMap<>();
        left.push(root);
        while (!left.isEmpty()) {
            Object v = left.pop();
            if (!(v instanceof Node) || seen.put(v, true) != null) {
                continue;
            }
            work.spend(NODE);
            byte[] ref = v instanceof PyObject o && isProxy(o) ? proxies.toEnvelope(o) : null;
            if (ref != null) {
                out.raw(ref);
                continue;
            }
            for (Object child : Graph.children(v)) {
                if (child instanceof Node) {
                    left.push(child);
                }
            }
        }
    }
}
