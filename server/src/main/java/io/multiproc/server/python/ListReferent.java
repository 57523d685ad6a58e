package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.math.BigInteger;
import java.util.List;

/** A list. */
final class ListReferent implements Referent {
    private static final String TYPE = "list";

    @Override
    public Object call(MethodCall c) {
        return switch (c.method) {
            case "__getitem__" -> {
                Object i = c.positional(TYPE, 1, 1).get(0);
                yield isSlice(i)
                        ? DictReferent.encoded(c.invoke(ListOp.SLICE, slice(c, i)))
                        : DictReferent.encoded(
                                c.invoke(ListOp.GET, index(i, "list indices must be integers or slices")));
            }
            case "__setitem__" -> setItem(c);
            case "__delitem__" -> {
                Object i = c.positional(TYPE, 1, 1).get(0);
                yield isSlice(i)
                        ? c.change(ListOp.DELETE_SLICE, slice(c, i))
                        : c.await(
                                ListOp.REMOVE_AT,
                                ListReferent::deleted,
                                index(i, "list indices must be integers or slices"));
            }
            case "__len__" -> {
                c.positional(TYPE, 0, 0);
                yield DictReferent.encoded(c.invoke(ListOp.SIZE));
            }
            case "__contains__" -> Values.integer(
                            c.invoke(
                                            ListOp.INDEX_OF,
                                            c.value(c.positional(TYPE, 1, 1).get(0)))
                                    .value(),
                            0)
                    >= 0;
            case "__add__" -> {
                Object other = c.positional(TYPE, 1, 1).get(0);
                if (!(other instanceof PyList l)) {
                    throw PyError.type("can only concatenate list (not \"" + c.hub.typeName(other) + "\") to list");
                }
                byte[] mine = c.invoke(ListOp.SLICE).value();
                byte[] theirs = c.list(l.items);
                yield new MethodCall.Encoded(joined(mine, 1, theirs));
            }
            case "__mul__", "__rmul__" -> repeated(c);
            case "__imul__" -> {
                yield c.change(ListOp.REPEAT, MethodCall.number(times(c)));
            }
            case "__reversed__" -> {
                c.positional(TYPE, 0, 0);
                Object all =
                        c.hub.translator().fromEnvelope(c.invoke(ListOp.SLICE).value(), 0);
                PyObject r = Py.call("builtins", "reversed", all);
                int n = all instanceof PyList l ? l.items.size() : 0;
                yield n == 0 ? r : r.step(Py.Step.BUILD, (long) n - 1);
            }
            case "append" -> c.change(
                    ListOp.ADD, c.value(c.positional(TYPE, 1, 1).get(0)));
            case "extend" -> {
                List<Object> items = Iterables.items(c, c.positional(TYPE, 1, 1).get(0));
                yield c.change(ListOp.ADD_ALL, c.list(items));
            }
            case "insert" -> {
                List<Object> a = c.positional(TYPE, 2, 2);
                yield c.change(ListOp.INSERT, MethodCall.number(MethodCall.integer(a.get(0))), c.value(a.get(1)));
            }
            case "pop" -> {
                List<Object> a = c.positional(TYPE, 0, 1);
                long i = a.isEmpty() ? -1 : MethodCall.integer(a.get(0));
                yield c.take(ListOp.REMOVE_AT, MethodCall.number(i));
            }
            case "remove" -> c.await(
                    ListOp.REMOVE_VALUE,
                    ListReferent::removed,
                    c.value(c.positional(TYPE, 1, 1).get(0)));
            case "index" -> index(c);
            case "count" -> DictReferent.encoded(
                    c.invoke(ListOp.COUNT, c.value(c.positional(TYPE, 1, 1).get(0))));
            case "reverse" -> {
                c.positional(TYPE, 0, 0);
                yield c.change(ListOp.REVERSE);
            }
            case "clear" -> {
                c.positional(TYPE, 0, 0);
                yield c.change(ListOp.CLEAR);
            }
            case "copy" -> {
                c.positional(TYPE, 0, 0);
                yield content(c);
            }
            case "sort" -> {
                if (!c.arguments().isEmpty()) {
                    throw PyError.type("sort() takes no positional arguments");
                }
                Object[] a = c.bind("sort", List.of("key", "reverse"), NONE, false);
                boolean reverse = MethodCall.truth(a[1]);
                yield a[0] == NONE ? SortKeys.sort(c, reverse) : SortKeys.sort(c, a[0], reverse);
            }
            default -> throw new IllegalStateException(c.method);
        };
    }

    static boolean isSlice(Object v) {
        return v instanceof PyObject o
                && o.isA("builtins", "slice")
                && o.arguments().size() == 3;
    }

