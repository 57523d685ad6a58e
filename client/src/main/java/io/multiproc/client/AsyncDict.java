package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.protocol.op.DictOp;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link DictProxy} as futures. Calls are sent in the order they are made and applied in that order; the
 * futures complete on the client's I/O thread, so dependent stages must not block for long (or be made {@code …Async}).
 * Failures are those of the blocking method. A null result means absent, or a {@code None} of a Python program.
 */
public final class AsyncDict<K, V> {
    private final ObjectHandle handle;
    private final Class<K> keyType;
    private final Class<V> valueType;

    AsyncDict(ObjectHandle handle, Class<K> keyType, Class<V> valueType) {
        this.handle = handle;
        this.keyType = keyType;
        this.valueType = valueType;
    }

    private CompletableFuture<V> value(DictOp op, @Nullable Object... args) {
        return handle.callAsync(v -> ReplyValues.element(v, valueType), op, nonNull(args));
    }

    private static @Nullable Object[] nonNull(@Nullable Object... args) {
        for (Object arg : args) {
            Objects.requireNonNull(arg, "keys and values may not be null");
        }
        return args;
    }

    private CompletableFuture<Boolean> flag(DictOp op, @Nullable Object... args) {
        return handle.callAsync(ReplyValues::bool, op, nonNull(args));
    }

    private CompletableFuture<@Nullable Void> nothing(DictOp op, @Nullable Object... args) {
        return handle.callAsync(v -> null, op, nonNull(args));
    }

    /**
     * See {@link DictProxy#size}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Integer> size() {
        return handle.callAsync(ReplyValues::size, DictOp.SIZE);
    }

    /**
     * See {@link DictProxy#get}.
     *
     * @param key the key
     * @return a future of the result
     */
    public CompletableFuture<V> get(K key) {
        return value(DictOp.GET, key);
    }

    /**
     * See {@link DictProxy#getAll}.
     *
     * @param keys the keys
     * @return a future of the result
     */
    public CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys) {
        List<K> wanted = List.copyOf(keys);
        return handle.callAsync(
                v -> {
                    List<?> found = ReplyValues.list(v);
                    Map<K, V> out = new LinkedHashMap<>();
                    for (int i = 0; i < wanted.size(); i++) {
                        if (found.get(i) != ValueReader.ABSENT) {
                            out.put(wanted.get(i), ReplyValues.element(found.get(i), valueType));
                        }
                    }
                    return out;
                },
                DictOp.GET_MANY,
                wanted);
    }

    /**
     * See {@link DictProxy#containsKey}.
     *
     * @param key the key
     * @return a future of the result
     */
    public CompletableFuture<Boolean> containsKey(K key) {
        return flag(DictOp.CONTAINS_KEY, key);
    }

    /**
     * See {@link DictProxy#containsValue}.
     *
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> containsValue(V value) {
        return flag(DictOp.CONTAINS_VALUE, value);
    }

    /**
     * See {@link DictProxy#set}.
     *
     * @param key the key
     * @param value the value
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> set(K key, V value) {
        return nothing(DictOp.SET, key, value);
    }

    /**
     * See {@link DictProxy#put}.
     *
     * @param key the key
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<V> put(K key, V value) {
        return value(DictOp.PUT, key, value);
    }

    /**
     * See {@link DictProxy#putFenced}; fails with {@link StaleTokenException}.
     *
     * @param key the key
     * @param value the value
     * @param lock the lock
     * @param token the token
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> putFenced(K key, V value, LockProxy lock, long token) {
        return nothing(
                DictOp.SET_FENCED,
                Objects.requireNonNull(key, "key"),
                Objects.requireNonNull(value, "value"),
                DictProxy.lockId(handle, lock),
                token);
    }

    /**
     * See {@link DictProxy#putAll}.
     *
     * @param pairs the entries
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> putAll(Map<? extends K, ? extends V> pairs) {
        if (pairs instanceof DictProxy<? extends K, ? extends V> p) {
            return p.async().snapshot().thenCompose(this::putAll);
        }
        return nothing(DictOp.PUT_ALL, DictProxy.nonNull(pairs));
    }

    /**
     * See {@link DictProxy#putIfAbsent}.
     *
     * @param key the key
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<V> putIfAbsent(K key, V value) {
        CompletableFuture<DictProxy.Existing<V>> existing =
                handle.callAsync(DictProxy.existing(valueType), DictOp.PUT_IF_ABSENT, nonNull(key, value));
        return existing.thenCompose(e -> {
            if (e == null || e.value() != null) {
                return CompletableFuture.completedFuture(ReplyValues.result(e == null ? null : e.value()));
            }
            return handle.callAsync(ReplyValues::bool, DictOp.REPLACE_IF, key, null, value)
                    .thenCompose(done -> done
                            ? CompletableFuture.completedFuture(ReplyValues.result(null))
                            : putIfAbsent(key, value));
        });
    }

    /**
     * See {@link DictProxy#remove(Object)}.
     *
     * @param key the key
     * @return a future of the result
     */
    public CompletableFuture<V> remove(K key) {
        return value(DictOp.REMOVE, key);
    }

    /**
     * See {@link DictProxy#remove(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> remove(K key, V value) {
        return flag(DictOp.REMOVE_IF, key, value);
    }

    /**
     * See {@link DictProxy#replace(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return a future of the result
     */
    public CompletableFuture<V> replace(K key, V value) {
        return value(DictOp.REPLACE, key, value);
    }

    /**
     * See {@link DictProxy#replace(Object, Object, Object)}.
     *
     * @param key the key
     * @param oldValue the value that must be there
     * @param newValue the new value
     * @return a future of the result
     */
    public CompletableFuture<Boolean> replace(K key, V oldValue, V newValue) {
        return flag(DictOp.REPLACE_IF, key, oldValue, newValue);
    }

    /**
     * See {@link DictProxy#add}.
     *
     * @param key the key
     * @param delta what is added
     * @return a future of the result
     */
    public CompletableFuture<V> add(K key, Number delta) {
        return value(DictOp.ADD, key, delta);
    }

    /**
     * See {@link DictProxy#popItem}; null when the dict is empty.
     *
     * @return a future of the result
     */
    public CompletableFuture<Map.@Nullable Entry<K, V>> popItem() {
        return handle.callAsync(
                v -> v instanceof List<?> kv
                        ? new AbstractMap.SimpleImmutableEntry<>(
                                ReplyValues.element(kv.get(0), keyType), ReplyValues.element(kv.get(1), valueType))
                        : null,
                DictOp.POP_ITEM);
    }

    /**
     * See {@link DictProxy#clear}.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> clear() {
        return nothing(DictOp.CLEAR);
    }

    /**
     * See {@link DictProxy#snapshot}.
     *
     * @return a future of the result
     */
    public CompletableFuture<Map<K, V>> snapshot() {
        return handle.callAsync(
                v -> {
                    Map<K, V> out = new LinkedHashMap<>();
                    if (v instanceof Map<?, ?> map) {
                        map.forEach(
                                (k, e) -> out.put(ReplyValues.element(k, keyType), ReplyValues.element(e, valueType)));
                    }
                    return out;
                },
                DictOp.SNAPSHOT);
    }
}
