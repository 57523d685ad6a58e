package io.multiproc.client;

import io.multiproc.client.internal.session.Encoded;
import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.NamespaceOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A shared namespace: named attributes of any type, Python's {@code Namespace}.
 *
 * <p>Every method is atomic and one round trip unless it says otherwise, and may be called by any number of threads and
 * processes. Values may be null. Names are at most 1024 bytes of UTF-8 and not empty. Every method throws {@link
 * NoSuchObjectException} if the namespace was deleted. {@link Proxy} says what happens when the connection breaks.
 */
public final class NamespaceProxy extends RemoteObject implements AutoCloseable {

    NamespaceProxy(ObjectHandle handle) {
        super(handle);
    }

    /**
     * {@return the value of an attribute}
     *
     * @param name the name of the attribute
     * @throws NoSuchElementException if there is none of this name, with Python's text
     */
    public @Nullable Object get(String name) {
        Encoded found = handle.callEncoded(NamespaceOp.GET, name);
        if (found == null) {
            throw new NoSuchElementException("'Namespace' object has no attribute '" + name + "'");
        }
        return handle.session().decode(found);
    }

    /**
     * As {@link #get(String)}, converted to a type; numbers widen.
     *
     * @param <T> the type of the value
     * @param name the name of the attribute
     * @param type the class that the value is converted to
     * @return as {@link #get(String)}
     */
    public <T> T get(String name, Class<T> type) {
        return ReplyValues.element(get(name), type);
    }

    /**
     * {@return the value of an attribute, or the default if there is none}
     *
     * @param <T> the type of the value
     * @param name the name of the attribute
     * @param defaultValue the value if there is none
     * @param type the class that the value is converted to
     */
    public <T> T getOrDefault(String name, T defaultValue, Class<T> type) {
        Encoded found = handle.callEncoded(NamespaceOp.GET, name);
        return found == null
                ? defaultValue
                : ReplyValues.element(handle.session().decode(found), type);
    }

    /**
     * {@return whether there is an attribute of this name: Python's {@code hasattr}}
     *
     * @param name the name of the attribute
     */
    public boolean has(String name) {
        try {
            return ReplyValues.bool(handle.call(NamespaceOp.CONTAINS, name));
        } catch (RequestRejectedException e) {
            Queries.olderServer(e);
            return names().contains(name);
        }
    }

    /**
     * Sets an attribute.
     *
     * @param name the name of the attribute
     * @param value the value
     */
    public void set(String name, @Nullable Object value) {
        handle.call(NamespaceOp.SET, name, value);
    }

    /**
     * Deletes an attribute and says whether there was one.
     *
     * @param name the name of the attribute
     * @return whether there was one
     */
    public boolean delete(String name) {
        return ReplyValues.bool(handle.call(NamespaceOp.DELETE, name));
    }

    /** {@return the names of the attributes, in order of creation} */
    public List<String> names() {
        return ReplyValues.listOf(handle.call(NamespaceOp.NAMES), String.class);
    }

    /**
     * Sets an attribute only if its value equals the expected one; false also when there is no such attribute.
     *
     * @param name the name of the attribute
     * @param expected the value that must be there
     * @param value the value
     * @return whether it was equal
     */
    public boolean compareAndSet(String name, @Nullable Object expected, @Nullable Object value) {
        return ReplyValues.bool(handle.call(NamespaceOp.COMPARE_AND_SET, name, expected, value));
    }

    /**
     * Adds to a number, an absent attribute counting as 0, and returns the sum, exactly.
     *
     * @param name the name of the attribute
     * @param delta what is added
     * @return the sum, exactly
     * @throws WrongTypeException if the value is not a number; nothing is changed
     */
    public Number add(String name, Number delta) {
        return (Number) Objects.requireNonNull(handle.call(NamespaceOp.ADD, name, delta));
    }

    /**
     * Replaces the value of an attribute by a function of it, which runs here: a compare-and-set loop that loses no update. Two
     * round trips, two more for each retry.
     *
     * @param name the name of the attribute
     * @param change changes the options
     * @return the new value
     * @throws NoSuchElementException if there is no such attribute
     */
    public @Nullable Object update(String name, UnaryOperator<@Nullable Object> change) {
        while (true) {
            Encoded seen = handle.callEncoded(NamespaceOp.GET, name);
            if (seen == null) {
                throw new NoSuchElementException("'Namespace' object has no attribute '" + name + "'");
            }
            Object now = change.apply(handle.session().decode(seen));
            if (ReplyValues.bool(handle.call(NamespaceOp.COMPARE_AND_SET, name, seen, now))) {
                return now;
            }
        }
    }

    /** {@return a copy of all attributes at one moment} */
    public Map<String, @Nullable Object> snapshot() {
        return copy(handle.call(NamespaceOp.SNAPSHOT));
    }

    private static Map<String, @Nullable Object> copy(@Nullable Object v) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        if (v instanceof Map<?, ?> map) {
            map.forEach((k, e) -> out.put((String) k, e));
        }
        return out;
    }

    /** {@return the same operations without blocking} */
    public Async async() {
        return new Async();
    }

    @Override
    public String toString() {
        return "Namespace" + snapshot();
    }

    /** The operations of {@link NamespaceProxy} as futures; see {@link AsyncDict} for order and threads. */
    public final class Async {
        private Async() {}

        /**
         * {@return the value of an attribute; null also when there is none}
         *
         * @param name the name of the attribute
         */
        public CompletableFuture<@Nullable Object> get(String name) {
            return handle.callAsync(v -> v, NamespaceOp.GET, name);
        }

        /**
         * See {@link NamespaceProxy#set}.
         *
         * @param name the name of the attribute
         * @param value the value
         * @return a future of its end
         */
        public CompletableFuture<@Nullable Void> set(String name, @Nullable Object value) {
            return handle.callAsync(v -> null, NamespaceOp.SET, name, value);
        }

        /**
         * See {@link NamespaceProxy#delete}.
         *
         * @param name the name of the attribute
         * @return whether there was one
         */
        public CompletableFuture<Boolean> delete(String name) {
            return handle.callAsync(ReplyValues::bool, NamespaceOp.DELETE, name);
        }

        /**
         * See {@link NamespaceProxy#names}.
         *
         * @return a future of the result
         */
        public CompletableFuture<List<String>> names() {
            return handle.callAsync(v -> ReplyValues.listOf(v, String.class), NamespaceOp.NAMES);
        }

        /**
         * See {@link NamespaceProxy#compareAndSet}.
         *
         * @param name the name of the attribute
         * @param expected the value that must be there
         * @param value the value
         * @return whether it was equal
         */
        public CompletableFuture<Boolean> compareAndSet(
                String name, @Nullable Object expected, @Nullable Object value) {
            return handle.callAsync(ReplyValues::bool, NamespaceOp.COMPARE_AND_SET, name, expected, value);
        }

        /**
         * See {@link NamespaceProxy#add}.
         *
         * @param name the name of the attribute
         * @param delta what is added
         * @return a future of the result
         */
        public CompletableFuture<Number> add(String name, Number delta) {
            return handle.callAsync(v -> ReplyValues.element(v, Number.class), NamespaceOp.ADD, name, delta);
        }

        /**
         * See {@link NamespaceProxy#snapshot}.
         *
         * @return a future of the result
         */
        public CompletableFuture<Map<String, @Nullable Object>> snapshot() {
            return handle.callAsync(NamespaceProxy::copy, NamespaceOp.SNAPSHOT);
        }
    }
}