    /** Start, stop and step as the operations take them. */
    static byte[][] slice(MethodCall c, Object v) {
        byte[][] out = new byte[3][];
        for (int i = 0; i < 3; i++) {
            Object part = ((PyObject) v).arguments().get(i);
            Object n = part == NONE ? part : PyNumbers.index(part);
            if (part == NONE) {
                out[i] = Values.ABSENT;
            } else if (n instanceof BigInteger big) {
                out[i] = MethodCall.number(big.signum() < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE);
            } else if (n instanceof Long at) {
                out[i] = MethodCall.number(at);
            } else {
                throw PyError.type("slice indices must be integers or None or have an __index__ method");
            }
        }
        if (out[2] != Values.ABSENT && Values.integer(out[2], 0) == 0) {
            throw PyError.value("slice step cannot be zero");
        }
        return out;
    }

    private static byte[] index(Object i, String rule) {
        Object n = PyNumbers.index(i);
        if (n instanceof BigInteger) {
            throw PyError.of("IndexError", "cannot fit '" + Py.typeName(i) + "' into an index-sized integer");
        }
        if (!(n instanceof Long at)) {
            throw PyError.type(rule + ", not " + PyNumbers.fullName(i));
        }
        return MethodCall.number(at);
    }

    private static Object removed(Reply reply) {
        if (MethodCall.checked(reply).value()[0] == Tag.FALSE.code()) {
            throw PyError.value("list.remove(x): x not in list");
        }
        return NONE;
    }

    private static Object deleted(Reply reply) {
        if (reply.error() == ErrorCode.INDEX_OUT_OF_RANGE) {
            throw PyError.of("IndexError", "list assignment index out of range");
        }
        return QueueReferent.done(reply, NONE);
    }

    private static Object setItem(MethodCall c) {
        List<Object> a = c.positional(TYPE, 2, 2);
        Object i = a.get(0);
        if (!isSlice(i)) {
            return c.change(ListOp.SET, index(i, "list indices must be integers or slices"), c.value(a.get(1)));
        }
        byte[][] slice = slice(c, i);
        List<Object> items;
        try {
            items = Iterables.items(c, a.get(1));
        } catch (PyError e) {
            boolean extended = slice[2] != Values.ABSENT && Values.integer(slice[2], 0) != 1;
            if (e.exception() == null || !Py.typeName(e.exception()).equals("TypeError")) {
                throw e;
            }
            throw PyError.type(extended ? "must assign iterable to extended slice" : "can only assign an iterable");
        }
        return c.change(ListOp.SET_SLICE, slice[0], slice[1], slice[2], c.list(items));
    }

    /** A list of the elements of one, so many times, and those of another. */
    private static byte[] joined(byte[] list, long times, byte[] other) {
        int head = Values.first(0);
        ByteWriter out = new ByteWriter();
        int mark = out.begin(Tag.LIST);
        for (long i = 0; i < times; i++) {
            out.raw(list, head, list.length - head);
        }
        out.raw(other, head, other.length - head);
        return out.end(mark, (int) (Values.count(list, 0) * times + Values.count(other, 0)))
                .toByteArray();
    }

    private static long times(MethodCall c) {
        Object n = c.positional(TYPE, 1, 1).get(0);
        return MethodCall.integer(n);
    }

    private static Object repeated(MethodCall c) {
        long n = Math.max(0, times(c));
        byte[] once = c.invoke(ListOp.SLICE).value();
        if (n > 0 && once.length - Values.first(0) > c.hub.maxReply() / n) {
            throw PyError.remote("MemoryError", "the product exceeds the frame limit of this server");
        }
        byte[] nothing = Values.container(Tag.LIST, List.of());
        return new MethodCall.Encoded(Values.count(once, 0) == 0 ? nothing : joined(once, n, nothing));
    }

    private static Object index(MethodCall c) {
        List<Object> a = c.positional(TYPE, 1, 3);
        byte[] start = MethodCall.number(a.size() > 1 ? PyNumbers.position(a.get(1)) : 0);
        byte[] stop = a.size() > 2 ? MethodCall.number(PyNumbers.position(a.get(2))) : Values.ABSENT;
        byte[] value = c.value(a.get(0));
        Reply reply = c.invoke(ListOp.INDEX_OF, value, start, stop);
        if (Values.integer(reply.value(), 0) < 0) {
            throw PyError.value(c.hub.repr().shortened(() -> c.hub.repr().of(value)) + " is not in list");
        }
        return DictReferent.encoded(reply);
    }

    @Override
    public String repr(MethodCall c) {
        Reply items = c.hub.repr().isShortened()
                ? c.look(ListOp.SLICE, MethodCall.number(0), MethodCall.number(PyRepr.SHORT))
                : c.look(ListOp.SLICE);
        return c.hub.repr().of(items.value());
    }

    @Override
    public Object content(MethodCall c) {
        return DictReferent.encoded(c.invoke(ListOp.SLICE));
    }

    @Override
    public String typeName() {
        return TYPE;
    }
}
