package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.client.internal.connection.ScriptedServer.Request;
import io.multiproc.client.internal.connection.TestClient.Caller;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Values;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks that pass from one thread of the client to another without a round trip, because the server has said who is next. */
@Timeout(60)
class LockHandoffTest {
    private static final long LOCK = 30;
    private static final long FOREVER = -1L;
    private static final byte[] TOKEN = Values.ofInteger(501);
    private static final byte[] NO_TOKEN_YET = Values.ofInteger(0);

    private ScriptedServer server;
    private TestClient client;
    private Peer peer;

    @BeforeEach
    void open() throws Exception {
        server = ScriptedServer.start();
        client = TestClient.open(server);
        peer = client.peer;
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    /** A holder gets the lock. */
    private void acquired(long holder) throws Exception {
        Caller caller = client.calls(LockOp.ACQUIRE, LOCK, holder, FOREVER);
        peer.reply(peer.request(LockOp.ACQUIRE), TOKEN);
        assertArrayEquals(TOKEN, caller.value());
    }

    private Caller waits(long holder) {
        return client.calls(LockOp.ACQUIRE, LOCK, holder, FOREVER);
    }

    /** All that the server has said so far has been read. */
    private void readAll() throws Exception {
        Caller caller = client.calls(DictOp.SIZE, 1);
        peer.reply(peer.request(DictOp.SIZE), Values.ofInteger(0));
        assertArrayEquals(Values.ofInteger(0), caller.value());
    }

    private FutureTask<Boolean> releases(long holder) {
        Call release = TestClient.call(LockOp.RELEASE, LOCK, holder);
        return TestClient.start("releases", () -> client.connection.release(release));
    }

    @Test
    void theNextThreadOwnsTheLockAtOnce() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request request = peer.request(LockOp.ACQUIRE);
        second.awaitReading();
        peer.follows(request, 1, 1, true);
        readAll();
        assertFalse(TestClient.get(releases(1)), "there is no reply to wait for");
        assertArrayEquals(NO_TOKEN_YET, second.value());
        Request release = peer.request(LockOp.RELEASE);
        assertArrayEquals(Values.ofInteger(1), release.values());
        // the server says the same, later; nobody waits for it
        peer.reply(release, Values.NULL);
        peer.reply(request, TOKEN);
        readAll();
        assertTrue(releasesAfterReply(2));
    }

    private boolean releasesAfterReply(long holder) throws Exception {
        FutureTask<Boolean> released = releases(holder);
        Request release = peer.request(LockOp.RELEASE);
        assertArrayEquals(Values.ofInteger(holder), release.values());
        assertFalse(released.isDone(), "the reply is awaited");
        peer.reply(release, Values.NULL);
        return TestClient.get(released);
    }

    @Test
    void aThreadThatSleepsWhileAnotherReadsIsWokenToo() throws Exception {
        acquired(1);
        Caller reader = client.calls(QueueOp.TAKE, 9, FOREVER);
        Request take = peer.request(QueueOp.TAKE);
        reader.awaitReading();
        Caller second = waits(2);
        Request request = peer.request(LockOp.ACQUIRE);
        peer.follows(request, 1, 1, true);
        readAll();
        second.awaitParked();
        assertFalse(TestClient.get(releases(1)));
        assertArrayEquals(NO_TOKEN_YET, second.value());
        assertArrayEquals(Values.ofInteger(1), peer.request(LockOp.RELEASE).values());
        peer.reply(take, Values.ABSENT);
        assertArrayEquals(Values.ABSENT, reader.value());
    }

    @Test
    void aReleaseThatLeavesALevelIsAnOrdinaryOne() throws Exception {
        acquired(1);
        acquired(1);
        Caller second = waits(2);
        Request request = peer.request(LockOp.ACQUIRE);
        peer.follows(request, 1, 2, true);
        readAll();
        assertTrue(releasesAfterReply(1));
        assertFalse(second.isDone());
        assertFalse(TestClient.get(releases(1)));
        assertArrayEquals(NO_TOKEN_YET, second.value());
    }

