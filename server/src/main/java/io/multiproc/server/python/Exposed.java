package io.multiproc.server.python;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.pickle.Py;
import java.util.ArrayList;
import java.util.List;

/** The methods that a client's proxy of a type exposes: CPython 3.13's tuples, in its order, and 3.14's of sets. */
final class Exposed {
    private static final List<String> QUEUE = List.of(
            "empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize", "shutdown", "task_done");

    private static final List<String> ACQUIRER = List.of("acquire", "release");
    private static final List<String> LIST = List.of(
            "__add__",
            "__contains__",
            "__delitem__",
            "__getitem__",
            "__len__",
            "__mul__",
            "__reversed__",
            "__rmul__",
            "__setitem__",
            "append",
            "count",
            "extend",
            "index",
            "insert",
            "pop",
            "remove",
            "reverse",
            "sort",
            "__imul__");
    private static final List<String> DICT = List.of(
            "__contains__",
            "__delitem__",
            "__getitem__",
            "__iter__",
            "__len__",
            "__setitem__",
            "clear",
            "copy",
            "get",
            "items",
            "keys",
            "pop",
            "popitem",
            "setdefault",
            "update",
            "values");
    private static final List<String> SET = List.of(
            "__and__",
            "__contains__",
            "__iand__",
            "__ior__",
            "__isub__",
            "__iter__",
            "__ixor__",
            "__len__",
            "__or__",
            "__rand__",
            "__ror__",
            "__rsub__",
            "__rxor__",
            "__sub__",
            "__xor__",
            "__ge__",
            "__gt__",
            "__le__",
            "__lt__",
            "add",
            "clear",
            "copy",
            "difference",
            "difference_update",
            "discard",
            "intersection",
            "intersection_update",
            "isdisjoint",
            "issubset",
            "issuperset",
            "pop",
            "remove",
            "symmetric_difference",
            "symmetric_difference_update",
            "union",
            "update");

    /** A class that is made of names would rebind a variable to what these give. */
    private static final List<String> IN_PLACE = List.of("__iand__", "__ior__", "__isub__", "__ixor__");

    private static final List<String> NAMESPACE = List.of("__getattribute__", "__setattr__", "__delattr__");
    static final List<String> ITERATOR = List.of("__next__", "send", "throw", "close");

    private Exposed() {}

    static List<String> of(ObjectType type) {
        return switch (type) {
            case DICT -> DICT;
            case LIST -> LIST;
            case SET -> SET;
            case NAMESPACE -> NAMESPACE;
            case QUEUE, JOINABLE_QUEUE -> QUEUE;
            case SIMPLE_QUEUE -> List.of("empty", "get", "put");
            case LOCK, RLOCK, SEMAPHORE, BOUNDED_SEMAPHORE -> ACQUIRER;
            case VALUE -> List.of("get", "set");
            case ARRAY -> List.of("__len__", "__getitem__", "__setitem__");
            case EVENT -> List.of("is_set", "set", "clear", "wait");
            case CONDITION -> List.of("acquire", "release", "wait", "notify", "notify_all");
            case BARRIER -> List.of("__getattribute__", "wait", "abort", "reset");
                // a type that this dialect does not know yet can be passed on, but not called
            default -> List.of();
        };
    }

    /** What 3.14 added: its proxies call them whether they are told to be there or not. */
    static List<String> ofNewer(ObjectType type) {
        return switch (type) {
            case DICT -> List.of("__ior__", "__or__", "__reversed__", "__ror__", "fromkeys");
            case LIST -> List.of("clear", "copy");
            case LOCK, RLOCK, SEMAPHORE, BOUNDED_SEMAPHORE, CONDITION -> List.of("locked");
            default -> List.of();
        };
    }

    /**
     * For a client that registered a name without a proxy class, whose proxy is made of these: as {@link #of} and {@link #ofNewer}, without what a class
     * made that way cannot have.
     */
    static List<String> forAutoProxy(ObjectType type) {
        List<String> all = new ArrayList<>(of(type));
        all.addAll(ofNewer(type));
        all.removeAll(IN_PLACE);
        if (type != ObjectType.SET) {
            // such a proxy could not unwrap the iterator, or would call itself for each attribute
            all.removeAll(List.of("__iter__", "__getattribute__", "__setattr__", "__delattr__"));
        }
        return all;
    }

    static Py.PyTuple tuple(List<String> names) {
        return new Py.PyTuple(List.copyOf(names));
    }

    /** The class of the client's proxies, in multiprocessing.managers. */
    static String proxyClass(ObjectType type) {
        return switch (type) {
            case DICT -> "DictProxy";
            case LIST -> "ListProxy";
            case NAMESPACE -> "NamespaceProxy";
            case QUEUE, JOINABLE_QUEUE, SIMPLE_QUEUE -> "AutoProxy";
            case LOCK, RLOCK, SEMAPHORE, BOUNDED_SEMAPHORE -> "AcquirerProxy";
            case VALUE -> "ValueProxy";
            case ARRAY -> "ArrayProxy";
            case EVENT -> "EventProxy";
            case CONDITION -> "ConditionProxy";
            case BARRIER -> "BarrierProxy";
            default -> "AutoProxy";
        };
    }

    /** SyncManager's name of a type. */
    static String typeId(ObjectType type) {
        return switch (type) {
            case DICT -> "dict";
            case LIST -> "list";
            case NAMESPACE -> "Namespace";
            case QUEUE, SIMPLE_QUEUE -> "Queue";
            case JOINABLE_QUEUE -> "JoinableQueue";
            case LOCK -> "Lock";
            case RLOCK -> "RLock";
            case VALUE -> "Value";
            case ARRAY -> "Array";
            case EVENT -> "Event";
            case CONDITION -> "Condition";
            case SEMAPHORE -> "Semaphore";
            case BOUNDED_SEMAPHORE -> "BoundedSemaphore";
            case BARRIER -> "Barrier";
            default -> type.wireName();
        };
    }
}
