package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.client.internal.connection.ScriptedServer.Request;
import io.multiproc.client.internal.connection.TestClient.Caller;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Large frames, and a server that takes nothing or sends more than is read. */
@Timeout(60)
class FlowControlTest {
    private static final long FOREVER = -1L;

    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start().smallReceiveBuffer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void largeValuesTravelBothWays() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            for (int size : new int[] {1, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, 1 << 20, 5 << 20}) {
                byte[] value = random(size, size);
                byte[] answer = random(size, -size);
                Caller put = client.calls(TestClient.borrowing(DictOp.PUT, size, "key", value));
                Request request = client.peer.request(DictOp.PUT);
                assertEquals(size, request.object());
                assertArrayEquals(
                        new ByteWriter()
                                .string("key")
                                .raw(ScriptedServer.bytes(value))
                                .toByteArray(),
                        request.values());
                FutureTask<Void> replies = TestClient.start("replies", () -> {
                    client.peer.reply(request, ScriptedServer.bytes(answer));
                    return null;
                });
                byte[] got = put.value();
                byte[] bytes = got.length == size ? got : Arrays.copyOfRange(got, got.length - size, got.length);
                assertArrayEquals(answer, bytes);
                if (size == 1 || size >= 1 << 20) {
                    assertEquals(size > 1, put.call.ownBytes() != null, "has an array of its own");
                }
                TestClient.get(replies);
            }
        }
    }

    @Test
    void aLargeReplyThatIsNoByteArrayComesWhole() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            for (int i = 0; i < 3; i++) {
                String text = "x".repeat(1_000_000) + i;
                Caller get = client.calls(DictOp.GET, 1, "key");
                Request request = client.peer.request();
                FutureTask<Void> replies = TestClient.start("replies", () -> {
                    client.peer.reply(request, Values.ofText(text));
                    return null;
                });
                assertEquals(text, Values.text(get.value()));
                assertNull(get.call.ownBytes());
                assertTrue(get.call.replyAt() > 0, "it was not copied out of the array that it was read into");
                client.connection.giveBack(get.call.reply());
                TestClient.get(replies);
            }
        }
    }

    @Test
    void whoSendsFasterThanTheServerTakesIsHeldBack() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            byte[] value = random(1 << 20, 5);
            int calls = 60;
            AtomicInteger sent = new AtomicInteger();
            FutureTask<Void> sender = TestClient.start("sender", () -> {
                for (long i = 0; i < calls; i++) {
                    client.async(DictOp.PUT, i, "key", value);
                    sent.incrementAndGet();
                }
                return null;
            });
            // 16 MiB wait in the client, and some in the sockets; the first call's thread writes, so a second sender is
            // the one to wait
            FutureTask<Void> second = TestClient.start("second sender", () -> {
                for (long i = 0; i < calls; i++) {
                    client.async(DictOp.PUT, calls + i, "key", value);
                    sent.incrementAndGet();
                }
                return null;
            });
            // one of them writes, or tries to
            TestClient.awaitWithin("awaitRoom", "sender", "second sender");
            assertTrue(sent.get() < 2 * calls - 40, () -> sent.get() + " sent, nothing arrived");
            for (int i = 0; i < 2 * calls; i++) {
                assertTrue(client.peer.request(DictOp.PUT).args().length > value.length);
                int arrived = i + 1;
                assertTrue(sent.get() - arrived < 40, () -> sent.get() + " sent, " + arrived + " arrived");
            }
            TestClient.get(sender);
            TestClient.get(second);
        }
    }

    @Test
    void whoIsHeldBackGoesOnWhenTheSessionEnds() throws Exception {
        TestClient client = TestClient.open(server);
        byte[] value = random(1 << 20, 5);
        List<FutureTask<Void>> senders = new ArrayList<>();
        for (int s = 0; s < 3; s++) {
            senders.add(TestClient.start("sender " + s, () -> {
                while (true) {
                    client.async(DictOp.PUT, 1, "key", value);
                }
            }));
        }
        TestClient.awaitWithin("awaitRoom", "sender 0", "sender 1", "sender 2");
        client.close();
        for (FutureTask<Void> sender : senders) {
            TestClient.error(sender, io.multiproc.client.ManagerClosedException.class);
        }
    }

    @Test
    void aWriterWithoutRoomReadsTheReplies() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            Peer peer = client.peer;
            List<Caller> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(client.calls(DictOp.GET, i, "key"));
            }
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                requests.add(peer.request());
            }
            // the server reads no more before it has got rid of its replies
            byte[] large = random(8 << 20, 2);
            Caller put = client.calls(TestClient.borrowing(DictOp.PUT, 9, "key", large));
            for (Request request : requests) {
                peer.reply(request, ScriptedServer.bytes(random(4 << 20, request.object())));
            }
            for (Caller caller : waiting) {
                assertArrayEquals(random(4 << 20, caller.call.object), caller.value());
            }
            Request request = peer.request(DictOp.PUT);
            peer.reply(request, Values.ABSENT);
            assertArrayEquals(Values.ABSENT, put.value());
        }
    }

    /** The I/O thread is the one that reads for everybody: when it writes and has no room, nobody else does. */
    @Test
    void theIoThreadReadsWhileItHasNoRoomToWrite() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            byte[] value = new byte[16 << 20];
            AsyncCall<byte[]> first = client.async(DictOp.GET, 1, "key");
            CompletableFuture<AsyncCall<byte[]>> second =
                    first.future.thenApply(v -> client.async(DictOp.PUT, 2, "key", value));
            client.peer.reply(client.peer.request(), Values.TRUE);
            client.peer.readRaw(new byte[1000]);
            TestClient.awaitWithin("writeFully", "multiproc-io " + server.uri());
            // the server reads on only when this has left
            FutureTask<Void> replies = TestClient.start("replies", () -> {
                client.peer.reply(999, ScriptedServer.bytes(new byte[24 << 20]));
                return null;
            });
            TestClient.get(replies);
            FutureTask<Void> reads = TestClient.start("reads", () -> {
                client.peer.readRaw(new byte[value.length - 1000]);
                return null;
            });
            TestClient.get(reads);
            client.peer.reply(2, Values.ABSENT);
            assertArrayEquals(Values.ABSENT, TestClient.get(TestClient.get(second).future));
        }
    }

    @Test
    void nothingIsCopiedOfALargeRequestThatIsSentAlone() throws Exception {
        try (TestClient client = TestClient.open(server)) {
            byte[] value = new byte[12 << 20];
            Caller put = client.calls(TestClient.borrowing(DictOp.PUT, 1, "key", value));
            byte[] start = new byte[1 << 10];
            client.peer.readRaw(start);
            // the sockets hold a few megabytes at most: what is changed at the end arrives changed
            value[value.length - 1] = 5;
            byte[] rest = new byte[4 + Messages.REQUEST_HEADER + 1 + 5 + 1 + 4 + value.length - start.length];
            client.peer.readRaw(rest);
            assertEquals(5, rest[rest.length - 1]);
            client.peer.reply(1, Values.ABSENT);
            assertArrayEquals(Values.ABSENT, put.value());
        }
    }

    @Test
    void aServerThatTakesNothingCountsAsLost() throws Exception {
        server.heartbeat(800);
        try (TestClient client = TestClient.open(server)) {
            Caller put = client.calls(TestClient.borrowing(DictOp.PUT, 1, "key", new byte[24 << 20]));
            String reason = client.event("disconnected");
            assertTrue(
                    reason.contains("broke while sending") || reason.contains("has not answered for 800 ms"), reason);
            Peer again = server.acceptAgain(0);
            Request request = again.request(DictOp.PUT);
            assertEquals(1, request.id());
            again.reply(request, Values.ABSENT);
            assertArrayEquals(Values.ABSENT, put.value());
        }
    }

    /** Or the server would keep what the session owns until its lease is over. */
    @Test
    void theGoodbyeIsNotLostThoughAnotherThreadWrites() throws Exception {
        TestClient client = TestClient.open(server);
        byte[] value = new byte[24 << 20];
        Caller put = client.calls(TestClient.borrowing(DictOp.PUT, 1, "key", value));
        client.peer.readRaw(new byte[100]);
        FutureTask<Void> closes = TestClient.start("closes", () -> {
            client.close();
            return null;
        });
        TestClient.awaitWithin("close", "closes");
        client.peer.readRaw(new byte[4 + Messages.REQUEST_HEADER + 1 + 5 + 1 + 4 + value.length - 100]);
        client.peer.next(Messages.GOODBYE);
        client.peer.awaitEnd();
        TestClient.get(closes);
        put.error(io.multiproc.client.ManagerClosedException.class);
    }

    @Test
    void closingDoesNotWaitForAServerThatTakesNothing() throws Exception {
        TestClient client = TestClient.open(server);
        Caller put = client.calls(TestClient.borrowing(DictOp.PUT, 1, "key", new byte[24 << 20]));
        Caller take = client.calls(QueueOp.TAKE, 1, FOREVER);
        client.peer.readRaw(new byte[100]);
        FutureTask<Void> closes = TestClient.start("closes", () -> {
            client.close();
            return null;
        });
        TestClient.get(closes);
        put.error(io.multiproc.client.ManagerClosedException.class);
        take.error(io.multiproc.client.ManagerClosedException.class);
    }
}
