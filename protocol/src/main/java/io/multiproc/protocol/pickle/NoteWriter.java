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
    /** In values and bytes: what is larger with each part written out that it refers to twice is compared as it came. */
    private static final int MOST_IN_TREE = 1 << 12;

    private static final int MOST_BYTES_OF_TREE = 1 << 14;

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

    /** A pickle with its note. If the bytes decide what it equals, they are those with each part written out that it refers to twice. */
    byte[] pickle(Object v, int most) {
        byte[] known = known(v);
        byte[] references = references(v);
        PickleWriter out = begun(note(known, references), most);
        Pickler pickler = new Pickler(out, true);
        pickler.save(v);
        byte[] tree = pickler.refersBack() && bytesDecide(known) ? tree(v, known) : null;
        if (tree != null) {
            ByteWriter equal = new ByteWriter().u8(Notes.VALUE);
            opaque(tree, equal);
            out = begun(note(equal.toByteArray(), references), most);
            new Pickler(out, true).save(v);
        }
        return out.stop().toByteArray();
    }

    /** Kind and value, or null if there is nothing to say. */
    private byte @Nullable [] known(Object v) {
        ByteWriter out = new ByteWriter();
        try {
            write(v, out, 0, 0);
        } catch (None | PickleException e) {
            // also when an object within is larger than the most
            return null;
        }
        return out.size() == 0 ? null : out.toByteArray();
    }

    private static byte @Nullable [] note(byte @Nullable [] known, byte[] references) {
        if (references.length == 0) {
            return known;
        }
        ByteWriter out = new ByteWriter();
        if (known == null) {
            out.u8(Notes.NOTHING).tag(Tag.ABSENT);
        } else {
            out.raw(known);
        }
        return out.raw(references).toByteArray();
    }

    private static boolean bytesDecide(byte @Nullable [] known) {
        return known == null || known[0] == Notes.CARRIED;
    }

    /** The pickle in which each part is written out, or null if there is none: what holds itself has none. */
    private byte @Nullable [] tree(Object v, byte @Nullable [] note) {
        Graph g = Graph.of(v, NODE, work, o -> false);
        if (g.recursive || g.unshared > MOST_IN_TREE || g.depth > PickleLimits.DEFAULT.maxDepth()) {
            return null;
        }
        work.spend((int) g.unshared, NODE);
        PickleWriter out = begun(note, MOST_BYTES_OF_TREE + (note == null ? 0 : note.length));
        try {
            Pickler.ofTree(out).save(v);
        } catch (PickleException e) {
            return null; // larger than the most
        }
        return out.stop().toByteArray();
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
        boolean bytes = bytesDecide(known);
        PickleWriter pickle = begun(known, MOST);
        Pickler pickler = new Pickler(pickle, true);
        pickler.save(bytes ? o : Py.NONE);
        byte[] tree = pickler.refersBack() ? tree(o, known) : null;
        opaque(tree == null ? pickle.stop().toByteArray() : tree, out);
    }

    private static void opaque(byte[] pickle, ByteWriter out) {
        out.tag(Tag.OPAQUE).varint(pickle.length + 1).u8(Translator.CODEC).raw(pickle);
    }

    private static PickleWriter begun(byte @Nullable [] note, int most) {
        PickleWriter out = new PickleWriter(most).start();
        return note == null ? out : out.dropped(note);
    }

    /** Whether it is how multiprocessing, or a fork of it, pickles a proxy. */
    static boolean isProxy(PyObject o) {
        return o.callable instanceof PyGlobal g
                && g.name().equals("RebuildProxy")
                && g.module().endsWith(".managers");
    }

    /** A reference for each proxy in a graph, however often it is referred to. */
    private byte[] references(Object root) {
        ByteWriter out = new ByteWriter();
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
        return out.toByteArray();
    }
}
