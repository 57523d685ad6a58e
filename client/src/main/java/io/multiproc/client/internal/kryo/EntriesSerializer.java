package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Maps as a count and pairs, each key and value with its class; see {@link ElementsSerializer} for why. */
final class EntriesSerializer extends Serializer<Map<?, ?>> {
    private final boolean immutable;
    private final BiFunction<Integer, @Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> create;
    private final @Nullable Function<Object, @Nullable Comparator<?>> comparator;

    private EntriesSerializer(
            boolean immutable,
            BiFunction<Integer, @Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> create,
            @Nullable Function<Object, @Nullable Comparator<?>> comparator) {
        this.immutable = immutable;
        this.create = create;
        this.comparator = comparator;
    }

    /** Maps that hash their keys. */
    static EntriesSerializer hashed(Function<Integer, Map<@Nullable Object, @Nullable Object>> create) {
        return new EntriesSerializer(false, (n, c) -> create.apply(n), null);
    }

    /** Maps that order their keys by a comparator, or by their own order when it is null. */
    static EntriesSerializer sorted(
            Function<@Nullable Comparator<Object>, Map<@Nullable Object, @Nullable Object>> create,
            Function<Object, @Nullable Comparator<?>> comparator) {
        return new EntriesSerializer(false, (n, c) -> create.apply(c), comparator);
    }

    /** Unmodifiable maps, read into one that keeps the order and may hold nulls. */
    static EntriesSerializer immutable() {
        return new EntriesSerializer(true, (n, c) -> new LinkedHashMap<>(), null);
    }

    @Override
    public void write(Kryo kryo, Output out, Map<?, ?> value) {
        SafeKryo safe = (SafeKryo) kryo;
        if (comparator != null) {
            kryo.writeClassAndObject(out, comparator.apply(value));
        }
        // copied first: a concurrent map may change between its size and its last entry
        List<@Nullable Object> pairs = new ArrayList<>(value.size() * 2);
        for (Map.Entry<?, ?> e : value.entrySet()) {
            pairs.add(e.getKey());
            pairs.add(e.getValue());
        }
        out.writeVarInt(pairs.size() / 2, true);
        for (int i = 0; i < pairs.size(); i += 2) {
            safe.writeKey(out, pairs.get(i));
            kryo.writeClassAndObject(out, pairs.get(i + 1));
        }
    }

    @Override
    @SuppressWarnings("unchecked") // a comparator of what it is given; a wrong one throws, and that is caught
    public Map<?, ?> read(Kryo kryo, Input input, Class<? extends Map<?, ?>> type) {
        BoundedInput in = (BoundedInput) input;
        SafeKryo safe = (SafeKryo) kryo;
        Comparator<Object> order = comparator == null ? null : (Comparator<Object>) kryo.readClassAndObject(in);
        int n = in.claim(in.readVarInt(true));
        in.claim(n);
        Map<@Nullable Object, @Nullable Object> into = create.apply(n, order);
        if (!immutable) {
            kryo.reference(into);
        }
        for (int i = 0; i < n; i++) {
            Object key = safe.readKey(in);
            Object element = kryo.readClassAndObject(in);
            try {
                into.put(key, element);
            } catch (RuntimeException e) {
                safe.failed(e);
            }
            in.afterHashing(into.keySet());
        }
        in.hashed(into.keySet());
        return immutable ? Collections.unmodifiableMap(into) : into;
    }
}
