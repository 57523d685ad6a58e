package io.multiproc.client;

import io.multiproc.client.internal.session.Encoded;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.DictOp;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The views of a dict. They hold nothing: every call goes to the manager, iteration in chunks. */
final class DictViews {
    /** Entries brought by one round trip of an iteration. */
    static final Long CHUNK = 1000L;

    private DictViews() {}

    /** Of a collection that others may change: one that knows a size would be held to it. */
    static <T> Spliterator<T> unsized(Iterator<T> all, int characteristics) {
        return Spliterators.spliteratorUnknownSize(all, characteristics | Spliterator.CONCURRENT);
    }

    /** Walks a dict in chunks; {@code parts} as in the operation table. */
    private abstract static class Walk<T> implements Iterator<T> {
        private final DictProxy<?, ?> dict;
        private final long parts;
        private Iterator<?> chunk = List.of().iterator();
        private long cursor;
        private @Nullable Object last;
        private boolean removable;

        Walk(DictProxy<?, ?> dict, long parts) {
            this.dict = dict;
            this.parts = parts;
        }

        abstract T make(@Nullable Object part);

        abstract void removeLast(@Nullable Object part);

        @Override
        public boolean hasNext() {
            while (!chunk.hasNext() && cursor >= 0) {
                List<?> reply = ReplyValues.list(dict.handle.call(DictOp.CHUNK, cursor, CHUNK, parts));
                cursor = ReplyValues.integer(reply.get(0));
                chunk = ReplyValues.list(reply.get(1)).iterator();
            }
            return chunk.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            last = chunk.next();
            removable = true;
            return make(last);
        }

        @Override
        public void remove() {
            if (!removable) {
                throw new IllegalStateException("next() first, and once for each remove()");
            }
            removable = false;
            removeLast(last);
        }
    }

    /** The keys. */
    static final class Keys<K> extends AbstractSet<K> {
        private final DictProxy<K, ?> dict;
        private final Class<K> type;

        public Keys(DictProxy<K, ?> dict, Class<K> type) {
            this.dict = dict;
            this.type = type;
        }

        @Override
        public Spliterator<K> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public Iterator<K> iterator() {
            return new Walk<K>(dict, 0) {
                @Override
                K make(@Nullable Object part) {
                    return ReplyValues.element(part, type);
                }

                @Override
                void removeLast(@Nullable Object part) {
                    dict.drop(part);
                }
            };
        }

        @Override
        public int size() {
            return dict.size();
        }

        @Override
        public boolean contains(Object key) {
            return dict.containsKey(key);
        }

        @Override
        public boolean remove(Object key) {
            Encoded old;
            try {
                old = dict.handle.callEncoded(DictOp.REMOVE, Objects.requireNonNull(key, "key"));
            } catch (ManagerException e) {
                Queries.orThrow(e);
                return false;
            }
            if (old != null) {
                dict.handle.session().takeOver(old);
            }
            return old != null;
        }

        @Override
        public void clear() {
            dict.clear();
        }
    }

    /** The values. */
    static final class Values<V> extends AbstractCollection<V> {
        private final DictProxy<?, V> dict;
        private final Class<V> type;

        public Values(DictProxy<?, V> dict, Class<V> type) {
            this.dict = dict;
            this.type = type;
        }

        @Override
        public Spliterator<V> spliterator() {
            return unsized(iterator(), 0);
        }

        @Override
        public Iterator<V> iterator() {
            return new Walk<V>(dict, 2) {
                @Override
                V make(@Nullable Object part) {
                    return ReplyValues.element(ReplyValues.list(part).get(1), type);
                }

                @Override
                void removeLast(@Nullable Object part) {
                    dict.drop(ReplyValues.list(part).get(0));
                }
            };
        }

        @Override
        public void forEach(Consumer<? super V> action) {
            // reading only needs no keys
            Iterator<V> all = new Walk<V>(dict, 1) {
                @Override
                V make(@Nullable Object part) {
                    return ReplyValues.element(part, type);
                }

                @Override
                void removeLast(@Nullable Object part) {
                    throw new UnsupportedOperationException("forEach only reads");
                }
            };
            all.forEachRemaining(action);
        }

