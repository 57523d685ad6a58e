package io.multiproc.client;

import io.multiproc.client.internal.session.Encoded;
import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import io.multiproc.protocol.op.ListOp;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A shared list: a {@link List} that lives on the manager, with Python's slices and negative indices beside.
 *
 * <p>Every method is atomic and one round trip unless it says otherwise, blocks only for that round trip, and may be called by
 * any number of threads and processes. Elements may be null. Elements are equal as in {@link DictProxy}. {@code get(i)} in a
 * loop costs a round trip each: iterate (chunks), or take a {@link #snapshot}. Iterators are weakly consistent by position:
 * when others insert or remove before it, an iterator may repeat or miss elements, and never fails for it. Its {@code remove} and {@code
 * set} change an element equal to the one returned last, the nearest to where that was, as one step. If there is none any more, {@code
 * remove} does nothing and {@code set} throws {@link java.util.ConcurrentModificationException}.
 *
 * <p>A call that throws has changed nothing, but for one: where the element that {@code set}, {@code remove(int)} or {@code pop} brings cannot be read by this
 * program, or is not of this proxy's type, the change is made, and {@link SerializationException} says so in its {@code outcome()} and has the element.
 *
 * <p>Methods of {@link List} check indices as it demands; those with Python's names ({@link #at}, {@link #pop(int)}, {@link
 * #insert}, {@link #slice}) count a negative index from the end. Every method throws {@link NoSuchObjectException} if the
 * list was deleted. {@link Proxy} says what happens when the connection breaks.
 */
public final class ListProxy<E> extends AbstractList<E> implements SharedObject, AutoCloseable {
    final ObjectHandle handle;
    private final Class<E> type;
    /** Of a call that changes something: what fails here is told as {@link SerializationException}. */
    private final Session.Decoder<E> asElement;

    ListProxy(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
        asElement = v -> ReplyValues.as(v, type);
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

    /** Elements to send: the contents of a list that is shared itself, since a proxy would travel as a reference. */
    static List<?> contents(List<?> elements) {
        return elements instanceof ListProxy<?> p ? p.snapshot() : elements;
    }

    private E element(@Nullable Object v) {
        return ReplyValues.element(v, type);
    }

    private static Long index(int index) {
        if (index < 0) {
            throw new IndexOutOfBoundsException("index " + index + "; negative indices are for at(), pop() and slices");
        }
        return (long) index;
    }

    // ---- java.util.List

    @Override
    public int size() {
        return ReplyValues.size(handle.call(ListOp.SIZE));
    }

    @Override
    public E get(int index) {
        return element(handle.call(ListOp.GET, index(index)));
    }

    @Override
    public E set(int index, E element) {
        return ReplyValues.result(handle.call(asElement, ListOp.SET, index(index), element));
    }

    @Override
    public boolean add(E element) {
        handle.call(ListOp.ADD, element);
        return true;
    }

    @Override
    public void add(int index, E element) {
        handle.call(ListOp.ADD_AT, index(index), element);
    }

    /** Appends all elements as one step. */
    @Override
    public boolean addAll(Collection<? extends E> elements) {
        List<E> copy = new ArrayList<>(elements);
        handle.call(ListOp.ADD_ALL, copy);
        return !copy.isEmpty();
    }

    @Override
    public boolean addAll(int index, Collection<? extends E> elements) {
        List<E> copy = new ArrayList<>(elements);
        handle.call(ListOp.ADD_ALL_AT, index(index), copy);
        return !copy.isEmpty();
    }

    @Override
    public E remove(int index) {
        return ReplyValues.result(handle.call(asElement, ListOp.REMOVE_AT, index(index)));
    }

    @Override
    public boolean remove(@Nullable Object o) {
        try {
            return ReplyValues.bool(handle.call(ListOp.REMOVE_VALUE, o));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    @Override
    public boolean removeAll(Collection<?> values) {
        try {
            return ReplyValues.bool(handle.call(ListOp.REMOVE_ALL, new ArrayList<>(values)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return ReplyValues.bool(handle.call(ListOp.REMOVE_ALL, Queries.present(values, this::contains)));
        }
    }

    @Override
    public boolean retainAll(Collection<?> values) {
        try {
            return ReplyValues.bool(handle.call(ListOp.RETAIN_ALL, new ArrayList<>(values)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return ReplyValues.bool(handle.call(ListOp.RETAIN_ALL, Queries.present(values, this::contains)));
        }
    }

    @Override
    public boolean contains(@Nullable Object o) {
        return indexOf(o) >= 0;
    }

    @Override
    public boolean containsAll(Collection<?> values) {
        try {
            return ReplyValues.bool(handle.call(ListOp.CONTAINS_ALL, new ArrayList<>(values)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    @Override
    public int indexOf(@Nullable Object o) {
        try {
            return (int) ReplyValues.integer(handle.call(ListOp.INDEX_OF, o));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return -1;
        }
    }

    @Override
    public int lastIndexOf(@Nullable Object o) {
        try {
            return (int) ReplyValues.integer(handle.call(ListOp.LAST_INDEX_OF, o));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return -1;
        }
    }

    @Override
    public void clear() {
        handle.call(ListOp.CLEAR);
    }

    @Override
    protected void removeRange(int from, int to) {
        handle.call(ListOp.DELETE_SLICE, (long) from, (long) to);
    }

    /**
     * Iterates in chunks: a round trip for 1000 elements, then 2000, then 4000 each, and for fewer where they are large. What others
     * append after an iterator has received the last chunk, it does not see.
     */
    @Override
    public Iterator<E> iterator() {
        return listIterator(0);
    }

    /** Iterates in chunks, as {@link #iterator} does, in both directions. */
    @Override
    public ListIterator<E> listIterator(int index) {
        if (index < 0 || (index > 0 && index > size())) {
            throw new IndexOutOfBoundsException("index " + index);
        }
        return new ChunkedListIterator<>(this, index);
    }

    @Override
    public Spliterator<E> spliterator() {
        return Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED);
    }

    @Override
    public @Nullable Object[] toArray() {
        return snapshot().toArray();
    }

    @Override
    public <T> T[] toArray(T[] array) {
        return snapshot().toArray(array);
    }

    @Override
    public void forEach(Consumer<? super E> action) {
        iterator().forEachRemaining(action);
    }

    /**
     * Sorts by the comparator, which runs here: a snapshot is sorted and stored if the list did not change meanwhile, else it
     * starts again. A null comparator sorts on the manager in one round trip, as {@link #sort(boolean)}.
     */
    @Override
    public void sort(@Nullable Comparator<? super E> comparator) {
        if (comparator == null) {
            sort(false);
            return;
        }
        rewrite(all -> {
            all.sort(comparator);
            return true;
        });
    }

    /** Replaces each element, all as one step; the operator runs here and may run again if others change the list. */
    @Override
    public void replaceAll(UnaryOperator<E> operator) {
        rewrite(all -> {
            all.replaceAll(operator);
            return true;
        });
    }

    /** Removes the matching elements, all as one step; the predicate runs here, again if others change the list. */
    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        return rewrite(all -> all.removeIf(filter));
    }

    /** The elements of [from, to), encoded. */
    @Nullable
    Encoded encodedSlice(int from, int to) {
        return handle.callEncoded(ListOp.SLICE, (long) from, (long) to);
    }

    List<E> decode(@Nullable Encoded slice) {
        return ReplyValues.listOf(slice == null ? null : handle.session().decode(slice), type);
    }

    /** Removes the element nearest to the index that equals an expected one; the index where it was, or -1. */
    int removeNear(int index, @Nullable Object expected) {
        try {
            return (int) ReplyValues.integer(handle.call(ListOp.REMOVE_NEAR, (long) index, expected));
        } catch (RequestRejectedException e) {
            Queries.olderServer(e);
            remove(index);
            return index;
        }
    }

    /** Replaces the element nearest to the index that equals an expected one; the index where it is, or -1. */
    int setNear(int index, @Nullable Object expected, E element) {
        try {
            return (int) ReplyValues.integer(handle.call(ListOp.SET_NEAR, (long) index, expected, element));
        } catch (RequestRejectedException e) {
            Queries.olderServer(e);
            return ReplyValues.bool(handle.call(ListOp.COMPARE_AND_SET, (long) index, expected, element)) ? index : -1;
        }
    }

    private boolean rewrite(Predicate<List<E>> change) {
        while (true) {
            List<?> seen = ReplyValues.list(handle.call(ListOp.SNAPSHOT));
            List<E> all = ReplyValues.listOf(seen.get(1), type);
            if (!change.test(all)) {
                return false;
            }
            if (ReplyValues.bool(handle.call(ListOp.REPLACE_IF_VERSION, seen.get(0), all))) {
                return true;
            }
        }
    }

    // ---- Python's list

    /**
     * {@return the element at the index; a negative one counts from the end: Python's {@code l[index]}}
     *
     * @param index the index
     */
    public E at(int index) {
        return element(handle.call(ListOp.GET, (long) index));
    }

    /**
     * A view of a part of this list. Its operations are this list's, shifted by where the part begins, and several threads may use it: they change
     * its size one after the other. The part is fixed by indices: what other programs, or this one beside the view, insert or remove before or in it
     * moves other elements into it, and its size does not follow. An iteration by several threads at once needs {@code synchronized} on the view.
     *
     * @param fromIndex the index of the first element
     * @param toIndex the index after the last
     * @return the view
     * @throws IndexOutOfBoundsException if the list has no such part
     * @throws IllegalArgumentException if they are in the wrong order
     */
    @Override
    public List<E> subList(int fromIndex, int toIndex) {
        // the view's size is a field
        return Collections.synchronizedList(super.subList(fromIndex, toIndex));
    }

    /**
     * Appends an element: Python's {@code append}.
     *
     * @param element the element
     */
    public void append(E element) {
        add(element);
    }

    /**
     * Appends all elements as one step: Python's {@code extend}.
     *
     * @param elements the elements
     */
    public void extend(Collection<? extends E> elements) {
        addAll(elements);
    }

    /**
     * Inserts before the index as Python does: a negative one counts from the end, one out of range means the nearest end.
     *
     * @param index the index
     * @param element the element
     */
    public void insert(int index, E element) {
        handle.call(ListOp.INSERT, (long) index, element);
    }

    /**
     * Removes the last element and returns it: Python's {@code pop()}.
     *
     * @return the element
     * @throws IndexOutOfBoundsException if the list is empty
     */
    public E pop() {
        return pop(-1);
    }

    /**
     * Removes the element at the index, which may be negative, and returns it: Python's {@code pop(index)}.
     *
     * @param index the index
     * @return the element
     */
    public E pop(int index) {
        return ReplyValues.result(handle.call(asElement, ListOp.REMOVE_AT, (long) index));
    }

    /**
     * {@return the first index of an equal element within [start, stop), or -1; bounds as in a slice}
     *
     * @param value the value
     * @param start the index of the first element
     * @param stop the index after the last element
     */
    public int index(E value, int start, int stop) {
        try {
            return (int) ReplyValues.integer(handle.call(ListOp.INDEX_OF, value, (long) start, (long) stop));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return -1;
        }
    }

    /**
     * {@return how many elements are equal to the value}
     *
     * @param value the value
     */
    public int count(@Nullable E value) {
        try {
            return ReplyValues.size(handle.call(ListOp.COUNT, value));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return 0;
        }
    }

    /** Reverses the list in place. */
    public void reverse() {
        handle.call(ListOp.REVERSE);
    }

    /**
     * Sorts on the manager by natural order, stable: numbers, texts by code point, bytes, dates, tuples and lists of these.
     *
     * @param reverse whether the greatest comes first
     * @throws ClassCastException if two elements have no order; the list is as it was
     */
    public void sort(boolean reverse) {
        handle.call(ListOp.SORT, reverse);
    }

    /**
     * Repeats the content in place: Python's {@code l *= times}.
     *
     * @param times how many times
     */
    public void repeat(int times) {
        handle.call(ListOp.REPEAT, (long) times);
    }

    /**
     * {@return a copy of a slice: Python's {@code l[start:stop:step]}; null stands for a bound left out}
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     */
    public List<E> slice(@Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        return ReplyValues.listOf(handle.call(ListOp.SLICE, bound(start), bound(stop), bound(step)), type);
    }

    /**
     * {@return a copy of {@code l[start:stop]}}
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     */
    public List<E> slice(@Nullable Integer start, @Nullable Integer stop) {
        return slice(start, stop, null);
    }

    /**
     * Assigns to a slice: Python's {@code l[start:stop:step] = values}.
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     * @param values the values
     * @throws IllegalArgumentException if the step is not 1 and the number of values is not that of the slice
     */
    public void setSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step, Collection<? extends E> values) {
        handle.call(ListOp.SET_SLICE, bound(start), bound(stop), bound(step), new ArrayList<>(values));
    }

    /**
     * Deletes a slice: Python's {@code del l[start:stop:step]}.
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices
     */
    public void deleteSlice(@Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        handle.call(ListOp.DELETE_SLICE, bound(start), bound(stop), bound(step));
    }

    static Object bound(@Nullable Integer bound) {
        return bound == null ? Session.ABSENT : Long.valueOf(bound);
    }

    /**
     * Replaces the element at the index, which may be negative, only if it equals the expected one.
     *
     * @param index the index
     * @param expected the value that must be there
     * @param value the value
     * @return whether it was equal
     */
    public boolean compareAndSet(int index, @Nullable E expected, @Nullable E value) {
        return ReplyValues.bool(handle.call(ListOp.COMPARE_AND_SET, (long) index, expected, value));
    }

    /** {@return a copy of all elements at one moment} One round trip, O(n) bytes. */
    public List<E> snapshot() {
        return ReplyValues.listOf(ReplyValues.list(handle.call(ListOp.SNAPSHOT)).get(1), type);
    }

    /** {@return the same operations without blocking} */
    public AsyncList<E> async() {
        return new AsyncList<>(handle, type);
    }

    /** Compares contents, as {@link List} demands: reads the whole list. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof List<?> l
                        && Objects.equals(snapshot(), l instanceof ListProxy<?> p ? p.snapshot() : l));
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
