package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Four JVMs, ten thousand operations each, at once: nothing is lost and nothing is done twice. */
@Timeout(300)
class CountsIT {
    private static final int JVMS = 4;
    private static final int EACH = 10_000;
    private static final String END = "end";

    private static TestServer server;
    private static Manager manager;
    private static final List<ChildJvm> CHILDREN = new ArrayList<>();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        manager = server.connect();
        for (int i = 0; i < JVMS; i++) {
            CHILDREN.add(server.child(Counter.class));
        }
        CHILDREN.forEach(ChildJvm::ready);
    }

    @AfterAll
    static void stop() {
        try {
            CHILDREN.forEach(ChildJvm::finish);
        } finally {
            CHILDREN.forEach(ChildJvm::close);
            server.close();
        }
    }

    /** What each JVM does; its number is the second word. */
    static final class Counter implements Script {
        @Override
        public Object run(Manager m, String... words) throws Exception {
            int me = Integer.parseInt(words[1]);
            switch (words[0]) {
                case "append" -> {
                    ListProxy<Integer> list = m.list("list", Integer.class);
                    for (int i = 0; i < EACH; i++) {
                        list.add(me * EACH + i);
                    }
                }
                case "put" -> {
                    DictProxy<Integer, Integer> dict = m.dict("dict", Integer.class, Integer.class);
                    for (int i = 0; i < EACH; i++) {
                        dict.put(me * EACH + i, i);
                    }
                }
                case "add" -> {
                    DictProxy<String, Long> dict = m.dict("sums", String.class, Long.class);
                    for (int i = 0; i < EACH; i++) {
                        dict.add("counter", 1);
                    }
                }
                case "locked" -> {
                    LockProxy lock = m.lock("guard");
                    DictProxy<String, Long> dict = m.dict("sums", String.class, Long.class);
                    for (int i = 0; i < EACH; i++) {
                        lock.lock();
                        try {
                            dict.set("locked", dict.get("locked") + 1);
                        } finally {
                            lock.unlock();
                        }
                    }
                }
                case "merge" -> {
                    DictProxy<String, Long> dict = m.dict("sums", String.class, Long.class);
                    for (int i = 0; i < EACH / 10; i++) {
                        dict.merge("merged", 1L, Long::sum);
                    }
                }
                case "produce" -> {
                    QueueProxy<Object> queue = m.queue(words[2], Object.class);
                    for (int i = 0; i < EACH; i++) {
                        queue.put(me * EACH + i);
                    }
                    queue.put(END);
                }
                case "consume" -> {
                    QueueProxy<Object> queue = m.queue(words[2], Object.class);
                    List<Integer> seen = new ArrayList<>();
                    Object item;
                    while ((item = queue.take()) instanceof Integer i) {
                        seen.add(i);
                    }
                    // in parts, and as one value each
                    m.list("seen by " + me).addAll(seen);
                    return item;
                }
                case "work" -> {
                    JoinableQueueProxy<Object> queue = m.joinableQueue("jobs");
                    DictProxy<String, Long> dict = m.dict("sums", String.class, Long.class);
                    Object item;
                    int done = 0;
                    while ((item = queue.take()) instanceof Integer) {
                        dict.add("done", 1);
                        queue.taskDone();
                        done++;
                    }
                    queue.taskDone();
                    return done;
                }
                case "submit" -> {
                    JoinableQueueProxy<Object> queue = m.joinableQueue("jobs");
                    for (int i = 0; i < EACH; i++) {
                        queue.put(i);
                    }
                }
                default -> throw new IllegalArgumentException(words[0]);
            }
            return "done";
        }
    }

    private static long sum(String key) {
        return manager.dict("sums", String.class, Long.class).get(key);
    }

    private static void all(String command) {
        for (int i = 0; i < JVMS; i++) {
            CHILDREN.get(i).send(command + " " + i);
        }
        for (ChildJvm child : CHILDREN) {
            assertEquals("done", child.answer());
        }
    }

    @Test
    void appends() {
        manager.list("list");
        all("append");
        List<Integer> list = manager.list("list", Integer.class).snapshot();
        assertEquals(JVMS * EACH, list.size());
        int[] next = new int[JVMS];
        for (int n : list) {
            // each JVM's own are in its order
            assertEquals(next[n / EACH]++, n % EACH);
        }
    }

    @Test
    void puts() {
        all("put");
        Map<Integer, Integer> expected = new TreeMap<>();
        for (int i = 0; i < JVMS * EACH; i++) {
            expected.put(i, i % EACH);
        }
        assertEquals(
                expected,
                new TreeMap<>(manager.dict("dict", Integer.class, Integer.class).snapshot()));
    }

    @Test
    void additionsToOneNumber() {
        all("add");
        assertEquals((long) JVMS * EACH, sum("counter"));
    }

    @Test
    void lockedStepsOfTwoRoundTrips() {
        manager.dict("sums").put("locked", 0L);
        all("locked");
        assertEquals((long) JVMS * EACH, sum("locked"));
    }

    @Test
    void compareAndSetLoops() {
        all("merge");
        assertEquals((long) JVMS * EACH / 10, sum("merged"));
    }

    @Test
    void everyItemOfAQueueIsSeenOnce() {
        exchange("unbounded");
    }

    @Test
    void everyItemOfABoundedQueueIsSeenOnce() {
        manager.queue("bounded", Object.class, 7);
        exchange("bounded");
    }

    private static void exchange(String queue) {
        CHILDREN.get(2).send("consume 2 " + queue);
        CHILDREN.get(3).send("consume 3 " + queue);
        CHILDREN.get(0).send("produce 0 " + queue);
        CHILDREN.get(1).send("produce 1 " + queue);
        assertEquals("done", CHILDREN.get(0).answer());
        assertEquals("done", CHILDREN.get(1).answer());
        assertEquals(END, CHILDREN.get(2).answer());
        assertEquals(END, CHILDREN.get(3).answer());
        BitSet seen = new BitSet();
        int count = 0;
        for (String consumer : List.of("seen by 2", "seen by 3")) {
            int[] last = {-1, -1};
            for (int i : manager.list(consumer, Integer.class).snapshot()) {
                seen.set(i);
                count++;
                // first in, first out: one consumer sees each producer's in order
                assertTrue(i > last[i / EACH], () -> "out of order at " + i);
                last[i / EACH] = i;
            }
            manager.delete(consumer);
        }
        assertEquals(2 * EACH, count);
        assertEquals(2 * EACH, seen.cardinality());
        assertEquals(0, manager.queue(queue).size());
    }

    @Test
    void everyJobOfAJoinableQueueIsDone() throws Exception {
        JoinableQueueProxy<Object> jobs = manager.joinableQueue("jobs");
        CHILDREN.get(2).send("work 2");
        CHILDREN.get(3).send("work 3");
        CHILDREN.get(0).send("submit 0");
        CHILDREN.get(1).send("submit 1");
        assertEquals("done", CHILDREN.get(0).answer());
        assertEquals("done", CHILDREN.get(1).answer());
        jobs.join();
        assertEquals(2L * EACH, sum("done"));
        jobs.put(END);
        jobs.put(END);
        int done = Integer.parseInt(CHILDREN.get(2).answer())
                + Integer.parseInt(CHILDREN.get(3).answer());
        assertEquals(2 * EACH, done);
        assertEquals(0, jobs.unfinished());
    }
}
