package io.multiproc.client;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sequence: Python's {@code tuple}. Elements may be null. It is a {@link java.util.List}, so it equals any list of
 * equal elements in Java. On the server a tuple and a list are different: a tuple never equals a list, and only a tuple
 * can be a dict's key. Thread-safe if its elements are.
 */
public final class Tuple extends AbstractList<@Nullable Object> implements RandomAccess {
    private static final Tuple EMPTY = new Tuple();

    private final @Nullable Object[] elements;

    private Tuple(@Nullable Object... elements) {
        this.elements = elements;
    }

    /**
     * {@return a tuple of the elements, which are copied}
     *
     * @param elements the elements
     */
    public static Tuple of(@Nullable Object... elements) {
        return elements.length == 0 ? EMPTY : new Tuple(elements.clone());
    }

    /**
     * {@return a tuple of a collection's elements in its order}
     *
     * @param elements the elements
     */
    public static Tuple copyOf(Iterable<? extends @Nullable Object> elements) {
        if (elements instanceof Tuple tuple) {
            return tuple;
        }
        var list = new java.util.ArrayList<@Nullable Object>();
        elements.forEach(list::add);
        return list.isEmpty() ? EMPTY : new Tuple(list.toArray());
    }

    /**
     * The element at an index.
     *
     * @throws IndexOutOfBoundsException if there is no such element
     */
    @Override
    public @Nullable Object get(int index) {
        if (index < 0 || index >= elements.length) {
            throw new IndexOutOfBoundsException("index " + index + " of a tuple of " + elements.length);
        }
        return elements[index];
    }

    @Override
    public int size() {
        return elements.length;
    }

    @Override
    public @Nullable Object[] toArray() {
        return Arrays.copyOf(elements, elements.length, Object[].class);
    }

    /** As Python prints a tuple: {@code (1, 2)}, {@code (1,)}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("(");
        for (int i = 0; i < elements.length; i++) {
            out.append(i == 0 ? "" : ", ").append(elements[i]);
        }
        return out.append(elements.length == 1 ? ",)" : ")").toString();
    }
}
