package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collections as a count and elements, each with its class: at least a byte for each, so that the count can be checked before
 * anything is allocated. Kryo's own serializer leaves bytes out where it thinks it knows the class.
 */
final class ElementsSerializer extends Serializer<Collection<?>> {
    private final boolean keys;
    private final @Nullable BiFunction<Integer, @Nullable Comparator<Object>, Collection<@Nullable Object>> create;
    private final @Nullable Function<List<@Nullable Object>, ? extends Collection<?>> finish;
    private final @Nullable Function<Object, @Nullable Comparator<?>> comparator;

    private ElementsSerializer(
            boolean keys,
            @Nullable BiFunction<Integer, @Nullable Comparator<Object>, Collection<@Nullable Object>> create,
            @Nullable Function<Object, @Nullable Comparator<?>> comparator,
            @Nullable Function<List<@Nullable Object>, ? extends Collection<?>> finish) {
        this.keys = keys;
        this.create = create;
        this.comparator = comparator;
        this.finish = finish;
    }

    /** Collections that do not look at their elements when they are added. */
    static ElementsSerializer list(Function<Integer, Collection<@Nullable Object>> create) {
        return new ElementsSerializer(false, (n, c) -> create.apply(n), null, null);
    }

    /** Collections that hash their elements. */
    static ElementsSerializer hashed(Function<Integer, Collection<@Nullable Object>> create) {
        return new ElementsSerializer(true, (n, c) -> create.apply(n), null, null);
    }

    /** Collections that order their elements by a comparator, or by their own order when it is null. */
    static ElementsSerializer sorted(
            Function<@Nullable Comparator<Object>, Collection<@Nullable Object>> create,
            Function<Object, @Nullable Comparator<?>> comparator) {
        return new ElementsSerializer(true, (n, c) -> create.apply(c), comparator, null);
    }

    /** Collections that are made from all their elements at once. */
    static ElementsSerializer immutable(
            boolean hashed, Function<List<@Nullable Object>, ? extends Collection<?>> finish) {
        return new ElementsSerializer(hashed, null, null, finish);
    }

    @Override
    public void write(Kryo kryo, Output out, Collection<?> value) {
        SafeKryo safe = (SafeKryo) kryo;
        if (comparator != null) {
            kryo.writeClassAndObject(out, comparator.apply(value));
        }
        // a snapshot: the count and the elements agree even if another thread adds one now
        Object[] elements = value.toArray();
        out.writeVarInt(elements.length, true);
        for (Object e : elements) {
            if (keys) {
                safe.writeKey(out, e);
            } else {
                kryo.writeClassAndObject(out, e);
            }
        }
    }

    @Override
    @SuppressWarnings("unchecked") // a comparator of what it is given; a wrong one throws, and that is caught
    public Collection<?> read(Kryo kryo, Input input, Class<? extends Collection<?>> type) {
        BoundedInput in = (BoundedInput) input;
        SafeKryo safe = (SafeKryo) kryo;
        Comparator<Object> order = comparator == null ? null : (Comparator<Object>) kryo.readClassAndObject(in);
        int n = in.claim(in.readVarInt(true));
        Collection<@Nullable Object> into = create == null ? new ArrayList<>(n) : create.apply(n, order);
        if (finish == null) {
            kryo.reference(into);
        }
        for (int i = 0; i < n; i++) {
            Object element = keys ? safe.readKey(in) : kryo.readClassAndObject(in);
            try {
                into.add(element);
            } catch (RuntimeException e) {
                safe.failed(e);
            }
            if (keys) {
                in.afterHashing(into);
            }
        }
        if (keys) {
            in.hashed(into);
        }
        return finish == null ? into : finish.apply((List<@Nullable Object>) into);
    }
}
