package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.Session;
import io.multiproc.client.internal.value.CollectionTypes;
import io.multiproc.client.internal.value.TypeCodes;
import io.multiproc.client.internal.value.ValueWriter;
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

    /**
     * Makes an anonymous dict of keys and values of any type.
     *
     * @return its proxy
     */
    public DictProxy<Object, Object> dict() {
        return dict(Object.class, Object.class);
    }

    /**
     * Makes an anonymous dict of the given types.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param keys the class of the keys
     * @param values the class of the values
     * @return its proxy
     */
    public <K, V> DictProxy<K, V> dict(Class<K> keys, Class<V> values) {
        Class<?> held = CollectionTypes.check(values);
        return new DictProxy<>(create(ObjectType.DICT).holding(held), keys, values);
    }

    /**
     * Makes an anonymous dict with the given entries: Python's {@code manager.dict(mapping)}.
     *
     * @param entries the entries
     * @return its proxy
     */
    public DictProxy<Object, Object> dict(Map<?, ?> entries) {
        return new DictProxy<>(
                create(ObjectType.DICT, new ValueWriter.Keys(DictProxy.nonNull(entries))), Object.class, Object.class);
    }

    /**
     * {@return the dict with this name, created empty if absent}
     *
     * @param name the object's name
     */
    public DictProxy<Object, Object> dict(String name) {
        return dict(name, Object.class, Object.class);
    }

    /**
     * {@return the dict with this name, created empty if absent, with keys and values of the given types}
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param name the object's name
     * @param keys the class of the keys
     * @param values the class of the values
     */
    public <K, V> DictProxy<K, V> dict(String name, Class<K> keys, Class<V> values) {
        Class<?> held = CollectionTypes.check(values);
        return new DictProxy<>(open(ObjectType.DICT, name).holding(held), keys, values);
    }

    /**
     * Makes an anonymous list.
     *
     * @return its proxy
     */
    public ListProxy<Object> list() {
        return list(Object.class);
    }

    /**
     * Makes an anonymous list of the given type.
     *
     * @param <E> the type of the elements
     * @param elements the class of the elements, or the elements at first
     * @return its proxy
     */
    public <E> ListProxy<E> list(Class<E> elements) {
        Class<?> held = CollectionTypes.check(elements);
        return new ListProxy<>(create(ObjectType.LIST).holding(held), elements);
    }

    /**
     * Makes an anonymous list with the given elements: Python's {@code manager.list(iterable)}.
     *
     * @param elements the class of the elements, or the elements at first
     * @return its proxy
     */
    public ListProxy<Object> list(List<?> elements) {
        return new ListProxy<>(create(ObjectType.LIST, ListProxy.contents(elements)), Object.class);
    }

    /**
     * {@return the list with this name, created empty if absent}
     *
     * @param name the object's name
     */
    public ListProxy<Object> list(String name) {
        return list(name, Object.class);
    }

    /**
     * {@return the list with this name, created empty if absent, with elements of the given type}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param elements the class of the elements, or the elements at first
     */
    public <E> ListProxy<E> list(String name, Class<E> elements) {
        Class<?> held = CollectionTypes.check(elements);
        return new ListProxy<>(open(ObjectType.LIST, name).holding(held), elements);
    }

    /**
     * Makes an anonymous namespace.
     *
     * @return its proxy
     */
    public NamespaceProxy namespace() {
        return new NamespaceProxy(create(ObjectType.NAMESPACE));
    }

    /**
     * {@return the namespace with this name, created empty if absent}
     *
     * @param name the object's name
     */
    public NamespaceProxy namespace(String name) {
        return new NamespaceProxy(open(ObjectType.NAMESPACE, name));
    }

    /**
     * Makes an anonymous queue without bound.
     *
     * @return its proxy
     */
    public QueueProxy<Object> queue() {
        return queue(Object.class, 0);
    }

    /**
     * Makes an anonymous queue of the given type; a bound of 0 or less is none.
     *
     * @param <E> the type of the elements
     * @param items the class of the items
     * @param bound the most items that it holds; 0 or less for no bound
     * @return its proxy
     */
    public <E> QueueProxy<E> queue(Class<E> items, int bound) {
        Class<?> held = CollectionTypes.check(items);
        return new QueueProxy<>(create(ObjectType.QUEUE, (long) bound).holding(held), items);
    }

    /**
     * {@return the queue with this name, whatever its bound; created empty and unbounded if absent}
     *
     * @param name the object's name
     */
    public QueueProxy<Object> queue(String name) {
        return queue(name, Object.class);
    }

    /**
     * {@return the queue with this name, whatever its bound; created empty and unbounded if absent}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param items the class of the items
     */
    public <E> QueueProxy<E> queue(String name, Class<E> items) {
        return new QueueProxy<>(open(ObjectType.QUEUE, name), items);
    }

    /**
     * {@return the queue with this name, created empty with this bound if absent}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param items the class of the items
     * @param bound the most items that it holds; 0 or less for no bound
     * @throws IllegalArgumentException if there is one with another bound; the text names both
     */
    public <E> QueueProxy<E> queue(String name, Class<E> items, int bound) {
        Class<?> held = CollectionTypes.check(items);
        return new QueueProxy<>(open(ObjectType.QUEUE, name, (long) bound).holding(held), items);
    }

    /**
     * Makes an anonymous joinable queue without bound.
     *
     * @return its proxy
     */
    public JoinableQueueProxy<Object> joinableQueue() {
        return joinableQueue(Object.class, 0);
    }

    /**
     * Makes an anonymous joinable queue of the given type; a bound of 0 or less is none.
     *
     * @param <E> the type of the elements
     * @param items the class of the items
     * @param bound the most items that it holds; 0 or less for no bound
     * @return its proxy
     */
    public <E> JoinableQueueProxy<E> joinableQueue(Class<E> items, int bound) {
        Class<?> held = CollectionTypes.check(items);
        return new JoinableQueueProxy<>(
                create(ObjectType.JOINABLE_QUEUE, (long) bound).holding(held), items);
    }

    /**
     * {@return the joinable queue with this name, whatever its bound; created empty and unbounded if absent}
     *
     * @param name the object's name
     */
    public JoinableQueueProxy<Object> joinableQueue(String name) {
        return joinableQueue(name, Object.class);
    }

    /**
     * {@return the joinable queue with this name, whatever its bound; created empty and unbounded if absent}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param items the class of the items
     */
    public <E> JoinableQueueProxy<E> joinableQueue(String name, Class<E> items) {
        return new JoinableQueueProxy<>(open(ObjectType.JOINABLE_QUEUE, name), items);
    }

    /**
     * {@return the joinable queue with this name, created empty with this bound if absent}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param items the class of the items
     * @param bound the most items that it holds; 0 or less for no bound
     * @throws IllegalArgumentException if there is one with another bound; the text names both
     */
    public <E> JoinableQueueProxy<E> joinableQueue(String name, Class<E> items, int bound) {
        Class<?> held = CollectionTypes.check(items);
        return new JoinableQueueProxy<>(
                open(ObjectType.JOINABLE_QUEUE, name, (long) bound).holding(held), items);
    }

    /**
     * Makes an anonymous simple queue.
     *
     * @return its proxy
     */
    public SimpleQueueProxy<Object> simpleQueue() {
        return simpleQueue(Object.class);
    }

    /**
     * Makes an anonymous simple queue of the given type.
     *
     * @param <E> the type of the elements
     * @param items the class of the items
     * @return its proxy
     */
    public <E> SimpleQueueProxy<E> simpleQueue(Class<E> items) {
        Class<?> held = CollectionTypes.check(items);
        return new SimpleQueueProxy<>(create(ObjectType.SIMPLE_QUEUE).holding(held), items);
    }

    /**
     * {@return the simple queue with this name, created empty if absent, with items of the given type}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param items the class of the items
     */
    public <E> SimpleQueueProxy<E> simpleQueue(String name, Class<E> items) {
        Class<?> held = CollectionTypes.check(items);
        return new SimpleQueueProxy<>(open(ObjectType.SIMPLE_QUEUE, name).holding(held), items);
    }

    /**
     * Makes an anonymous set.
     *
     * @return its proxy
     */
    public SetProxy<Object> set() {
        return set(Object.class);
    }

    /**
     * Makes an anonymous set of the given type.
     *
     * @param <E> the type of the elements
     * @param elements the class of the elements, or the elements at first
     * @return its proxy
     */
    public <E> SetProxy<E> set(Class<E> elements) {
        return new SetProxy<>(create(ObjectType.SET), elements);
    }

    /**
     * Makes an anonymous set with the given elements.
     *
     * @param elements the class of the elements, or the elements at first
     * @return its proxy
     */
    public SetProxy<Object> set(Collection<?> elements) {
        return new SetProxy<>(create(ObjectType.SET, new ValueWriter.Keys(SetProxy.elements(elements))), Object.class);
    }

    /**
     * {@return the set with this name, created empty if absent}
     *
     * @param name the object's name
     */
    public SetProxy<Object> set(String name) {
        return set(name, Object.class);
    }

    /**
     * {@return the set with this name, created empty if absent, with elements of the given type}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param elements the class of the elements, or the elements at first
     */
    public <E> SetProxy<E> set(String name, Class<E> elements) {
        return new SetProxy<>(open(ObjectType.SET, name), elements);
    }

    /**
     * Makes an anonymous priority queue of the given type; a bound of 0 or less is none.
     *
     * @param <E> the type of the elements
     * @param items the class of the items
     * @param bound the most items that it holds; 0 or less for no bound
     * @return its proxy
     */
    public <E> PriorityQueueProxy<E> priorityQueue(Class<E> items, int bound) {
        return new PriorityQueueProxy<>(create(ObjectType.PRIORITY_QUEUE, (long) bound), items);
    }

    /**
     * {@return the priority queue with this name, whatever its bound; created empty and unbounded if absent}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param items the class of the items
     */
    public <E> PriorityQueueProxy<E> priorityQueue(String name, Class<E> items) {
        return new PriorityQueueProxy<>(open(ObjectType.PRIORITY_QUEUE, name), items);
    }

    /**
     * {@return the priority queue with this name, created empty with this bound if absent}
     *
     * @param <E> the type of the elements
     * @param name the object's name
     * @param items the class of the items
     * @param bound the most items that it holds; 0 or less for no bound
     * @throws IllegalArgumentException if there is one with another bound; the text names both
     */
    public <E> PriorityQueueProxy<E> priorityQueue(String name, Class<E> items, int bound) {
        return new PriorityQueueProxy<>(open(ObjectType.PRIORITY_QUEUE, name, (long) bound), items);
    }

    /**
     * Makes an anonymous iterator over a dict (its keys), a list or a set; see {@link IteratorProxy}.
     *
     * @param collection a dict, list or set
     * @return its proxy
     */
    public IteratorProxy<Object> iterator(Proxy collection) {
        return iterator(collection, Object.class);
    }

    /**
     * Makes an anonymous iterator with elements of the given type.
     *
     * @param <E> the type of the elements
     * @param collection a dict, list or set
     * @param elements the class of the elements, or the elements at first
     * @return its proxy
     */
    public <E> IteratorProxy<E> iterator(Proxy collection, Class<E> elements) {
        return new IteratorProxy<>(create(ObjectType.ITERATOR, collection), elements);
    }

    /**
     * Makes an anonymous counter that starts at zero.
     *
     * @return its proxy
     */
    public CounterProxy counter() {
        return new CounterProxy(create(ObjectType.COUNTER));
    }

    /**
     * {@return the counter with this name, created at zero if absent}
     *
     * @param name the object's name
     */
    public CounterProxy counter(String name) {
        return new CounterProxy(open(ObjectType.COUNTER, name));
    }

    /**
     * Makes an anonymous value: Python's {@code manager.Value('i', 5)}.
     *
     * @param <T> the type of the values
     * @param code one of {@code b B c u h H i I l L q Q f d ?}
     * @param initial the initial value
     * @return its proxy
     */
    @SuppressWarnings("unchecked")
    public <T> ValueProxy<T> value(String code, T initial) {
        return new ValueProxy<>(create(ObjectType.VALUE, code, initial), (Class<T>) initial.getClass());
    }

    /**
     * Makes an anonymous value that is 0 at first: Python's {@code Value('i')}. One round trip.
     *
     * @param <T> the class of the code's values: Integer for {@code b B h H i}, Long for {@code I l L q Q}, Float, Double, Boolean, String for
     *     {@code u}, {@code byte[]} for {@code c}; another one fails with {@link ClassCastException} when the value is used. {@code value(code, 0L)} chooses
     * @param code one of {@code b B c u h H i I l L q Q f d ?}
     * @return its proxy
     * @throws IllegalArgumentException if there is no such code; for that of a pointer the text says why
     */
    @SuppressWarnings("unchecked") // the Javadoc says which class it is
    public <T> ValueProxy<T> value(String code) {
        return value(code, (T) TypeCodes.zero(code));
    }

    /**
     * Returns the value with this name, created with this type code and initial value if absent; those of an existing value stay.
     *
     * @param <T> the type of the values
     * @param name the object's name
     * @param code one of {@code b B c u h H i I l L q Q f d ?}
     * @param initial the initial value
     * @return its proxy
     */
    @SuppressWarnings("unchecked")
    public <T> ValueProxy<T> value(String name, String code, T initial) {
        return new ValueProxy<>(open(ObjectType.VALUE, name, code, initial), (Class<T>) initial.getClass());
    }

    /**
     * Makes an anonymous array of zeros, with elements of the given type: Python's {@code Array('i', 10)}.
     *
     * @param <T> the type of the values
     * @param code one of {@code b B c u h H i I l L q Q f d ?}
     * @param elements the class of the elements, or the elements at first
     * @param length the number of elements
     * @return its proxy
     */
    public <T> ArrayProxy<T> array(String code, Class<T> elements, int length) {
        return new ArrayProxy<>(create(ObjectType.ARRAY, code, (long) length), elements);
    }

    /**
     * Makes an anonymous array with the given elements.
     *
     * @param <T> the type of the values
     * @param code one of {@code b B c u h H i I l L q Q f d ?}
     * @param elements the class of the elements, or the elements at first
     * @param values the class of the values
     * @return its proxy
     */
    public <T> ArrayProxy<T> array(String code, Class<T> elements, List<? extends T> values) {
        return new ArrayProxy<>(create(ObjectType.ARRAY, code, ListProxy.contents(values)), elements);
    }

    /**
     * {@return the array with this name, created as zeros with this type code and length if absent; those of an existing array stay}
     *
     * @param <T> the type of the values
     * @param name the object's name
     * @param code one of {@code b B c u h H i I l L q Q f d ?}
     * @param elements the class of the elements, or the elements at first
     * @param length the number of elements
     */
    public <T> ArrayProxy<T> array(String name, String code, Class<T> elements, int length) {
        return new ArrayProxy<>(open(ObjectType.ARRAY, name, code, (long) length), elements);
    }
}
