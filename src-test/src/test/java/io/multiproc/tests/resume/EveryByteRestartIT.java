package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.log.Fsync;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Folders;
import io.multiproc.tests.fixtures.Saboteur;
import io.multiproc.tests.fixtures.Saboteur.Breakage;
import io.multiproc.tests.fixtures.Saboteur.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server with a log that is started again, at bytes of a scripted conversation and while calls wait: programs notice nothing of it. */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class EveryByteRestartIT {
    /** One byte in so many is cut after: a restart takes longer than a cut. */
    private static final int STEP = Integer.getInteger("multiproc.restart.step", 61);

    private static final Authkey KEY = Authkey.ofText("the-key-of-every-byte-restart");

    private final Path data = Folders.temporary("restarts");
    private ManagerServer server;
    private String uri = "tcp://127.0.0.1:0";

    @BeforeEach
    void start() throws IOException {
        server = ManagerServer.start(ServerOptions.of(KEY)
                .withListen(uri)
                .withGrace(Duration.ofSeconds(30))
                .withHandshakeTimeout(Await.LONG)
                .withData(data, Fsync.ALWAYS));
        uri = server.uris().get(0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart() throws IOException {
        server.close();
        start();
    }

    private ManagerOptions options(String at) {
        return ManagerOptions.defaults()
                .withAddress(at)
                .withAuthkey("the-key-of-every-byte-restart".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static <T> FutureTask<T> caller(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void saysTheSameWhereverTheServerIsStartedAgain() throws Exception {
        try (Manager watcher = Manager.connect(options(uri));
                Saboteur cable = new Saboteur(uri, (c, to) -> Breakage.NONE)) {
            int objects = watcher.numberOfObjects();
            long[] greeted;
            long[] total;
            List<Object> expected;
            try (Manager m = Manager.connect(options(cable.uri()))) {
                greeted = new long[] {cable.toServer.get(), cable.fromServer.get()};
                expected = EveryByteIT.script(m);
                total = new long[] {cable.toServer.get(), cable.fromServer.get()};
            }
            int runs = 0;
            int restarts = 0;
            for (int direction = 0; direction < 2; direction++) {
                for (long at = greeted[direction] + 1; at < total[direction]; at += STEP) {
                    boolean toServer = direction == 0;
                    Breakage breakage = new Breakage(at, at % 2 == 0 ? Fault.RESET : Fault.CLOSE);
                    int first = cable.connections();
                    int faults = cable.faults();
                    cable.plan((c, to) -> c == first && to == toServer ? breakage : Breakage.NONE);
                    try (Manager m = Manager.connect(options(cable.uri()))) {
                        FutureTask<List<Object>> said = caller(() -> EveryByteIT.script(m));
                        Await.until("it is cut or done", () -> cable.faults() > faults || said.isDone());
                        if (cable.faults() > faults) {
                            restart();
                            restarts++;
                        }
                        assertEquals(
                                expected,
                                said.get(60, TimeUnit.SECONDS),
                                "cut after byte " + at + (toServer ? " to" : " from") + " the server");
                    }
                    runs++;
                }
            }
            System.out.println("EveryByteRestartIT: " + runs + " runs, " + restarts + " restarts");
            assertTrue(restarts > runs * 9 / 10, restarts + " restarts of " + runs);
            Await.until("all sessions have ended", () -> watcher.sessions().size() == 1);
            assertEquals(objects, watcher.numberOfObjects());
        }
    }

    /** Calls that wait go on waiting, locks stay held, and what is not of a native session is released. */
    @Test
    void whatWaitsWaitsOn() throws Exception {
        try (Manager a = Manager.connect(options(uri).withName("a"));
                Manager b = Manager.connect(options(uri).withName("b"))) {
            QueueProxy<Object> queue = a.queue("q");
            LockProxy held = a.lock("l");
            held.lock();
            long token = held.fencingToken();
            FutureTask<Object> taker = caller(queue::take);
            CompletableFuture<Object> async = queue.async().take().thenApply(v -> v);
            FutureTask<Boolean> locker = caller(() -> {
                b.lock("l").lock();
                return true;
            });
            Await.until(
                    "all wait",
                    () -> a.sessions().stream().mapToLong(s -> s.waits()).sum() == 3);
            for (int i = 0; i < 3; i++) {
                restart();
            }
            assertTrue(held.isHeldByCurrentThread());
            assertEquals(token, held.fencingToken());
            assertFalse(taker.isDone() || async.isDone() || locker.isDone());
            b.queue("q").put("x");
            b.queue("q").put("y");
            assertEquals(
                    List.of("x", "y"),
                    List.of(
                                    taker.get(60, TimeUnit.SECONDS).toString(),
                                    async.get(60, TimeUnit.SECONDS).toString())
                            .stream()
                            .sorted()
                            .toList());
            restart();
            held.unlock();
            assertTrue(locker.get(60, TimeUnit.SECONDS));
        }
    }

    /** More calls than a Hello has room for. */
    @Test
    void tenThousandCallsAreAnsweredOnce() throws Exception {
        int calls = 10_000;
        try (Manager a = Manager.connect(options(uri))) {
            CounterProxy counter = a.counter("n");
            List<CompletableFuture<Long>> sums = new java.util.ArrayList<>();
            for (int i = 0; i < calls; i++) {
                sums.add(counter.async().addAndGet(1));
                if (i % 2_500 == 1_000) {
                    restart();
                }
            }
            QueueProxy<Object> queue = a.queue("q");
            List<CompletableFuture<Object>> items = new java.util.ArrayList<>();
            for (int i = 0; i < calls; i++) {
                items.add(queue.async().take());
            }
            restart();
            for (int i = 0; i < calls; i++) {
                assertEquals(i + 1, sums.get(i).get(60, TimeUnit.SECONDS));
            }
            for (int i = 0; i < calls; i++) {
                var unused = queue.async().put(i);
            }
            restart();
            for (int i = 0; i < calls; i++) {
                assertEquals(i, items.get(i).get(60, TimeUnit.SECONDS));
            }
            assertEquals(calls, counter.get());
        }
    }
}
