package io.multiproc.client.memory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A list of fixed length in shared memory: Python's {@code multiprocessing.shared_memory.ShareableList}, and the same list for Python programs
 * (3.9 or newer) on this machine. Elements are null, booleans, integers up to 64 bits, floating-point numbers, texts and byte arrays;
 * integers come back as {@code Long}, floating-point numbers as {@code Double}. A text or byte array that is set later must fit in
 * the place of the first one, rounded up to 8 bytes. As in Python, zero bytes at the end of a text or byte array are lost.
 *
 * <p>Nothing here is atomic: use a {@link SharedLock} beside it where several processes write.
 */
public final class ShareableList implements AutoCloseable {
    private static final int WORD = 8;
    private static final byte PLAIN = 0;
    private static final byte TEXT = 1;
    private static final byte BYTES = 2;
    private static final byte NOTHING = 3;
    private static final String LONG = "q";
    private static final String REAL = "d";
    private static final String BOOL = "xxxxxxx?";
    private static final String NONE = "xxxxxx?x";

    private final SharedMemory memory;
    private final ByteBuffer b;
    private final int length;
    private final int data;
    private final int formats;
    private final int codes;

    private ShareableList(SharedMemory memory) {
        this.memory = memory;
        b = memory.buffer();
        long n = b.capacity() < 2 * WORD ? -1 : b.getLong(0);
        if (n < 0 || (n + 2) * WORD > b.capacity()) {
            throw notOne(memory);
        }
        length = (int) n;
        data = (length + 2) * WORD;
        long f = length == 0 ? data : data + b.getLong((length + 1) * WORD);
        if (f < data || f + 9L * length > b.capacity()) {
            throw notOne(memory);
        }
        formats = (int) f;
        codes = formats + length * WORD;
    }

    private static IllegalStateException notOne(SharedMemory memory) {
        return new IllegalStateException("the shared memory '" + memory.name() + "' is no shareable list");
    }

    /**
     * {@return a new list with a name of its own}
     *
     * @param elements the elements
     */
    public static ShareableList create(List<? extends @Nullable Object> elements) {
        return make(null, elements);
    }

    /**
     * {@return a new list; see {@link SharedMemory#create(String, int)} for names}
     *
     * @param name the name of the block
     * @param elements the elements
     */
    public static ShareableList create(String name, List<? extends @Nullable Object> elements) {
        return make(Objects.requireNonNull(name), elements);
    }

