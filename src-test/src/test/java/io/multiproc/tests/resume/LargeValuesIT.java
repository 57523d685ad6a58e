package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Relay;
import io.multiproc.tests.fixtures.TestServer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ListIterator;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values of all sizes, large ones among them, come back as they were, whatever the buffers on their way are used for in between. */
@Timeout(120)
class LargeValuesIT {
    /** Sizes at which something on the way changes its manner, give or take what comes with a value. */
    private static final int[] EDGES = {100, 8 << 10, 64 << 10, 128 << 10, 1 << 20, (1 << 20) + (64 << 10), 4 << 20};

    private static final int ROUNDS = 12;

    private final long seed = System.nanoTime();

    private static byte[] value(Random random) {
        byte[] bytes = new byte[EDGES[random.nextInt(EDGES.length)] + random.nextInt(300) - 80];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Puts and gets of one thread, with small operations between; another of the manager's threads asks for its values at the same time. */
    private static void work(Manager manager, int id, long seed, AtomicInteger done) {
        Random random = new Random(seed + id);
        DictProxy<String, byte[]> values = manager.dict("values", String.class, byte[].class);
        DictProxy<String, Long> counters = manager.dict("counters", String.class, Long.class);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] value = value(random);
            String key = id + "/" + random.nextInt(3);
            var later = values.async().set(key, value);
            counters.add("n" + id, 1L);
            later.join();
            var first = values.async().get(key);
            assertArrayEquals(value, values.get(key));
            assertArrayEquals(value, first.join());
            done.incrementAndGet();
        }
        assertEquals(ROUNDS, counters.get("n" + id));
    }

    private void together(List<ManagerOptions> options, Runnable meanwhile, AtomicInteger done) throws Exception {
        System.out.println("LargeValuesIT seed " + seed);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Manager> managers = new ArrayList<>();
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (ManagerOptions o : options) {
                Manager manager = Manager.connect(o);
                managers.add(manager);
                for (int t = 0; t < 2; t++) {
                    int id = ends.size();
                    ends.add(threads.submit(() -> work(manager, id, seed, done)));
                }
            }
            meanwhile.run();
            for (Future<?> end : ends) {
                end.get(100, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
            managers.forEach(Manager::close);
        }
    }

    @Test
    void ofSeveralThreadsAndClients() throws Exception {
        try (TestServer server = TestServer.start()) {
            together(List.of(server.options(), server.options()), () -> {}, new AtomicInteger());
        }
    }

    @Test
    void withoutTheNativeTransport() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withNativeTransport(false))) {
            together(List.of(server.options(), server.options()), () -> {}, new AtomicInteger());
        }
    }

    /** Of a set nothing but what goes round, of a get the array that the program gets: everything else would be cleared, filled and thrown away. */
    @Test
    void aByteArrayIsAllocatedOnce() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TestServer server = TestServer.start()) {
            DictProxy<String, byte[]> values = server.connect().dict("values", String.class, byte[].class);
            byte[] value = new byte[1 << 20];
            long begin = 0;
            int pairs = 50;
            for (int i = -20; i < pairs; i++) {
                if (i == 0) {
                    begin = threads.getThreadAllocatedBytes(
                            Thread.currentThread().getId());
                }
                values.set("key", value);
                assertEquals(value.length, values.get("key").length);
            }
            double each =
                    (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - begin)
                            / (double) pairs
                            / value.length;
            assertTrue(each < 1.1, () -> "a set and a get allocate " + each + " times the value");
        }
    }

    /** The end of one frame and the start of the next come in one read, while arrays of just their size go round. */
    @Test
    void manyOfOneSizeInARow() throws Exception {
        try (TestServer server = TestServer.start()) {
            DictProxy<Integer, byte[]> values = server.connect().dict("values", Integer.class, byte[].class);
            for (int size : new int[] {66_000, 100_000, 300_000, 1 << 20}) {
                List<byte[]> all = new ArrayList<>();
                List<CompletableFuture<?>> ends = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    byte[] value = new byte[size];
                    Arrays.fill(value, (byte) (size + i));
                    all.add(value);
                    ends.add(values.async().set(i, value));
                }
                for (CompletableFuture<?> end : ends) {
                    end.get(60, TimeUnit.SECONDS);
                }
                List<CompletableFuture<byte[]>> back = new ArrayList<>();
                for (int i = 0; i < all.size(); i++) {
                    back.add(values.async().get(i));
                }
                for (int i = 0; i < all.size(); i++) {
                    assertArrayEquals(all.get(i), back.get(i).get(60, TimeUnit.SECONDS));
                }
            }
        }
    }

    /** Arrays of the connection's go round among replies of one size; nothing that a program has got lies in one. */
    @Test
    void resultsStayAsTheyWere() throws Exception {
        try (TestServer server = TestServer.start()) {
            DictProxy<Integer, Object> values = server.connect().dict("values", Integer.class, Object.class);
            for (int i = 0; i < 6; i++) {
                byte[] bytes = new byte[100_000];
                Arrays.fill(bytes, (byte) i);
                values.put(i, i % 3 == 0 ? bytes : i % 3 == 1 ? List.of(bytes, bytes) : "x" + i + "y".repeat(100_000));
            }
            List<Object> got = new ArrayList<>();
            for (int i = 0; i < 18; i++) {
                got.add(values.get(i % 6));
            }
            for (int i = 0; i < 18; i++) {
                int id = i % 6;
                byte[] bytes = new byte[100_000];
                Arrays.fill(bytes, (byte) id);
                if (id % 3 == 0) {
                    assertArrayEquals(bytes, (byte[]) got.get(i));
                } else if (id % 3 == 1) {
                    for (Object part : (List<?>) got.get(i)) {
                        assertArrayEquals(bytes, (byte[]) part);
                    }
                } else {
                    assertEquals("x" + id + "y".repeat(100_000), got.get(i));
                }
            }
            // what came is the program's own
            byte[] first = (byte[]) values.get(0);
            first[0] = 99;
            assertEquals(0, ((byte[]) values.get(0))[0]);
            assertEquals(99, first[0]);
            values.compute(0, (k, old) -> {
                byte[] longer = Arrays.copyOf((byte[]) old, 100_001);
                longer[100_000] = 7;
                return longer;
            });
            assertEquals(100_001, ((byte[]) values.get(0)).length);
            assertEquals(7, ((byte[]) values.get(0))[100_000]);
            values.put(0, new byte[100_000]);
            // a change sends back what it has read, as it came
            String before = (String) values.get(2);
            values.compute(2, (k, old) -> {
                assertEquals(before, old);
                assertArrayEquals(new byte[100_000], (byte[]) values.get(0));
                return old + "z";
            });
            assertEquals(before + "z", values.get(2));
        }
    }

    /** What is kept whole as it arrived, and what is not: by what comes after the value, and by how the key was spelled before. */
    @Test
    void inEveryKindOfObject() throws Exception {
        try (TestServer server = TestServer.start()) {
            Manager manager = server.connect();
            DictProxy<Object, Object> dict = manager.dict("dict", Object.class, Object.class);
            ListProxy<Object> list = manager.list("list", Object.class);
            QueueProxy<Object> queue = manager.queue("queue", Object.class, 10);
            NamespaceProxy namespace = manager.namespace("namespace");
            Random random = new Random(seed);
            for (int size : new int[] {60_000, 65_000, 66_000, 1 << 20, 5 << 20, 20 << 20}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                String text = "t".repeat(size);
                for (Object value : List.of(bytes, text)) {
                    dict.put(1L, value);
                    same(value, dict.get(1));
                    dict.put(1, "short");
                    dict.put(1, value);
                    same(value, dict.get(1L));
                    assertEquals(List.of(1L), List.copyOf(dict.keySet()));
                    assertTrue(dict.replace(1, value, "replaced"));
                    assertEquals("replaced", dict.get(1));
                    list.add(value);
                    list.add(0, value);
                    list.set(1, value);
                    same(value, list.get(0));
                    same(value, list.remove(1));
                    list.clear();
                    queue.put(value);
                    same(value, queue.take());
                    namespace.set("attribute", value);
                    same(value, namespace.get("attribute"));
                }
            }
        }
    }

    private static void same(Object expected, Object actual) {
        if (expected instanceof byte[] bytes) {
            assertArrayEquals(bytes, (byte[]) actual);
        } else {
            assertEquals(expected, actual);
        }
    }

    /** A thousand of these elements are twenty times what a reply may hold; walks bring as many as it holds. */
    @Test
    void listsOfLargeElementsAreWalked() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withMaxFrame(1 << 20))) {
            Manager manager = server.connect();
            ListProxy<byte[]> large = manager.list("large", byte[].class);
            for (int i = 0; i < 120; i++) {
                byte[] element = new byte[20_000 + i % 5 * 100_000];
                element[0] = (byte) i;
                large.add(element);
            }
            ListIterator<byte[]> walk = large.listIterator();
            for (int i = 0; i < 120; i++) {
                byte[] element = walk.next();
                assertEquals(20_000 + i % 5 * 100_000, element.length);
                assertEquals(i, element[0]);
            }
            assertFalse(walk.hasNext());
            for (int i = 119; i >= 0; i--) {
                assertEquals(i, walk.previous()[0]);
            }
            assertFalse(walk.hasPrevious());
        }
    }

    /** Sizes around those of chunks, which grow. */
    @Test
    void listsOfAllSizesAreWalked() throws Exception {
        try (TestServer server = TestServer.start()) {
            ListProxy<Integer> list = server.connect().list("numbers", Integer.class);
            for (int size : new int[] {0, 1, 999, 1000, 1001, 3000, 3001, 7000, 15_000, 25_003}) {
                List<Integer> expected = new ArrayList<>();
                for (int i = list.size(); i < size; i++) {
                    expected.add(i);
                }
                list.addAll(expected);
                int next = 0;
                for (int element : list) {
                    assertEquals(next++, element);
                }
                assertEquals(size, next);
                ListIterator<Integer> back = list.listIterator(size);
                while (back.hasPrevious()) {
                    assertEquals(--next, back.previous());
                }
                assertEquals(0, next);
            }
        }
    }

    @Test
    void overConnectionsThatBreak() throws Exception {
        AtomicInteger done = new AtomicInteger();
        try (TestServer server = TestServer.start();
                Relay cable = new Relay(server.uri())) {
            ManagerOptions options = server.options().withAddress(cable.uri());
            Runnable cuts = () -> {
                for (int i = 0; i < 8; i++) {
                    int before = done.get();
                    cable.cut();
                    Await.until("a value has come back", () -> done.get() > before || done.get() == 4 * ROUNDS);
                }
            };
            together(List.of(options, options), cuts, done);
        }
    }
}
