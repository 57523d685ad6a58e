package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.InstanceProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.Proxy;
import io.multiproc.client.Registration;
import io.multiproc.client.SetProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Interfaces of registered classes: generics, futures, instances as arguments and results, order of calls. */
@Tag("jdk")
class ServiceFacesContractIT extends Contract {
    /** A generic face. */
    public interface Repository<K, V> {
        V find(K key);

        void store(K key, V value);

        Map<K, V> all();

        <T extends Comparable<T>> T greatest(List<T> of);

        default V findOr(K key, V other) {
            V found = find(key);
            return found == null ? other : found;
        }

        String join(String separator, Object... parts);

        CompletableFuture<Integer> size();

        CompletionStage<Long> wide();

        Future<String> old();

        CompletableFuture<Repository<K, V>> forked();

        CompletableFuture<Object> failing();

        Repository<K, V> fork();

        int sizeOf(Repository<K, V> other);
    }

    /** What is registered. */
    public static final class Store implements Repository<String, Long> {
        private final Map<String, Long> content = new TreeMap<>();

        public Store() {}

        @Override
        public Long find(String key) {
            return content.get(key);
        }

        @Override
        public void store(String key, Long value) {
            content.put(key, value);
        }

        @Override
        public Map<String, Long> all() {
            return content;
        }

        @Override
        public <T extends Comparable<T>> T greatest(List<T> of) {
            return java.util.Collections.max(of);
        }

        @Override
        public String join(String separator, Object... parts) {
            List<String> texts = new ArrayList<>();
            for (Object p : parts) {
                texts.add(String.valueOf(p));
            }
            return String.join(separator, texts);
        }

        @Override
        public CompletableFuture<Integer> size() {
            return CompletableFuture.supplyAsync(content::size);
        }

        @Override
        public CompletionStage<Long> wide() {
            return CompletableFuture.completedFuture((long) content.size());
        }

        @Override
        public Future<String> old() {
            return CompletableFuture.completedFuture("old");
        }

        @Override
        public CompletableFuture<Repository<String, Long>> forked() {
            return CompletableFuture.completedFuture(fork());
        }

        @Override
        public CompletableFuture<Object> failing() {
            return CompletableFuture.failedFuture(new IllegalStateException("later"));
        }

        @Override
        public Repository<String, Long> fork() {
            Store copy = new Store();
            copy.content.putAll(content);
            return copy;
        }

        @Override
        public int sizeOf(Repository<String, Long> other) {
            return other.all().size();
        }
    }

    private String registered() {
        String name = uniqueName();
        manager.register(
                name,
                Registration.of(Repository.class, Store.class)
                        .withResult("fork", name)
                        .withResult("forked", name));
        return name;
    }

    @SuppressWarnings("unchecked")
    private static Repository<String, Long> made(Manager by, String name) {
        return by.create(name, Repository.class);
    }

    @Test
    void generics() {
        Repository<String, Long> store = made(other, registered());
        store.store("a", 5L);
        assertEquals(5L, store.find("a"));
        assertEquals(7L, store.findOr("none", 7L), "a default method");
        assertEquals(Map.of("a", 5L), store.all());
        assertEquals("c", store.greatest(List.of("b", "c", "a")));
        assertEquals(9L, store.<Long>greatest(List.of(3L, 9L)));
        assertEquals("1-b-null", store.join("-", 1, "b", null));
        assertEquals("", store.join("-"));
        assertThrows(IllegalArgumentException.class, () -> other.createInstance(registered())
                .call("store", "a", "no number"));
        assertEquals(Map.of("a", 5L), store.all(), "as before");
    }

    @Test
    void futures() throws Exception {
        Repository<String, Long> store = made(other, registered());
        store.store("a", 1L);
        assertEquals(1, store.size().get(30, TimeUnit.SECONDS));
        assertEquals(1L, store.wide().toCompletableFuture().get(30, TimeUnit.SECONDS));
        assertEquals("old", store.old().get(30, TimeUnit.SECONDS));
        Repository<String, Long> fork = store.forked().get(30, TimeUnit.SECONDS);
        assertEquals(1L, fork.find("a"));
        assertEquals(
                "later", failure(IllegalStateException.class, store.failing()).getMessage());
    }

    @Test
    void instancesAreResultsAndArguments() {
        Repository<String, Long> store = made(other, registered());
        store.store("a", 1L);
        Repository<String, Long> fork = store.fork();
        assertInstanceOf(Proxy.class, fork, "a shared object with a face");
        fork.store("b", 2L);
        assertEquals(Map.of("a", 1L), store.all());
        assertEquals(Map.of("a", 1L, "b", 2L), fork.all());
        assertEquals(2, store.sizeOf(fork), "the face is a live argument");
    }

    @Test
    void resultsOfEveryTypeId() {
        String name = uniqueName();
        manager.register(
                name,
                Registration.of(Lists.class, Lists.class)
                        .withResult("numbers", "set")
                        .withResult("names", "list")
                        .withResult("table", "dict")
                        .withResult("wrong", "dict")
                        .withResult("unknown", "no such type"));
        InstanceProxy lists = other.createInstance(name);
        SetProxy<?> numbers = assertInstanceOf(SetProxy.class, lists.call("numbers"));
        assertEquals(java.util.Set.of(1, 2), numbers.snapshot());
        DictProxy<?, ?> table = assertInstanceOf(DictProxy.class, lists.call("table"));
        assertEquals(Map.of("a", 1), table.snapshot());
        assertMentions("was to return a map", () -> lists.call("wrong"), IllegalStateException.class);
        assertMentions("not registered here", () -> lists.call("unknown"), IllegalStateException.class);
        assertEquals(1, ((List<?>) lists.call("plain")).size(), "the instance is as before");
    }

    /** Methods whose results become shared objects, or cannot. */
    public static final class Lists {
        public Lists() {}

        public List<Integer> numbers() {
            return List.of(1, 2, 1);
        }

        public List<String> names() {
            return List.of("a");
        }

        public Map<String, Integer> table() {
            return Map.of("a", 1);
        }

        public List<String> wrong() {
            return List.of();
        }

        public List<String> unknown() {
            return List.of();
        }

        public List<String> plain() {
            return List.of("x");
        }
    }

    /** Two calls that wait for one another: they end only if they run at the same time. */
    public static final class Pair {
        private final CountDownLatch both = new CountDownLatch(2);
        private int inside;
        private int most;

        public Pair() {}

        public boolean meet() throws InterruptedException {
            both.countDown();
            return both.await(30, TimeUnit.SECONDS);
        }

        public void enter() {
            // not synchronized: only the order of calls keeps it right
            inside++;
            most = Math.max(most, inside);
            Thread.yield();
            inside--;
        }

        public int most() {
            return most;
        }
    }

    @Test
    void callsOfOneInstanceAreSerialisedOrConcurrentByChoice() {
        String concurrent = uniqueName();
        manager.register(concurrent, Registration.of(Pair.class, Pair.class).withConcurrentCalls());
        InstanceProxy pair = other.createInstance(concurrent);
        CompletableFuture<?> first = pair.callAsync("meet");
        assertEquals(true, pair.call("meet"));
        assertEquals(true, get(first));
        String serial = uniqueName();
        manager.register(serial, Pair.class);
        InstanceProxy one = other.createInstance(serial);
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(one.callAsync("enter"));
        }
        calls.forEach(Contract::get);
        assertEquals(1, one.call("most"));
        assertFalse(calls.isEmpty());
        assertTrue(one.toString().startsWith("instance #"));
    }
}
