package io.multiproc.client.internal.session;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.RegistryMismatchException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.internal.connection.ScriptedServer;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.client.internal.connection.ScriptedServer.Request;
import io.multiproc.client.internal.value.ObjectCodec;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session over a scripted server: what its calls look like there, and what follows when it has ended. */
@Timeout(60)
class SessionTest {
    private static final long MOST_SECONDS = 20;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private final class Recorded implements SessionEvents.Listener {
        @Override
        public void disconnected(String reason) {
            events.add("disconnected");
        }

        @Override
        public void reconnected(Duration outage) {
            events.add("reconnected");
        }

        @Override
        public void ended(ManagerException reason) {
            events.add("ended " + reason.getClass().getSimpleName());
        }

        @Override
        public void renewed() {
            events.add("renewed");
        }
    }

    private static final class NoCodec implements ObjectCodec {
        @Override
        public int id() {
            return 9;
        }

        @Override
        public byte[] encode(Object object) {
            throw SerializationException.writing("no user classes", null);
        }

        @Override
        public Object decode(byte[] bytes, int from, int length) {
            throw SerializationException.reading("no user classes", null);
        }
    }

    private SessionOptions options(boolean renew, List<?> classes) {
        return new SessionOptions(
                server.uri(),
                ScriptedServer.KEY,
                null,
                Duration.ofSeconds(20),
                "session",
                0,
                Duration.ofSeconds(60),
                0,
                renew,
                new NoCodec(),
                new byte[Hello.FINGERPRINT],
                classes);
    }

    private static <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = new Thread(task, "session test");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static <T> T get(Future<T> task) throws Exception {
        return task.get(MOST_SECONDS, TimeUnit.SECONDS);
    }

