package io.multiproc.client.internal.connection;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.idle.AdaptiveSpin;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Opening of a connection: transport, mutual proof of the authkey, Hello. Everything within one deadline. Among several
 * addresses the {@link ServerSearch} finds the one that serves.
 */
final class Connector {
    /** An authenticated wire and what the server said of itself. */
    record Link(Wire wire, HelloAck ack) {}

    /** Far more than a handshake takes, far less than a server allows. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How often an attempt is made again that the server dropped at once, and the first pause before it: a server drops what it cannot tell from a flood. */
    private static final int DROPS = 4;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** With less time than this another attempt would only hide why the last one failed. */
    static final long LEAST_ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private Connector() {}

    static Link connect(ConnectionOptions options, Duration timeout, Hello greeting) {
        return new ServerSearch(options, timeout, greeting).run();
    }

    static Link connect(String uri, Authkey key, Duration timeout, long spinNanos, Hello greeting) {
        return connect(uri, key, null, timeout, spinNanos, greeting, SLOW_NANOS);
    }

    /** One of several, of which it is the turn of one of its host's addresses. */
    static Link connect(Addresses.Named one, int turn, ConnectionOptions options, Duration timeout, Hello greeting) {
        return connect(
                one.uri(),
                one.address(),
                turn,
                options.key(),
                options.tls(),
                timeout,
                options.spinNanos(),
                greeting,
                SLOW_NANOS);
    }

    /** @param slowNanos an attempt that took so long was cut off because its handshake took too long, and is made again */
    static Link connect(
            String uri,
            Authkey key,
            @Nullable TlsFiles tls,
            Duration timeout,
            long spinNanos,
            Hello greeting,
            long slowNanos) {
        return connect(uri, Address.parse(uri), 0, key, tls, timeout, spinNanos, greeting, slowNanos);
    }

    private static Link connect(
            String uri,
            Address address,
            int turn,
            Authkey key,
            @Nullable TlsFiles tls,
            Duration timeout,
            long spinNanos,
            Hello greeting,
            long slowNanos) {
        HandshakeClasses.load(address);
        long deadline = System.nanoTime() + timeout.toNanos();
        // who resumes a session has a back-off of its own
        int most = greeting.session() == 0 ? DROPS : 0;
        int drops = 0;
        while (true) {
            long begun = System.nanoTime();
            try {
                return attempt(uri, address, turn, key, tls, timeout, deadline, spinNanos, greeting);
            } catch (EOFException e) {
                long took = System.nanoTime() - begun;
                boolean slow = took >= slowNanos;
                // at random: those that were dropped together do not come back together
                long pause = PAUSE_NANOS << drops;
                pause += ThreadLocalRandom.current().nextLong(pause);
                boolean again = slow || drops < most;
                if (!again
                        || deadline - System.nanoTime() <= (slow ? 0 : pause + LEAST_ATTEMPT_NANOS)
                        || Thread.currentThread().isInterrupted()) {
                    throw new ConnectionLostException(
                            ErrorCode.BUSY,
                            uri + " closed the connection during the handshake, after "
                                    + TimeUnit.NANOSECONDS.toMillis(took)
                                    + " ms: it is ending, has too many connections, refuses this address for a time because of wrong keys from it (its log says so), or the handshake took longer than it allows (5 s"
                                    + " unless --handshake-timeout says otherwise), as it does when this process gets little of a processor",
                            e);
                }
                if (!slow) {
                    drops++;
                    LockSupport.parkNanos(pause);
                }
            }
        }
    }

