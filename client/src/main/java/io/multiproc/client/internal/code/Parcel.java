package io.multiproc.client.internal.code;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.value.Composites;
import io.multiproc.client.internal.value.Referable;
import io.multiproc.protocol.op.ObjectType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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
     * @param ours tells the proxies of the manager that the parcel goes through
     * @throws IllegalArgumentException if it holds a proxy of another manager
     */
    public static Tuple pack(ValueCodec codec, @Nullable Object value, Predicate<Object> ours) {
        byte[] bytes = codec.write(value);
        List<Object> proxies = new ArrayList<>(0);
        collect(value, ours, proxies);
        return Tuple.of(bytes, proxies);
    }

    /** Packs a list; one of numbers of one class without looking at each as a value. */
    public static Tuple packAll(ValueCodec codec, List<?> values, Predicate<Object> ours) {
        Tuple packed = NumberLists.pack(values);
        return packed == null ? pack(codec, values, ours) : packed;
    }

    private static void collect(@Nullable Object value, Predicate<Object> ours, List<Object> into) {
        if (value instanceof Number || value instanceof String || value == null) {
            // by far the most; asked first because asking for a class is quicker than for an interface
        } else if (value instanceof Referable r) {
            if (!ours.test(r)) {
                ObjectType type = ObjectType.coded(r.typeCode());
                throw new IllegalArgumentException("a proxy of another manager than the pool's is among the values: "
                        + (type == null ? "" : type.wireName()) + " #" + r.objectId());
            }
            into.add(r);
        } else if (value instanceof Map<?, ?> m) {
            m.forEach((k, v) -> {
                collect(k, ours, into);
                collect(v, ours, into);
            });
        } else if (value instanceof Collection<?> c) {
            for (Object v : c) {
                collect(v, ours, into);
            }
        } else {
            collect(Composites.parts(value), ours, into);
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
                if (p instanceof Referable proxy && proxy.objectId() == id) {
                    return proxy;
                }
            }
            throw SerializationException.reading("a proxy is missing in a parcel of values", null);
        });
    }
}
