package io.multiproc.server.net;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.ProxyGreeting;
import io.multiproc.protocol.auth.ServerHandshake;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.tls.TlsKey;
import io.multiproc.protocol.wire.Limits;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The phase from accept to the first frame after the handshake. A stranger costs one small buffer and one deadline. */
final class HandshakePhase implements Phase {
    private final Connection connection;
    private final Connections all;
    private final ServerHandshake handshake;
    private final ScheduledFuture<?> deadline;
    /** Of an encrypted connection whose client has said nothing yet. */
    private TlsHandler.@Nullable Opened encrypted;

    HandshakePhase(Connection connection, boolean nativeOnly) {
        this.connection = connection;
        this.all = connection.all;
        NetOptions options = all.options();
        AuthPolicy policy = options.proof().policy();
        handshake = new ServerHandshake(all.keys().authkeys(), nativeOnly ? policy.nativeOnly() : policy, all.nonces());
        // one deadline for the whole handshake: bytes that drip in do not extend it
        deadline = connection
                .channel()
                .eventLoop()
                .schedule(this::expire, options.timeouts().handshakeMillis(), TimeUnit.MILLISECONDS);
    }

    /** The connection is encrypted. Before any frame of the client. */
    void bind(TlsHandler.Opened opened) {
        encrypted = opened;
    }

    /**
     * The first frame of an encrypted connection: whether it is dealt with, as the greeting of a proxy server is. What follows one is bound to no connection, as the program behind it knows of none, and
     * goes by any key. Without one the handshake is bound, goes by the key that encrypts if there is one, and CPython's own is refused: a proof of that kind could be passed on by anybody.
     */
    private boolean greeted(TlsHandler.Opened opened, byte[] payload) throws HandshakeException {
        encrypted = null;
        List<Authkey> keys = all.keys().authkeys();
        TlsKey encrypting = opened.key();
        if (encrypting != null) {
            Authkey key = all.keys().authkey(encrypting);
            if (key == null) {
                connection.refused(Admission.Failure.WRONG_KEY, "the peer's authkey was revoked");
                connection.abort("revoked");
                return true;
            }
            keys = List.of(key);
        }
        if (!ProxyGreeting.isOne(payload)) {
            if (encrypting != null) {
                handshake.only(keys.get(0));
            }
            handshake.bind(opened.binding());
            handshake.refusePython();
            return false;
        }
        String uri = ProxyGreeting.read(keys, opened.binding(), payload);
        try {
            connection.isFrom(ListenAddress.parse(uri));
            connection.proved();
        } catch (IllegalArgumentException e) {
            connection.refused(Admission.Failure.NO_CLIENT, "a proxy server names no address");
            connection.abort("no address");
        }
        return true;
    }

    void start() {
        for (byte[] payload : handshake.start()) {
            connection.send(payload);
        }
    }

    @Override
    public int limit(int firstByte) {
        return Limits.MAX_HANDSHAKE_FRAME;
    }

    @Override
    public void frame(byte[] b, int from, int end) {
        try {
            TlsHandler.Opened opened = encrypted;
            if (opened != null && greeted(opened, Arrays.copyOfRange(b, from, end))) {
                return;
            }
            for (byte[] payload : handshake.receive(Arrays.copyOfRange(b, from, end))) {
                connection.send(payload);
            }
            // no exception: the first frame of a client is its answer
            connection.proved();
            if (handshake.isDone()) {
                connection.become(new DialectPhase(connection, this, handshake));
            }
        } catch (HandshakeException e) {
            boolean wrongKey = e.code() == ErrorCode.AUTH_FAILED;
            connection.refused(wrongKey ? Admission.Failure.WRONG_KEY : Admission.Failure.NO_CLIENT, e.getMessage());
            byte[] last = e.lastFrame();
            if (last == null) {
                connection.abort("handshake failed");
            } else {
                connection.send(last);
                connection.end("handshake failed", all.options().timeouts().handshakeMillis());
            }
        }
    }

    @Override
    public void badLength(long length, int limit) {
        connection.refused(
                Admission.Failure.NO_CLIENT,
                "a handshake frame of " + Integer.toUnsignedString((int) length) + " bytes, at most " + limit
                        + " allowed; not a manager client?");
        connection.abort("malformed handshake");
    }

    private void expire() {
        if (connection.isEnding()) {
            Futures.unawaited(connection.channel().close());
        } else {
            connection.refused(
                    Admission.Failure.NO_PROOF,
                    "handshake not finished in " + all.options().timeouts().handshakeMillis() + " ms");
            connection.abort("handshake timeout");
        }
    }

    /** A timer that is left to run keeps all that belonged to the connection for as long. */
    @Override
    public void closed() {
        deadline.cancel(false);
    }

    /** The peer is known and has a dialect: it counts as half-open no longer. */
    void finish() {
        deadline.cancel(false);
        connection.leaveHalfOpen();
    }

    @Override
    public void ended(String reason) {
        // half-open until its socket is closed, and bound by the deadline until then
    }
}
