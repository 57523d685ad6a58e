package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Delivery;
import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.NullItemException;
import io.multiproc.client.Outcome;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SetProxy;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.client.UnreadValue;
import io.multiproc.protocol.wire.Values;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code None} of a Python program is to a Java program: a value, never an absence. */
@Timeout(300)
class PythonNoneIT {
    private static TestServer server;
    private static Manager manager;
    private static Python.Running python;

    private DictProxy<String, Long> dict;
    private QueueProxy<String> queue;
    private JoinableQueueProxy<String> work;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        manager = server.connect();
        manager.dict("none_dict");
        manager.list("none_list");
        manager.namespace("none_namespace");
        manager.set("none_set");
        manager.queue("none_queue", Object.class, 0);
        manager.joinableQueue("none_work");
        manager.simpleQueue("none_simple", Object.class);
        python = Python.newest().start("none.py", Python.at(server));
    }

    @AfterAll
    static void stop() {
        python.close();
        server.close();
    }

    @BeforeEach
    void empty() {
        dict = manager.dict("none_dict", String.class, Long.class);
        dict.clear();
        queue = manager.queue("none_queue", String.class, 0);
        queue.clear();
        work = manager.joinableQueue("none_work", String.class, 0);
        work.clear();
    }

    private static void says(String line) throws Exception {
        python.say(line);
        python.heard("done");
    }

    @Test
    void aQueueKeepsItFromWhomItWouldMislead() throws Exception {
        says("put queue");
        queue.put("next");
        assertEquals(2, queue.size());
        assertFalse(queue.isEmpty());
        assertEquals(
                Outcome.NOT_APPLIED,
                assertThrows(NullItemException.class, queue::poll).outcome());
        assertThrows(NullItemException.class, () -> queue.poll(1, TimeUnit.SECONDS));
        assertThrows(NullItemException.class, () -> queue.poll(Duration.ofSeconds(1)));
        assertThrows(NullItemException.class, queue::peek);
        // one after the other: until it is back, others see the next item
        for (var call : List.<Supplier<CompletableFuture<String>>>of(
                () -> queue.async().poll(), () -> queue.async().peek(), () -> queue.async()
                        .poll(Duration.ofSeconds(1)))) {
            CompletableFuture<String> none = call.get();
            assertEquals(
                    NullItemException.class,
                    assertThrows(CompletionException.class, none::join)
                            .getCause()
                            .getClass());
        }
        assertNull(queue.element());
        assertEquals(Arrays.asList(null, "next"), queue.snapshot());
        assertEquals(Arrays.asList(null, "next"), new ArrayList<>(queue));
        assertEquals(Arrays.asList(null, "next"), queue.stream().toList());
        assertEquals(2, queue.toArray().length);
        assertTrue(queue.contains(null));
        assertNull(queue.remove());
        assertEquals("next", queue.remove());
        assertFalse(queue.contains(null));
        assertThrows(NoSuchElementException.class, queue::remove);
        assertThrows(NoSuchElementException.class, queue::element);
        says("put queue");
        assertNull(queue.take());
        says("put queue");
        assertNull(queue.async().take().join());
        says("put queue");
        List<String> drained = new ArrayList<>();
        assertEquals(1, queue.drainTo(drained));
        assertEquals(Collections.singletonList(null), drained);
        says("put queue");
        assertTrue(queue.remove(null));
        assertFalse(queue.remove(null));
        says("put queue");
        var items = queue.iterator();
        assertNull(items.next());
        items.remove();
        assertTrue(queue.isEmpty());
        says("put queue");
        assertThrows(NullPointerException.class, () -> queue.drainTo(new java.util.concurrent.ArrayBlockingQueue<>(1)));
        assertEquals(1, queue.size(), "what a collection refuses is not taken");
    }

    @Test
    void putOfNullNamesWhatJavaProgramsDo() {
        for (var call : List.<org.junit.jupiter.api.function.Executable>of(
                () -> queue.put(null),
                () -> queue.offer(null),
                () -> queue.offer(null, 1, TimeUnit.SECONDS),
                () -> queue.add(null),
                () -> queue.addAll(Collections.singleton(null)),
                () -> queue.async().put(null))) {
            String text = assertThrows(NullPointerException.class, call).getMessage();
            assertTrue(text.contains("shutdown(false)"), text);
        }
        assertTrue(queue.isEmpty());
    }

    @Test
    void joinableAndSimpleQueues() throws Exception {
        says("put work");
        assertThrows(NullItemException.class, work::poll);
        assertEquals(0, work.inProgress());
        Delivery<String> delivery = work.takeDelivery(Duration.ZERO);
        assertNotNull(delivery);
        assertNull(delivery.item());
        assertEquals(1, delivery.deliveries());
        assertTrue(work.done(delivery));
        says("put work");
        assertNull(work.take());
        work.taskDone();
        assertEquals(0, work.unfinished());
        SimpleQueueProxy<String> simple = manager.simpleQueue("none_simple", String.class);
        says("put simple");
        assertNull(simple.get());
        simple.put(null);
        assertNull(simple.getAsync().join());
    }

    @Test
    void aDictIsAHashMapWithNullValues() throws Exception {
        Map<String, Long> model = new HashMap<>();
        says("item k");
        model.put("k", null);
        assertEquals(model, dict.snapshot());
        assertEquals(model.containsKey("k"), dict.containsKey("k"));
        assertNull(dict.get("k"));
        assertEquals(model.getOrDefault("k", 5L), dict.getOrDefault("k", 5L));
        assertEquals(model, dict.getAll(List.of("k", "absent")));
        assertEquals(model, dict.async().getAll(List.of("k", "absent")).join());
        assertEquals(model, dict);
        assertEquals(model.computeIfPresent("k", (k, v) -> 1L), dict.computeIfPresent("k", (k, v) -> 1L));
        assertEquals(model, dict.snapshot());
        assertTrue(dict.entrySet().contains(new java.util.AbstractMap.SimpleEntry<>("k", null)));
        assertEquals(Collections.singletonList(null), new ArrayList<>(dict.values()));
        assertEquals(model.putIfAbsent("k", 7L), dict.putIfAbsent("k", 7L));
        assertEquals(7L, dict.get("k"));
        says("item k");
        assertNull(dict.async().putIfAbsent("k", 8L).join());
        assertEquals(8L, dict.get("k"));
        says("item k");
        assertEquals(9L, dict.computeIfAbsent("k", k -> 9L));
        assertEquals(9L, dict.get("k"));
        says("item k");
        assertEquals(3L, dict.merge("k", 3L, Long::sum));
        says("item k");
        assertEquals(4L, dict.compute("k", (k, v) -> v == null ? 4L : -1L));
        says("item k");
        assertNull(dict.compute("k", (k, v) -> null));
        assertFalse(dict.containsKey("k"));
        says("item k");
        dict.replaceAll((k, v) -> v == null ? 6L : -1L);
        assertEquals(6L, dict.get("k"));
        says("item k");
        assertTrue(dict.values().removeIf(java.util.Objects::isNull));
        says("item k");
        assertTrue(dict.values().remove(null));
        says("item k");
        assertTrue(dict.entrySet().removeIf(e -> e.getValue() == null));
        says("item k");
        assertTrue(dict.entrySet().remove(new java.util.AbstractMap.SimpleEntry<>("k", null)));
        says("item k");
        assertNull(dict.replace("k", 1L));
        assertEquals(1L, dict.remove("k"));
    }

    @Test
    void pythonsMethodsOfADictDoAsPythons() throws Exception {
        says("item k");
        assertNull(dict.setDefault("k", 5L));
        assertTrue(dict.containsKey("k"));
        assertNull(dict.pop("k"), "which it was");
        assertThrows(NoSuchElementException.class, () -> dict.pop("k"));
        says("item k");
        assertNull(dict.pop("k", 5L));
        assertEquals(5L, dict.pop("k", 5L));
        says("item k");
        assertNull(dict.popItem().getValue());
        says("key");
        assertEquals(Collections.singleton(null), dict.snapshot().keySet());
        var keys = dict.keySet().iterator();
        assertNull(keys.next());
        keys.remove();
        assertThrows(IllegalStateException.class, keys::remove);
        assertTrue(dict.isEmpty());
        says("key");
        assertNull(dict.popItem().getKey());
    }

    @Test
    void aSetHasItAsAnElement() throws Exception {
        SetProxy<String> set = manager.set("none_set", String.class);
        // Python has no proxy of sets yet
        SetProxy<Object> raw = manager.set("none_set", Object.class);
        UnreadValue none = new UnreadValue(Values.NULL);
        raw.add(none);
        set.add("a");
        assertEquals(new java.util.HashSet<>(Arrays.asList(null, "a")), set.snapshot());
        assertFalse(set.retainAll(Arrays.asList(null, "a")), "both are among those");
        assertTrue(set.removeIf(e -> e == null));
        raw.add(none);
        assertNull(set.pop());
        raw.add(none);
        assertTrue(set.removeAll(Collections.singleton(null)));
        assertEquals(java.util.Set.of("a"), set.snapshot());
        raw.add(none);
        set.remove("a");
        var elements = set.iterator();
        assertNull(elements.next());
        elements.remove();
        assertThrows(NoSuchElementException.class, set::pop);
        assertThrows(NullPointerException.class, () -> set.add(null));
    }

    @Test
    void listsAndNamespacesHaveItAnyway() throws Exception {
        ListProxy<String> list = manager.list("none_list", String.class);
        says("append");
        list.add(null);
        assertEquals(Arrays.asList(null, null), list);
        assertNull(list.pop());
        assertNull(list.set(0, "a"));
        assertEquals(List.of("a"), list);
        list.clear();
        says("set");
        var namespace = manager.namespace("none_namespace");
        assertTrue(namespace.has("x"));
        assertNull(namespace.get("x"));
        assertNull(namespace.getOrDefault("x", "default", String.class));
        assertTrue(namespace.compareAndSet("x", null, "new"));
    }
}
