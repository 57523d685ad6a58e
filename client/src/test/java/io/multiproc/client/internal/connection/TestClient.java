package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.multiproc.client.ManagerException;
import io.multiproc.client.internal.connection.ScriptedServer.Peer;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A connection to a {@link ScriptedServer}, with its events and threads that make calls. */
final class TestClient implements AutoCloseable {
    private static final long MOST_MILLIS = ScriptedServer.MOST_MILLIS;

    final Connection connection;
    final Peer peer;
    private final BlockingQueue<String> events;
    private final BlockingQueue<Late> late;
    private volatile @Nullable ManagerException end;

    /** What {@link LateReply.Handler} was given. */
    record Late(Call call, byte[] reply) {}

    private TestClient(ScriptedServer server, ConnectionOptions options) throws Exception {
        events = new LinkedBlockingQueue<>();
        late = new LinkedBlockingQueue<>();
        FutureTask<Connection> opened =
                start("opener", () -> Connection.open(options, this::takeBack, new RecordedEvents()));
        peer = server.accept();
        connection = get(opened);
    }

    static TestClient open(ScriptedServer server) throws Exception {
        return open(server, server.options());
    }

    static TestClient open(ScriptedServer server, ConnectionOptions options) throws Exception {
        return new TestClient(server, options);
    }

    private void takeBack(Call call, byte[] payload, int at) {
        late.add(new Late(call, Arrays.copyOfRange(payload, at, payload.length)));
    }

    private final class RecordedEvents implements Connection.Events {
        @Override
        public void disconnected(String reason) {
            events.add("disconnected: " + reason);
        }

        @Override
        public void reconnected(long outageNanos) {
            events.add("reconnected");
        }

        @Override
        public void ended(ManagerException reason) {
            end = reason;
            events.add("ended: " + reason.getMessage());
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    // ---- what it tells

    /** The next event, which starts with some words. */
    String event(String start) throws InterruptedException {
        String event = events.poll(MOST_MILLIS, TimeUnit.MILLISECONDS);
        assertNotNull(event, "no event");
        assertEquals(start, event.substring(0, Math.min(start.length(), event.length())), event);
        return event;
    }

    /** Why the session has ended, of which the next event tells. */
    ManagerException end() throws InterruptedException {
        String unused = event("ended");
        ManagerException e = end;
        assertNotNull(e);
        return e;
    }

    /** The next late reply that was taken back. */
    Late late() throws InterruptedException {
        Late next = late.poll(MOST_MILLIS, TimeUnit.MILLISECONDS);
        assertNotNull(next, "nothing was taken back");
        return next;
    }

    boolean nothingIsLate() {
        return late.isEmpty();
    }

    // ---- calls

    /** A request of which each argument is an integer, a text, a boolean or a byte array. */
    static Call call(Op op, long object, @Nullable Object... args) {
        return new Call(op, object, args, frame(op, object, args));
    }

    private static ByteWriter frame(Op op, long object, @Nullable Object... args) {
        ByteWriter frame = new ByteWriter(64);
        int mark = Messages.beginRequest(frame, 0, op.code(), object);
        frame.u8(args.length);
        for (Object arg : args) {
            if (arg instanceof Long v) {
                frame.integer(v);
            } else if (arg instanceof String s) {
                frame.string(s);
            } else if (arg instanceof Boolean b) {
                frame.bool(b);
            } else if (arg instanceof byte[] b) {
                frame.raw(ScriptedServer.bytes(b));
            } else {
                throw new AssertionError(arg);
            }
        }
        Messages.endFrame(frame, mark);
        return frame;
    }

    /** A request that ends with a byte array which is not copied. */
    static Call borrowing(Op op, long object, String key, byte[] value) {
        ByteWriter frame = new ByteWriter(64);
        int mark = Messages.beginRequest(frame, 0, op.code(), object);
        frame.u8(2).string(key).tag(Tag.BYTES).varint(value.length);
        Call call = new Call(op, object, new Object[] {key, value}, frame);
        call.borrow(value);
        frame.patchI32(mark, (int) call.length());
        return call;
    }

    /** Sends a request whose future gets the reply with its status. */
    AsyncCall<byte[]> async(Op op, long object, @Nullable Object... args) {
        AsyncCall<byte[]> call = new AsyncCall<>(
                connection,
                op,
                object,
                args,
                frame(op, object, args),
                (payload, at, ownBytes) -> ownBytes != null
                        ? ownBytes
                        : Arrays.copyOfRange(Call.checked(payload, at), at + 1, payload.length));
        connection.send(call);
        return call;
    }

    /** A thread that makes a blocking call. */
    final class Caller {
        final Call call;
        private final Thread thread;
        private final FutureTask<Boolean> task;

        private Caller(Call call, boolean interruptible) {
            this.call = call;
            task = new FutureTask<>(() -> {
                boolean interrupted = connection.exchange(call, interruptible);
                connection.acknowledge(call);
                return interrupted || Thread.currentThread().isInterrupted();
            });
            thread = new Thread(task, "caller of " + call.op);
            thread.setDaemon(true);
            thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isDone() {
            return task.isDone();
        }

        /** Waits until the thread reads for everybody. */
        void awaitReading() {
            ScriptedServer.await("the caller reads", () -> {
                for (StackTraceElement frame : thread.getStackTrace()) {
                    if (frame.getMethodName().equals("awaitReadable")) {
                        return true;
                    }
                }
                return false;
            });
        }

        /** Waits until the thread sleeps, which is when somebody else reads for it, or there is no connection. */
        void awaitParked() {
            ScriptedServer.await("the caller sleeps", () -> {
                Thread.State state = thread.getState();
                return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
            });
        }

        /** Waits until the call is over; whether the thread was interrupted meanwhile. */
        boolean awaitEnd() throws Exception {
            return get(task);
        }

        /** The value of the reply. */
        byte[] value() throws Exception {
            boolean unused = awaitEnd();
            byte[] own = call.ownBytes();
            if (own != null) {
                return own;
            }
            byte[] reply = call.reply();
            return Arrays.copyOfRange(reply, call.replyAt() + 1, reply.length);
        }

        /** The error with which the call has ended. */
        <E extends RuntimeException> E error(Class<E> type) throws Exception {
            boolean unused = awaitEnd();
            return assertThrows(type, call::reply);
        }
    }

    Caller calls(Op op, long object, @Nullable Object... args) {
        return new Caller(call(op, object, args), false);
    }

    Caller calls(Call call) {
        return new Caller(call, false);
    }

    Caller callsInterruptibly(Op op, long object, @Nullable Object... args) {
        return new Caller(call(op, object, args), true);
    }

    // ---- threads

    static <T> FutureTask<T> start(String name, java.util.concurrent.Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Waits until one of some threads is within a method. */
    static void awaitWithin(String method, String... threads) {
        ScriptedServer.await("a thread within " + method, () -> Thread.getAllStackTraces().entrySet().stream()
                .filter(e -> List.of(threads).contains(e.getKey().getName()))
                .flatMap(e -> Arrays.stream(e.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals(method)));
    }

    static <T> T get(java.util.concurrent.Future<T> task) throws Exception {
        try {
            return task.get(MOST_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not done in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        }
    }

    /** The error of a future. */
    static <E extends Throwable> E error(java.util.concurrent.Future<?> future, Class<E> type) {
        return assertThrows(type, () -> {
            Object unused = get(future);
        });
    }

    void assertLives() {
        assertFalse(connection.isEnded(), "the session has ended");
    }
}
