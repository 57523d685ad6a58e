package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SessionInfo;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Saboteur;
import io.multiproc.tests.fixtures.Saboteur.Breakage;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody accepts connections, so that the kernel's queue of them fills; later somebody does again. */
@Tag("jdk")
@Timeout(60) // less than the two minutes for which the kernel itself would try to connect
class AcceptQueueIT {
    private final TestServer server = TestServer.start(o -> o.withGrace(Duration.ofSeconds(60)));
    private final Saboteur cable = new Saboteur(server.uri(), (c, to) -> Breakage.NONE, 1);
    private final List<Socket> fillers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket s : fillers) {
            s.close();
        }
        cable.close();
        server.close();
    }

    private ManagerOptions options() {
        return server.options().withAddress(cable.uri());
    }

    private ManagerOptions impatient() {
        return options().withConnectTimeout(Duration.ofMillis(300));
    }

    /** Connects until the kernel takes no more. */
    private void fill() throws IOException {
        URI at = URI.create(cable.uri());
        while (true) {
            Socket s = new Socket();
            fillers.add(s);
            try {
                s.connect(new InetSocketAddress(at.getHost(), at.getPort()), 1000);
            } catch (SocketTimeoutException e) {
                return;
            }
            assertTrue(fillers.size() < 100, "the queue never fills");
        }
    }

    @Test
    void connectingFailsInTimeAndSaysWhy() throws Exception {
        cable.hold();
        // the kernel connects, and nobody speaks
        ProtocolException silent = assertThrows(ProtocolException.class, () -> Manager.connect(impatient()));
        assertEquals(
                "no answer from " + cable.uri()
                        + " within 300 ms. Is it a multiproc server? If it listens with TLS, write tls:// for tcp://",
                silent.getMessage());
        fill();
        ManagerException full = assertThrows(ManagerException.class, () -> Manager.connect(impatient()));
        assertEquals(ManagerException.class, full.getClass());
        assertEquals(
                "cannot connect to " + cable.uri() + ": no answer in time. Is the manager running there?",
                full.getMessage());
        assertEquals(Outcome.NOT_APPLIED, full.outcome());
        cable.release();
        // who was given up on stands before us
        Await.until("it accepts again", () -> {
            try (Manager m = Manager.connect(impatient())) {
                return m.counter("n").incrementAndGet() == 1;
            } catch (ManagerException e) {
                return false;
            }
        });
        Manager watcher = server.connect();
        Await.until("nothing is left of the others", () -> watcher.sessions().size() == 1);
    }

    @Test
    void cutOffClientsComeBackWhenItAcceptsAgain() throws Exception {
        int clients = 8;
        List<Manager> managers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            managers.add(server.connect(options().withName("cut")));
        }
        Manager bounded = server.connect(options().withReconnectTimeout(Duration.ofMillis(200)));
        CounterProxy boundedCounter = bounded.counter("n");
        Manager watcher = server.connect();
        List<QueueProxy<Object>> queues = new ArrayList<>();
        List<CounterProxy> counters = new ArrayList<>();
        for (Manager m : managers) {
            queues.add(m.queue("q"));
            counters.add(m.counter("n"));
        }
        List<CompletableFuture<Object>> takes = new ArrayList<>();
        for (QueueProxy<Object> q : queues) {
            takes.add(q.async().take().thenApply(v -> v));
        }
        Await.until("all wait", () -> waits(watcher) == clients);

        cable.hold();
        cable.cut();
        fill();
        Await.until("all are cut off", () -> watcher.sessions().stream()
                .filter(s -> "cut".equals(s.name()))
                .noneMatch(SessionInfo::connected));
        List<CompletableFuture<Long>> adds = new ArrayList<>();
        for (CounterProxy c : counters) {
            adds.add(c.async().addAndGet(1).thenApply(v -> v));
        }
        // null: a time that is up ends a wait once an attempt to connect has failed
        for (QueueProxy<Object> q : queues) {
            assertNull(q.poll(Duration.ofMillis(1)));
        }
        ConnectionLostException lost = assertThrows(ConnectionLostException.class, () -> {
            while (true) {
                boundedCounter.addAndGet(1_000_000);
            }
        });
        assertEquals(Outcome.NOT_APPLIED, lost.outcome());
        assertTrue(adds.stream().noneMatch(CompletableFuture::isDone), "nobody is connected");
        List<Integer> items = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            watcher.queue("q").put(i);
            items.add(i);
        }

        cable.release();
        for (CompletableFuture<Long> add : adds) {
            add.join();
        }
        List<Integer> got = new ArrayList<>();
        for (CompletableFuture<Object> take : takes) {
            got.add(((Number) take.join()).intValue());
        }
        got.sort(null);
        assertEquals(items, got, "each item once");
        assertEquals(0, watcher.queue("q").size());
        assertEquals(clients, watcher.counter("n").get(), "each call once");
        Await.until("the bounded one is back", () -> bounded.connectionState().equals("connected"));
        assertEquals(clients + 1, boundedCounter.addAndGet(1));
    }

    private static int waits(Manager watcher) {
        return watcher.sessions().stream().mapToInt(s -> (int) s.waits()).sum();
    }
}
