package io.multiproc.server.python;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.pickle.Likeness;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.Collections;
import java.util.List;

/** A dict. */
final class DictReferent implements Referent {
    private static final String TYPE = "dict";

    @Override
    public Object call(MethodCall c) {
        return switch (c.method) {
            case "__getitem__" -> {
                Object key = c.positional(TYPE, 1, 1).get(0);
                Reply reply = c.invoke(DictOp.GET, c.key(key));
                yield isAbsent(reply) ? missing(key) : encoded(reply);
            }
            case "__setitem__" -> {
                List<Object> a = c.positional(TYPE, 2, 2);
                yield c.change(DictOp.SET, c.key(a.get(0)), c.value(a.get(1)));
            }
            case "__delitem__" -> {
                Object key = c.positional(TYPE, 1, 1).get(0);
                yield c.await(
                        DictOp.REMOVE, reply -> isAbsent(MethodCall.checked(reply)) ? missing(key) : NONE, c.key(key));
            }
            case "__contains__" -> encoded(
                    c.invoke(DictOp.CONTAINS_KEY, c.key(c.positional(TYPE, 1, 1).get(0))));
            case "__len__" -> {
                c.positional(TYPE, 0, 0);
                yield encoded(c.invoke(DictOp.SIZE));
            }
            case "get" -> {
                List<Object> a = c.positional(TYPE, 1, 2);
                Reply reply = c.invoke(DictOp.GET, c.key(a.get(0)));
                yield isAbsent(reply) ? (a.size() > 1 ? a.get(1) : NONE) : encoded(reply);
            }
            case "pop" -> {
                List<Object> a = c.positional(TYPE, 1, 2);
                yield c.await(
                        DictOp.REMOVE,
                        reply -> !isAbsent(MethodCall.checked(reply))
                                ? encoded(reply)
                                : a.size() > 1 ? a.get(1) : missing(a.get(0)),
                        c.key(a.get(0)));
            }
            case "popitem" -> {
                c.positional(TYPE, 0, 0);
                yield c.await(DictOp.POP_ITEM, reply -> {
                    if (isAbsent(MethodCall.checked(reply))) {
                        throw PyError.of("KeyError", "popitem(): dictionary is empty");
                    }
                    return encoded(reply);
                });
            }
            case "setdefault" -> {
                List<Object> a = c.positional(TYPE, 1, 2);
                Object standard = a.size() > 1 ? a.get(1) : NONE;
                yield c.await(
                        DictOp.PUT_IF_ABSENT,
                        reply -> isAbsent(MethodCall.checked(reply)) ? standard : encoded(reply),
                        c.key(a.get(0)),
                        c.value(standard));
            }
            case "clear" -> {
                c.positional(TYPE, 0, 0);
                yield c.change(DictOp.CLEAR);
            }
            case "copy" -> {
                c.positional(TYPE, 0, 0);
                yield content(c);
            }
            case "keys" -> {
                c.positional(TYPE, 0, 0);
                yield new MethodCall.Encoded(Contents.list(Contents.parts(c, c.object, Contents.KEYS)));
            }
            case "values" -> {
                c.positional(TYPE, 0, 0);
                yield parts(c, 1);
            }
            case "items" -> {
                c.positional(TYPE, 0, 0);
                yield parts(c, 2);
            }
            case "update" -> update(c);
            case "__ior__" -> {
                Object other = c.positional(TYPE, 1, 1).get(0);
                yield c.change(DictOp.PUT_ALL, c.pairs(pairs(c, other)));
            }
            case "__or__", "__ror__" -> joined(c);
            case "__reversed__" -> {
                c.positional(TYPE, 0, 0);
                yield reversed(c);
            }
            case "fromkeys" -> fromKeys(c);
            case "__iter__" -> {
                c.positional(TYPE, 0, 0);
                yield c.hub.iterators().open(c);
            }
            default -> throw new IllegalStateException(c.method);
        };
    }

    private static Object missing(Object key) {
        throw PyError.of("KeyError", key);
    }

    static MethodCall.Encoded encoded(Reply reply) {
        return new MethodCall.Encoded(reply.bytes(), reply.start());
    }

    static boolean isAbsent(Reply reply) {
        return reply.bytes()[reply.start()] == Tag.ABSENT.code();
    }

