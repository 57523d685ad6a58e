package io.multiproc.client.memory;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Elements of one of CPython's type codes in shared memory: {@code multiprocessing.Array}. What {@link SharedValue} says of its methods holds for
 * each element by itself; {@link #getLock()} is for what several calls do together. Its length never changes. Thread-safe.
 */
public final class SharedArray<T> implements AutoCloseable {
    private final Cells cells;
    private final Class<T> type;

    private SharedArray(Cells cells, Class<T> type) {
        this.cells = cells;
        this.type = type;
    }

    /**
     * {@return a new array of zeros, with a lock of its own}
     *
     * @param <T> the type of the elements
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @param type the class of the elements
     * @param length the number of elements
     */
    public static <T> SharedArray<T> create(String typeCode, Class<T> type, int length) {
        return new SharedArray<>(Cells.create(typeCode, length, null, false), Kinds.checked(type));
    }

    /**
     * {@return a new array with a lock of its own}
     *
     * @param <T> the type of the elements
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @param type the class of the elements
     * @param initial the elements at first
     */
    public static <T> SharedArray<T> create(String typeCode, Class<T> type, List<? extends T> initial) {
        return make(typeCode, type, initial, null, false);
    }

    /**
     * {@return a new array with a lock that you have already: {@code Array(code, initial, lock=lock)}}
     *
     * @param <T> the type of the elements
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @param type the class of the elements
     * @param initial the elements at first
     * @param lock the lock
     */
    public static <T> SharedArray<T> create(
            String typeCode, Class<T> type, List<? extends T> initial, SharedLock lock) {
        return make(typeCode, type, initial, Objects.requireNonNull(lock), false);
    }

    /**
     * {@return a new array without a lock: {@code Array(code, initial, lock=False)}}
     *
     * @param <T> the type of the elements
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @param type the class of the elements
     * @param initial the elements at first
     */
    public static <T> SharedArray<T> createRaw(String typeCode, Class<T> type, List<? extends T> initial) {
        return make(typeCode, type, initial, null, true);
    }

    private static <T> SharedArray<T> make(
            String typeCode, Class<T> type, List<? extends T> initial, @Nullable SharedLock lock, boolean raw) {
        Cells cells = Cells.create(typeCode, initial.size(), lock, raw);
        boolean done = false;
        try {
            SharedArray<T> made = new SharedArray<>(cells, Kinds.checked(type));
            for (int i = 0; i < cells.count; i++) {
                made.set(i, initial.get(i));
            }
            done = true;
            return made;
        } finally {
            if (!done) {
                cells.close();
            }
        }
    }

    /**
     * {@return the array with this name}
     *
     * @param <T> the type of the elements
     * @param name the name of the block
     * @param type the class of the elements
     * @throws IllegalStateException if there is none, or it is none
     */
    public static <T> SharedArray<T> attach(String name, Class<T> type) {
        return new SharedArray<>(Cells.attach(name), Kinds.checked(type));
    }

    /**
     * {@return the array of a handle; see {@link #handle()}}
     *
     * @param handle the text of its {@code handle()}
     */
    public static SharedArray<?> ofHandle(String handle) {
        return attach(Kinds.name(handle), Kinds.type(handle));
    }

    /**
     * Name and Java type as one text.
     *
     * @return the text
     */
    public String handle() {
        return Kinds.text(name(), type);
    }

    /** {@return its name, for {@link #attach}} */
    public String name() {
        return cells.block.name();
    }

    /** {@return how many elements it has} */
    public int size() {
        return cells.count;
    }

    /**
     * {@return the element at an index from 0}
     *
     * @param index the index
     * @throws IndexOutOfBoundsException if there is none, as all methods with an index
     */
    public T get(int index) {
        return Kinds.element(cells.object(cells.bits(index)), type);
    }

    /**
     * Sets an element.
     *
     * @param index the index
     * @param value the value
     */
    public void set(int index, T value) {
        cells.bits(index, cells.bitsOf(value));
    }

    /**
     * {@return an element as a long, without making an object; see {@link SharedValue#getLong}}
     *
     * @param index the index
     */
    public long getLong(int index) {
        return cells.asLong(index);
    }

    /**
     * {@return an element as a double, without making an object}
     *
     * @param index the index
     */
    public double getDouble(int index) {
        return cells.asDouble(index);
    }

    /**
     * Sets an integer, without making an object.
     *
     * @param index the index
     * @param value the value
     */
    public void setLong(int index, long value) {
        cells.bits(index, cells.checked(value));
    }

    /**
     * Sets an element if it equals the expected one; whether it did.
     *
     * @param index the index
     * @param expected the value that must be there
     * @param value the value
     * @return whether it did
     */
    public boolean compareAndSet(int index, T expected, T value) {
        return cells.swap(index, cells.bitsOf(expected), cells.bitsOf(value));
    }

    /**
     * Adds to an element, and returns the sum.
     *
     * @param index the index
     * @param delta what is added
     * @return the sum
     */
    public T addAndGet(int index, Number delta) {
        return Kinds.element(cells.add(index, delta), type);
    }

    /**
     * Adds to an element without making an object, and returns the sum, cut if it has a fraction.
     *
     * @param index the index
     * @param delta what is added
     * @return the sum, cut if it has a fraction
     */
    public long add(int index, long delta) {
        return cells.add(index, delta);
    }

    /**
     * {@return a copy of the elements of a slice: Python's {@code a[start:stop:step]}, null for what is left out} Negative indices count from the end, and
     * those beyond an end are that end. Each element is read by itself; hold the lock for a picture of one moment.
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     * @param step the distance between indices, negative for the way back
     * @throws IllegalArgumentException if the step is 0
     */
    public List<T> slice(@Nullable Integer start, @Nullable Integer stop, @Nullable Integer step) {
        Slice slice = Slice.of(size(), start, stop, step);
        List<T> found = new ArrayList<>(slice.count());
        for (int i = 0; i < slice.count(); i++) {
            found.add(get(slice.at(i)));
        }
        return found;
    }

    /**
     * {@return a copy of the elements from one index to before another: {@code a[start:stop]}}
     *
     * @param start the index of the first element
     * @param stop the index after the last element
     */
    public List<T> slice(int start, int stop) {
        return slice(start, stop, null);
    }

    /**
     * Sets the elements of a slice: {@code a[start:stop:step] = values}. Each element is set by itself; hold the lock for a change in one step. If a value
     * is refused, nothing is changed.
     *
     * @param start the index of the first element, as in {@link #slice(Integer, Integer, Integer)}
     * @param stop the index after the last element
     * @param step the distance between indices
     * @param values the values, as many as the slice has elements
     * @throws IllegalArgumentException if there are more or fewer values, because an array keeps its length, or the step is 0
     */
    public void setSlice(
            @Nullable Integer start, @Nullable Integer stop, @Nullable Integer step, List<? extends T> values) {
        Slice slice = Slice.of(size(), start, stop, step);
        long[] bits = values.stream().mapToLong(cells::bitsOf).toArray();
        if (bits.length != slice.count()) {
            throw new IllegalArgumentException("the slice has " + slice.count() + " elements, not " + bits.length
                    + ": the length of an array never changes");
        }
        for (int i = 0; i < bits.length; i++) {
            cells.bits(slice.at(i), bits[i]);
        }
    }

    /**
     * {@return all bytes of an array of type code {@code c}: Python's {@code a.raw}} A copy.
     *
     * @throws IllegalStateException if it has another type code
     */
    public byte[] raw() {
        byte[] all = new byte[bytes().size()];
        buffer().get(all);
        return all;
    }

    /**
     * Sets the first bytes of an array of type code {@code c}: {@code a.raw = b}. The others stay. Not atomic; hold the lock.
     *
     * @param bytes the bytes, at most as many as it has
     * @throws IllegalArgumentException if there are more; nothing is changed
     * @throws IllegalStateException if it has another type code
     */
    public void setRaw(byte[] bytes) {
        if (bytes.length > bytes().size()) {
            throw new IllegalArgumentException(bytes.length + " bytes do not fit into " + size());
        }
        ByteBuffer ignored = buffer().put(bytes);
    }

    /**
     * {@return the bytes before the first zero of an array of type code {@code c}, all without one: Python's {@code a.value}} A copy.
     *
     * @throws IllegalStateException if it has another type code
     */
    public byte[] value() {
        byte[] all = raw();
        int end = 0;
        while (end < all.length && all[end] != 0) {
            end++;
        }
        return Arrays.copyOf(all, end);
    }

    /**
     * Sets the first bytes of an array of type code {@code c}, and a zero behind them if there is room: {@code a.value = b}. Not atomic; hold the lock.
     *
     * @param bytes the bytes, at most as many as it has
     * @throws IllegalArgumentException if there are more; nothing is changed
     * @throws IllegalStateException if it has another type code
     */
    public void setValue(byte[] bytes) {
        setRaw(bytes);
        if (bytes.length < size()) {
            cells.bits(bytes.length, 0);
        }
    }

    private SharedArray<T> bytes() {
        if (!typeCodeSymbol().equals("c")) {
            throw new IllegalStateException(
                    "only an array of type code 'c' is bytes, this one has '" + typeCodeSymbol() + "'");
        }
        return this;
    }

    /** {@return a copy: {@code a[:]}} Each element is read by itself; hold the lock for a picture of one moment. */
    public List<T> toList() {
        return new ArrayList<>(asList());
    }

    /** {@return the array as a list of fixed size, live} */
    public List<T> asList() {
        return new View();
    }

    /** {@return the elements' bytes, live, in the machine's order} Access through it is not atomic, nor checked for range. */
    public ByteBuffer buffer() {
        return cells.elements();
    }

    /** {@return the type code} */
    public String typeCodeSymbol() {
        return cells.code.symbol();
    }

    /**
     * {@return the reentrant lock that belongs to the array} The array's own methods do not ask for it.
     *
     * @throws IllegalStateException if it was created without
     */
    public SharedLock getLock() {
        return cells.lock();
    }

    /** Ends its use here; whoever created it removes it, too: others that have it keep it. */
    @Override
    public void close() {
        cells.close();
    }

    @Override
    public String toString() {
        StringJoiner all = new StringJoiner(", ", "SharedArray(" + typeCodeSymbol() + ", [", "])");
        for (int i = 0; i < size(); i++) {
            all.add(Cells.shown(cells.object(cells.bits(i))));
        }
        return all.toString();
    }

    private final class View extends AbstractList<T> implements RandomAccess {
        @Override
        public T get(int index) {
            return SharedArray.this.get(index);
        }

        @Override
        public T set(int index, T value) {
            T before = get(index);
            SharedArray.this.set(index, value);
            return before;
        }

        @Override
        public int size() {
            return SharedArray.this.size();
        }
    }
}
