package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AsyncDict;
import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads share one connection in every way at once. */
@Tag("jdk")
@Timeout(120)
class ClientConcurrencyIT {
    private static final int THREADS = 32;
    private static final int BIG = 5 << 20;

    private TestServer server;
    private Manager manager;

    @BeforeEach
    void start() {
        server = TestServer.start();
        manager = server.connect();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Runs a task in each of many threads; the first failure of one is the failure of all. */
    private static void inThreads(int threads, long seed, Task task) throws InterruptedException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int me = i;
            Thread t = new Thread(
                    () -> {
                        try {
                            task.run(me, new Random(seed * 1000 + me));
                        } catch (Throwable e) {
                            failures.add(e);
                        }
                    },
                    "tester " + i);
            all.add(t);
        }
        AtomicBoolean done = new AtomicBoolean();
        all.forEach(Thread::start);
        Thread interrupter = new Thread(() -> {
            Random random = new Random(seed);
            while (!done.get()) {
                LockSupport.parkNanos(random.nextInt(2_000_000));
                all.get(random.nextInt(threads)).interrupt();
            }
        });
        interrupter.start();
        try {
            for (Thread t : all) {
                Await.end(t);
            }
        } finally {
            done.set(true);
            Await.end(interrupter);
        }
        for (Throwable e : failures) {
            throw new AssertionError("a thread failed; seed " + seed, e);
        }
    }

    @FunctionalInterface
    private interface Task {
        void run(int me, Random random) throws Exception;
    }

    private long seed(String test) {
        long seed = Long.getLong("multiproc.seed", System.nanoTime() & 0xffffff);
        System.out.println(test + ": seed " + seed);
        return seed;
    }

    /** All threads, all kinds of calls, and interrupts at any moment. */
    @RepeatedTest(3)
    void everythingAtOnce() throws Exception {
        long seed = seed("everythingAtOnce");
        Mix mix = new Mix(manager);
        inThreads(THREADS, seed, mix::run);
        mix.check();
    }

    /** The same against a server whose replies and requests are large, so that sockets fill up in both directions. */
    @Test
    void everythingAtOnceWithLargeValues() throws Exception {
        long seed = seed("everythingAtOnceWithLargeValues");
        Mix mix = new Mix(manager);
        byte[] big = new byte[BIG];
        new Random(seed).nextBytes(big);
        DictProxy<String, byte[]> dict = manager.dict("big", String.class, byte[].class);
        inThreads(THREADS, seed, (me, random) -> {
            if (me % 8 != 0) {
                mix.run(me, random);
                return;
            }
            for (int i = 0; i < 10; i++) {
                dict.set("big " + me, big);
                assertArrayEquals(big, dict.get("big " + me));
            }
        });
        mix.check();
    }

    /** The shared objects, and the account of what was done to them. */
    private static final class Mix {
        private static final int STEPS = 250;

        private final Manager manager;
        private final DictProxy<String, Long> dict;
        private final AsyncDict<String, Long> async;
        private final QueueProxy<Long> queue;
        private final LockProxy lock;
        private final Queue<Long> put = new ConcurrentLinkedQueue<>();
        private final Queue<Long> taken = new ConcurrentLinkedQueue<>();
        private final AtomicLong sum = new AtomicLong();
        private final AtomicLong locked = new AtomicLong();

        Mix(Manager manager) {
            this.manager = manager;
            dict = manager.dict("dict", String.class, Long.class);
            async = dict.async();
            queue = manager.queue("queue", Long.class, 0);
            lock = manager.lock("lock");
        }

        void run(int me, Random random) throws Exception {
            for (int i = 0; i < STEPS; i++) {
                try {
                    step(me, i, random);
                } catch (InterruptedException e) {
                    // nothing was done
                }
                if (random.nextInt(4) == 0) {
                    Thread.interrupted();
                }
            }
            Thread.interrupted();
        }

        private void step(int me, int i, Random random) throws Exception {
            long item = me * 1_000_000L + i;
            switch (random.nextInt(10)) {
                case 0 -> {
                    dict.set("mine " + me, item);
                    assertEquals(item, dict.get("mine " + me));
                }
                case 1 -> {
                    List<CompletableFuture<Long>> futures = new ArrayList<>();
                    for (long n = 0; n < 20; n++) {
                        async.set("async " + me, item + n);
                        futures.add(async.get("async " + me));
                    }
                    for (int n = 0; n < 20; n++) {
                        // requests of one thread are done in their order
                        assertEquals(item + n, futures.get(n).join());
                    }
                }
                case 2 -> {
                    dict.add("sum", item);
                    sum.addAndGet(item);
                }
                case 3, 4 -> {
                    queue.put(item);
                    put.add(item);
                }
                case 5 -> taken(queue.poll(Duration.ofMillis(random.nextInt(4))));
                case 6 -> {
                    CompletableFuture<Long> f = queue.async().take();
                    if (random.nextBoolean()) {
                        LockSupport.parkNanos(random.nextInt(500_000));
                    }
                    if (!f.cancel(false)) {
                        taken(f.join());
                    }
                }
                case 7 -> {
                    if (lock.tryLock(Duration.ofMillis(random.nextInt(200)))) {
                        locked();
                    }
                }
                case 8 -> {
                    lock.lockInterruptibly();
                    locked();
                }
                default -> {
                    // parks until somebody puts or the interrupt comes; somebody always comes
                    CompletableFuture<Boolean> later = CompletableFuture.supplyAsync(
                                    () -> item,
                                    CompletableFuture.delayedExecutor(random.nextInt(3), TimeUnit.MILLISECONDS))
                            .thenCompose(n -> queue.async().put(n));
                    try {
                        taken(queue.take());
                    } finally {
                        later.join();
                        put.add(item);
                    }
                }
            }
        }

        private void locked() {
            try {
                dict.set("locked", dict.getOrDefault("locked", 0L) + 1);
                locked.incrementAndGet();
            } finally {
                lock.unlock();
            }
        }

        private void taken(Long item) {
            if (item != null) {
                taken.add(item);
            }
        }

        void check() {
            assertEquals(sum.get(), dict.getOrDefault("sum", 0L));
            assertEquals(locked.get(), dict.getOrDefault("locked", 0L));
            Await.until("what nobody wanted is back", () -> manager.sessions().stream()
                    .allMatch(s -> s.undelivered() == 0 && s.waits() == 0));
            queue.drainTo(taken);
            List<Long> in = new ArrayList<>(put);
            List<Long> out = new ArrayList<>(taken);
            Collections.sort(in);
            Collections.sort(out);
            assertEquals(in, out);
            assertTrue(lock.tryLock());
            lock.unlock();
        }
    }

    /** Requests and replies are far more than the sockets hold, and nobody asks for the replies. */
    @Test
    void floodsInBothDirectionsDoNotBlockEachOther() throws Exception {
        long seed = seed("floods");
        byte[] value = new byte[256 << 10];
        new Random(seed).nextBytes(value);
        DictProxy<String, byte[]> dict = manager.dict("dict", String.class, byte[].class);
        dict.set("value", value);
        inThreads(4, seed, (me, random) -> {
            List<CompletableFuture<?>> writes = new ArrayList<>();
            List<CompletableFuture<byte[]>> reads = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                writes.add(dict.async().set("of " + me, value));
                reads.add(dict.async().get("value"));
            }
            CompletableFuture.allOf(writes.toArray(new CompletableFuture<?>[0])).join();
            for (CompletableFuture<byte[]> read : reads) {
                assertArrayEquals(value, read.join());
            }
            assertArrayEquals(value, dict.get("of " + me));
        });
    }

    /** One thread sends and never waits; another makes small calls meanwhile. */
    @Test
    void smallCallsGoOnBesideAFlood() throws Exception {
        byte[] value = new byte[1 << 20];
        Arrays.fill(value, (byte) 7);
        DictProxy<String, Object> dict = manager.dict("dict", String.class, Object.class);
        Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
        AtomicBoolean flooded = new AtomicBoolean();
        Thread flood = new Thread(() -> {
            for (int i = 0; i < 150; i++) {
                futures.add(dict.async().set("large", value));
            }
            flooded.set(true);
        });
        flood.start();
        int calls = 0;
        while (!flooded.get() || calls < 100) {
            dict.set("small", calls);
            assertEquals(calls, dict.get("small"));
            calls++;
        }
        Await.end(flood);
        futures.forEach(CompletableFuture::join);
        assertArrayEquals(value, (byte[]) dict.get("large"));
    }

    /** Callbacks run on the I/O thread and may themselves make calls that block. */
    @Test
    void callbacksMayCall() throws Exception {
        DictProxy<String, Long> dict = manager.dict("dict", String.class, Long.class);
        inThreads(8, seed("callbacks"), (me, random) -> {
            for (int i = 0; i < 50; i++) {
                long n = i;
                String key = "key " + me;
                Long got = dict.async()
                        .set(key, n)
                        .thenApply(x -> dict.get(key))
                        .thenCompose(x -> dict.async().put(key, x + 1))
                        .thenApply(old -> {
                            // an interrupt in a callback is nobody's; the connection goes on
                            Thread.currentThread().interrupt();
                            return old + dict.get(key);
                        })
                        .join();
                assertEquals(2 * n + 1, got);
            }
        });
        assertEquals(8, dict.size());
    }

    @Test
    void aCallbackThatFailsHarmsNobody() {
        DictProxy<String, Long> dict = manager.dict("dict", String.class, Long.class);
        CompletableFuture<Void> failing = dict.async().set("a", 1L).thenRun(() -> {
            throw new StackOverflowError("in a callback");
        });
        Await.until("the callback has failed", failing::isCompletedExceptionally);
        assertEquals(1L, dict.async().get("a").join());
        assertEquals(1L, dict.get("a"));
    }

    private JoinableQueueProxy<Object> unfinished() {
        JoinableQueueProxy<Object> queue = manager.joinableQueue();
        queue.offer("job");
        return queue;
    }

    private QueueProxy<Long> full() {
        QueueProxy<Long> queue = manager.queue(Long.class, 1);
        queue.add(1L);
        return queue;
    }

    /** What a call uses is held as long as the call lasts, though the collector could see no proxy any more. */
    @Test
    void anObjectLivesAsLongAsACallOfIt() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread collector = new Thread(() -> {
            while (!done.get()) {
                System.gc();
                LockSupport.parkNanos(20_000_000);
            }
        });
        collector.start();
        try {
            assertNull(manager.queue().poll(Duration.ofMillis(300)));
            CompletableFuture<Object> polled = manager.queue().async().poll(Duration.ofMillis(300));
            assertNull(polled.get(60, TimeUnit.SECONDS));
            assertFalse(unfinished().join(Duration.ofMillis(300)));
            assertFalse(full().offer(2L, Duration.ofMillis(300)));
            CompletableFuture<Boolean> offered = full().async().offer(2L, Duration.ofMillis(300));
            assertFalse(offered.get(60, TimeUnit.SECONDS));
            for (int i = 0; i < 20; i++) {
                assertEquals(1, manager.list(List.of(manager.dict())).size());
            }
        } finally {
            done.set(true);
            Await.end(collector);
        }
    }

    /** Closing while threads are at every point of a call: each ends, with the manager's exception. */
    @RepeatedTest(5)
    void closingEndsEveryCall() throws Exception {
        DictProxy<String, Long> dict = manager.dict("dict", String.class, Long.class);
        QueueProxy<Long> queue = manager.queue("queue", Long.class, 0);
        AtomicLong calls = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 16; i++) {
            int me = i;
            Thread t = new Thread(
                    () -> {
                        try {
                            if (me % 4 == 0) {
                                queue.take();
                            }
                            while (true) {
                                if (me % 2 == 0) {
                                    dict.async().add("n", 1).join();
                                } else {
                                    dict.add("n", 1);
                                }
                                calls.incrementAndGet();
                            }
                        } catch (Throwable e) {
                            ends.add(e instanceof java.util.concurrent.CompletionException ? e.getCause() : e);
                        }
                    },
                    "caller " + i);
            threads.add(t);
            t.start();
        }
        Await.until("all are at work", () -> calls.get() > 500);
        manager.close();
        for (Thread t : threads) {
            Await.end(t);
        }
        assertEquals(16, ends.size());
        for (Throwable e : ends) {
            assertEquals(io.multiproc.client.ManagerClosedException.class, e.getClass(), e::toString);
        }
        manager.close();
    }
}
