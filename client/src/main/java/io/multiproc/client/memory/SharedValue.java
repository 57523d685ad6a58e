package io.multiproc.client.memory;

import io.multiproc.client.internal.value.TypeCodes;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value of one of CPython's type codes in shared memory: {@code multiprocessing.Value}. The codes are {@code b B h H i I l L q Q f d},
 * {@code ?} (boolean), {@code u} (a character) and {@code c} (a byte, as a {@code byte[]} of length 1 or a {@code Byte}); {@code l} and {@code L} have 8
 * bytes. Codes of pointers ({@code z Z P}) are refused.
 *
 * <p>Every method is atomic by itself, with the effects of a volatile variable, and takes no lock; {@link #getLock()} is for what several calls do
 * together. A value out of the code's range or of another kind is refused with {@link IllegalArgumentException}, and nothing is changed. Null
 * is refused. As an argument of a process or item of a queue it arrives as the same value. Thread-safe.
 */
public final class SharedValue<T> implements AutoCloseable {
    private final Cells cells;
    private final Class<T> type;

    private SharedValue(Cells cells, Class<T> type) {
        this.cells = cells;
        this.type = type;
    }

    /**
     * {@return a new value with a lock of its own}
     *
     * @param <T> the type of the value
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @param initial the initial value
     */
    public static <T> SharedValue<T> create(String typeCode, T initial) {
        return make(typeCode, initial, null, false);
    }

    /**
     * {@return a new value with a lock that you have already: {@code Value(code, initial, lock=lock)}}
     *
     * @param <T> the type of the value
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @param initial the initial value
     * @param lock the lock
     */
    public static <T> SharedValue<T> create(String typeCode, T initial, SharedLock lock) {
        return make(typeCode, initial, Objects.requireNonNull(lock), false);
    }

    /**
     * {@return a new value without a lock: {@code Value(code, initial, lock=False)}}
     *
     * @param <T> the type of the value
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @param initial the initial value
     */
    public static <T> SharedValue<T> createRaw(String typeCode, T initial) {
        return make(typeCode, initial, null, true);
    }

    /**
     * {@return a new value that is 0 at first, with a lock of its own: {@code Value(code)}}
     *
     * @param <T> the class of the code's values: Integer for {@code b B h H i}, Long for {@code I l L q Q}, Float, Double, Boolean, String for
     *     {@code u}, {@code byte[]} for {@code c}; another one fails with {@link ClassCastException} when the value is used. {@code create(code, 0L)} chooses
     * @param typeCode one of {@code b B c u h H i I l L q Q f d ?}
     * @throws IllegalArgumentException if there is no such code; for that of a pointer the text says why
     */
    @SuppressWarnings("unchecked") // the Javadoc says which class it is
    public static <T> SharedValue<T> create(String typeCode) {
        return create(typeCode, (T) TypeCodes.zero(typeCode));
    }

    @SuppressWarnings("unchecked") // a value's class
    private static <T> SharedValue<T> make(String typeCode, T initial, @Nullable SharedLock lock, boolean raw) {
        Class<T> type = Kinds.checked((Class<T>) initial.getClass());
        Cells cells = Cells.create(typeCode, 1, lock, raw);
        boolean done = false;
        try {
            cells.bits(0, cells.bitsOf(initial));
            done = true;
        } finally {
            if (!done) {
                cells.close();
            }
        }
        return new SharedValue<>(cells, type);
    }

    /**
     * {@return the value with this name}
     *
     * @param <T> the type of the value
     * @param name the name of the block
     * @param type the class of the value
     * @throws IllegalStateException if there is none, or it is none
     */
    public static <T> SharedValue<T> attach(String name, Class<T> type) {
        return new SharedValue<>(Cells.attach(name), Kinds.checked(type));
    }

    /**
     * {@return the value of a handle; see {@link #handle()}}
     *
     * @param handle the text of its {@code handle()}
     */
    public static SharedValue<?> ofHandle(String handle) {
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

    /** {@return the value} */
    public T get() {
        return Kinds.element(cells.object(cells.bits(0)), type);
    }

    /**
     * Sets the value.
     *
     * @param value the value
     */
    public void set(T value) {
        cells.bits(0, cells.bitsOf(value));
    }

    /** {@return the value as a long, without making an object: cut if it has a fraction, 0 or 1 for a boolean} */
    public long getLong() {
        return cells.asLong(0);
    }

    /** {@return the value as a double, without making an object} */
    public double getDouble() {
        return cells.asDouble(0);
    }

    /**
     * Sets an integer, without making an object.
     *
     * @param value the value
     */
    public void setLong(long value) {
        cells.bits(0, cells.checked(value));
    }

    /**
     * Sets the value if it equals the expected one (floating-point numbers: by their bits); whether it did.
     *
     * @param expected the value that must be there
     * @param value the value
     * @return whether it did
     */
    public boolean compareAndSet(T expected, T value) {
        return cells.swap(0, cells.bitsOf(expected), cells.bitsOf(value));
    }

    /**
     * Sets the value, and returns the one before.
     *
     * @param value the value
     * @return the one before
     */
    public T getAndSet(T value) {
        long bits = cells.bitsOf(value);
        while (true) {
            long before = cells.bits(0);
            if (cells.swap(0, before, bits)) {
                return Kinds.element(cells.object(before), type);
            }
        }
    }

    /**
     * Adds to a number, and returns the sum.
     *
     * @param delta what is added
     * @return the sum
     */
    public T addAndGet(Number delta) {
        return Kinds.element(cells.add(0, delta), type);
    }

    /**
     * Adds to a number without making an object, and returns the sum, cut if it has a fraction.
     *
     * @param delta what is added
     * @return the sum, cut if it has a fraction
     */
    public long add(long delta) {
        return cells.add(0, delta);
    }

    /**
     * Replaces the value by what a function makes of it, and returns that. The function may be called more than once.
     *
     * @param function makes the new value of the old one
     * @return the new value
     */
    public T update(UnaryOperator<T> function) {
        while (true) {
            long before = cells.bits(0);
            T after = function.apply(Kinds.element(cells.object(before), type));
            if (cells.swap(0, before, cells.bitsOf(after))) {
                return after;
            }
        }
    }

    /** {@return the type code} */
    public String typeCodeSymbol() {
        return cells.code.symbol();
    }

    /**
     * {@return the reentrant lock that belongs to the value} The value's own methods do not ask for it.
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
        return "SharedValue(" + typeCodeSymbol() + ", " + Cells.shown(cells.object(cells.bits(0))) + ")";
    }
}
