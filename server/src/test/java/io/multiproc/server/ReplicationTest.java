package io.multiproc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.server.log.Fsync;
import io.multiproc.server.raft.CommonLog;
import io.multiproc.server.state.SharedState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers of one common log, which is in memory here, and clients that know all of them, while who leads changes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicationTest {
    private static final byte[] KEY = "a key of these tests, which is long".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final CommonLog log = new CommonLog(random);
    private final List<CommonLog.Node> nodes = new ArrayList<>();
    private final List<ManagerServer> servers = new ArrayList<>();
    private final AtomicReference<@Nullable String> lost = new AtomicReference<>();

    @BeforeEach
    void start() throws Exception {
        System.out.println("seed " + seed);
        for (String name : List.of("a", "b", "c")) {
            ServerOptions options = ServerOptions.of(Authkey.of(KEY))
                    .withListen("tcp://127.0.0.1:0")
                    .withGrace(Duration.ofSeconds(10))
                    .withData(folder.resolve(name), Fsync.ALWAYS)
                    .withQuiet(true);
            SharedState state = new SharedState(
                    options.maxFrame() - Messages.REPLY_HEADER, options.limits().ofState());
            CommonLog.Node node = log.node(name);
            nodes.add(node);
            servers.add(ManagerServer.start(
                    options,
                    new Replication(
                            folder,
                            state,
                            node::open,
                            new Replication.Others() {
                                @Override
                                public List<String> uris(String other) {
                                    int at = "abc".indexOf(other);
                                    return at < servers.size() ? servers.get(at).uris() : List.of();
                                }

                                @Override
                                public long smallestHeap() {
                                    return Long.MAX_VALUE;
                                }

                                @Override
                                public void tell() {}
                            },
                            (why, cause) -> lost.compareAndSet(null, why))));
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(ManagerServer::close);
        log.close();
        assertNull(lost.get());
    }

    private Manager connect() {
        String all = String.join(",", servers.stream().map(s -> s.uris().get(0)).toList());
        return Manager.connect(
                ManagerOptions.defaults().withAddress(all).withAuthkey(KEY).withConnectTimeout(Duration.ofSeconds(30)));
    }

    @Test
    void sessionsLocksAndWaitsGoOnWithTheNextLeader() throws Exception {
        log.elect(nodes.get(1));
        try (Manager manager = connect();
                Manager other = connect()) {
            LockProxy lock = manager.lock("l");
            lock.lock();
            QueueProxy<Object> queue = other.queue("q");
            FutureTask<Object> taken = new FutureTask<>(queue::take);
            new Thread(taken, "taker").start();
            log.elect(nodes.get(2));
            manager.dict("d").put("k", 1);
            assertTrue(other.lock("l").isLocked());
            log.elect(nodes.get(0));
            manager.queue("q").put("x");
            assertEquals("x", taken.get(20, TimeUnit.SECONDS));
            lock.unlock();
            assertEquals(1, other.dict("d").get("k"));
        }
    }

    @Test
    void everyAnswerCountsOnceWhileLeadersChange() throws Exception {
        log.elect(nodes.get(0));
        AtomicLong answered = new AtomicLong();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        List<Manager> managers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Manager manager = connect();
            managers.add(manager);
        }
        log.slow(20);
        for (Manager manager : managers) {
            callers.add(CompletableFuture.runAsync(() -> {
                CounterProxy counter = manager.counter("n");
                for (int n = 0; n < 300; n++) {
                    long unused = counter.incrementAndGet();
                    answered.incrementAndGet();
                }
            }));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(callers.toArray(new CompletableFuture<?>[0]));
        long changed = 0;
        while (!all.isDone()) {
            log.commitAll();
            if (answered.get() - changed > 50) {
                changed = answered.get();
                log.elect(nodes.get(random.nextInt(3)));
            }
            Thread.onSpinWait();
        }
        all.get(1, TimeUnit.SECONDS);
        log.slow(0);
        log.commitAll();
        assertEquals(1200, managers.get(0).counter("n").get());
        managers.forEach(Manager::close);
    }
}
