package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server of which a test says every word: a listening socket, the server's side of the handshake, and the messages of the native dialect.
 * It has no objects; what a request means is up to the test. Waits end with a failure after some seconds.
 */
public final class ScriptedServer implements AutoCloseable {
    public static final Authkey KEY = Authkey.ofText("the key of the scripted server");
    static final int MOST_MILLIS = 20_000;
    static final long SESSION = 5;
    static final long EPOCH = 7_000;
    static final long SECRET = 9_000_000_000L;

    private final ServerSocket listener;
    private final List<Peer> peers = new ArrayList<>();
    private long leaseMillis = 30_000;
    private long heartbeatMillis = 20_000;
    private int maxFrame = 64 << 20;
    private boolean registryKnown = true;

    private ScriptedServer(ServerSocket listener) {
        this.listener = listener;
    }

    public static ScriptedServer start() throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(MOST_MILLIS);
        return new ScriptedServer(listener);
    }

    // ---- what the next HelloAck says

    ScriptedServer lease(long millis) {
        leaseMillis = millis;
        return this;
    }

    ScriptedServer heartbeat(long millis) {
        heartbeatMillis = millis;
        return this;
    }

    public ScriptedServer maxFrame(int bytes) {
        maxFrame = bytes;
        return this;
    }

    public ScriptedServer registryKnown(boolean known) {
        registryKnown = known;
        return this;
    }

    /** The server takes little before it is read from. */
    ScriptedServer smallReceiveBuffer() {
        try {
            listener.setReceiveBufferSize(32 << 10);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public String uri() {
        return "tcp://127.0.0.1:" + listener.getLocalPort();
    }

    ConnectionOptions options() {
        return options(Duration.ofSeconds(60));
    }

    ConnectionOptions options(Duration reconnectTimeout) {
        return new ConnectionOptions(
                uri(),
                KEY,
                null,
                Duration.ofSeconds(20),
                "scripted",
                0,
                reconnectTimeout,
                0,
                new byte[Hello.FINGERPRINT]);
    }

    // ---- connections

    /** Accepts the next connection without a word. */
    public Peer acceptRaw() {
        try {
            Socket socket = listener.accept();
            socket.setSoTimeout(MOST_MILLIS);
            socket.setTcpNoDelay(true);
            Peer peer = new Peer(socket);
            peers.add(peer);
            return peer;
        } catch (IOException e) {
            throw new AssertionError("no connection came", e);
        }
    }

    /** Accepts the next connection, which opens a new session. */
    public Peer accept() {
        Peer peer = acceptRaw();
        peer.handshake();
        assertEquals(0, peer.hello().session(), "a new session");
        peer.acknowledge(0);
        return peer;
    }

    /** Accepts the next connection, which resumes the session, and says how many of its frames have arrived. */
    Peer acceptAgain(long received) {
        Peer peer = acceptRaw();
        peer.handshake();
        assertEquals(SESSION, peer.hello().session(), "the session goes on");
        assertEquals(EPOCH, peer.hello().resume().epoch());
        assertEquals(SECRET, peer.hello().resume().secret());
        peer.acknowledge(received);
        return peer;
    }

    /** Nobody can connect any more; connections stay. */
    public void stopListening() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that can be connected to under the same address. */
    ScriptedServer startAgain() throws IOException {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.setSoTimeout(MOST_MILLIS);
        again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
        return new ScriptedServer(again).lease(leaseMillis).heartbeat(heartbeatMillis);
    }

    @Override
    public void close() {
        stopListening();
        peers.forEach(Peer::cut);
    }

    /** A request as it arrived. */
    public record Request(long id, Op op, long object, byte[] args) {
        /** The arguments' values, encoded one after the other, without their number. */
        byte[] values() {
            return Arrays.copyOfRange(args, 1, args.length);
        }
    }

    /** The server's side of one connection. Used by one thread. */
    public final class Peer {
        private final Socket socket;
        private final DataInputStream in;
        private final ServerHandshake handshake =
                new ServerHandshake(KEY, AuthPolicy.SHA256_OR_BETTER, NonceSource.secure());
        private @Nullable Hello hello;
        /** What came between requests. */
        private final List<Long> acknowledged = new ArrayList<>();

        private final List<Long> received = new ArrayList<>();
        private long frames;

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            in = new DataInputStream(socket.getInputStream());
        }

        // ---- the handshake

        /** Up to the Hello. */
        public void handshake() {
            try {
                handshake.start().forEach(this::write);
                while (!handshake.isDone()) {
                    handshake.receive(read()).forEach(this::write);
                }
                hello = handshake.receiveHello(read());
            } catch (HandshakeException e) {
                throw new AssertionError(e);
            }
        }

        void startHandshake() {
            handshake.start().forEach(this::write);
        }

        /** Says that the client's answer to the challenge is wrong. */
        void refuseChallenge() {
            write("#FAILURE#".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }

        public Hello hello() {
            Hello h = hello;
            if (h == null) {
                throw new AssertionError("no Hello yet");
            }
            return h;
        }

        HelloAck ack(long receivedFrames) {
            return new HelloAck(
                    Hello.VERSION,
                    registryKnown,
                    SESSION,
                    EPOCH,
                    leaseMillis,
                    heartbeatMillis,
                    maxFrame,
                    SECRET,
                    receivedFrames,
                    "scripted");
        }

        void acknowledge(long receivedFrames) {
            write(handshake.acknowledge(ack(receivedFrames)));
        }

        /** As {@link #acknowledge}, in one write with what follows. */
        void acknowledge(long receivedFrames, Consumer<ByteWriter> more) {
            byte[] payload = handshake.acknowledge(ack(receivedFrames));
            ByteWriter all = new ByteWriter().i32(payload.length).raw(payload);
            more.accept(all);
            writeRaw(all.toByteArray());
        }

        public void refuse(ErrorCode code, String text) {
            write(new HelloRefused(code, text).encode());
        }

        /** As a node of a cluster that does not lead. */
        public void refuseAsFollower(String text, List<String> leader, List<String> members) {
            write(new HelloRefused(ErrorCode.NOT_LEADER, text, new HelloRefused.Nodes(leader, members, new byte[0]))
                    .encode());
        }

        // ---- reading

        /** The payload of the next frame, whatever it is. */
        byte[] read() {
            try {
                int length = in.readInt();
                assertTrue(length >= 0 && length <= maxFrame, "a frame of " + length);
                byte[] payload = new byte[length];
                in.readFully(payload);
                return payload;
            } catch (IOException e) {
                throw new AssertionError("no frame came", e);
            }
        }

        /** Bytes as they come. */
        void readRaw(byte[] to) {
            try {
                in.readFully(to);
            } catch (IOException e) {
                throw new AssertionError("no bytes came", e);
            }
        }

        /** The next frame of the session. */
        byte[] next() {
            byte[] payload = read();
            frames++;
            return payload;
        }

        /** The next frame, which is of a kind. */
        byte[] next(int kind) {
            byte[] payload = next();
            assertEquals(kind, payload[0], "the kind of the message");
            return payload;
        }

        /** The next frame, which is of a kind, and the request id or number in it. */
        long idOf(int kind) {
            return Messages.id(next(kind), 0);
        }

        /** How many frames of the session have been read here. */
        long frames() {
            return frames;
        }

        /** The next request; what is acknowledged before it is noted. */
        public Request request() {
            while (true) {
                byte[] payload = next();
                switch (payload[0]) {
                    case Messages.REQUEST -> {
                        Op op = OpTable.coded(Messages.operation(payload, 0));
                        if (op == null) {
                            return fail("no such operation");
                        }
                        return new Request(
                                Messages.id(payload, 0),
                                op,
                                Messages.object(payload, 0),
                                Arrays.copyOfRange(payload, Messages.REQUEST_HEADER, payload.length));
                    }
                    case Messages.ACKNOWLEDGE -> acknowledged.add(Messages.id(payload, 0));
                    case Messages.RECEIVED -> received.add(Messages.id(payload, 0));
                    default -> fail("a message of kind " + payload[0] + " instead of a request");
                }
            }
        }

        /** The next request, which is of an operation. */
        public Request request(Op op) {
            Request request = request();
            assertEquals(op, request.op());
            return request;
        }

        /** The next frame, which cancels a request; its id. */
        public long cancel() {
            return idOf(Messages.CANCEL);
        }

        List<Long> acknowledged() {
            return acknowledged;
        }

        List<Long> received() {
            return received;
        }

        /** The client has closed its side; what it said before is skipped. */
        public void awaitEnd() {
            try {
                while (in.read() >= 0) {
                    // anything may come before
                }
            } catch (IOException e) {
                // a reset is an end, too
                assertTrue(!(e instanceof java.net.SocketTimeoutException), "the client has not closed");
            }
        }

        /** The client has closed its side without another word. */
        void awaitEndAtOnce() {
            try {
                assertEquals(-1, in.read(), "the client says more");
            } catch (IOException e) {
                assertTrue(!(e instanceof java.net.SocketTimeoutException), "the client has not closed");
            }
        }

        // ---- writing

        private void write(byte[] payload) {
            writeRaw(new ByteWriter(payload.length + 4)
                    .i32(payload.length)
                    .raw(payload)
                    .toByteArray());
        }

        void writeRaw(byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                throw new AssertionError("the client takes nothing", e);
            }
        }

        /** Messages in one write. */
        void send(Consumer<ByteWriter> messages) {
            ByteWriter out = new ByteWriter();
            messages.accept(out);
            writeRaw(out.toByteArray());
        }

        public void reply(long request, byte[] value) {
            send(out -> Messages.reply(out, request, Reply.value(value)));
        }

        public void reply(Request request, byte[] value) {
            reply(request.id(), value);
        }

        public void error(Request request, ErrorCode code, String text) {
            send(out -> Messages.reply(out, request.id(), Reply.error(code, text)));
        }

        void follows(Request next, long holder, long levels, boolean owns) {
            send(out -> Messages.follows(out, next.id(), holder, levels, owns));
        }

        void pong(long number) {
            send(out -> Messages.pong(out, number));
        }

        public void goodbye(ErrorCode code, String text) {
            send(out -> Messages.goodbye(out, code, text));
        }

        // ---- the end

        public void cut() {
            try {
                socket.close();
            } catch (IOException e) {
                // it is closed
            }
        }

        /** Ends the connection without what is on its way, as a crash does. */
        void reset() {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // it is closed
            }
        }
    }

    /** A byte array as a value. */
    static byte[] bytes(byte[] content) {
        return new ByteWriter(content.length + 8)
                .tag(Tag.BYTES)
                .varint(content.length)
                .raw(content)
                .toByteArray();
    }

    /** Waits for something that must come true, without a sleep: other threads run meanwhile. */
    static void await(String what, java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_MILLIS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            Thread.yield();
        }
    }
}
