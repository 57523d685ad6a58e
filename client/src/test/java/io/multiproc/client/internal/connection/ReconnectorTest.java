package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.Outcome;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReconnectorTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    @TempDir
    Path folder;

    /** What a connection would do. */
    static class Recorded implements Reconnector.Progress {
        final AtomicInteger failures = new AtomicInteger();
        final AtomicInteger waits = new AtomicInteger();
        volatile boolean over;
        volatile long lastHeard = System.nanoTime();

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public long lastHeard() {
            return lastHeard;
        }

        @Override
        public void attemptFailed() {
            failures.incrementAndGet();
        }

        @Override
        public void waiting() {
            waits.incrementAndGet();
        }
    }

    static Reconnector reconnector(String uri, Duration reconnectTimeout, long leaseMillis) {
        ConnectionOptions options = new ConnectionOptions(
                uri,
                ScriptedServer.KEY,
                null,
                Duration.ofSeconds(20),
                "me",
                0,
                reconnectTimeout,
                0,
                new byte[Hello.FINGERPRINT]);
        HelloAck ack = new HelloAck(
                1,
                true,
                ScriptedServer.SESSION,
                ScriptedServer.EPOCH,
                leaseMillis,
                1000,
                1 << 20,
                ScriptedServer.SECRET,
                0,
                "t");
        return new Reconnector(options, ack);
    }

    private String nowhere() {
        return "unix://" + folder.resolve("nobody");
    }

    @Test
    void callsWaitFromTheMomentOfTheCut() {
        Reconnector reconnector = reconnector(nowhere(), Duration.ofSeconds(5), 1000);
        long now = System.nanoTime();
        long left = reconnector.waitLeft(now);
        assertTrue(left <= 5_000 * MS && left > 0, () -> "left: " + left);
        assertTrue(reconnector.waitLeft(now - 5_001 * MS) < 0);
        assertTrue(reconnector.waitLeft(now - 3_000 * MS) <= 2_000 * MS);
    }

    @Test
    void aVeryLongTimeDoesNotOverflow() {
        for (Duration forever : new Duration[] {Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(10_001)}) {
            Reconnector reconnector = reconnector(nowhere(), forever, 1000);
            assertTrue(reconnector.waitLeft(System.nanoTime() - 1_000_000 * MS) > TimeUnit.DAYS.toNanos(10_000));
        }
    }

    @Test
    void theErrorSaysHowLongThereWasNoConnection() {
        ConnectionLostException e =
                reconnector(nowhere(), Duration.ofMillis(1234), 1000).tooLong("tcp://peer:1", Outcome.NOT_APPLIED);
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        assertTrue(
                e.getMessage().startsWith("there has been no connection to tcp://peer:1 for more than 1234 ms"),
                e.getMessage());
    }

    @Test
    void itTriesUntilTheLeaseIsOver() {
        Reconnector reconnector = reconnector(nowhere(), Duration.ofSeconds(5), 100);
        assertFalse(reconnector.hasFailed());
        Recorded progress = new Recorded();
        SessionExpiredException e =
                assertThrows(SessionExpiredException.class, () -> reconnector.connect(progress, 0, 0, 1, 0));
        assertTrue(
                e.getMessage().startsWith("no connection to " + nowhere() + " within the lease of 100 ms"),
                e.getMessage());
        assertTrue(reconnector.hasFailed());
        assertTrue(progress.failures.get() >= 2, () -> "attempts: " + progress.failures);
        assertTrue(progress.waits.get() >= progress.failures.get(), "calls are looked after before each attempt");
        assertTrue(System.nanoTime() - progress.lastHeard > 100 * MS);
    }

    @Test
    void itStopsWhenTheSessionIsClosed() throws Exception {
        Reconnector reconnector = reconnector(nowhere(), Duration.ofSeconds(5), 600_000);
        Recorded progress = new Recorded();
        FutureTask<Connector.Link> connects =
                TestClient.start("connects", () -> reconnector.connect(progress, 0, 0, 1, 0));
        ScriptedServer.await("an attempt", () -> progress.failures.get() >= 2);
        progress.over = true;
        ConnectionLostException e = TestClient.error(connects, ConnectionLostException.class);
        assertEquals(ErrorCode.CANCELLED, e.code());
    }

    @Test
    void anotherKeyIsNotTriedAgain() throws Exception {
        try (ScriptedServer server = ScriptedServer.start()) {
            Recorded progress = new Recorded();
            FutureTask<Connector.Link> connects =
                    TestClient.start("connects", () -> reconnector(server.uri(), Duration.ofSeconds(5), 600_000)
                            .connect(progress, 0, 0, 1, 0));
            Peer peer = server.acceptRaw();
            peer.startHandshake();
            byte[] unused = peer.read();
            unused = peer.read();
            peer.refuseChallenge();
            TestClient.error(connects, AuthenticationException.class);
            assertEquals(0, progress.failures.get());
        }
    }

    @Test
    void itResumesTheSession() throws Exception {
        try (ScriptedServer server = ScriptedServer.start()) {
            Reconnector reconnector = reconnector(server.uri(), Duration.ofSeconds(5), 600_000);
            Recorded progress = new Recorded();
            FutureTask<Connector.Link> connects =
                    TestClient.start("connects", () -> reconnector.connect(progress, 4711, 12, 8, 11));
            server.acceptRaw().cut();
            Peer peer = server.acceptAgain(12);
            Connector.Link link = TestClient.get(connects);
            assertEquals(12, link.ack().received());
            assertEquals(4711, peer.hello().resume().received());
            assertEquals(12, peer.hello().resume().confirmed());
            assertEquals(8, peer.hello().resume().keptFrom());
            assertEquals(11, peer.hello().resume().answered());
            assertEquals(1, progress.failures.get());
            assertTrue(reconnector.hasFailed());
            link.wire().close();
            // the next outage begins without a failure
            FutureTask<Connector.Link> again =
                    TestClient.start("connects", () -> reconnector.connect(progress, 4711, 12, 8, 11));
            Peer second = server.acceptRaw();
            assertFalse(reconnector.hasFailed());
            second.handshake();
            second.acknowledge(12);
            TestClient.get(again).wire().close();
        }
    }

    /** An interrupt of the I/O thread, as of a callback, does not end the attempts. */
    @Test
    void anInterruptDoesNotEndTheAttempts() throws Exception {
        try (ScriptedServer server = ScriptedServer.start()) {
            Recorded progress = new Recorded() {
                @Override
                public void attemptFailed() {
                    super.attemptFailed();
                    Thread.currentThread().interrupt();
                }
            };
            FutureTask<Connector.Link> connects =
                    TestClient.start("connects", () -> reconnector(server.uri(), Duration.ofSeconds(5), 600_000)
                            .connect(progress, 0, 0, 1, 0));
            server.acceptRaw().cut();
            server.acceptRaw().cut();
            server.acceptAgain(0);
            TestClient.get(connects).wire().close();
            assertEquals(2, progress.failures.get());
        }
    }
}
