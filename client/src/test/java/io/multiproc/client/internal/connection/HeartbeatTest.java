package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.ProtocolException;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.client.internal.connection.ScriptedServer.Request;
import io.multiproc.client.internal.connection.TestClient.Caller;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Values;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clock of heartbeats, and what a connection does by it. */
@Timeout(60)
class HeartbeatTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long FOREVER = -1L;

    @Test
    void aServerIsLostAfterASecondOrHalfOfALongInterval() {
        assertEquals(TimeUnit.SECONDS.toNanos(10), new Heartbeat(20_000).lostNanos());
        assertEquals(TimeUnit.SECONDS.toNanos(1), new Heartbeat(1_500).lostNanos());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(300), new Heartbeat(300).lostNanos());
    }

    @Test
    void aPingIsDueWhenNothingWasSentForTheInterval() {
        Heartbeat heartbeat = new Heartbeat(2_000);
        long now = System.nanoTime();
        assertFalse(heartbeat.isPingDue(now));
        long left = heartbeat.untilNext(now);
        assertTrue(left > 0 && left <= 2_000 * MS, () -> "left: " + left);
        assertTrue(heartbeat.isPingDue(now + 2_000 * MS));
        heartbeat.sent();
        assertFalse(heartbeat.isPingDue(now + 1_000 * MS));
    }

    @Test
    void aServerIsLostOnlyIfAPingIsUnanswered() {
        Heartbeat heartbeat = new Heartbeat(2_000);
        long now = System.nanoTime();
        assertFalse(heartbeat.isLost(now + 3_600_000 * MS), "silence alone is nothing");
        assertTrue(heartbeat.isSilent(now + 1_001 * MS));
        // a process that slept for an hour: counts from the ping
        long later = now + 3_600_000 * MS;
        heartbeat.pinging(later);
        assertFalse(heartbeat.isLost(later + 1_000 * MS));
        assertTrue(heartbeat.isLost(later + 1_001 * MS));
        heartbeat.pinging(later + 900 * MS);
        assertTrue(heartbeat.isLost(later + 1_001 * MS), "counts from the first");
        assertTrue(heartbeat.untilNext(now) <= 1_000 * MS, "looked at again when it may be lost");
    }

    @Test
    void aServerThatSaysAnythingIsNotLost() {
        Heartbeat heartbeat = new Heartbeat(2_000);
        heartbeat.pinging(System.nanoTime() - 60_000 * MS);
        heartbeat.heard(); // no pong, but a sign of life
        long heard = heartbeat.lastHeard();
        assertFalse(heartbeat.isLost(heard + 1_000 * MS));
        assertTrue(heartbeat.isLost(heard + 1_001 * MS));
    }

    @Test
    void anAnswerCountsForOnePing() {
        Heartbeat heartbeat = new Heartbeat(2_000);
        long now = System.nanoTime();
        heartbeat.pinging(now);
        heartbeat.pinging(now);
        heartbeat.answered();
        assertTrue(heartbeat.isLost(now + 60_000 * MS));
        heartbeat.answered();
        assertFalse(heartbeat.isLost(now + 60_000 * MS));
        heartbeat.answered(); // of a ping over an earlier wire
        heartbeat.pinging(now);
        assertTrue(heartbeat.isLost(now + 60_000 * MS));
        heartbeat.forgetPings();
        assertFalse(heartbeat.isLost(now + 60_000 * MS));
    }

    @Test
    void anotherWireStartsAnew() {
        Heartbeat heartbeat = new Heartbeat(2_000);
        long before = heartbeat.lastHeard();
        ScriptedServer.await("time passes", () -> System.nanoTime() > before);
        heartbeat.restart();
        assertTrue(heartbeat.lastHeard() > before);
        long heard = heartbeat.lastHeard();
        ScriptedServer.await("time passes", () -> System.nanoTime() > heard);
        heartbeat.heard();
        assertTrue(heartbeat.lastHeard() > heard);
    }

    // ---- over a connection

    @Test
    void anIdleClientPings() throws Exception {
        try (ScriptedServer server = ScriptedServer.start().heartbeat(700);
                TestClient client = TestClient.open(server)) {
            for (int i = 1; i <= 2; i++) {
                assertEquals(i, client.peer.idOf(Messages.PING), "the number of its frame");
                client.peer.pong(i);
            }
            client.assertLives();
            assertTrue(client.connection.isConnected());
        }
    }

    /** The program's code on the I/O thread holds up neither the pings nor the session, although nobody reads the answers. */
    @Test
    void heartbeatsGoOnWhileACallbackBlocks() throws Exception {
        try (ScriptedServer server = ScriptedServer.start().heartbeat(300);
                TestClient client = TestClient.open(server)) {
            AsyncCall<byte[]> call = client.async(QueueOp.TAKE, 1, FOREVER);
            Request request = client.peer.request();
            CountDownLatch blocked = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            var after = call.future.thenAccept(v -> {
                blocked.countDown();
                try {
                    assertTrue(released.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            client.peer.reply(request, Values.TRUE);
            assertTrue(blocked.await(20, TimeUnit.SECONDS));
            int pings = 0;
            while (pings < 5) {
                byte[] message = client.peer.next();
                if (message[0] == Messages.PING) {
                    client.peer.pong(Messages.id(message, 0));
                    pings++;
                } else {
                    assertNotEquals(Messages.REQUEST, message[0], "its receipts only");
                }
            }
            released.countDown();
            after.get(20, TimeUnit.SECONDS);
            client.assertLives();
            assertTrue(client.connection.isConnected());
        }
    }

    @Test
    void aPongShowsWhichFramesHaveArrived() throws Exception {
        try (ScriptedServer server = ScriptedServer.start().heartbeat(700);
                TestClient client = TestClient.open(server)) {
            Caller take = client.calls(QueueOp.TAKE, 1, FOREVER);
            Request unused = client.peer.request();
            assertEquals(2, client.peer.idOf(Messages.PING));
            client.peer.pong(2);
            client.peer.cut();
            // a server that has forgotten one of them is not believed
            server.acceptAgain(1);
            take.error(ProtocolException.class);
            client.event("disconnected");
            assertInstanceOf(ProtocolException.class, client.end());
        }
    }

    @Test
    void aSilentServerIsLostAndTheSessionGoesOn() throws Exception {
        try (ScriptedServer server = ScriptedServer.start().heartbeat(500);
                TestClient client = TestClient.open(server)) {
            Caller take = client.calls(QueueOp.TAKE, 1, FOREVER);
            Request request = client.peer.request();
            assertEquals(
                    "disconnected: the server at " + server.uri() + " has not answered for 500 ms",
                    client.event("disconnected"));
            Peer again = server.acceptAgain(1);
            client.event("reconnected");
            assertEquals(2, again.idOf(Messages.PING), "that of the broken connection, sent again");
            again.reply(request, Values.TRUE);
            assertArrayEquals(Values.TRUE, take.value());
            assertEquals(1, client.peer.frames(), "what was read of the first connection");
        }
    }
}
