package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Folders;
import io.multiproc.tests.fixtures.ServerJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server with a log that is killed under load, again and again: the programs notice nothing, and the numbers are right to the last one. */
@Timeout(300)
class KilledServerIT {
    private static final int KILLS = Integer.getInteger("multiproc.kills", 8);
    private static final int CLIENTS = 3;
    private static final int THREADS = 3;
    private static final Duration GRACE = Duration.ofSeconds(60);

    private final Path data = Folders.temporary("killed");
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong calls = new AtomicLong();
    private final Map<Long, Boolean> sums = new ConcurrentHashMap<>();
    private final Map<String, Boolean> taken = new ConcurrentHashMap<>();
    private final AtomicLong put = new AtomicLong();
    private final AtomicLong locked = new AtomicLong();

    private long work(Manager m) throws InterruptedException {
        CounterProxy counter = m.counter("n");
        QueueProxy<String> queue = m.queue("q", String.class);
        LockProxy lock = m.lock("l");
        DictProxy<String, Long> guarded = m.dict("guarded", String.class, Long.class);
        long rounds = 0;
        while (!over.get()) {
            assertNull(sums.put(counter.incrementAndGet(), true), "a sum twice");
            queue.put("item " + put.incrementAndGet());
            assertNull(taken.put(queue.take(), true), "an item twice");
            lock.lock();
            try {
                long token = lock.fencingToken();
                Long before = guarded.put("token", token);
                assertTrue(before == null || before < token, "tokens grow");
                Long n = guarded.get("locked");
                guarded.put("locked", n == null ? 1 : n + 1);
                locked.incrementAndGet();
            } finally {
                lock.unlock();
            }
            rounds++;
            calls.addAndGet(8);
        }
        return rounds;
    }

    @Test
    void nothingIsLostOrDoubled() throws Exception {
        long seed = Long.getLong("multiproc.seed", System.nanoTime());
        System.out.println("KilledServerIT seed " + seed);
        Random random = new Random(seed);
        try (ServerJvm server = new ServerJvm(GRACE, data)) {
            List<FutureTask<Long>> workers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Manager m = server.connect();
                for (int t = 0; t < THREADS; t++) {
                    FutureTask<Long> worker = new FutureTask<>(() -> work(m));
                    Thread thread = new Thread(worker, "worker");
                    thread.setDaemon(true);
                    thread.start();
                    workers.add(worker);
                }
            }
            for (int i = 0; i < KILLS; i++) {
                long until = calls.get() + 100 + random.nextInt(2_000);
                while (calls.get() < until && workers.stream().noneMatch(FutureTask::isDone)) {
                    LockSupport.parkNanos(1_000_000);
                }
                server.killAndStart(GRACE, data);
            }
            over.set(true);
            long rounds = 0;
            for (FutureTask<Long> worker : workers) {
                rounds += worker.get(120, TimeUnit.SECONDS);
            }
            System.out.println("KilledServerIT: " + KILLS + " kills, " + rounds + " rounds");
            Manager watcher = server.connect();
            assertEquals(rounds, watcher.counter("n").get());
            assertEquals(rounds, sums.size());
            assertEquals(put.get(), taken.size() + watcher.queue("q").size());
            assertEquals(
                    locked.get(),
                    watcher.dict("guarded", String.class, Long.class).get("locked"));
            assertEquals(CLIENTS + 1, watcher.sessions().size(), "each client has had one session");
        }
    }
}
