package io.multiproc.protocol.pickle;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Numbers;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A translation between pickled graphs and values of the envelope. What both know becomes values of the envelope that every client reads; what only Python
 * knows becomes an OPAQUE of codec {@link #CODEC}: a canonical pickle of protocol 4. So does, as a whole, a value that holds
 * itself, is deeper than the envelope allows, or refers twice to something that can change: only so can Python get it back
 * as it was. Thread-safe as the proxies' translation is.
 */
public final class Translator {
    /** The codec id of pickles within the envelope. */
    public static final int CODEC = 2;

    /** The codec id of objects of Java classes. */
    private static final int KRYO = 3;

    /** A value that shares tuples may grow by so many values when it is written as a tree. */
    private static final double MAX_UNSHARED = 100_000;

    /** Translates references to shared objects. */
    public interface Proxies {
        /** The encoded REF of a proxy's description, or null if it is not a proxy of one of our objects. */
        byte @Nullable [] toEnvelope(PyObject rebuildProxy);

        /** The description of a proxy. */
        Object fromEnvelope(int type, long id);

        /** The class of an object that a Java client wrote, or null if it is not known. */
        default @Nullable String javaClass(byte[] b, int from, int end) {
            return null;
        }
    }

    private static final int NODE = 60;
    /** What is walked and remembered. */
    private static final int REMEMBERED = 200;

    /** The bytes of a value that it is worth while to remember. */
    private static final int WORTH_COPYING = 256;

    private static final int COPIED_IN_A_NANO = 4;

    private final Proxies proxies;
    private final int maxBytes;
    private final Work work;
    private final NoteWriter notes;

    public Translator(Proxies proxies) {
        this(proxies, Integer.MAX_VALUE - 16, new Work(Long.MAX_VALUE));
    }

    /**
     * A translation within bounds.
     *
     * @param maxBytes how large an encoded value may get: what refers to a text a thousand times becomes a thousand texts
     * @param work counts what is done; its owner says where a command begins
     */
    public Translator(Proxies proxies, int maxBytes, Work work) {
        this.proxies = proxies;
        this.maxBytes = maxBytes;
        this.work = work;
        notes = new NoteWriter(proxies, work);
    }

    /** An encoded value. */
    public byte[] toEnvelope(Object v, boolean shared) {
        ByteWriter out = new ByteWriter();
        write(v, shared, out);
        return out.toByteArray();
    }

    /**
     * Appends the encoded value of a graph.
     *
     * @param shared whether the graph may refer to a value twice
     */
    public void write(Object v, boolean shared, ByteWriter out) {
        if (v instanceof Py.Node n) {
            boolean opaque = n.depth > Limits.MAX_DEPTH;
            if (shared) {
                Graph g = Graph.of(v, REMEMBERED, work, o -> {
                    spendOnDecimal(o);
                    return isProxy(o) ? proxies.toEnvelope(o) != null : Scalars.toEnvelope(o) != null;
                });
                if (!g.recursive && g.depth > PickleLimits.DEFAULT.maxDepth()) {
                    throw new PickleException(
                            "values are nested deeper than " + PickleLimits.DEFAULT.maxDepth() + " levels");
                }
                opaque = g.recursive || g.depth > Limits.MAX_DEPTH || g.unshared > MAX_UNSHARED || g.sharesMutable;
            }
            if (opaque) {
                opaque(v, out);
                return;
            }
        }
        tree(v, out);
    }

    /** Values that are written one after another, each on its own. One that comes again is copied from where it was written first. */
    public final class Sequence {
        private final boolean shared;
        private final ByteWriter out;
        private final IdentityHashMap<Object, Span> written = new IdentityHashMap<>();

        private record Span(int from, int length) {}

        private Sequence(boolean shared, ByteWriter out) {
            this.shared = shared;
            this.out = out;
        }

        /** Appends the encoded value of a graph. */
        public void write(Object v) {
            boolean maybeAgain = shared && v instanceof Py.Node;
            Span before = maybeAgain ? written.get(v) : null;
            int from = out.size();
            if (before == null) {
                Translator.this.write(v, shared, out);
                if (maybeAgain && out.size() - from >= WORTH_COPYING) {
                    written.put(v, new Span(from, out.size() - from));
                }
            } else {
                work.spend(NODE + before.length / COPIED_IN_A_NANO);
                checkSize(out);
                out.raw(out.array(), before.from, before.length);
            }
        }
    }

    /**
     * A sequence of values to be appended, with nothing else between them.
     *
     * @param shared whether they may refer to a value twice
     */
    public Sequence sequence(boolean shared, ByteWriter out) {
        return new Sequence(shared, out);
    }

    private static boolean isProxy(PyObject o) {
        return NoteWriter.isProxy(o);
    }

    private void opaque(Object v, ByteWriter out) {
        checkSize(out);
        byte[] pickle = notes.pickle(v, maxBytes);
        out.tag(Tag.OPAQUE).varint(pickle.length + 1).u8(CODEC).raw(pickle);
    }

    private void checkSize(ByteWriter out) {
        if (out.size() > maxBytes) {
            throw new ValueException(
                    ErrorCode.TOO_LARGE,
                    "the value has more than " + maxBytes + " bytes when what it refers to often is written out");
        }
    }

    /** Its text is turned into a number. */
    private void spendOnDecimal(PyObject o) {
        if (o.isA("decimal", "Decimal")
                && o.arguments().size() == 1
                && o.arguments().get(0) instanceof String s
                && s.length() <= Scalars.MAX_DECIMAL_TEXT) {
            work.spend(Work.ofDigits(s.length()));
        }
    }

    private void tree(Object v, ByteWriter out) {
        work.spend(NODE);
        checkSize(out);
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
        } else if (v instanceof PyList l) {
            elements(Tag.LIST, l.items, out);
        } else if (v instanceof PyTuple t) {
            elements(Tag.TUPLE, t.items, out);
        } else if (v instanceof PyDict d) {
            pairs(d, out);
        } else if (v instanceof PySet s) {
            elements(s.frozen ? Tag.FROZENSET : Tag.SET, s.items, out);
        } else if (v instanceof PyObject o) {
            spendOnDecimal(o);
            byte[] known = isProxy(o) ? proxies.toEnvelope(o) : Scalars.toEnvelope(o);
            if (known == null) {
                opaque(o, out);
            } else {
                out.raw(known);
            }
        } else {
            opaque(v, out);
        }
    }

    private void elements(Tag tag, List<Object> items, ByteWriter out) {
        int mark = out.begin(tag);
        for (Object item : items) {
            tree(item, out);
        }
        out.end(mark, items.size());
    }

    private void pairs(PyDict d, ByteWriter out) {
        int mark = out.begin(Tag.DICT);
        for (Object item : d.pairs) {
            tree(item, out);
        }
        out.end(mark, d.pairs.size() / 2);
    }

    /** The graph of a checked value. */
    public Object fromEnvelope(byte[] b, int at) {
        work.spend(NODE);
        return switch (Tag.of(b, at)) {
            case NULL, ABSENT -> Py.NONE;
            case FALSE -> false;
            case TRUE -> true;
            case INT8, INT16, INT32, INT64 -> Values.integer(b, at);
            case BIGINT -> Unpickler.shortest(Numbers.bigInteger(b, at));
            case FLOAT32 -> (double) ByteBuffer.wrap(b).getFloat(at + 1);
            case FLOAT64 -> ByteBuffer.wrap(b).getDouble(at + 1);
            case CHAR -> String.valueOf(ByteBuffer.wrap(b).getChar(at + 1));
            case STRING -> Values.text(b, at);
            case BYTES -> Arrays.copyOfRange(b, body(b, at), Values.skip(b, at));
            case DECIMAL -> {
                work.spend(Work.ofDigits(Work.digits(8L * (Values.skip(b, at) - at))));
                yield Scalars.decimal(Numbers.decimal(b, at));
            }
            case LIST -> new PyList(elements(b, at));
            case TUPLE -> Values.count(b, at) == 0 ? Py.EMPTY_TUPLE : new PyTuple(elements(b, at));
            case SET -> new PySet(false, elements(b, at));
            case FROZENSET -> new PySet(true, elements(b, at));
            case DICT -> {
                PyDict d = new PyDict();
                d.pairs.addAll(elements(b, at));
                yield d;
            }
            case REF -> proxies.fromEnvelope(Values.refType(b, at), Values.refId(b, at));
            case OPAQUE -> opaque(b, at);
            default -> Scalars.fromEnvelope(b, at);
        };
    }

    private List<Object> elements(byte[] b, int at) {
        int n = Values.count(b, at) * (Tag.of(b, at) == Tag.DICT ? 2 : 1);
        List<Object> out = new ArrayList<>(n);
        int p = Values.first(at);
        for (int i = 0; i < n; i++) {
            out.add(fromEnvelope(b, p));
            p = Values.skip(b, p);
        }
        return out;
    }

    private Object opaque(byte[] b, int at) {
        // a value or two of a pickle take a byte
        work.spend(Values.skip(b, at) - at, NODE);
        int p = body(b, at);
        int end = Values.skip(b, at);
        if (b[p] == CODEC) {
            try {
                return new Unpickler(b, p + 1, end, PickleLimits.DEFAULT).read();
            } catch (PickleException e) {
                // a native client wrote it: it is passed on as it is
                return Scalars.handle("malformed pickle", String.valueOf(e.getMessage()), Values.copy(b, at));
            }
        }
        String name = b[p] == KRYO ? proxies.javaClass(b, p + 1, end) : null;
        String text = name == null ? "object of a Java class" : name;
        return Scalars.handle(text, (end - p - 1) + " bytes", Values.copy(b, at));
    }

    /** Appends the pickle of a checked value, straight from its bytes where it can. */
    public void pickle(byte[] b, int at, PickleWriter out) {
        switch (Tag.of(b, at)) {
            case NULL, ABSENT -> out.none();
            case FALSE -> out.bool(false);
            case TRUE -> out.bool(true);
            case INT8, INT16, INT32, INT64 -> out.integer(Values.integer(b, at));
            case FLOAT64 -> out.real(ByteBuffer.wrap(b).getDouble(at + 1));
            case STRING -> {
                int from = body(b, at);
                int length = Values.skip(b, at) - from;
                if (isAscii(b, from, length)) {
                    out.text(b, from, length);
                } else {
                    // a native client may have sent what is no UTF-8, which Python would refuse with all around it
                    out.text(Text.decode(b, from, length));
                }
            }
            case BYTES -> out.bytes(b, body(b, at), Values.skip(b, at) - body(b, at));
            case LIST -> {
                out.op(']');
                batches(b, at, 1, 'e', out);
            }
            case DICT -> {
                out.op('}');
                batches(b, at, 2, 'u', out);
            }
            case SET -> {
                out.op(0x8f);
                batches(b, at, 1, 0x90, out);
            }
            case TUPLE -> {
                int n = Values.count(b, at);
                if (n == 0) {
                    out.op(')');
                } else {
                    if (n > 3) {
                        out.op('(');
                    }
                    all(b, Values.first(at), n, out);
                    out.op(n > 3 ? 't' : 0x84 + n);
                }
            }
            case FROZENSET -> {
                out.op('(');
                all(b, Values.first(at), Values.count(b, at), out);
                out.op(0x91);
            }
            default -> new Pickler(out, true).save(fromEnvelope(b, at));
        }
    }

    private static boolean isAscii(byte[] b, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (b[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private static int body(byte[] b, int at) {
        int i = at + 1;
        while (b[i] < 0) {
            i++;
        }
        return i + 1;
    }

    private void batches(byte[] b, int at, int stride, int op, PickleWriter out) {
        int p = Values.first(at);
        for (int left = Values.count(b, at); left > 0; left -= 1000) {
            out.op('(');
            p = all(b, p, Math.min(1000, left) * stride, out);
            out.op(op);
        }
    }

    private int all(byte[] b, int from, int n, PickleWriter out) {
        int p = from;
        for (int i = 0; i < n; i++) {
            pickle(b, p, out);
            p = Values.skip(b, p);
        }
        return p;
    }
}
