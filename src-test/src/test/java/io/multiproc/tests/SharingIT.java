package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two JVMs and each type of shared object: each sees what the other did. */
@Tag("jdk")
@Timeout(120)
class SharingIT {
    private static TestServer server;
    private static ChildJvm child;
    private static Manager manager;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        child = server.child(Partner.class).ready();
        manager = server.connect();
    }

    @AfterAll
    static void stop() {
        child.finish();
        child.close();
        server.close();
    }

    /** What the other JVM does. */
    static final class Partner implements Script {
        private final Map<String, Object> kept = new HashMap<>();

        @Override
        public Object run(Manager m, String... words) throws Exception {
            return switch (words[0]) {
                case "dict" -> {
                    DictProxy<String, Long> d = m.dict("d", String.class, Long.class);
                    long seen = d.get("parent");
                    d.put("child", seen + 1);
                    d.remove("gone");
                    yield d.add("both", 5);
                }
                case "list" -> {
                    ListProxy<Object> l = m.list("l");
                    List<Object> seen = l.snapshot();
                    l.add("c");
                    l.set(0, "A");
                    yield seen;
                }
                case "namespace" -> {
                    NamespaceProxy n = m.namespace("n");
                    Object seen = n.get("x");
                    n.set("y", List.of(1, 2));
                    n.add("count", 2);
                    n.delete("gone");
                    yield seen;
                }
                case "take" -> m.queue(words[1]).take();
                case "put" -> {
                    m.queue(words[1]).put(words[2]);
                    yield "put";
                }
                case "offer" -> m.queue(words[1]).offer(words[2]);
                case "work" -> {
                    JoinableQueueProxy<String> q = m.joinableQueue("j", String.class, 0);
                    String item = q.take();
                    q.taskDone();
                    yield item;
                }
                case "simple" -> {
                    SimpleQueueProxy<Object> q = m.simpleQueue("s", Object.class);
                    Object item = q.get();
                    q.put("answer to " + item);
                    yield item;
                }
                case "trylock" -> lock(m, words).tryLock();
                case "lock" -> {
                    lock(m, words).lock();
                    yield lock(m, words).fencingToken();
                }
                case "unlock" -> {
                    lock(m, words).unlock();
                    yield "unlocked";
                }
                case "holds" -> lock(m, words).getHoldCount();
                case "signal" -> {
                    lock(m, words).lock();
                    lock(m, words).condition("full").signal();
                    lock(m, words).unlock();
                    yield "signalled";
                }
                case "nested" -> {
                    ListProxy<?> list = (ListProxy<?>) m.namespace("root").get("list");
                    DictProxy<?, ?> dict = (DictProxy<?, ?>) list.get(0);
                    int seen = dict.size();
                    put(dict, "child", m.list(List.of("made by the child")));
                    yield seen;
                }
                case "letter" -> {
                    QueueProxy<?> reply = (QueueProxy<?>) m.queue("post").take();
                    @SuppressWarnings("unchecked")
                    QueueProxy<Object> q = (QueueProxy<Object>) reply;
                    q.put("thanks");
                    kept.put("reply", q);
                    yield q.typeId();
                }
                case "keep" -> {
                    kept.put(words[1], m.find(words[1]));
                    yield "kept";
                }
                case "release" -> {
                    ((QueueProxy<?>) kept.remove("reply")).close();
                    yield "released";
                }
                case "wrap" -> {
                    // held by nobody but the named list
                    m.list("box").add(m.dict(Map.of("k", m.list(List.of(1L)))));
                    yield "wrapped";
                }
                case "gc" -> {
                    System.gc();
                    yield "gc";
                }
                default -> throw new IllegalArgumentException(words[0]);
            };
        }

        private static LockProxy lock(Manager m, String... words) {
            return words[1].equals("rlock") ? m.rlock("rlock") : m.lock(words[1]);
        }

        @SuppressWarnings("unchecked")
        private static void put(DictProxy<?, ?> dict, String key, Object value) {
            ((DictProxy<Object, Object>) dict).put(key, value);
        }
    }

    @Test
    void dict() {
        DictProxy<String, Long> d = manager.dict("d", String.class, Long.class);
        d.put("parent", 41L);
        d.put("gone", 0L);
        d.put("both", 10L);
        assertEquals("15", child.ask("dict"));
        assertEquals(Map.of("parent", 41L, "child", 42L, "both", 15L), d.snapshot());
    }

    @Test
    void list() {
        ListProxy<Object> l = manager.list("l");
        l.add("a");
        l.add("b");
        assertEquals("[a, b]", child.ask("list"));
        assertEquals(List.of("A", "b", "c"), l.snapshot());
    }

    @Test
    void namespace() {
        NamespaceProxy n = manager.namespace("n");
        n.set("x", "seen");
        n.set("gone", 1);
        n.set("count", 40);
        assertEquals("seen", child.ask("namespace"));
        assertEquals(List.of(1, 2), n.get("y"));
        assertEquals(42L, n.get("count", Long.class));
        assertFalse(n.has("gone"));
    }

    @Test
    void unboundedQueue() throws Exception {
        QueueProxy<Object> q = manager.queue("q");
        q.put("first");
        q.put("second");
        assertEquals("first", child.ask("take q"));
        assertEquals("second", child.ask("take q"));
        child.send("take q");
        Await.until("the child waits", () -> waiters("q") == 1);
        q.put("third");
        assertEquals("third", child.answer());
        child.ask("put q back");
        assertEquals("back", q.take());
    }

    @Test
    void boundedQueueHoldsTheOtherProcessBack() throws Exception {
        QueueProxy<String> q = manager.queue("bounded", String.class, 2);
        q.put("1");
        child.ask("put bounded 2");
        assertFalse(q.offer("3"));
        assertEquals("false", child.ask("offer bounded 3"));
        assertEquals(0, q.remainingCapacity());
        child.send("put bounded 3");
        Await.until("the child waits for room", () -> waiters("bounded") == 1);
        assertEquals(List.of("1", "2"), q.snapshot());
        assertEquals("1", q.take());
        assertEquals("put", child.answer());
        assertEquals(List.of("2", "3"), q.snapshot());
    }

    @Test
    void joinableQueue() throws Exception {
        JoinableQueueProxy<String> q = manager.joinableQueue("j", String.class, 0);
        q.put("one");
        q.put("two");
        assertEquals("one", child.ask("work"));
        assertEquals(1, q.unfinished());
        assertFalse(q.join(Duration.ofMillis(1)));
        child.send("work");
        q.join();
        assertEquals("two", child.answer());
        assertEquals(0, q.unfinished());
    }

    @Test
    void simpleQueue() throws Exception {
        SimpleQueueProxy<Object> q = manager.simpleQueue("s", Object.class);
        child.send("simple");
        Await.until("the child waits", () -> waiters("s") == 1);
        q.put("question");
        assertEquals("question", child.answer());
        assertEquals("answer to question", q.get());
        assertTrue(q.isEmpty());
    }

    @Test
    void lock() throws Exception {
        LockProxy lock = manager.lock("lock");
        lock.lock();
        long first = lock.fencingToken();
        assertEquals("false", child.ask("trylock lock"));
        child.send("lock lock");
        Await.until("the child waits", () -> lock.getQueueLength() == 1);
        lock.unlock();
        long second = Long.parseLong(child.answer());
        assertTrue(second > first, () -> second + " after " + first);
        assertFalse(lock.tryLock());
        assertFalse(lock.tryLock(1, TimeUnit.MILLISECONDS));
        child.ask("unlock lock");
        assertTrue(lock.tryLock());
        lock.unlock();
    }

    @Test
    void reentrantLockAndItsCondition() throws Exception {
        LockProxy lock = manager.rlock("rlock");
        lock.lock();
        lock.lock();
        assertEquals("false", child.ask("trylock rlock"));
        assertEquals("0", child.ask("holds rlock"));
        child.send("signal rlock");
        Await.until("the child waits", () -> lock.getQueueLength() == 1);
        // gives both levels away, and has both again afterwards
        lock.condition("full").await();
        assertEquals(2, lock.getHoldCount());
        assertEquals("signalled", child.answer());
        lock.unlock();
        lock.unlock();
        child.ask("lock rlock");
        child.ask("lock rlock");
        assertEquals("2", child.ask("holds rlock"));
        assertFalse(lock.tryLock());
        child.ask("unlock rlock");
        assertFalse(lock.tryLock());
        child.ask("unlock rlock");
        assertTrue(lock.tryLock());
        lock.unlock();
    }

    @Test
    void objectsWithinObjectsWithinObjects() {
        try (DictProxy<Object, Object> dict = manager.dict();
                ListProxy<Object> list = manager.list()) {
            dict.put("parent", 1);
            list.add(dict);
            manager.namespace("root").set("list", list);
            assertEquals("1", child.ask("nested"));
            assertEquals(2, dict.size());
            assertEquals(
                    "made by the child",
                    assertInstanceOf(ListProxy.class, dict.get("child")).get(0));
        }
        // the named namespace alone keeps all three alive
        ListProxy<?> again = (ListProxy<?>) manager.namespace("root").get("list");
        assertEquals(2, ((DictProxy<?, ?>) again.get(0)).size());
    }

    @Test
    void aQueueSentThroughAQueue() throws Exception {
        manager.queue("post");
        long before = manager.numberOfObjects();
        QueueProxy<Object> reply = manager.queue();
        manager.queue("post").put(reply);
        assertEquals("queue", child.ask("letter"));
        assertEquals("thanks", reply.take());
        reply.close();
        // the child still holds it
        assertEquals(before + 1, manager.numberOfObjects());
        child.ask("release");
        Await.until("the queue is freed", () -> manager.numberOfObjects() == before);
    }

    @Test
    void whatNobodyHoldsIsFreed() {
        ListProxy<Object> box = manager.list("box");
        int before = manager.numberOfObjects();
        child.ask("wrap");
        assertEquals(before + 2, manager.numberOfObjects());
        DictProxy<?, ?> dict = (DictProxy<?, ?>) box.get(0);
        assertEquals(1L, ((ListProxy<?>) dict.get("k")).get(0));
        box.clear();
        // both sides may hold proxies until their collectors find them
        dict.close();
        Await.until("both are freed", () -> {
            System.gc();
            child.ask("gc");
            return manager.numberOfObjects() == before;
        });
    }

    @Test
    void theEndOfASessionFreesWhatOnlyItHeld() {
        int before = manager.numberOfObjects();
        Manager other = server.connect();
        DictProxy<Object, Object> dict = other.dict();
        dict.put("list", other.list());
        dict.put("queue", other.queue());
        assertEquals(before + 3, manager.numberOfObjects());
        other.close();
        Await.until("all three are freed", () -> manager.numberOfObjects() == before);
        assertNull(manager.find("no such name"));
    }

    private static long waiters(String name) {
        return manager.objects().stream()
                .filter(o -> name.equals(o.name()))
                .mapToLong(o -> o.waiters())
                .sum();
    }
}
