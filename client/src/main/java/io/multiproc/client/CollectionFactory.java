package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.Session;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a {@link Manager} that makes and finds collections and values. */
abstract class CollectionFactory {
    CollectionFactory() {}

    abstract Session session();

    final ObjectHandle create(ObjectType type, @Nullable Object... arguments) {
        return session().callForHandle(ManagerOp.CREATE, type.wireName(), Arrays.asList(arguments));
    }

    final ObjectHandle open(ObjectType type, String name, @Nullable Object... arguments) {
        List<?> given = Arrays.asList(arguments);
        return session()
                .callForHandle(ManagerOp.OPEN, type.wireName(), name, given)
                .named(name, given);
    }

    /** Makes an anonymous dict of keys and values of any type. */
    public DictProxy<Object, Object> dict() {
        return dict(Object.class, Object.class);
    }

    /** Makes an anonymous dict of the given types. */
    public <K, V> DictProxy<K, V> dict(Class<K> keys, Class<V> values) {
        return new DictProxy<>(create(ObjectType.DICT), keys, values);
    }

    /** Makes an anonymous dict with the given entries: Python's {@code manager.dict(mapping)}. */
    public DictProxy<Object, Object> dict(Map<?, ?> entries) {
        return new DictProxy<>(create(ObjectType.DICT, DictProxy.nonNull(entries)), Object.class, Object.class);
    }

    /** Returns the dict with this name, created empty if absent. */
    public DictProxy<Object, Object> dict(String name) {
        return dict(name, Object.class, Object.class);
    }

    /** Returns the dict with this name, created empty if absent, with keys and values of the given types. */
    public <K, V> DictProxy<K, V> dict(String name, Class<K> keys, Class<V> values) {
        return new DictProxy<>(open(ObjectType.DICT, name), keys, values);
    }

    /** Makes an anonymous list. */
    public ListProxy<Object> list() {
        return list(Object.class);
    }

    /** Makes an anonymous list of the given type. */
    public <E> ListProxy<E> list(Class<E> elements) {
        return new ListProxy<>(create(ObjectType.LIST), elements);
    }

    /** Makes an anonymous list with the given elements: Python's {@code manager.list(iterable)}. */
    public ListProxy<Object> list(List<?> elements) {
        return new ListProxy<>(create(ObjectType.LIST, elements), Object.class);
    }

    /** Returns the list with this name, created empty if absent. */
    public ListProxy<Object> list(String name) {
        return list(name, Object.class);
    }

    /** Returns the list with this name, created empty if absent, with elements of the given type. */
    public <E> ListProxy<E> list(String name, Class<E> elements) {
        return new ListProxy<>(open(ObjectType.LIST, name), elements);
    }

    /** Makes an anonymous namespace. */
    public NamespaceProxy namespace() {
        return new NamespaceProxy(create(ObjectType.NAMESPACE));
    }

    /** Returns the namespace with this name, created empty if absent. */
    public NamespaceProxy namespace(String name) {
        return new NamespaceProxy(open(ObjectType.NAMESPACE, name));
    }

    /** Makes an anonymous queue without bound. */
    public QueueProxy<Object> queue() {
        return queue(Object.class, 0);
    }

    /** Makes an anonymous queue of the given type; a bound of 0 or less is none. */
    public <E> QueueProxy<E> queue(Class<E> items, int bound) {
        return new QueueProxy<>(create(ObjectType.QUEUE, (long) bound), items);
    }

    /** Returns the queue with this name, created empty and unbounded if absent. */
    public QueueProxy<Object> queue(String name) {
        return queue(name, Object.class, 0);
    }

    /** Returns the queue with this name, created empty with this bound if absent; the bound of an existing queue stays. */
    public <E> QueueProxy<E> queue(String name, Class<E> items, int bound) {
        return new QueueProxy<>(open(ObjectType.QUEUE, name, (long) bound), items);
    }

    /** Makes an anonymous joinable queue without bound. */
    public JoinableQueueProxy<Object> joinableQueue() {
        return joinableQueue(Object.class, 0);
    }

    /** Makes an anonymous joinable queue of the given type; a bound of 0 or less is none. */
    public <E> JoinableQueueProxy<E> joinableQueue(Class<E> items, int bound) {
        return new JoinableQueueProxy<>(create(ObjectType.JOINABLE_QUEUE, (long) bound), items);
    }

    /** Returns the joinable queue with this name, created empty and unbounded if absent. */
    public JoinableQueueProxy<Object> joinableQueue(String name) {
        return joinableQueue(name, Object.class, 0);
    }

    /** Returns the joinable queue with this name, created empty with this bound if absent; the bound of an existing queue stays. */
    public <E> JoinableQueueProxy<E> joinableQueue(String name, Class<E> items, int bound) {
        return new JoinableQueueProxy<>(open(ObjectType.JOINABLE_QUEUE, name, (long) bound), items);
    }

