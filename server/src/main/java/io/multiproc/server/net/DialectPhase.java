package io.multiproc.server.net;

import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.auth.ServerHandshake;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.server.access.KeyRing.NamedKey;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The phase that waits for the frame that decides the dialect: a Hello opens the native one, anything else is a pickle from Python. */
final class DialectPhase implements Phase {
    private static final int HELLO = 0xF1;
    private static final String REVOKED = "the key was revoked: ask the server's administrator for another one";

    private final Connection connection;
    private final Connections all;
    private final HandshakePhase before;
    private final ServerHandshake handshake;

    DialectPhase(Connection connection, HandshakePhase before, ServerHandshake handshake) {
        this.connection = connection;
        this.all = connection.all;
        this.before = before;
        this.handshake = handshake;
    }

    @Override
    public int limit(int firstByte) {
        return firstByte == HELLO || handshake.isNative()
                ? Limits.MAX_HELLO_FRAME
                : all.options().limits().frame();
    }

    @Override
    public void frame(byte[] b, int from, int end) {
        if (from == end) {
            // an empty payload is the end of input for a reader of pickles
            connection.abort("empty first frame");
        } else if ((b[from] & 0xff) == HELLO) {
            openNative(Arrays.copyOfRange(b, from, end));
        } else if (handshake.isNative()) {
            // an answer of a native client that somebody passed on: it is good for nothing else
            connection.refused(Admission.Failure.NO_CLIENT, "no Hello after the answer of a native client: a relay?");
            connection.abort("no Hello");
        } else {
            openPython(b, from, end);
        }
    }

    private void openPython(byte[] b, int from, int end) {
        if (all.isPassive()) {
            forward(b, from, end);
            return;
        }
        PythonDialect dialect = python();
        if (dialect != null) {
            dialect.open(b, from, end);
        }
    }

    private void forward(byte[] b, int from, int end) {
        NamedKey key = admitted();
        if (key != null) {
            before.finish();
            ForwardPhase next = new ForwardPhase(connection, key);
            connection.become(next);
            next.open(b, from, end);
        }
    }

    /** The dialect from now on, or null if the connection was refused. */
    private @Nullable PythonDialect python() {
        NamedKey key = admitted();
        if (key == null) {
            return null;
        }
        before.finish();
        PythonDialect dialect = new PythonDialect(connection, key);
        connection.become(dialect);
        return dialect;
    }

    /** The key of a Python client, or null if the connection was refused. */
    private @Nullable NamedKey admitted() {
        String full = refusal();
        if (all.isShuttingDown() || full != null) {
            connection.refused(Admission.Failure.NO_PROOF, full == null ? "the server is ending" : full);
            connection.abort("no room");
            return null;
        }
        NamedKey key = all.keys().entry(handshake.key());
        if (key == null) {
            connection.refused(Admission.Failure.WRONG_KEY, REVOKED);
            connection.abort("revoked");
            return null;
        }
        return key;
    }

    /** A Python program that has proved the key may create something that is too large, and is told so. */
    @Override
    public boolean skipsTooLong() {
        return !handshake.isNative() && !all.isPassive();
    }

    @Override
    public void skipped(long length, int limit) {
        PythonDialect dialect = python();
        if (dialect != null) {
            dialect.skipped(length, limit);
        }
    }

    @Override
    public boolean takesLongForm() {
        return true;
    }

    private void openNative(byte[] payload) {
        Hello hello;
        try {
            hello = handshake.receiveHello(payload);
        } catch (HandshakeException e) {
            refuse(new HelloRefused(e.code(), e.getMessage()));
            return;
        }
        NamedKey key = all.keys().entry(handshake.key());
        if (key == null) {
            refuse(new HelloRefused(ErrorCode.NOT_PERMITTED, REVOKED));
        } else if (all.isShuttingDown()) {
            refuse(new HelloRefused(ErrorCode.SHUTTING_DOWN, "the server is ending"));
        } else if (all.isPassive()) {
            // no refusal of the client: it goes on to the node that leads
            connection.send(all.notLeading().encode());
            connection.end("another node leads", all.options().timeouts().handshakeMillis());
        } else if (hello.session() != 0) {
            resume(hello, key);
        } else {
            String full = refusal();
            if (full == null && !all.engine().hasRoom()) {
                full = "the server's memory is full; remove something first";
            }
            if (full != null) {
                refuse(new HelloRefused(ErrorCode.BUSY, full));
            } else {
                accept(hello, key);
            }
        }
    }

    /** Which limit a new session would exceed, or null. */
    private @Nullable String refusal() {
        NetOptions options = all.options();
        if (connection.overRate) {
            return "this address makes more than " + all.rateOf(connection)
                    + " connections in a second, its limit; try again later or raise the limit (--max-connection-rate)";
        }
        if (all.connected() >= options.limits().connections()) {
            return "the server has " + options.limits().connections()
                    + " connections, its limit; try again later or raise the limit (--max-connections)";
        }
        if (all.clients() >= options.limits().sessions()) {
            return "the server has " + options.limits().sessions()
                    + " sessions, its limit; try again later or raise the limit (--max-sessions)";
        }
        return null;
    }

    private void accept(Hello hello, NamedKey key) {
        before.finish();
        long lease = all.options().leases().grant(hello.leaseMillis());
        greet(all.sessions().open(hello, connection, lease, key));
    }

    private void resume(Hello hello, NamedKey key) {
        // the acknowledgement confirms what has arrived
        all.engine().commit();
        HelloRefused refusal = all.sessions().refusal(hello, key);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        before.finish();
        NativeSession session = all.sessions().resume(hello, connection);
        greet(session);
        session.replies.forEach(connection::reply);
    }

    private void greet(NativeSession session) {
        NetOptions options = all.options();
        long lease = TimeUnit.NANOSECONDS.toMillis(session.leaseNanos);
        connection.session = session.id;
        connection.lastHeard = all.now();
        connection.become(new NativeDialect(connection, session));
        connection.send(handshake.acknowledge(new HelloAck(
                Hello.VERSION,
                all.engine().hasRegistered(session.id),
                session.id,
                all.engine().epoch(),
                lease,
                all.heartbeat(lease),
                options.limits().frame(),
                session.secret,
                session.received,
                options.version())));
    }

    private void refuse(HelloRefused refusal) {
        connection.refused(Admission.Failure.WRONG_KEY, refusal.text());
        connection.send(refusal.encode());
        connection.end("refused", all.options().timeouts().handshakeMillis());
    }

    @Override
    public void badLength(long length, int limit) {
        connection.refused(
                Admission.Failure.NO_CLIENT,
                "a first frame of " + Integer.toUnsignedString((int) length) + " bytes, at most " + limit + " allowed");
        connection.abort("malformed first frame");
    }

    @Override
    public void closed() {
        before.closed();
    }

    @Override
    public void ended(String reason) {
        before.ended(reason);
    }
}
