package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.SetOp;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A shared set: a {@link Set} that lives on the manager. It keeps the order of insertion. Elements are what keys of a {@link
 * DictProxy} can be, and are compared in the same way: by value, numbers across their widths.
 *
 * <p>Every method is one round trip and atomic unless it says otherwise. Iteration brings elements in chunks and is weakly
 * consistent: it sees each element that is there all the time just once. {@link #equals} and {@link #hashCode} compare contents as {@link Set}
 * demands, which reads the whole set. A Java program cannot add null; a {@code None} that a Python program
 * has added is an element: iterators, streams, copies and {@link #pop} give it as null. Every method throws {@link
 * NoSuchObjectException} if the set was deleted. {@link Proxy} says what happens when the connection breaks. A change may be repeated when its
 * outcome is unknown: the set is then the same.
 */
public final class SetProxy<E> extends AbstractSet<E> implements SharedObject, AutoCloseable {
    private static final Long CHUNK = 1000L;

    final ObjectHandle handle;
    private final Class<E> type;

    SetProxy(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
    }

    @Override
    public int typeCode() {
        return handle.type().code();
    }

    @Override
    public long objectId() {
        return handle.id();
    }

    @Override
    public String typeId() {
        return handle.type().wireName();
    }

    @Override
    public void close() {
        handle.release();
    }

    static List<?> elements(Collection<?> c) {
        List<Object> out = new ArrayList<>(c.size());
        for (Object e : c) {
            out.add(Objects.requireNonNull(e, "an element may not be null"));
        }
        return out;
    }

    private static List<Object> queried(Collection<?> c) {
        return new ArrayList<>(c);
    }

    private boolean has(@Nullable Object element) {
        try {
            return ReplyValues.bool(handle.call(SetOp.CONTAINS, element));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    private boolean removes(@Nullable Object element) {
        try {
            return ReplyValues.bool(handle.call(SetOp.REMOVE, element));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    @Override
    public int size() {
        return ReplyValues.size(handle.call(SetOp.SIZE));
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public boolean contains(Object element) {
        return has(Objects.requireNonNull(element, "element"));
    }

    @Override
    public boolean containsAll(Collection<?> elements) {
        try {
            return ReplyValues.bool(handle.call(SetOp.CONTAINS_ALL, elements(elements)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    @Override
    public boolean add(E element) {
        return ReplyValues.bool(handle.call(SetOp.ADD, Objects.requireNonNull(element, "element")));
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        return ReplyValues.bool(handle.call(SetOp.ADD_ALL, elements(elements)));
    }

    @Override
    public boolean remove(Object element) {
        return removes(Objects.requireNonNull(element, "element"));
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        try {
            return ReplyValues.bool(handle.call(SetOp.REMOVE_ALL, queried(elements)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return ReplyValues.bool(handle.call(SetOp.REMOVE_ALL, Queries.present(elements, this::has)));
        }
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        try {
            return ReplyValues.bool(handle.call(SetOp.RETAIN_ALL, queried(elements)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return ReplyValues.bool(handle.call(SetOp.RETAIN_ALL, Queries.present(elements, this::has)));
        }
    }

    /** Removes what the predicate wants removed, in chunks, each element atomically. */
    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        Objects.requireNonNull(filter, "filter");
        boolean changed = false;
        for (E e : this) {
            changed |= filter.test(e) && removes(e);
        }
        return changed;
    }

    @Override
    public void clear() {
        handle.call(SetOp.CLEAR);
    }

    /**
     * Removes the element inserted last, and returns it.
     *
     * @return the element
     * @throws NoSuchElementException if the set is empty
     * @throws SerializationException if this program cannot read the element; it is removed, and {@link SerializationException#value} has it
     */
    public E pop() {
        DictProxy.Existing<E> element = handle.call(DictProxy.existing(type), SetOp.POP);
        if (element == null) {
            throw new NoSuchElementException("the set is empty");
        }
        return ReplyValues.result(element.value());
    }

    /** {@return a copy: all elements at one moment} */
    public Set<E> snapshot() {
        Set<E> out = new LinkedHashSet<>();
        if (handle.call(SetOp.SNAPSHOT) instanceof Collection<?> c) {
            for (Object e : c) {
                out.add(ReplyValues.element(e, type));
            }
        }
        return out;
    }

    @Override
    public @Nullable Object[] toArray() {
        return snapshot().toArray();
    }

    @Override
    public <T> T[] toArray(T[] array) {
        return snapshot().toArray(array);
    }

    /** Does not know its size, which others may change. */
    @Override
    public Spliterator<E> spliterator() {
        return DictViews.unsized(iterator(), Spliterator.DISTINCT);
    }

    @Override
    public Iterator<E> iterator() {
        return new Walk();
    }

    private final class Walk implements Iterator<E> {
        private Iterator<?> chunk = List.of().iterator();
        private long cursor;
        private @Nullable Object last;
        private boolean removable;

        @Override
        public boolean hasNext() {
            while (!chunk.hasNext() && cursor >= 0) {
                List<?> reply = ReplyValues.list(handle.call(SetOp.CHUNK, cursor, CHUNK));
                cursor = ReplyValues.integer(reply.get(0));
                chunk = ReplyValues.list(reply.get(1)).iterator();
            }
            return chunk.hasNext();
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            last = chunk.next();
            removable = true;
            return ReplyValues.element(last, type);
        }

        @Override
        public void remove() {
            if (!removable) {
                throw new IllegalStateException("next() was not called");
            }
            removable = false;
            removes(last);
        }
    }

    /** {@return a view without blocking} */
    public AsyncSet<E> async() {
        return new AsyncSet<>(handle, type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Set<?> s && snapshot().equals(s instanceof SetProxy<?> p ? p.snapshot() : s));
    }

    @Override
    public int hashCode() {
        return snapshot().hashCode();
    }

    @Override
    public String toString() {
        return snapshot().toString();
    }
}