    @Test
    void anotherLevelOfTheOwnerCounts() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request request = peer.request(LockOp.ACQUIRE);
        peer.follows(request, 1, 1, true);
        readAll();
        acquired(1);
        assertTrue(releasesAfterReply(1));
        assertFalse(second.isDone());
        assertFalse(TestClient.get(releases(1)));
        assertArrayEquals(NO_TOKEN_YET, second.value());
    }

    @Test
    void aRowOfThreadsPassesTheLockOn() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request two = peer.request(LockOp.ACQUIRE);
        Caller third = waits(3);
        Request three = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        peer.follows(three, 2, 1, false);
        readAll();
        assertFalse(TestClient.get(releases(1)));
        assertArrayEquals(NO_TOKEN_YET, second.value());
        assertFalse(third.isDone());
        assertFalse(TestClient.get(releases(2)));
        assertArrayEquals(NO_TOKEN_YET, third.value());
        assertArrayEquals(Values.ofInteger(1), peer.request(LockOp.RELEASE).values());
        assertArrayEquals(Values.ofInteger(2), peer.request(LockOp.RELEASE).values());
        assertTrue(releasesAfterReply(3));
    }

    @Test
    void whoFollowsOneThatStillWaitsGetsNothingFromItsRelease() throws Exception {
        // holder 1 does not own the lock now: what it releases is nothing
        Caller second = waits(2);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, false);
        readAll();
        FutureTask<Boolean> released = releases(1);
        peer.error(peer.request(LockOp.RELEASE), ErrorCode.NOT_OWNER, "not the owner");
        assertTrue(TestClient.get(released));
        assertFalse(second.isDone());
        peer.reply(two, TOKEN);
        assertArrayEquals(TOKEN, second.value());
    }

    @Test
    void oneThatMayGiveUpIsNotHandedTheLock() throws Exception {
        acquired(1);
        Caller impatient = client.calls(LockOp.ACQUIRE, LOCK, 2L, 60_000L);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        readAll();
        assertTrue(releasesAfterReply(1));
        assertFalse(impatient.isDone());
        peer.reply(two, TOKEN);
        assertArrayEquals(TOKEN, impatient.value());
    }

    @Test
    void aFutureIsNotHandedTheLock() throws Exception {
        acquired(1);
        AsyncCall<byte[]> future = client.async(LockOp.ACQUIRE, LOCK, 2L, FOREVER);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        readAll();
        assertTrue(releasesAfterReply(1));
        assertFalse(future.future.isDone());
        peer.reply(two, TOKEN);
        assertArrayEquals(TOKEN, TestClient.get(future.future));
    }

    @Test
    void oneThatIsInterruptedIsNotHandedTheLock() throws Exception {
        acquired(1);
        Caller second = client.callsInterruptibly(LockOp.ACQUIRE, LOCK, 2L, FOREVER);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        readAll();
        second.interrupt();
        assertEquals(two.id(), peer.idOf(Messages.CANCEL));
        // the server may say so once more before it sees the cancel
        peer.follows(two, 1, 1, true);
        readAll();
        assertTrue(releasesAfterReply(1));
        peer.error(two, ErrorCode.CANCELLED, "cancelled");
        assertTrue(second.awaitEnd());
    }

    @Test
    void nothingIsHandedOverWithoutAConnection() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        readAll();
        long frames = peer.frames();
        peer.cut();
        client.event("disconnected");
        FutureTask<Boolean> released = releases(1);
        peer = server.acceptAgain(frames);
        Request release = peer.request(LockOp.RELEASE);
        peer.reply(release, Values.NULL);
        assertTrue(TestClient.get(released));
        peer.reply(two, TOKEN);
        assertArrayEquals(TOKEN, second.value());
    }

    @Test
    void nothingIsKnownAfterTheConnectionBroke() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        readAll();
        long frames = peer.frames();
        peer.cut();
        peer = server.acceptAgain(frames);
        client.event("disconnected");
        client.event("reconnected");
        // another process may stand between them by now
        assertTrue(releasesAfterReply(1));
        assertFalse(second.isDone());
        peer.reply(two, TOKEN);
        assertArrayEquals(TOKEN, second.value());
    }

    @Test
    void aReleaseThatWasNotAwaitedIsSentAgain() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        readAll();
        long frames = peer.frames();
        assertFalse(TestClient.get(releases(1)));
        assertArrayEquals(NO_TOKEN_YET, second.value());
        Request release = peer.request(LockOp.RELEASE);
        peer.cut();
        client.event("disconnected");
        peer = server.acceptAgain(frames);
        assertEquals(release.id(), peer.request(LockOp.RELEASE).id());
        peer.reply(release, Values.NULL);
        peer.reply(two, TOKEN);
        readAll();
    }

    @Test
    void aGrantThatWasTakenOverByNobodyEndsTheRow() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        // another one got in between, by force: the waiting one is told that it gets nothing
        peer.error(two, ErrorCode.NO_SUCH_OBJECT, "deleted");
        second.error(io.multiproc.client.NoSuchObjectException.class);
        assertTrue(releasesAfterReply(1));
    }

    @Test
    void aFailureOfWhatNobodyWaitsForHarmsNobody() throws Exception {
        acquired(1);
        Caller second = waits(2);
        Request two = peer.request(LockOp.ACQUIRE);
        peer.follows(two, 1, 1, true);
        readAll();
        assertFalse(TestClient.get(releases(1)));
        assertArrayEquals(NO_TOKEN_YET, second.value());
        Request release = peer.request(LockOp.RELEASE);
        peer.error(release, ErrorCode.NOT_OWNER, "somebody took it away");
        peer.error(two, ErrorCode.NO_SUCH_OBJECT, "deleted");
        readAll();
        client.assertLives();
    }

    @Test
    void aFollowsOfAnUnknownRequestIsIgnored() throws Exception {
        acquired(1);
        peer.send(out -> Messages.follows(out, 4711, 1, 1, true));
        readAll();
        assertTrue(releasesAfterReply(1));
    }
}