    private static Link attempt(
            String uri,
            Address address,
            int turn,
            Authkey key,
            @Nullable TlsFiles tls,
            Duration timeout,
            long deadline,
            long spinNanos,
            Hello greeting)
            throws EOFException {
        AdaptiveSpin spin = new AdaptiveSpin(spinNanos);
        Wire wire;
        try {
            wire = new Wire(Transport.connect(address, turn, key, tls, deadline), Limits.MAX_HANDSHAKE_FRAME);
        } catch (TlsException e) {
            throw noTls(uri, tls != null, e);
        } catch (EOFException e) {
            throw e;
        } catch (IOException e) {
            throw new ManagerException(
                    ErrorCode.INTERNAL,
                    Outcome.NOT_APPLIED,
                    "cannot connect to " + uri + ": " + e.getMessage() + ". Is the manager running there?",
                    e);
        }
        boolean done = false;
        try {
            ClientHandshake handshake = new ClientHandshake(key);
            byte[] binding = wire.binding();
            if (binding != null) {
                handshake.bind(binding);
            }
            ByteWriter out = new ByteWriter(512);
            add(out, handshake.receive(wire.readFrame(deadline, spin)));
            // a secret is told only to a server that has proved the key
            boolean ahead = greeting.session() == 0;
            if (ahead) {
                add(out, handshake.greetAhead(greeting));
            }
            wire.writeFully(out.array(), out.size());
            out.reset();
            while (!handshake.isDone()) {
                add(out, handshake.receive(wire.readFrame(deadline, spin)));
            }
            if (!ahead) {
                add(out, List.of(handshake.hello(greeting)));
                wire.writeFully(out.array(), out.size());
            }
            wire.maxFrame(Limits.MAX_HELLO_FRAME);
            HelloAck ack = handshake.receiveAck(wire.readFrame(deadline, spin));
            wire.maxFrame(ack.maxFrame());
            done = true;
            return new Link(wire, ack);
        } catch (HandshakeException e) {
            throw Errors.handshake(e.code(), uri + ": " + e.getMessage(), e);
        } catch (SocketTimeoutException e) {
            throw new ProtocolException(
                    ErrorCode.BAD_VALUE,
                    "no answer from " + uri + " within " + timeout.toMillis() + " ms. Is it a multiproc server?"
                            + (address.isEncrypted() || address.path() != null
                                    ? ""
                                    : " If it listens with TLS, write tls:// for tcp://"),
                    e);
        } catch (EOFException e) {
            throw e;
        } catch (TlsException e) {
            // a server that refuses this end's certificate says so after its own part is done
            throw noTls(uri, tls != null, e);
        } catch (IOException e) {
            if (isReset(e)) {
                // the server closed before it had read all
                EOFException end = new EOFException(e.getMessage());
                end.initCause(e);
                throw end;
            }
            throw new ProtocolException(ErrorCode.BAD_VALUE, uri + ": " + e.getMessage(), e);
        } finally {
            if (!done) {
                wire.close();
            }
        }
    }

    private static ManagerException noTls(String uri, boolean byCertificate, TlsException e) {
        return switch (e.reason()) {
            case WRONG_KEY -> new AuthenticationException(
                    ErrorCode.AUTH_FAILED, uri + ": the server has another authkey", e);
            case FILES -> new ManagerException(
                    ErrorCode.INTERNAL, Outcome.NOT_APPLIED, "cannot connect to " + uri + ": " + e.getMessage(), e);
            case OTHER_WAY -> new ProtocolException(
                    ErrorCode.BAD_VALUE,
                    uri + ": " + e.getMessage() + ". "
                            + (byCertificate
                                    ? "Leave the certificates out (--tls-ca, withTlsCa, MULTIPROC_TLS_CA)"
                                    : "Name the file with the certificate of its authority (--tls-ca FILE, withTlsCa, MULTIPROC_TLS_CA)"),
                    e);
            case CERTIFICATE -> new AuthenticationException(ErrorCode.AUTH_FAILED, uri + ": " + e.getMessage(), e);
            case NO_CERTIFICATE -> new AuthenticationException(
                    ErrorCode.AUTH_FAILED,
                    uri + ": " + e.getMessage()
                            + ": name it and its private key (--tls-cert FILE --tls-key FILE, withTlsCertificate, MULTIPROC_TLS_CERT and MULTIPROC_TLS_KEY)",
                    e);
            case NO_TLS -> new ProtocolException(
                    ErrorCode.BAD_VALUE,
                    uri
                            + " does not answer with TLS: is it a multiproc server that listens on tls://? One that listens on tcp:// is reached so",
                    e);
            case BROKEN -> new ProtocolException(ErrorCode.BAD_VALUE, uri + ": " + e.getMessage(), e);
        };
    }

    private static boolean isReset(IOException e) {
        String text = String.valueOf(e.getMessage());
        return text.contains("reset") || text.contains("Broken pipe");
    }

    private static void add(ByteWriter out, List<byte[]> frames) {
        for (byte[] frame : frames) {
            out.i32(frame.length).raw(frame);
        }
    }
}
