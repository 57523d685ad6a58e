package io.multiproc.client;

import io.multiproc.client.internal.session.Encoded;
import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.protocol.op.DictOp;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A shared dict: a {@link ConcurrentMap} that lives on the manager and keeps insertion order, as Python's does.
 *
 * <p>Every method is atomic and one round trip unless it says otherwise, blocks only for that round trip, and may be called by
 * any number of threads and processes. A Java program cannot store null, as key or value. A {@code None} that a
 * Python program has stored is one, and treated as {@link java.util.HashMap} treats null values: {@code get}, {@code remove} and {@code replace} give it as null, {@code containsKey}
 * finds it, and {@code putIfAbsent}, {@code computeIfAbsent} and {@code merge} put a value in its place. {@code pop} and {@code setDefault}
 * do as Python's do. Keys are equal as in Python: numbers by value whatever their width ({@code 1}, {@code 1L}, {@code 1.0} and {@code
 * true} are one key), texts, bytes, dates, UUIDs and {@link Tuple}s by content. Enums, records and some classes of the JDK are keys too, equal as their class says; the
 * guide lists them. Lists, maps, sets, arrays and all other objects are refused as keys ({@link WrongTypeException}),
 * and a question for one finds nothing. Values are equal in the same way; objects of user classes are equal
 * only if their bytes are.
 *
 * <p>A call that throws has changed nothing, but for one: where the value that {@code put}, {@code remove}, {@code replace}, {@code pop}, {@code popItem} or
 * {@code add} brings cannot be read by this program, or is not of this proxy's type, the change is made, and {@link SerializationException} says so in its
 * {@code outcome()} and has the value.
 *
 * <p>A value read is a copy: changing it changes nothing on the manager until it is put back. {@link #equals} and {@link
 * #hashCode} compare contents as {@link Map} demands, which reads the whole dict.
 *
 * <p>Every method throws {@link NoSuchObjectException} if the dict was deleted. {@link Proxy} says what happens when the connection breaks.
 */
public final class DictProxy<K, V> extends AbstractMap<K, V>
        implements ConcurrentMap<K, V>, SharedObject, AutoCloseable {
    final ObjectHandle handle;
    private final Class<K> keyType;
    private final Class<V> valueType;
    /** Of a call that changes something: what fails here is told as {@link SerializationException}. */
    private final Session.Decoder<V> asValue;

    private final Session.Decoder<Existing<V>> asExisting;

    DictProxy(ObjectHandle handle, Class<K> keyType, Class<V> valueType) {
        this.handle = handle;
        this.keyType = keyType;
        this.valueType = valueType;
        asValue = v -> ReplyValues.as(v, valueType);
        asExisting = existing(valueType);
    }

    @Override
    public int typeCode() {
        return handle.type().code();
    }

    @Override
    public long objectId() {
        return handle.id();
    }

    @Override
    public String typeId() {
        return handle.type().wireName();
    }

    @Override
    public void close() {
        handle.release();
    }

    private @Nullable V value(@Nullable Object v) {
        return ReplyValues.as(v, valueType);
    }

    /** Returns the number of entries. */
    @Override
    public int size() {
        return ReplyValues.size(handle.call(DictOp.SIZE));
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Returns the value of the key, or null if there is none. */
    @Override
    public @Nullable V get(Object key) {
        try {
            return value(handle.call(DictOp.GET, Objects.requireNonNull(key, "key")));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return null;
        }
    }

    /**
     * {@return the value of each key, in the order of the keys; keys without a value are left out}
     *
     * @param keys the keys
     */
    public Map<K, V> getAll(Collection<? extends K> keys) {
        List<K> wanted = List.copyOf(keys);
        List<?> found = ReplyValues.list(handle.call(DictOp.GET_MANY, wanted));
        Map<K, V> out = new LinkedHashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            Object v = found.get(i);
            if (v != ValueReader.ABSENT) {
                out.put(wanted.get(i), ReplyValues.element(v, valueType));
            }
        }
        return out;
    }

    @Override
    public boolean containsKey(Object key) {
        try {
            return ReplyValues.bool(handle.call(DictOp.CONTAINS_KEY, Objects.requireNonNull(key, "key")));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    /** Searches all values on the manager: O(n) there, one round trip. */
    @Override
    public boolean containsValue(Object value) {
        try {
            return ReplyValues.bool(handle.call(DictOp.CONTAINS_VALUE, Objects.requireNonNull(value, "value")));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    /** Sets the value of the key and returns the previous one, or null. {@link #set} is cheaper. */
    @Override
    public @Nullable V put(K key, V value) {
        return handle.call(
                asValue, DictOp.PUT, Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    }

    /**
     * Sets the value of the key, as Python's {@code d[key] = value}, without bringing back the previous one.
     *
     * @param key the key
     * @param value the value
     */
    public void set(K key, V value) {
        handle.call(DictOp.SET, Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    }

    /**
     * Sets the value of the key if a fencing token is that of the lock's present owner, as one step: a holder that was declared
     * dead while it was stopped or cut off does no harm. One round trip.
     *
     * @param key the key
     * @param value the value
     * @param lock a lock of the same manager
     * @param token what {@link LockProxy#fencingToken} gave when the lock was acquired
     * @throws StaleTokenException if the lock has another owner by now, or none; nothing is changed
     * @throws IllegalArgumentException if the lock belongs to another manager
     */
    public void putFenced(K key, V value, LockProxy lock, long token) {
        handle.call(
                DictOp.SET_FENCED,
                Objects.requireNonNull(key, "key"),
                Objects.requireNonNull(value, "value"),
                lockId(handle, lock),
                token);
    }

    static Long lockId(ObjectHandle dict, LockProxy lock) {
        if (lock.handle.session() != dict.session()) {
            throw new IllegalArgumentException("the lock belongs to another manager than the dict");
        }
        return lock.handle.id();
    }

    /**
     * Sets all pairs as one step: others see none of them or all. One round trip. From another shared dict it copies what that
     * holds at one moment, with one more round trip.
     */
    @Override
    public void putAll(Map<? extends K, ? extends V> pairs) {
        handle.call(DictOp.PUT_ALL, nonNull(pairs));
    }

    /** Pairs to send: the contents of a dict that is shared itself, since a proxy would travel as a reference. */
    static Map<?, ?> nonNull(Map<?, ?> pairs) {
        if (pairs instanceof DictProxy<?, ?> p) {
            return p.snapshot();
        }
        pairs.forEach((k, v) -> {
            Objects.requireNonNull(k, "key");
            Objects.requireNonNull(v, "value");
        });
        return pairs;
    }

    /**
     * As {@link #putAll}: Python's {@code update}.
     *
     * @param pairs the entries
     */
    public void update(Map<? extends K, ? extends V> pairs) {
        putAll(pairs);
    }

    /**
     * Sets the value of the key if it has none, or {@code None}, and returns the one that it has, or null. One round trip; where it has {@code None} two, of which the
     * second replaces only that.
     */
    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        while (true) {
            Existing<V> existing = handle.call(asExisting, DictOp.PUT_IF_ABSENT, key, value);
            if (existing == null) {
                return null;
            }
            if (existing.value != null) {
                return existing.value;
            }
            if (ReplyValues.bool(handle.call(DictOp.REPLACE_IF, key, null, value))) {
                return null;
            }
        }
    }

    /** A value that there is, null or not. */
    record Existing<V>(@Nullable V value) {}

    /** Tells a null that is there from nothing. */
    static <V> Session.Decoder<Existing<V>> existing(Class<V> type) {
        return new Session.Decoder<>() {
            @Override
            public Existing<V> decode(@Nullable Object value) {
                return new Existing<>(ReplyValues.as(value, type));
            }

            @Override
            public @Nullable Existing<V> none() {
                return null;
            }
        };
    }

    /**
     * {@return the value of the key, setting it to the default first if there is none: Python's {@code setdefault}} As there, a {@code None} is a value: it
     * stays, and null is returned.
     *
     * @param key the key
     * @param defaultValue the value if there is none
     */
    public V setDefault(K key, V defaultValue) {
        Existing<V> existing = handle.call(
                asExisting,
                DictOp.PUT_IF_ABSENT,
                Objects.requireNonNull(key, "key"),
                Objects.requireNonNull(defaultValue, "defaultValue"));
        return existing == null ? defaultValue : ReplyValues.result(existing.value);
    }

    /** Removes the key and returns its value, or null. */
    @Override
    public @Nullable V remove(Object key) {
        try {
            return handle.call(asValue, DictOp.REMOVE, Objects.requireNonNull(key, "key"));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return null;
        }
    }

    /**
     * Removes the key and returns its value: Python's {@code pop(key)}.
     *
     * @param key the key
     * @return its value: Python's {@code pop(key)}; null if it is {@code None}
     * @throws NoSuchElementException if there is no such key
     */
    public V pop(K key) {
        Existing<V> removed = removed(key);
        if (removed == null) {
            throw new NoSuchElementException("no such key: " + key);
        }
        return ReplyValues.result(removed.value);
    }

    /**
     * Removes the key and returns its value, or the default: Python's {@code pop(key, default)}.
     *
     * @param key the key
     * @param defaultValue the value if there is none
     * @return its value, or the default: Python's {@code pop(key, default)}
     */
    public V pop(K key, V defaultValue) {
        Existing<V> removed = removed(key);
        return removed == null ? defaultValue : ReplyValues.result(removed.value);
    }

    private @Nullable Existing<V> removed(K key) {
        try {
            return handle.call(asExisting, DictOp.REMOVE, Objects.requireNonNull(key, "key"));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return null;
        }
    }

    /**
     * Removes the entry inserted last and returns it: Python's {@code popitem}.
     *
     * @return the entry
     * @throws NoSuchElementException if the dict is empty
     */
    public Map.Entry<K, V> popItem() {
        Map.Entry<K, V> pair = handle.call(this::entry, DictOp.POP_ITEM);
        if (pair == null) {
            throw new NoSuchElementException("popitem(): dictionary is empty");
        }
        return pair;
    }

    private Map.@Nullable Entry<K, V> entry(@Nullable Object pair) {
        return pair instanceof List<?> kv
                ? new SimpleImmutableEntry<>(
                        ReplyValues.element(kv.get(0), keyType), ReplyValues.element(kv.get(1), valueType))
                : null;
    }

    @Override
    public boolean remove(Object key, Object value) {
        return removes(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    }

    /** As {@link #remove(Object, Object)}, of a null value, too. */
    boolean removes(Object key, @Nullable Object value) {
        try {
            return ReplyValues.bool(handle.call(DictOp.REMOVE_IF, key, value));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return handle.call(
                asValue, DictOp.REPLACE, Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        return ReplyValues.bool(handle.call(
                DictOp.REPLACE_IF,
                Objects.requireNonNull(key, "key"),
                Objects.requireNonNull(oldValue, "oldValue"),
                Objects.requireNonNull(newValue, "newValue")));
    }

    /**
     * Adds to the number of the key, an absent key counting as 0, and returns the sum. Exact: an integer grows beyond 64 bits
     * rather than overflow.
     *
     * @param key the key
     * @param delta what is added
     * @return the sum
     * @throws WrongTypeException if the value is not a number; nothing is changed
     * @throws SerializationException if the sum does not fit this proxy's value type; it was stored all the same, as {@link
     *     SerializationException#outcome} says
     */
    public V add(K key, Number delta) {
        return ReplyValues.result(handle.call(asValue, DictOp.ADD, Objects.requireNonNull(key, "key"), delta));
    }

    @Override
    public void clear() {
        handle.call(DictOp.CLEAR);
    }

    /** {@return a copy of all entries at one moment, in insertion order} One round trip, O(n) bytes. */
    public Map<K, V> snapshot() {
        Map<K, V> out = new LinkedHashMap<>();
        Object all = handle.call(DictOp.SNAPSHOT);
        if (all instanceof Map<?, ?> map) {
            map.forEach((k, v) -> out.put(ReplyValues.element(k, keyType), ReplyValues.element(v, valueType)));
        }
        return out;
    }

    // ---- functions run here, not on the manager: compare-and-set loops

    /**
     * Computes a new value from the present one and stores it if nobody changed it meanwhile, else tries again: no update is
     * lost, and the function may run several times. Two round trips and two more for each retry.
     */
    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
        Objects.requireNonNull(remapping, "remapping");
        return swap(key, false, old -> remapping.apply(key, old));
    }

    /** As {@link #compute}, for a key that is present. */
    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
        Objects.requireNonNull(remapping, "remapping");
        return swap(key, true, old -> remapping.apply(key, old));
    }

    /** As {@link #compute}, for a key that is absent. One round trip when it is present. */
    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends V> mapping) {
        Objects.requireNonNull(mapping, "mapping");
        V existing = get(key);
        if (existing != null) {
            return existing;
        }
        V made = mapping.apply(key);
        if (made == null) {
            return null;
        }
        V other = putIfAbsent(key, made);
        return other == null ? made : other;
    }

    /** As {@link #compute}. For sums {@link #add} does the same in one round trip. */
    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends V> remapping) {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(remapping, "remapping");
        return swap(key, false, old -> old == null ? value : remapping.apply(old, value));
    }

    /** @param present whether only a value is changed that is there and not null */
    private @Nullable V swap(K key, boolean present, Function<V, @Nullable V> change) {
        Objects.requireNonNull(key, "key");
        while (true) {
            Encoded seen = handle.callEncoded(DictOp.GET, key);
            V old = seen == null ? null : value(handle.session().decode(seen));
            if (present && old == null) {
                return null;
            }
            V now = change.apply(ReplyValues.result(old));
            boolean done;
            if (seen == null) {
                done = now == null || putsIfAbsent(key, now);
            } else if (now == null) {
                done = ReplyValues.bool(handle.call(DictOp.REMOVE_IF, key, seen));
            } else {
                done = ReplyValues.bool(handle.call(DictOp.REPLACE_IF, key, seen, now));
            }
            if (done) {
                return now;
            }
        }
    }

    /** Sets the value if there is none, without looking at the one that there is. */
    private boolean putsIfAbsent(K key, V value) {
        Encoded existing = handle.callEncoded(DictOp.PUT_IF_ABSENT, key, value);
        if (existing != null) {
            handle.session().takeOver(existing);
        }
        return existing == null;
    }

    /** Removes a key, whatever its value is. */
    void drop(@Nullable Object key) {
        Encoded old = handle.callEncoded(DictOp.REMOVE, key);
        if (old != null) {
            handle.session().takeOver(old);
        }
    }

    /** Whether a key has a value, by the equality by which {@link #remove(Object, Object)} removes it. */
    boolean has(Object key, @Nullable Object value) {
        try {
            return handle.session().isEqual(handle.callEncoded(DictOp.GET, key), value);
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    /** Removes a key while its value passes a test: what another has stored meanwhile is tested anew, and nothing else goes. */
    boolean removeWhen(Object key, Predicate<? super V> condition) {
        while (true) {
            Encoded seen = handle.callEncoded(DictOp.GET, key);
            if (seen == null
                    || !condition.test(ReplyValues.result(value(handle.session().decode(seen))))) {
                return false;
            }
            if (ReplyValues.bool(handle.call(DictOp.REMOVE_IF, key, seen))) {
                return true;
            }
        }
    }

    /**
     * Replaces each value by {@link #compute}, entry by entry.
     *
     * @throws NullPointerException if the function gives null; the entry stays as it is, and those before it are replaced
     */
    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        for (K key : keySet()) {
            while (true) {
                Encoded seen = handle.callEncoded(DictOp.GET, key);
                if (seen == null) {
                    break;
                }
                V old = ReplyValues.result(value(handle.session().decode(seen)));
                V now = Objects.requireNonNull(function.apply(key, old), "the function gave null for a value");
                if (ReplyValues.bool(handle.call(DictOp.REPLACE_IF, key, seen, now))) {
                    break;
                }
            }
        }
    }

    // ---- views

    /**
     * A view of the keys. Its iterator brings entries in chunks and is weakly consistent: a key present throughout is seen
     * exactly once, changes made meanwhile may or may not be. The iterator's {@code remove} removes the key, whatever value it has by
     * then, as {@link java.util.concurrent.ConcurrentHashMap}'s does. Streams of the views do not know their size.
     */
    @Override
    public Set<K> keySet() {
        return new DictViews.Keys<>(this, keyType);
    }

    /**
     * A view of the values; see {@link #keySet}. {@code remove}, {@code removeAll}, {@code retainAll} and {@code removeIf} remove an entry
     * only while its value is one that is to go: one that another stores meanwhile is looked at anew, and the predicate may run again.
     */
    @Override
    public Collection<V> values() {
        return new DictViews.Values<>(this, valueType);
    }

    /** A view of the entries; see {@link #values}. {@link Map.Entry#setValue} writes through. */
    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new DictViews.Entries<>(this, keyType, valueType);
    }

    /** {@return the same operations without blocking} */
    public AsyncDict<K, V> async() {
        return new AsyncDict<>(handle, keyType, valueType);
    }

    @Override
    public V getOrDefault(Object key, V defaultValue) {
        try {
            Existing<V> found = handle.call(asExisting, DictOp.GET, Objects.requireNonNull(key, "key"));
            return found == null ? defaultValue : ReplyValues.result(found.value);
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return defaultValue;
        }
    }

    // AbstractMap's are right but would be spelled with views; say so to the reader
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Map && super.equals(other));
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    /** The session that serves this proxy; for views. */
    Session session() {
        return handle.session();
    }
}