        @Override
        public int size() {
            return dict.size();
        }

        @Override
        public boolean contains(Object value) {
            return dict.containsValue(value);
        }

        @Override
        public boolean remove(@Nullable Object value) {
            for (Map.Entry<?, V> e : dict.entrySet()) {
                if (Objects.equals(e.getValue(), value) && dict.removeWhen(e.getKey(), v -> Objects.equals(v, value))) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean removeAll(Collection<?> values) {
            Objects.requireNonNull(values, "values");
            return removeIf(values::contains);
        }

        @Override
        public boolean retainAll(Collection<?> values) {
            Objects.requireNonNull(values, "values");
            return removeIf(v -> !values.contains(v));
        }

        @Override
        public boolean removeIf(Predicate<? super V> filter) {
            Objects.requireNonNull(filter, "filter");
            boolean changed = false;
            for (Map.Entry<?, V> e : dict.entrySet()) {
                changed |= filter.test(e.getValue()) && dict.removeWhen(e.getKey(), filter);
            }
            return changed;
        }

        @Override
        public void clear() {
            dict.clear();
        }
    }

    /** The entries. */
    static final class Entries<K, V> extends AbstractSet<Map.Entry<K, V>> {
        private final DictProxy<K, V> dict;
        private final Class<K> keyType;
        private final Class<V> valueType;

        public Entries(DictProxy<K, V> dict, Class<K> keyType, Class<V> valueType) {
            this.dict = dict;
            this.keyType = keyType;
            this.valueType = valueType;
        }

        @Override
        public Spliterator<Map.Entry<K, V>> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public Iterator<Map.Entry<K, V>> iterator() {
            return new Walk<Map.Entry<K, V>>(dict, 2) {
                @Override
                Map.Entry<K, V> make(@Nullable Object part) {
                    List<?> kv = ReplyValues.list(part);
                    return new WritingEntry<>(
                            dict, ReplyValues.element(kv.get(0), keyType), ReplyValues.element(kv.get(1), valueType));
                }

                @Override
                void removeLast(@Nullable Object part) {
                    dict.drop(ReplyValues.list(part).get(0));
                }
            };
        }

        @Override
        public int size() {
            return dict.size();
        }

        @Override
        public boolean contains(Object o) {
            return o instanceof Map.Entry<?, ?> e && e.getKey() != null && dict.has(e.getKey(), e.getValue());
        }

        @Override
        public boolean remove(Object o) {
            return o instanceof Map.Entry<?, ?> e && e.getKey() != null && dict.removes(e.getKey(), e.getValue());
        }

        @Override
        public boolean removeAll(Collection<?> entries) {
            Objects.requireNonNull(entries, "entries");
            return removeIf(entries::contains);
        }

        @Override
        public boolean retainAll(Collection<?> entries) {
            Objects.requireNonNull(entries, "entries");
            return removeIf(e -> !entries.contains(e));
        }

        @Override
        public boolean removeIf(Predicate<? super Map.Entry<K, V>> filter) {
            Objects.requireNonNull(filter, "filter");
            boolean changed = false;
            for (Map.Entry<K, V> e : this) {
                changed |= filter.test(e)
                        && dict.removeWhen(e.getKey(), v -> filter.test(new WritingEntry<>(dict, e.getKey(), v)));
            }
            return changed;
        }

        @Override
        public void clear() {
            dict.clear();
        }
    }

    private static final class WritingEntry<K, V> extends AbstractMap.SimpleEntry<K, V> {
        private final transient DictProxy<K, V> dict;

        WritingEntry(DictProxy<K, V> dict, K key, V value) {
            super(key, value);
            this.dict = dict;
        }

        @Override
        public V setValue(V value) {
            dict.set(getKey(), value);
            return super.setValue(value);
        }
    }
}