    private static ShareableList make(@Nullable String name, List<? extends @Nullable Object> elements) {
        int n = elements.size();
        long[] offsets = new long[n + 1];
        for (int i = 0; i < n; i++) {
            byte[] body = body(elements.get(i));
            offsets[i + 1] = offsets[i] + (body == null ? WORD : WORD * (body.length / WORD + 1L));
        }
        long size = (n + 2L) * WORD + offsets[n] + 9L * n;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the elements need " + size + " bytes; a block has less than 2 GiB");
        }
        SharedMemory memory = name == null ? SharedMemory.create((int) size) : SharedMemory.create(name, (int) size);
        ByteBuffer b = memory.buffer();
        b.putLong(0, n);
        for (int i = 0; i <= n; i++) {
            b.putLong((i + 1) * WORD, offsets[i]);
        }
        ShareableList made = new ShareableList(memory);
        for (int i = 0; i < n; i++) {
            made.put(i, elements.get(i), "");
        }
        return made;
    }

    /**
     * {@return the list with this name}
     *
     * @param name the name of the block
     * @throws IllegalStateException if there is none, or it is none
     */
    public static ShareableList attach(String name) {
        return new ShareableList(SharedMemory.attach(name));
    }

    /** The bytes of a text or byte array, null for what has 8 bytes. */
    private static byte @Nullable [] body(@Nullable Object value) {
        if (value instanceof String s) {
            return s.getBytes(StandardCharsets.UTF_8);
        }
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value == null
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof Double
                || value instanceof Float) {
            return null;
        }
        throw new IllegalArgumentException(
                "a shareable list holds null, booleans, integers up to 64 bits, floating-point"
                        + " numbers, texts and byte arrays, no "
                        + value.getClass().getName());
    }

    private int offset(int index) {
        long o = b.getLong((index + 1) * WORD);
        if (o < 0 || o > formats - data - WORD) {
            throw new IllegalStateException("the shareable list '" + name() + "' is damaged");
        }
        return (int) o;
    }

    private int room(int index) {
        long end = b.getLong((index + 2) * WORD);
        if (end < 0 || end > formats - data) {
            throw new IllegalStateException("the shareable list '" + name() + "' is damaged");
        }
        return (int) end - offset(index);
    }

    private String format(int index) {
        byte[] f = new byte[WORD];
        b.get(formats + index * WORD, f);
        return new String(f, StandardCharsets.ISO_8859_1).replace("\0", "").strip();
    }

    private void put(int index, @Nullable Object value, String formatNow) {
        byte[] body = body(value);
        int at = data + offset(index);
        String format;
        byte code = PLAIN;
        if (body != null) {
            int room = room(index);
            if (body.length > room) {
                throw new IllegalArgumentException(
                        "the new element needs " + body.length + " bytes, and its place has " + room);
            }
            format = formatNow.endsWith("s") ? formatNow : room + "s";
            code = value instanceof String ? TEXT : BYTES;
            b.put(at, Arrays.copyOf(body, room));
        } else if (value == null) {
            format = NONE;
            code = NOTHING;
            b.putLong(at, 0);
        } else if (value instanceof Boolean flag) {
            format = BOOL;
            b.put(at + WORD - 1, (byte) (flag ? 1 : 0));
        } else if (value instanceof Double || value instanceof Float) {
            format = REAL;
            b.putDouble(at, ((Number) value).doubleValue());
        } else {
            format = LONG;
            b.putLong(at, ((Number) value).longValue());
        }
        b.put(formats + index * WORD, Arrays.copyOf(format.getBytes(StandardCharsets.US_ASCII), WORD));
        b.put(codes + index, code);
    }

    /**
     * {@return the element at an index; negative ones count from the end}
     *
     * @param index the index
     * @throws IndexOutOfBoundsException if there is none
     */
    public @Nullable Object get(int index) {
        int i = Objects.checkIndex(index < 0 ? index + length : index, length);
        int at = data + offset(i);
        String format = format(i);
        if (b.get(codes + i) == NOTHING) {
            return null;
        }
        if (format.endsWith("s")) {
            byte[] body = new byte[room(i)];
            b.get(at, body);
            int n = body.length;
            while (n > 0 && body[n - 1] == 0) {
                n--;
            }
            return b.get(codes + i) == TEXT ? new String(body, 0, n, StandardCharsets.UTF_8) : Arrays.copyOf(body, n);
        }
        return switch (format) {
            case LONG -> b.getLong(at);
            case REAL -> b.getDouble(at);
            default -> b.get(at + WORD - 1) != 0;
        };
    }

    /**
     * Sets an element; negative indexes count from the end.
     *
     * @param index the index
     * @param value the value
     * @throws IndexOutOfBoundsException if there is none
     * @throws IllegalArgumentException if it does not fit in its place, or is of a type that does not go
     */
    public void set(int index, @Nullable Object value) {
        int i = Objects.checkIndex(index < 0 ? index + length : index, length);
        put(i, value, format(i));
    }

    /** {@return how many elements it has} */
    public int size() {
        return length;
    }

    /** {@return a copy} */
    public List<@Nullable Object> toList() {
        List<@Nullable Object> all = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            all.add(get(i));
        }
        return all;
    }

    /**
     * {@return how many elements equal a value, integers as {@code Long}}
     *
     * @param value the value
     */
    public int count(@Nullable Object value) {
        int n = 0;
        for (Object o : toList()) {
            n += Objects.deepEquals(o, value) ? 1 : 0;
        }
        return n;
    }

    /**
     * Where a value is first, or -1.
     *
     * @param value the value
     * @return the index
     */
    public int indexOf(@Nullable Object value) {
        for (int i = 0; i < length; i++) {
            if (Objects.deepEquals(get(i), value)) {
                return i;
            }
        }
        return -1;
    }

    /** {@return the memory that it is in} */
    public SharedMemory memory() {
        return memory;
    }

    /** {@return its name, for {@link #attach}} */
    public String name() {
        return memory.name();
    }

    /** Ends its use here. The list stays. */
    @Override
    public void close() {
        memory.close();
    }

    /** Removes the name; see {@link SharedMemory#unlink}. */
    public void unlink() {
        memory.unlink();
    }

    @Override
    public String toString() {
        return "ShareableList(" + toList() + ", name='" + name() + "')";
    }
}
