package io.multiproc.client.internal.code;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists of numbers of one class as (bytes, name of the class): the numbers alone, big-endian. A tenth of the work of a list of values, and
 * what pools carry most.
 */
enum Column {
    INT(Integer.class, Integer.BYTES) {
        @Override
        void put(ByteBuffer to, List<?> numbers) {
            for (Object n : numbers) {
                to.putInt((Integer) n);
            }
        }

        @Override
        void get(ByteBuffer from, List<Object> numbers) {
            while (from.hasRemaining()) {
                numbers.add(from.getInt());
            }
        }
    },
    LONG(Long.class, Long.BYTES) {
        @Override
        void put(ByteBuffer to, List<?> numbers) {
            for (Object n : numbers) {
                to.putLong((Long) n);
            }
        }

        @Override
        void get(ByteBuffer from, List<Object> numbers) {
            while (from.hasRemaining()) {
                numbers.add(from.getLong());
            }
        }
    },
    DOUBLE(Double.class, Double.BYTES) {
        @Override
        void put(ByteBuffer to, List<?> numbers) {
            for (Object n : numbers) {
                to.putDouble((Double) n);
            }
        }

        @Override
        void get(ByteBuffer from, List<Object> numbers) {
            while (from.hasRemaining()) {
                numbers.add(from.getDouble());
            }
        }
    };

    /** Shorter lists gain nothing. */
    private static final int LEAST = 4;

    /** Longer ones are refused where all is refused that is too large. */
    private static final int MOST = 1 << 26;

    private final Class<?> type;
    private final int width;

    Column(Class<?> type, int width) {
        this.type = type;
        this.width = width;
    }

    abstract void put(ByteBuffer to, List<?> numbers);

    abstract void get(ByteBuffer from, List<Object> numbers);

    /** A list as a column, or null if it is none. */
    static @Nullable Tuple pack(List<?> list) {
        if (list.size() < LEAST || list.size() > MOST) {
            return null;
        }
        Object first = list.get(0);
        for (Column c : values()) {
            if (c.type.isInstance(first)) {
                for (Object o : list) {
                    if (o == null || o.getClass() != c.type) {
                        return null;
                    }
                }
                ByteBuffer to = ByteBuffer.allocate(list.size() * c.width);
                c.put(to, list);
                return Tuple.of(to.array(), c.type.getSimpleName());
            }
        }
        return null;
    }

    /**
     * The list of a column that anybody may have sent.
     *
     * @throws SerializationException if it is none
     */
    static List<Object> unpack(byte[] bytes, String type) {
        for (Column c : values()) {
            if (c.type.getSimpleName().equals(type) && bytes.length % c.width == 0) {
                List<Object> out = new ArrayList<>(bytes.length / c.width);
                c.get(ByteBuffer.wrap(bytes), out);
                return out;
            }
        }
        throw SerializationException.reading("a parcel of numbers is malformed", null);
    }
}
