package io.multiproc.tests.tls;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.pool.ProcessPoolExecutor;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Relay;
import io.multiproc.tests.fixtures.TestServer;
import java.io.EOFException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that a program with a {@code tls://} manager starts have its address, and so its encryption. */
@Tag("jdk")
@Timeout(240)
class EncryptedProcessesIT {
    /** The only listener: who came in came encrypted. */
    private final TestServer server =
            TestServer.start(o -> o.withListen("tls://127.0.0.1:0").withHandshakeTimeout(Await.LONG));

    private final Manager manager = server.connect();

    @AfterEach
    void stop() {
        server.close();
    }

    static int square(int n) {
        return n * n;
    }

    private static void ends(ManagedProcess p) throws InterruptedException {
        assertTrue(p.join(Await.LONG), p::toString);
        assertEquals(OptionalInt.of(0), p.exitCode(), () -> p.failure().orElse("no failure"));
    }

    @Test
    void aPoolOfTwoWorkers() throws Exception {
        Pool pool = new Pool(PoolOptions.defaults().withManager(manager).withProcesses(2));
        try {
            List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
            assertEquals(numbers.stream().map(n -> n * n).toList(), pool.map(EncryptedProcessesIT::square, numbers));
            assertEquals(2, pool.pids().size());
        } finally {
            pool.terminate();
            assertTrue(pool.join(Await.LONG), pool::toString);
        }
    }

    @Test
    void anExecutor() throws Exception {
        try (ProcessPoolExecutor executor = new ProcessPoolExecutor(
                PoolOptions.defaults().withManager(manager).withProcesses(2))) {
            Future<Integer> result = executor.submit(EncryptedProcessesIT::square, 12);
            assertEquals(144, result.get(60, TimeUnit.SECONDS));
        }
    }

    static void countsAcrossACut(DictProxy<String, Long> counts, QueueProxy<Object> said, QueueProxy<Object> go)
            throws Exception {
        counts.add("n", 1L);
        said.put("before");
        go.take();
        counts.add("n", 1L);
        said.put("after");
    }

    /** The child's connection is cut, and comes back with a new TLS handshake into the same session. */
    @Test
    void aChildReconnects() throws Exception {
        try (Relay relay = new Relay(server.uri());
                Manager via = Manager.connect(server.options().withAddress(relay.uri()))) {
            assertTrue(via.address().startsWith("tls://"), via.address());
            DictProxy<String, Long> counts = via.dict("counts", String.class, Long.class);
            QueueProxy<Object> said = via.queue("said");
            QueueProxy<Object> go = via.queue("go");
            ManagedProcess child =
                    ManagedProcess.of(EncryptedProcessesIT::countsAcrossACut).args(counts, said, go);
            child.start();
            QueueProxy<Object> heard = manager.queue("said");
            assertEquals("before", heard.poll(Await.LONG));
            relay.cut();
            manager.queue("go").put("on");
            assertEquals("after", heard.poll(Await.LONG));
            ends(child);
            assertEquals(2L, counts.get("n"));
        }
    }

    static void echo(Connection c) throws Exception {
        try {
            while (true) {
                c.send(c.recv());
            }
        } catch (EOFException e) {
            c.close();
        }
    }

    @Test
    void aPipesEndTravelsThroughTheManager() throws Exception {
        Pipe pipe = Pipe.open(manager, true);
        ManagedProcess child = new ManagedProcess(EncryptedProcessesIT::echo, pipe.second());
        child.start();
        String large = "x".repeat(300_000);
        for (String text : List.of("hello", large)) {
            pipe.first().send(text);
            assertTrue(pipe.first().poll(Await.LONG));
            assertEquals(text, pipe.first().recv());
        }
        pipe.first().close();
        ends(child);
    }
}
