package io.multiproc.client.internal.code;

import io.multiproc.client.Manager;
import io.multiproc.client.Proxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.value.Composite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as (bytes, proxies): the bytes are of classes that the manager's connections need not know, and the proxies stand beside them, where
 * the manager sees and counts them.
 */
public final class Parcel {
    private Parcel() {}

    /**
     * Packs a value.
     *
     * @throws IllegalArgumentException if it holds a proxy of another manager
     */
    public static Tuple pack(ValueCodec codec, @Nullable Object value, Manager manager) {
        byte[] bytes = codec.write(value);
        List<Object> proxies = new ArrayList<>(0);
        collect(value, manager, proxies);
        return Tuple.of(bytes, proxies);
    }

    /** Packs a list; one of numbers of one class without looking at each as a value. */
    public static Tuple packAll(ValueCodec codec, List<?> values, Manager manager) {
        Tuple column = NumberLists.pack(values);
        return column == null ? pack(codec, values, manager) : column;
    }

    private static void collect(@Nullable Object value, Manager manager, List<Object> into) {
        if (value instanceof Number || value instanceof String || value == null) {
            // by far the most; asked first because asking for a class is quicker than for an interface
        } else if (value instanceof Proxy p) {
            if (p.handle().session().owner() != manager) {
                throw new IllegalArgumentException(
                        "a proxy of another manager than the pool's is among the values: " + p.handle());
            }
            into.add(p);
        } else if (value instanceof Composite c) {
            collect(c.parts(), manager, into);
        } else if (value instanceof Map<?, ?> m) {
            m.forEach((k, v) -> {
                collect(k, manager, into);
                collect(v, manager, into);
            });
        } else if (value instanceof Collection<?> c) {
            for (Object v : c) {
                collect(v, manager, into);
            }
        }
    }

    /**
     * The value of a parcel that anybody may have sent.
     *
     * @throws SerializationException if it is none, or a proxy is missing in it
     */
    public static @Nullable Object unpack(ValueCodec codec, Tuple parcel) {
        List<?> proxies = parcel.size() > 1 && parcel.get(1) instanceof List<?> l ? l : List.of();
        if (parcel.isEmpty() || !(parcel.get(0) instanceof byte[] bytes)) {
            throw SerializationException.reading("a parcel of values is malformed", null);
        }
        if (parcel.size() == 2 && parcel.get(1) instanceof String type) {
            return NumberLists.unpack(bytes, type);
        }
        return codec.read(bytes, (type, id) -> {
            for (Object p : proxies) {
                if (p instanceof Proxy proxy && proxy.objectId() == id) {
                    return proxy;
                }
            }
            throw SerializationException.reading("a proxy is missing in a parcel of values", null);
        });
    }
}
