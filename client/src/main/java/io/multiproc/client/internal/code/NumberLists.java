package io.multiproc.client.internal.code;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists of numbers of one class as (bytes, name of the class): the numbers alone, big-endian. A tenth of the work of a list of values, and
 * what pools carry most.
 */
enum NumberLists {
    INT(Integer.class, Integer.BYTES, (to, n) -> to.putInt((Integer) n), ByteBuffer::getInt),
    LONG(Long.class, Long.BYTES, (to, n) -> to.putLong((Long) n), ByteBuffer::getLong),
    DOUBLE(Double.class, Double.BYTES, (to, n) -> to.putDouble((Double) n), ByteBuffer::getDouble);

    /** Shorter lists gain nothing. */
    private static final int LEAST = 4;

    /** Longer ones are refused where all is refused that is too large. */
    private static final int MOST = 1 << 26;

    private final Class<?> type;
    private final int width;
    private final BiConsumer<ByteBuffer, Object> put;
    private final Function<ByteBuffer, Object> get;

    NumberLists(Class<?> type, int width, BiConsumer<ByteBuffer, Object> put, Function<ByteBuffer, Object> get) {
        this.type = type;
        this.width = width;
        this.put = put;
        this.get = get;
    }

    /** A list of numbers as a tuple, or null if it is none. */
    static @Nullable Tuple pack(List<?> list) {
        if (list.size() < LEAST || list.size() > MOST) {
            return null;
        }
        Object first = list.get(0);
        for (NumberLists c : values()) {
            if (c.type.isInstance(first)) {
                ByteBuffer to = ByteBuffer.allocate(list.size() * c.width);
                for (Object o : list) {
                    if (o == null || o.getClass() != c.type) {
                        return null;
                    }
                    c.put.accept(to, o);
                }
                return Tuple.of(to.array(), c.type.getSimpleName());
            }
        }
        return null;
    }

    /**
     * The list of a tuple that anybody may have sent.
     *
     * @throws SerializationException if it is none
     */
    static List<Object> unpack(byte[] bytes, String type) {
        for (NumberLists c : values()) {
            if (c.type.getSimpleName().equals(type) && bytes.length % c.width == 0) {
                List<Object> out = new ArrayList<>(bytes.length / c.width);
                ByteBuffer from = ByteBuffer.wrap(bytes);
                while (from.hasRemaining()) {
                    out.add(c.get.apply(from));
                }
                return out;
            }
        }
        throw SerializationException.reading("a parcel of numbers is malformed", null);
    }
}
