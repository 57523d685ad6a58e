package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Outcome;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.server.ServerLimits;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** A request over a limit fails with an error that names the limit; other clients are unaffected. */
@Timeout(60)
class LimitsIT {
    private static TestServer start(UnaryOperator<ServerLimits> change) {
        return TestServer.start(o -> o.withLimits(change.apply(ServerLimits.DEFAULT)));
    }

    private static void assertBusy(String names, Executable call) {
        RequestRejectedException e = assertThrows(RequestRejectedException.class, call);
        assertEquals(ErrorCode.BUSY, e.code());
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        assertTrue(e.getMessage().contains(names), e.getMessage());
    }

    @Test
    void objectsEntriesAndWaiters() {
        try (TestServer server = start(l -> l.withObjects(2).withEntries(2).withWaiters(1))) {
            Manager m = server.connect();
            DictProxy<Object, Object> dict = m.dict("d");
            dict.putAll(Map.of(1, 1, 2, 2));
            assertBusy("--max-entries", () -> dict.put(3, 3));
            dict.put(2, 3);
            QueueProxy<Object> queue = m.queue("q");
            assertBusy("--max-objects", () -> m.dict());
            var waits = queue.async().take();
            Manager other = server.connect();
            Await.until("it waits", () -> other.objects().stream().anyMatch(o -> o.waiters() == 1));
            assertBusy("--max-waiters", () -> other.queue("q").take());
            other.queue("q").offer("x");
            assertEquals("x", waits.join());
            assertEquals(3, ((Number) other.dict("d").get(2)).intValue());
        }
    }

    @Test
    void sessions() {
        try (TestServer server = start(l -> l.withSessions(2))) {
            Manager first = server.connect();
            Manager second = server.connect();
            assertBusy("--max-sessions", () -> server.connect());
            assertEquals(0, first.dict("d").size());
            second.close();
            Await.until("there is room", () -> first.sessions().size() == 1);
            server.connect();
        }
    }

    @Test
    void connections() {
        try (TestServer server = TestServer.start(o -> o.withMaxConnections(1))) {
            Manager first = server.connect();
            assertBusy("--max-connections", () -> server.connect());
            assertEquals(0, first.dict("d").size());
        }
    }

    @Test
    void connectionsPerSecondOfOneAddress() {
        try (TestServer server = start(l -> l.withConnectionRate(0, 3))) {
            Manager first = server.connect();
            ManagerOptions options = server.options();
            List<ManagerException> refused = new ArrayList<>();
            // as fast as it goes: more than six in some second
            for (int i = 0; i < 500 && refused.stream().noneMatch(e -> !(e instanceof RequestRejectedException)); i++) {
                try {
                    Manager.connect(options).close();
                } catch (ManagerException e) {
                    refused.add(e);
                }
            }
            assertTrue(
                    refused.stream().anyMatch(e -> e.getMessage().contains("--max-connection-rate")),
                    () -> "refused " + refused);
            assertEquals(0, first.dict("d").size(), "who is connected is served on");
            // and in some later second there is room again
            Await.until("a new second", () -> {
                try (Manager later = Manager.connect(options)) {
                    return later.dict("d").isEmpty();
                } catch (ManagerException e) {
                    return false;
                }
            });
        }
    }
}
