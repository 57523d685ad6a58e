package io.multiproc.server.python;

import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Equality.Key;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A set, as CPython's from 3.14 on. Its elements keep the order in which they were added. */
final class SetReferent implements Referent {
    private static final String TYPE = "set";

    /** What an operator gives for an operand that is no set: the client makes a TypeError of it. */
    static final PyGlobal NOT_IMPLEMENTED = new PyGlobal("builtins", "NotImplemented");

    @Override
    public Object call(MethodCall c) {
        if (c.method.startsWith("__")) {
            return special(c);
        }
        return switch (c.method) {
            case "add" -> c.change(SetOp.ADD, key(c));
            case "discard" -> c.await(SetOp.REMOVE, reply -> QueueReferent.done(reply, NONE), key(c));
            case "remove" -> remove(c);
            case "pop" -> {
                c.positional(TYPE, 0, 0);
                yield c.await(SetOp.POP, SetReferent::popped);
            }
            case "clear" -> {
                c.positional(TYPE, 0, 0);
                yield c.change(SetOp.CLEAR);
            }
            case "copy" -> {
                c.positional(TYPE, 0, 0);
                yield content(c);
            }
            case "isdisjoint" -> others(c, 1, 1).get(0).stream().noneMatch(elements(c)::contains);
            case "issubset" -> others(c, 1, 1).get(0).containsAll(elements(c));
            case "issuperset" -> elements(c).containsAll(others(c, 1, 1).get(0));
            case "union" -> set(union(elements(c), others(c)));
            case "intersection" -> set(intersection(elements(c), others(c)));
            case "difference" -> set(difference(elements(c), others(c)));
            case "symmetric_difference" -> set(
                    symmetric(elements(c), others(c, 1, 1).get(0)));
            case "update" -> change(c, SetOp.ADD_ALL, union(Set.of(), others(c)));
            case "intersection_update" -> retain(c, others(c));
            case "difference_update" -> change(c, SetOp.REMOVE_ALL, union(Set.of(), others(c)));
            case "symmetric_difference_update" -> exchange(c, others(c, 1, 1).get(0));
            default -> throw new IllegalStateException(c.method);
        };
    }

    private Object special(MethodCall c) {
        switch (c.method) {
            case "__len__" -> {
                c.positional(TYPE, 0, 0);
                return DictReferent.encoded(c.invoke(SetOp.SIZE));
            }
            case "__contains__" -> {
                return DictReferent.encoded(c.invoke(SetOp.CONTAINS, key(c)));
            }
            case "__iter__" -> {
                c.positional(TYPE, 0, 0);
                PyList items = new PyList();
                Values.elements(c.invoke(SetOp.SNAPSHOT).value(), 0)
                        .forEach(b -> items.items.add(c.hub.translator().fromEnvelope(b, 0)));
                return Py.call("builtins", "iter", items);
            }
            default -> {
                return operator(c);
            }
        }
    }

    private static Object operator(MethodCall c) {
        if (!(c.positional(TYPE, 1, 1).get(0) instanceof PySet operand)) {
            return NOT_IMPLEMENTED;
        }
        Set<Key> other = keys(c, operand.items);
        return switch (c.method) {
            case "__ior__" -> change(c, SetOp.ADD_ALL, other);
            case "__iand__" -> change(c, SetOp.RETAIN_ALL, other);
            case "__isub__" -> change(c, SetOp.REMOVE_ALL, other);
            case "__ixor__" -> exchange(c, other);
            case "__or__" -> set(union(elements(c), List.of(other)));
            case "__ror__" -> set(union(other, List.of(elements(c))));
            case "__and__" -> set(intersection(elements(c), List.of(other)));
            case "__rand__" -> set(intersection(other, List.of(elements(c))));
            case "__sub__" -> set(difference(elements(c), List.of(other)));
            case "__rsub__" -> set(difference(other, List.of(elements(c))));
            case "__xor__" -> set(symmetric(elements(c), other));
            case "__rxor__" -> set(symmetric(other, elements(c)));
            default -> compared(c.method, elements(c), other);
        };
    }

    private static Object compared(String method, Set<Key> mine, Set<Key> other) {
        return switch (method) {
            case "__le__" -> other.containsAll(mine);
            case "__lt__" -> other.size() > mine.size() && other.containsAll(mine);
            case "__ge__" -> mine.containsAll(other);
            case "__gt__" -> mine.size() > other.size() && mine.containsAll(other);
            default -> throw new IllegalStateException(method);
        };
    }

