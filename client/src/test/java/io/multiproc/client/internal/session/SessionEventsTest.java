package io.multiproc.client.internal.session;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerException;
import io.multiproc.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionEventsTest {
    private final List<String> told = new ArrayList<>();
    private final CompletableFuture<Void> mayGoOn = new CompletableFuture<>();

    private final SessionEvents events = new SessionEvents(new SessionEvents.Listener() {
        @Override
        public void disconnected(String reason) {
            told.add("disconnected " + reason + " on " + Thread.currentThread().getName());
            mayGoOn.join();
            throw new IllegalStateException("is logged");
        }

        @Override
        public void reconnected(Duration outage) {
            told.add("reconnected " + outage.toMillis());
        }

        @Override
        public void ended(ManagerException reason) {
            told.add("ended " + reason.getMessage());
        }

        @Override
        public void renewed() {
            told.add("renewed");
        }
    });

    @Test
    void eventsAreToldInOrderOnAThreadOfTheirOwn() throws Exception {
        events.disconnected("cut");
        events.reconnected(7_000_000);
        events.ended(new ConnectionLostException(ErrorCode.BUSY, "gone", null));
        events.renewed();
        CountDownLatch last = new CountDownLatch(1);
        events.add(last::countDown);
        assertEquals(1, last.getCount(), "who tells does not wait for a listener");
        mayGoOn.complete(null);
        assertTrue(last.await(20, TimeUnit.SECONDS));
        assertEquals(List.of("disconnected cut on multiproc-events", "reconnected 7", "ended gone", "renewed"), told);
    }

    @Test
    void theThreadEndsWhenThereIsNothingToTell() throws Exception {
        CompletableFuture<Thread> first = new CompletableFuture<>();
        events.add(() -> first.complete(Thread.currentThread()));
        Thread thread = first.get(20, TimeUnit.SECONDS);
        thread.join(20_000);
        assertFalse(thread.isAlive());
        CompletableFuture<Thread> second = new CompletableFuture<>();
        events.add(() -> second.complete(Thread.currentThread()));
        assertNotSame(thread, second.get(20, TimeUnit.SECONDS));
    }
}