    /** Values (1) or pairs (2) as one list. */
    private static Object parts(MethodCall c, int part) {
        byte[] all = c.invoke(DictOp.SNAPSHOT).value();
        ByteWriter out = new ByteWriter(all.length);
        int list = out.begin(Tag.LIST);
        int p = Values.first(0);
        int n = Values.count(all, 0);
        for (int i = 0; i < n; i++) {
            int value = Values.skip(all, p);
            int next = Values.skip(all, value);
            if (part == 1) {
                out.raw(all, value, next - value);
            } else {
                int pair = out.begin(Tag.TUPLE);
                out.raw(all, p, next - p).end(pair, 2);
            }
            p = next;
        }
        return new MethodCall.Encoded(out.end(list, n).toByteArray());
    }

    /** A new dict of this one and another; of an equal key the first spelling and the last value count, which the client sees to. */
    private static Object joined(MethodCall c) {
        if (!(Likeness.plain(c.positional(TYPE, 1, 1).get(0)) instanceof PyDict other)) {
            return SetReferent.NOT_IMPLEMENTED;
        }
        byte[] mine = c.invoke(DictOp.SNAPSHOT).value();
        byte[] theirs = c.pairs(other);
        boolean first = c.method.equals("__or__");
        byte[] x = first ? mine : theirs;
        byte[] y = first ? theirs : mine;
        ByteWriter out = new ByteWriter(mine.length + theirs.length);
        int mark = out.begin(Tag.DICT);
        int head = Values.first(0);
        out.raw(x, head, x.length - head).raw(y, head, y.length - head);
        return new MethodCall.Encoded(
                out.end(mark, Values.count(x, 0) + Values.count(y, 0)).toByteArray());
    }

    /** CPython pickles the iterator as one over a list. */
    private static Object reversed(MethodCall c) {
        PyList keys = new PyList();
        for (byte[] key : Contents.parts(c, c.object, Contents.KEYS)) {
            keys.items.add(c.hub.translator().fromEnvelope(key, 0));
        }
        Collections.reverse(keys.items);
        return Py.call("builtins", "iter", keys);
    }

    private static Object fromKeys(MethodCall c) {
        List<Object> a = c.positional(TYPE, 1, 2);
        Object value = a.size() > 1 ? a.get(1) : NONE;
        PyDict out = new PyDict();
        for (Object key : Iterables.items(c, a.get(0))) {
            out.put(key, value);
        }
        return new MethodCall.Encoded(c.pairs(out));
    }

    private static Object update(MethodCall c) {
        if (c.arguments().size() > 1) {
            throw PyError.type(
                    "update expected at most 1 argument, got " + c.arguments().size());
        }
        PyDict all =
                c.arguments().isEmpty() ? new PyDict() : pairs(c, c.arguments().get(0));
        all.pairs.addAll(c.keywords().pairs);
        return c.change(DictOp.PUT_ALL, c.pairs(all));
    }

    /** A new dict of a mapping or of pairs. */
    static PyDict pairs(MethodCall c, Object from) {
        PyDict out = new PyDict();
        if (Likeness.plain(from) instanceof PyDict d) {
            out.pairs.addAll(d.pairs);
            return out;
        }
        Object mapping = c.hub.contentOfDict(c, from);
        if (mapping instanceof PyDict d) {
            out.pairs.addAll(d.pairs);
            return out;
        }
        int i = 0;
        for (Object pair : Iterables.items(c, from)) {
            List<Object> two;
            try {
                two = Iterables.items(c, pair);
            } catch (PyError e) {
                throw PyError.type("cannot convert dictionary update sequence element #" + i + " to a sequence");
            }
            if (two.size() != 2) {
                throw PyError.value(
                        "dictionary update sequence element #" + i + " has length " + two.size() + "; 2 is required");
            }
            out.put(two.get(0), two.get(1));
            i++;
        }
        return out;
    }

    @Override
    public String repr(MethodCall c) {
        return c.hub.repr().isShortened()
                ? start(c)
                : c.hub.repr().of(c.look(DictOp.SNAPSHOT).value());
    }

    /** The text of the first entries. */
    private static String start(MethodCall c) {
        byte[] chunk = c.look(
                        DictOp.CHUNK,
                        MethodCall.number(0),
                        MethodCall.number(PyRepr.SHORT),
                        MethodCall.number(Contents.PAIRS))
                .value();
        PyDict some = new PyDict();
        for (byte[] pair : Values.elements(Values.elements(chunk, 0).get(1), 0)) {
            some.put(
                    c.hub.translator().fromEnvelope(pair, Values.first(0)),
                    c.hub.translator().fromEnvelope(pair, Values.skip(pair, Values.first(0))));
        }
        return c.hub.repr().ofGraph(some);
    }

    @Override
    public Object content(MethodCall c) {
        return encoded(c.invoke(DictOp.SNAPSHOT));
    }

    @Override
    public String typeName() {
        return TYPE;
    }
}
