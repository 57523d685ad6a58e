package io.multiproc.client;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sequence: Python's {@code tuple}. Elements may be null. It is a {@link List}, so it equals any list of
 * equal elements in Java. On the server a tuple and a list are different: a tuple never equals a list, and only a tuple
 * can be a dict's key. Thread-safe if its elements are.
 *
 * <p>Tuples are ordered by their first elements that differ in order, as in Python, and a shorter one comes before a longer one that starts alike. Where Python
 * has no order (elements of different classes) the names of the classes decide, and all elements of classes that are not known to have an order count as alike,
 * so two tuples may be alike in order without being equal.
 */
// the order is what keeps Java's hash tables fast with tuples that somebody has chosen to have the same hash code
public final class Tuple extends AbstractList<@Nullable Object> implements RandomAccess, Comparable<Tuple> {
    private static final Tuple EMPTY = new Tuple();

    /** Their own order never throws, and goes well with that of other classes. */
    private static final Set<Class<?>> ORDERED = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Character.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            Instant.class,
            OffsetDateTime.class,
            Duration.class);

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

    @Override
    public int compareTo(Tuple other) {
        return compare(this, other);
    }

    private static int compare(List<?> x, List<?> y) {
        Iterator<?> xs = x.iterator();
        Iterator<?> ys = y.iterator();
        while (xs.hasNext() && ys.hasNext()) {
            int order = compareElements(xs.next(), ys.next());
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(xs.hasNext(), ys.hasNext());
    }

    @SuppressWarnings("unchecked") // each of these classes is comparable with itself
    private static int compareElements(@Nullable Object x, @Nullable Object y) {
        if (x == y) {
            return 0;
        }
        int order = kind(x).compareTo(kind(y));
        if (order != 0 || x == null || y == null) {
            return order;
        }
        if (x instanceof List<?> l && y instanceof List<?> m) {
            return compare(l, m);
        }
        return ORDERED.contains(x.getClass()) ? ((Comparable<Object>) x).compareTo(y) : 0;
    }

    /** The same for all that may be equal. */
    private static String kind(@Nullable Object x) {
        return x == null
                ? ""
                : ORDERED.contains(x.getClass())
                        ? x.getClass().getName()
                        : x instanceof List ? List.class.getName() : Object.class.getName();
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
