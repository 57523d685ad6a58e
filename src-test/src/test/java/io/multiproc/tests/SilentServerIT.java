package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Relay;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connection stays open and nothing comes or goes any more: every call ends when the lease is over, also those that send. */
@Timeout(120)
class SilentServerIT {
    private TestServer server;
    private Relay relay;
    private Manager manager;

    @BeforeEach
    void start() {
        server = TestServer.start(
                o -> o.withLease(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(10)));
        relay = new Relay(server.uri());
        manager = Manager.connect(server.options().withAddress(relay.uri()));
    }

    @AfterEach
    void stop() {
        manager.close();
        relay.close();
        server.close();
    }

    @Test
    void waitingCalls() throws Exception {
        var queue = manager.queue();
        Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
        Thread taker = new Thread(() -> {
            try {
                queue.take();
            } catch (Throwable e) {
                ends.add(e);
            }
        });
        taker.start();
        CompletableFuture<Object> future = queue.async().take();
        Await.until("both wait", () -> manager.objects().get(0).waiters() == 2);
        relay.freeze();
        Await.end(taker);
        assertEquals(SessionExpiredException.class, ends.remove().getClass());
        Await.until("the future fails", future::isCompletedExceptionally);
        assertFalse(manager.isOpen());
    }

    @Test
    void threadsThatSendMoreThanTheSocketsHold() throws Exception {
        flood(false);
    }

    @Test
    void callbacksThatSendMoreThanTheSocketsHold() throws Exception {
        flood(true);
    }

    private void flood(boolean fromCallbacks) throws Exception {
        DictProxy<String, byte[]> dict = manager.dict("dict", String.class, byte[].class);
        byte[] value = new byte[8 << 20];
        Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
        CompletableFuture<Object> gate = manager.queue("gate").async().take();
        if (fromCallbacks) {
            gate.thenRun(() -> {
                relay.freeze();
                for (int i = 0; i < 4; i++) {
                    futures.add(dict.async().set("k", value));
                }
            });
            manager.queue("gate").async().put(1);
        } else {
            relay.freeze();
        }
        List<Thread> threads = new ArrayList<>();
        Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 4; i++) {
            Thread t = new Thread(() -> {
                try {
                    while (true) {
                        dict.set("k", value);
                    }
                } catch (Throwable e) {
                    ends.add(e);
                }
            });
            t.start();
            threads.add(t);
        }
        for (Thread t : threads) {
            Await.end(t);
        }
        assertEquals(4, ends.size());
        for (Throwable e : ends) {
            assertEquals(SessionExpiredException.class, e.getClass(), e::toString);
        }
        for (CompletableFuture<?> f : futures) {
            Await.until("the future fails", f::isCompletedExceptionally);
        }
    }

    @Test
    void closingDoesNotWaitForIt() throws Exception {
        DictProxy<String, byte[]> dict = manager.dict("dict", String.class, byte[].class);
        relay.freeze();
        // more than the sockets hold, so that the goodbye cannot be sent
        Thread sender = new Thread(() -> {
            try {
                dict.set("k", new byte[32 << 20]);
            } catch (SessionExpiredException | ManagerClosedException e) {
                // either
            }
        });
        sender.start();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(manager::close);
        try {
            closed.join();
        } catch (CompletionException e) {
            throw new AssertionError(e);
        }
        Await.end(sender);
    }

    @Test
    void aCutConnection() {
        DictProxy<String, byte[]> dict = manager.dict("dict", String.class, byte[].class);
        relay.cut();
        dict.set("k", new byte[1]);
        assertTrue(manager.isOpen());
        assertEquals(1, manager.sessions().size(), "the same session");
    }
}