    private static <E extends Throwable> E error(Future<?> task, Class<E> type) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> {
            Object unused = get(task);
        });
        return assertInstanceOf(type, e.getCause());
    }

    private String event() throws InterruptedException {
        return events.poll(MOST_SECONDS, TimeUnit.SECONDS);
    }

    private FutureTask<Session> connects(boolean renew, List<?> classes) {
        SessionOptions options = options(renew, classes);
        return start(() -> Session.connect(options, new Recorded(), handle -> handle));
    }

    /** A session and its server's side. */
    private record Open(Session session, Peer peer) {}

    private Open open(boolean renew) throws Exception {
        FutureTask<Session> connects = connects(renew, List.of());
        Peer peer = server.accept();
        return new Open(get(connects), peer);
    }

    // ---- opening

    @Test
    void classesThatTheServerDoesNotKnowAreRegistered() throws Exception {
        server.registryKnown(false);
        FutureTask<Session> connects = connects(false, List.of(List.of(1L, "a.B", 99L)));
        Peer peer = server.accept();
        Request register = peer.request(ManagerOp.REGISTER_CLASSES);
        assertFalse(connects.isDone());
        peer.reply(register, Values.NULL);
        get(connects).close();
    }

    @Test
    void classesThatTheServerKnowsAreNotSent() throws Exception {
        FutureTask<Session> connects = connects(false, List.of(List.of(1L, "a.B", 99L)));
        Peer peer = server.accept();
        Session session = get(connects);
        FutureTask<Object> call = start(() -> session.call(DictOp.SIZE, 1));
        peer.reply(peer.request(DictOp.SIZE), Values.ofInteger(1));
        assertEquals(1L, ((Number) get(call)).longValue());
        session.close();
    }

    @Test
    void aRegistrationThatContradictsEndsTheSession() throws Exception {
        server.registryKnown(false);
        FutureTask<Session> connects = connects(false, List.of(List.of(1L, "a.B", 99L)));
        Peer peer = server.accept();
        peer.error(peer.request(ManagerOp.REGISTER_CLASSES), ErrorCode.REGISTRY_MISMATCH, "another a.B");
        error(connects, RegistryMismatchException.class);
    }

    // ---- calls

    @Test
    void argumentsAreEncodedAndRepliesDecoded() throws Exception {
        Open open = open(false);
        Encoded encoded = new Encoded(new byte[] {9, 9, Tag.NULL.code()}, 2);
        FutureTask<Object> call =
                start(() -> open.session.call(DictOp.PUT, 7, "key", List.of(1, "two"), encoded, Session.ABSENT));
        Request request = open.peer.request(DictOp.PUT);
        assertEquals(7, request.object());
        byte[] list = Values.container(
                Tag.LIST, List.of(new ByteWriter().tag(Tag.INT32).i32(1).toByteArray(), Values.ofText("two")));
        assertArrayEquals(
                new ByteWriter()
                        .u8(4)
                        .string("key")
                        .raw(list)
                        .tag(Tag.NULL)
                        .tag(Tag.ABSENT)
                        .toByteArray(),
                request.args());
        open.peer.reply(request, list);
        assertEquals(List.of(1, "two"), get(call));
        open.session.close();
    }

    @Test
    void largeByteArraysTravelWithoutACopyAndComeBack() throws Exception {
        Open open = open(false);
        byte[] value = new byte[300_000];
        new Random(4).nextBytes(value);
        FutureTask<Object> call = start(() -> open.session.call(DictOp.PUT, 7, "key", value));
        Request request = open.peer.request(DictOp.PUT);
        byte[] args = request.args();
        assertArrayEquals(value, Arrays.copyOfRange(args, args.length - value.length, args.length));
        FutureTask<Void> replies = start(() -> {
            open.peer.reply(
                    request,
                    new ByteWriter()
                            .tag(Tag.BYTES)
                            .varint(value.length)
                            .raw(value)
                            .toByteArray());
            return null;
        });
        assertArrayEquals(value, (byte[]) get(call));
        get(replies);
        open.session.close();
    }

    @Test
    void aReplyMayStayEncoded() throws Exception {
        Open open = open(false);
        FutureTask<Encoded> call = start(() -> open.session.callEncoded(DictOp.GET, 1, "key"));
        open.peer.reply(open.peer.request(), Values.ofText("value"));
        Encoded encoded = get(call);
        assertEquals("value", Values.text(encoded.payload(), encoded.at()));
        assertEquals("value", open.session.decode(encoded));
        FutureTask<Encoded> absent = start(() -> open.session.callEncoded(DictOp.GET, 1, "key"));
        open.peer.reply(open.peer.request(), Values.ABSENT);
        assertNull(get(absent));
        open.session.close();
    }

    @Test
    void aRequestThatIsTooLargeIsNotSent() throws Exception {
        server.maxFrame(1_000);
        Open open = open(false);
        byte[] value = new byte[1_000];
        RequestRejectedException e =
                assertThrows(RequestRejectedException.class, () -> open.session.call(DictOp.PUT, 1, "key", value));
        assertEquals(ErrorCode.TOO_LARGE, e.code());
        assertTrue(e.getMessage().startsWith("dict.put: the request has 10"), e.getMessage());
        byte[] large = new byte[100_000];
        assertThrows(RequestRejectedException.class, () -> open.session.call(DictOp.PUT, 1, "key", large));
        FutureTask<Object> next = start(() -> open.session.call(DictOp.SIZE, 1));
        Request request = open.peer.request(DictOp.SIZE);
        assertEquals(1, request.id());
        open.peer.reply(request, Values.ofInteger(3));
        assertEquals(3L, ((Number) get(next)).longValue());
        open.session.close();
    }

    @Test
    void aValueThatCannotBeEncodedSendsNothing() throws Exception {
        Open open = open(false);
        assertThrows(SerializationException.class, () -> open.session.call(DictOp.PUT, 1, "key", new Object()));
        FutureTask<Object> next = start(() -> open.session.call(DictOp.SIZE, 1));
        Request request = open.peer.request(DictOp.SIZE);
        assertEquals(1, request.id());
        assertEquals(0, request.args()[0], "and nothing is left of it in the frame");
        open.peer.reply(request, Values.ofInteger(3));
        assertEquals(3L, ((Number) get(next)).longValue());
        open.session.close();
    }

    @Test
    void aReplyThatCannotBeDecodedFailsItsCallOnly() throws Exception {
        Open open = open(false);
        CompletableFuture<Object> future = open.session.callAsync(v -> v, DictOp.GET, 1, "key");
        open.peer.reply(open.peer.request(), new byte[] {(byte) 0xee});
        assertThrows(ExecutionException.class, () -> get(future));
        CompletableFuture<String> next = open.session.callAsync(v -> "got " + v, DictOp.GET, 1, "key");
        open.peer.reply(open.peer.request(), Values.ofText("it"));
        assertEquals("got it", get(next));
        open.session.close();
    }

    // ---- interrupts

    @Test
    void anInterruptedThreadDoesNotBeginToWait() throws Exception {
        Open open = open(false);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> open.session.callInterruptibly(QueueOp.TAKE, 1, -1L));
        assertFalse(Thread.interrupted());
        FutureTask<Object> next = start(() -> open.session.call(DictOp.SIZE, 1));
        open.peer.reply(open.peer.request(DictOp.SIZE), Values.ofInteger(3));
        assertEquals(3L, ((Number) get(next)).longValue());
        open.session.close();
    }

    @Test
    void anInterruptEndsTheWaitUnlessTheItemHasCome() throws Exception {
        Open open = open(false);
        Thread[] thread = {null};
        boolean[] interrupted = {false};
        FutureTask<Object> take = start(() -> {
            thread[0] = Thread.currentThread();
            return open.session.callInterruptibly(QueueOp.TAKE, 1, -1L);
        });
        Request request = open.peer.request(QueueOp.TAKE);
        thread[0].interrupt();
        assertEquals(request.id(), open.peer.cancel());
        open.peer.error(request, ErrorCode.CANCELLED, "cancelled");
        error(take, InterruptedException.class);

        FutureTask<Object> second = start(() -> {
            thread[0] = Thread.currentThread();
            Object item = open.session.callInterruptibly(QueueOp.TAKE, 1, -1L);
            interrupted[0] = Thread.interrupted();
            return item;
        });
        request = open.peer.request(QueueOp.TAKE);
        thread[0].interrupt();
        assertEquals(request.id(), open.peer.cancel());
        open.peer.reply(request, Values.ofText("item"));
        assertEquals("item", get(second));
        assertTrue(interrupted[0], "the interrupt is restored");
        open.session.close();
    }

    @Test
    void aServerFaultIsNotHiddenByAnInterrupt() throws Exception {
        Open open = open(false);
        Thread[] thread = {null};
        boolean[] interrupted = {false};
        FutureTask<Object> take = start(() -> {
            thread[0] = Thread.currentThread();
            try {
                return open.session.callInterruptibly(QueueOp.TAKE, 1, -1L);
            } finally {
                interrupted[0] = Thread.interrupted();
            }
        });
        Request request = open.peer.request(QueueOp.TAKE);
        thread[0].interrupt();
        open.peer.cancel();
        open.peer.error(request, ErrorCode.NO_SUCH_OBJECT, "deleted");
        error(take, io.multiproc.client.NoSuchObjectException.class);
        assertTrue(interrupted[0], "the interrupt is restored");
        open.session.close();
    }

    // ---- the end

    @Test
    void aSessionThatHasExpiredIsFollowedByANewOne() throws Exception {
        Open open = open(true);
        open.peer.goodbye(ErrorCode.SESSION_EXPIRED, "silent");
        assertEquals("ended SessionExpiredException", event());
        Peer second = server.accept();
        assertEquals("renewed", event());
        assertEquals("connected", open.session.state());
        FutureTask<Object> call = start(() -> open.session.call(DictOp.SIZE, 1));
        Request request = second.request(DictOp.SIZE);
        assertEquals(1, request.id(), "of a session of its own");
        second.reply(request, Values.ofInteger(2));
        assertEquals(2L, ((Number) get(call)).longValue());
        open.session.close();
    }

    @Test
    void itIsTriedUntilTheServerTakesIt() throws Exception {
        Open open = open(true);
        open.peer.goodbye(ErrorCode.SHUTTING_DOWN, "ending");
        assertEquals("ended ConnectionLostException", event());
        server.acceptRaw().cut();
        Peer busy = server.acceptRaw();
        busy.handshake();
        busy.refuse(ErrorCode.BUSY, "later");
        server.accept();
        assertEquals("renewed", event());
        open.session.close();
    }

    @Test
    void itIsNotTriedWithAKeyThatIsRefused() throws Exception {
        Open open = open(true);
        open.peer.goodbye(ErrorCode.SHUTTING_DOWN, "ending");
        assertEquals("ended ConnectionLostException", event());
        Peer second = server.acceptRaw();
        second.handshake();
        second.refuse(ErrorCode.AUTH_FAILED, "another key now");
        second.awaitEnd();
        assertEquals("ended", open.session.state());
        ManagerException ended = open.session.ended();
        assertNotNull(ended);
        assertFalse(ended instanceof AuthenticationException, "the reason is that of the session");
        assertThrows(ManagerException.class, () -> open.session.call(DictOp.SIZE, 1));
    }

    @Test
    void aSessionThatMustNotBeRenewedStaysEnded() throws Exception {
        Open open = open(false);
        open.peer.goodbye(ErrorCode.SESSION_EXPIRED, "silent");
        assertEquals("ended SessionExpiredException", event());
        assertEquals("ended", open.session.state());
        assertInstanceOf(SessionExpiredException.class, open.session.ended());
        assertThrows(SessionExpiredException.class, () -> open.session.call(DictOp.SIZE, 1));
        CompletableFuture<Object> future = open.session.callAsync(v -> v, DictOp.SIZE, 1);
        error(future, SessionExpiredException.class);
    }

    @Test
    void aClosedSessionTellsNoEnd() throws Exception {
        Open open = open(true);
        open.session.close();
        open.peer.awaitEnd();
        assertThrows(ManagerClosedException.class, () -> open.session.call(DictOp.SIZE, 1));
        assertEquals("ended", open.session.state());
        assertTrue(events.isEmpty());
    }

    @Test
    void theStateIsThatOfTheConnection() throws Exception {
        Open open = open(false);
        assertEquals("connected", open.session.state());
        assertNull(open.session.ended());
        assertEquals("scripted", open.session.server().serverVersion());
        server.stopListening();
        open.peer.cut();
        FutureTask<Object> call = start(() -> open.session.call(DictOp.SIZE, 1));
        assertEquals("disconnected", event());
        assertEquals("reconnecting", open.session.state());
        open.session.close();
        error(call, ManagerClosedException.class);
    }

    @Test
    void anEndThatWasAskedForMayComeBeforeTheReply() throws Exception {
        Open open = open(false);
        FutureTask<Void> ends = start(() -> {
            open.session.callForEnd(ManagerOp.SHUTDOWN);
            return null;
        });
        Request request = open.peer.request(ManagerOp.SHUTDOWN);
        open.peer.reply(request, Values.NULL);
        open.peer.goodbye(ErrorCode.SHUTTING_DOWN, "as asked");
        get(ends);
        assertEquals("ended ConnectionLostException", event());
    }

    @Test
    void holdersAreOneForEachThread() throws Exception {
        Open open = open(false);
        long mine = open.session.holder();
        assertEquals(mine, open.session.holder());
        assertNotEquals(mine, get(start(open.session::holder)));
        long other = open.session.newHolder();
        assertNotEquals(other, open.session.newHolder());
        open.session.close();
    }
}
