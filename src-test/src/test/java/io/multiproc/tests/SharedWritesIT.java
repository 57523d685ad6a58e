package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads of one manager that leave their writing to whoever reads: nothing stays unwritten, whoever that is and whatever it does next. */
@Tag("jdk")
@Timeout(120)
class SharedWritesIT {
    private static final int THREADS = 12;

    private TestServer server;
    private Manager manager;
    private ExecutorService threads;

    @BeforeEach
    void start() {
        server = TestServer.start();
        manager = server.connect();
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        server.close();
    }

    /** A callback that waits keeps the I/O thread from reading and writing, but what callers have asked for before and since is under way. */
    @Test
    void callsReachTheServerWhileACallbackWaits() throws Exception {
        DictProxy<Integer, Long> counters = manager.dict("counters", Integer.class, Long.class);
        QueueProxy<Long> gate = manager.queue("gate", Long.class, 1);
        Manager other = server.connect();
        DictProxy<Integer, Long> seen = other.dict("counters", Integer.class, Long.class);
        QueueProxy<Long> opener = other.queue("gate", Long.class, 1);
        AtomicLongArray begun = new AtomicLongArray(THREADS);
        AtomicBoolean end = new AtomicBoolean();
        List<Future<?>> callers = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int me = t;
            callers.add(threads.submit(() -> {
                while (!end.get()) {
                    begun.incrementAndGet(me);
                    counters.add(me, 1L);
                }
            }));
        }
        for (int round = 0; round < 40; round++) {
            CountDownLatch begins = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            CompletableFuture<Void> callback = gate.async().take().thenAccept(n -> {
                begins.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            // only now, so that the callback runs on the I/O thread and not on this one
            opener.put(1L);
            begins.await();
            for (int t = 0; t < THREADS; t++) {
                int me = t;
                // none of them gets an answer meanwhile, so this ends with the call that it stands in
                Await.until("the call has reached the server", () -> seen.getOrDefault(me, 0L) == begun.get(me));
            }
            goOn.countDown();
            callback.get(60, TimeUnit.SECONDS);
        }
        end.set(true);
        for (Future<?> caller : callers) {
            caller.get(60, TimeUnit.SECONDS);
        }
    }

    /** Calls that may wait at the server are not relied on; a thread that stands in one may be the reader for all. */
    @Test
    void besideCallsThatWaitAtTheServer() throws Exception {
        QueueProxy<Long> queue = manager.queue("queue", Long.class, 10_000);
        DictProxy<Integer, Long> counters = manager.dict("counters", Integer.class, Long.class);
        List<Future<Long>> takers = new ArrayList<>();
        List<Future<?>> callers = new ArrayList<>();
        int rounds = 400;
        for (int t = 0; t < THREADS; t++) {
            int me = t;
            takers.add(threads.submit(() -> {
                long sum = 0;
                for (int i = 0; i < rounds; i++) {
                    sum += queue.take();
                }
                return sum;
            }));
            callers.add(threads.submit(() -> {
                for (int i = 0; i < rounds; i++) {
                    // by turns what is left to the reader and what wakes one of those that wait
                    counters.add(me, 1L);
                    queue.put(1L);
                    counters.async().add(me, 1L).join();
                }
                return null;
            }));
        }
        for (Future<?> caller : callers) {
            caller.get(100, TimeUnit.SECONDS);
        }
        long taken = 0;
        for (Future<Long> taker : takers) {
            taken += taker.get(60, TimeUnit.SECONDS);
        }
        assertEquals((long) THREADS * rounds, taken);
        for (int t = 0; t < THREADS; t++) {
            assertEquals(2L * rounds, counters.get(t));
        }
    }
}
