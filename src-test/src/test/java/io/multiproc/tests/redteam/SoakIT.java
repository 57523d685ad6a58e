package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.tests.fixtures.ServerJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that come, use everything and leave it as it is, for a time. After each round of the same work the server has the heap, descriptors and threads that it had after the first
 * rounds.
 */
@Tag("alone")
@Tag("once")
@Timeout(600)
class SoakIT {
    private static final boolean WHOLE = Boolean.getBoolean("redteam.whole");
    private static final Duration TIME = Duration.ofSeconds(WHOLE ? 300 : 12);
    private static final int CLIENTS = 8;
    private static final int WARM_ROUNDS = 3;
    private static final long HEAP_SLACK = 4L << 20;
    private static final int DESCRIPTOR_SLACK = 8;
    private static final int THREAD_SLACK = 4;

    private record Use(long heap, long residentMib, int descriptors, int threads) {}

    @Test
    void nothingGrows() throws Exception {
        long seed = Long.getLong("redteam.seed", System.nanoTime());
        System.out.println("SoakIT seed " + seed);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (ServerJvm server = new ServerJvm(Duration.ofMillis(200), 1000, false)) {
            long pid;
            try (Manager m = server.connect()) {
                pid = ((Number) m.info().details().get("pid")).longValue();
            }
            List<Use> uses = new ArrayList<>();
            long end = System.nanoTime() + TIME.toNanos();
            int rounds = 0;
            while (System.nanoTime() < end || rounds < WARM_ROUNDS + 2) {
                List<Future<?>> work = new ArrayList<>();
                for (int c = 0; c < CLIENTS; c++) {
                    Random random = new Random(seed + 31L * rounds + c);
                    work.add(threads.submit(() -> {
                        client(server, random);
                        return null;
                    }));
                }
                for (Future<?> each : work) {
                    each.get();
                }
                rounds++;
                uses.add(use(server, pid));
            }
            Use first = uses.get(WARM_ROUNDS);
            Use last = uses.get(uses.size() - 1);
            System.out.println("SoakIT: " + rounds + " rounds; " + first + " became " + last);
            assertTrue(last.heap <= first.heap + HEAP_SLACK, uses::toString);
            assertTrue(last.descriptors <= first.descriptors + DESCRIPTOR_SLACK, uses::toString);
            assertTrue(last.threads <= first.threads + THREAD_SLACK, uses::toString);
            assertTrue(last.residentMib <= first.residentMib * 3 / 2 + 64, uses::toString);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Use use(ServerJvm server, long pid) throws IOException {
        try (Manager m = server.connect()) {
            for (Object name : m.names()) {
                m.delete(String.valueOf(name));
            }
            // sessions that were cut end after their grace
            io.multiproc.tests.fixtures.Await.until(
                    "one session", () -> m.sessions().size() == 1);
            assertEquals(0, m.numberOfObjects());
        }
        int count;
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/task"))) {
            count = (int) all.count();
        }
        return new Use(server.heap(), CrowdIT.residentMib(pid), server.descriptors(), count);
    }

    private static void client(ServerJvm server, Random random) throws Exception {
        Manager m = Manager.connect(ManagerOptions.defaults()
                .withAddress(server.uri())
                .withAuthkey(server.key())
                .withName("soak " + random.nextInt()));
        try {
            DictProxy<Object, Object> dict = m.dict("soak" + random.nextInt(4));
            ListProxy<Object> list = m.list();
            JoinableQueueProxy<Object> queue = m.joinableQueue();
            LockProxy lock = m.lock("guard");
            for (int i = 0; i < 200; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> dict.put(random.nextInt(50), "x".repeat(random.nextInt(2000)));
                    case 1 -> list.addAll(List.of(1, "two", 3.0));
                    case 2 -> queue.put(i);
                    case 3 -> {
                        if (queue.poll() != null) {
                            queue.taskDone();
                        }
                    }
                    case 4 -> {
                        lock.lock();
                        lock.unlock();
                    }
                    case 5 -> m.dict().put("nested", list);
                    case 6 -> {
                        Object ignored = dict.remove(random.nextInt(50));
                    }
                    default -> {
                        var ignored = m.queue().async().take();
                    }
                }
            }
        } finally {
            // with takes that wait, references and items that nobody has finished
            m.close();
        }
    }
}