    /** Makes an anonymous simple queue. */
    public SimpleQueueProxy<Object> simpleQueue() {
        return simpleQueue(Object.class);
    }

    /** Makes an anonymous simple queue of the given type. */
    public <E> SimpleQueueProxy<E> simpleQueue(Class<E> items) {
        return new SimpleQueueProxy<>(create(ObjectType.SIMPLE_QUEUE), items);
    }

    /** Returns the simple queue with this name, created empty if absent, with items of the given type. */
    public <E> SimpleQueueProxy<E> simpleQueue(String name, Class<E> items) {
        return new SimpleQueueProxy<>(open(ObjectType.SIMPLE_QUEUE, name), items);
    }

    /** Makes an anonymous set. */
    public SetProxy<Object> set() {
        return set(Object.class);
    }

    /** Makes an anonymous set of the given type. */
    public <E> SetProxy<E> set(Class<E> elements) {
        return new SetProxy<>(create(ObjectType.SET), elements);
    }

    /** Makes an anonymous set with the given elements. */
    public SetProxy<Object> set(Collection<?> elements) {
        return new SetProxy<>(create(ObjectType.SET, SetProxy.elements(elements)), Object.class);
    }

    /** Returns the set with this name, created empty if absent. */
    public SetProxy<Object> set(String name) {
        return set(name, Object.class);
    }

    /** Returns the set with this name, created empty if absent, with elements of the given type. */
    public <E> SetProxy<E> set(String name, Class<E> elements) {
        return new SetProxy<>(open(ObjectType.SET, name), elements);
    }

    /** Makes an anonymous priority queue of the given type; a bound of 0 or less is none. */
    public <E> PriorityQueueProxy<E> priorityQueue(Class<E> items, int bound) {
        return new PriorityQueueProxy<>(create(ObjectType.PRIORITY_QUEUE, (long) bound), items);
    }

    /** Returns the priority queue with this name, created empty with this bound if absent; the bound of an existing queue stays. */
    public <E> PriorityQueueProxy<E> priorityQueue(String name, Class<E> items, int bound) {
        return new PriorityQueueProxy<>(open(ObjectType.PRIORITY_QUEUE, name, (long) bound), items);
    }

    /** Makes an anonymous iterator over a dict (its keys), a list or a set; see {@link IteratorProxy}. */
    public IteratorProxy<Object> iterator(Proxy collection) {
        return iterator(collection, Object.class);
    }

    /** Makes an anonymous iterator with elements of the given type. */
    public <E> IteratorProxy<E> iterator(Proxy collection, Class<E> elements) {
        return new IteratorProxy<>(create(ObjectType.ITERATOR, collection), elements);
    }

    /** Makes an anonymous counter that starts at zero. */
    public CounterProxy counter() {
        return new CounterProxy(create(ObjectType.COUNTER));
    }

    /** Returns the counter with this name, created at zero if absent. */
    public CounterProxy counter(String name) {
        return new CounterProxy(open(ObjectType.COUNTER, name));
    }

    /**
     * Makes an anonymous value: Python's {@code manager.Value('i', 5)}.
     *
     * @param code one of {@code b B u h H i I l L q Q f d ?}
     */
    @SuppressWarnings("unchecked")
    public <T> ValueProxy<T> value(String code, T initial) {
        return new ValueProxy<>(create(ObjectType.VALUE, code, initial), (Class<T>) initial.getClass());
    }

    /** Returns the value with this name, created with this type code and initial value if absent; those of an existing value stay. */
    @SuppressWarnings("unchecked")
    public <T> ValueProxy<T> value(String name, String code, T initial) {
        return new ValueProxy<>(open(ObjectType.VALUE, name, code, initial), (Class<T>) initial.getClass());
    }

    /** Makes an anonymous array of zeros, with elements of the given type: Python's {@code Array('i', 10)}. */
    public <T> ArrayProxy<T> array(String code, Class<T> elements, int length) {
        return new ArrayProxy<>(create(ObjectType.ARRAY, code, (long) length), elements);
    }

    /** Makes an anonymous array with the given elements. */
    public <T> ArrayProxy<T> array(String code, Class<T> elements, List<? extends T> values) {
        return new ArrayProxy<>(create(ObjectType.ARRAY, code, values), elements);
    }

    /** Returns the array with this name, created as zeros with this type code and length if absent; those of an existing array stay. */
    public <T> ArrayProxy<T> array(String name, String code, Class<T> elements, int length) {
        return new ArrayProxy<>(open(ObjectType.ARRAY, name, code, (long) length), elements);
    }
}