    private static byte[] key(MethodCall c) {
        return c.key(c.positional(TYPE, 1, 1).get(0));
    }

    private static Object remove(MethodCall c) {
        Object element = c.positional(TYPE, 1, 1).get(0);
        Function<Reply, Object> then = reply -> {
            if (MethodCall.checked(reply).value()[0] == Tag.FALSE.code()) {
                throw PyError.of("KeyError", element);
            }
            return NONE;
        };
        return c.await(SetOp.REMOVE, then, c.key(element));
    }

    private static Object popped(Reply reply) {
        if (DictReferent.isAbsent(MethodCall.checked(reply))) {
            throw PyError.of("KeyError", "pop from an empty set");
        }
        return DictReferent.encoded(reply);
    }

    private static Set<Key> elements(MethodCall c) {
        List<byte[]> all = Values.elements(c.invoke(SetOp.SNAPSHOT).value(), 0);
        c.hub.work().spend(all.size(), Work.LOOK_UP);
        Set<Key> out = new LinkedHashSet<>();
        all.forEach(b -> out.add(new Key(b)));
        return out;
    }

    /** The elements of something that can be iterated over. */
    static Set<Key> keys(MethodCall c, List<Object> items) {
        c.hub.work().spend(items.size(), Work.LOOK_UP);
        Set<Key> out = new LinkedHashSet<>();
        for (Object item : items) {
            byte[] key = c.key(item);
            c.hub.work().spend(Equality.cost(key, 0, key.length));
            out.add(new Key(key));
        }
        return out;
    }

    private static List<Set<Key>> others(MethodCall c) {
        return others(c, 0, Integer.MAX_VALUE);
    }

    private static List<Set<Key>> others(MethodCall c, int least, int most) {
        List<Set<Key>> out = new ArrayList<>();
        for (Object other : c.positional(TYPE, least, most)) {
            out.add(keys(c, Iterables.items(c, other)));
        }
        return out;
    }

    private static Set<Key> union(Set<Key> first, List<Set<Key>> others) {
        Set<Key> out = new LinkedHashSet<>(first);
        others.forEach(out::addAll);
        return out;
    }

    private static Set<Key> intersection(Set<Key> first, List<Set<Key>> others) {
        Set<Key> out = new LinkedHashSet<>(first);
        for (Set<Key> other : others) {
            out.removeIf(k -> !other.contains(k));
        }
        return out;
    }

    private static Set<Key> difference(Set<Key> first, List<Set<Key>> others) {
        Set<Key> out = new LinkedHashSet<>(first);
        for (Set<Key> other : others) {
            out.removeIf(other::contains);
        }
        return out;
    }

    private static Set<Key> symmetric(Set<Key> first, Set<Key> second) {
        Set<Key> out = difference(first, List.of(second));
        out.addAll(difference(second, List.of(first)));
        return out;
    }

    /** Without a look at what it holds, which another client may change meanwhile. */
    private static Object retain(MethodCall c, List<Set<Key>> others) {
        return others.isEmpty()
                ? NONE
                : change(c, SetOp.RETAIN_ALL, intersection(others.get(0), others.subList(1, others.size())));
    }

    /** Takes out what both hold and puts in what only the other holds; others may come between. */
    private static Object exchange(MethodCall c, Set<Key> other) {
        Set<Key> mine = elements(c);
        byte[] both = list(intersection(mine, List.of(other)));
        byte[] more = list(difference(other, List.of(mine)));
        return c.await(
                SetOp.REMOVE_ALL,
                reply -> {
                    MethodCall.checked(reply);
                    return c.await(SetOp.ADD_ALL, added -> QueueReferent.done(added, NONE), more);
                },
                both);
    }

    private static Object change(MethodCall c, SetOp op, Set<Key> elements) {
        return c.await(op, reply -> QueueReferent.done(reply, NONE), list(elements));
    }

    static byte[] list(Set<Key> elements) {
        return Values.container(Tag.LIST, elements.stream().map(Key::value).toList());
    }

    private static Object set(Set<Key> elements) {
        return new MethodCall.Encoded(
                Values.container(Tag.SET, elements.stream().map(Key::value).toList()));
    }

    @Override
    public String repr(MethodCall c) {
        return c.hub.repr().of(c.look(SetOp.SNAPSHOT).value());
    }

    @Override
    public Object content(MethodCall c) {
        return DictReferent.encoded(c.invoke(SetOp.SNAPSHOT));
    }

    @Override
    public String typeName() {
        return TYPE;
    }
}
