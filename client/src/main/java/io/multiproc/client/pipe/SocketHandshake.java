package io.multiproc.client.pipe;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.internal.connection.TlsChannel;
import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsKey;
import io.multiproc.protocol.wire.Limits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * CPython's handshake on a fresh socket, in both roles. On an encrypted one both sides are Java, and prove a key that follows from the authkey and from what
 * only the two ends of this connection know: the proof is good for no other one.
 */
final class SocketHandshake {
    private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

    private static TlsChannel.Carrier carrier(SocketChannel channel) {
        return new TlsChannel.Carrier() {
            @Override
            public int read(ByteBuffer to) throws IOException {
                return channel.read(to);
            }

            @Override
            public int write(ByteBuffer from) throws IOException {
                return channel.write(from);
            }
        };
    }

    private SocketHandshake() {}

    /** The connection of a listener without a key. */
    static Connection accepted(SocketChannel channel) throws IOException {
        return new Connection(new SocketLink(channel), new PickleCodec(), true, true);
    }

    /** The connection of a listener whose other side has still to prove the key. Not thread-safe. */
    static final class Accepting implements AutoCloseable {
        private final SocketLink link;
        private final Authkey key;
        /** Null if nothing is encrypted. */
        private final @Nullable TlsChannel tls;
        /** Null until a connection that is to be encrypted is. */
        private @Nullable ServerHandshake handshake;

        private final long begun = System.nanoTime();

        /** @param psk the key of the encryption, or null for none */
        Accepting(SocketChannel channel, byte[] key, @Nullable TlsKey psk) throws IOException, InterruptedException {
            this.key = Authkey.of(key);
            tls = psk == null ? null : new TlsChannel(carrier(channel), TlsEngine.server(List.of(psk)));
            link = new SocketLink(channel, tls);
            link.maxFrame(Limits.MAX_HANDSHAKE_FRAME);
            if (tls == null) {
                handshake = start(this.key);
            }
        }

        private ServerHandshake start(Authkey proved) throws InterruptedException {
            ServerHandshake h = new ServerHandshake(proved, AuthPolicy.ANY, NonceSource.secure());
            send(link, h.start());
            return h;
        }

        /** The handshake, or null while the encryption is still being made. */
        private @Nullable ServerHandshake opened() throws IOException, InterruptedException {
            ServerHandshake h = handshake;
            if (h == null && tls != null && tls.advance()) {
                h = start(key.boundTo(tls.binding()));
                handshake = h;
            }
            return h;
        }

        /** The time that the other side has left, in nanoseconds. */
        long left() {
            return PATIENCE - (System.nanoTime() - begun);
        }

        /**
         * Takes what has arrived.
         *
         * @return the connection, or null if there is more to come
         * @throws AuthenticationException if there is nothing more to come from this side
         */
        @Nullable
        Connection advance() throws InterruptedException {
            try {
                ServerHandshake h = opened();
                while (h != null && !h.isDone()) {
                    byte[] frame = link.receive(0, false);
                    if (frame == null) {
                        h = null;
                    } else {
                        send(link, h.receive(frame));
                    }
                }
                if (h == null) {
                    if (left() <= 0) {
                        throw unproved();
                    }
                    return null;
                }
                link.noMaxFrame();
                return new Connection(link, new PickleCodec(), true, true);
            } catch (HandshakeException e) {
                throw failed(link, e);
            } catch (TlsException e) {
                throw failed(e);
            } catch (EOFException e) {
                throw closed(e);
            } catch (IOException e) {
                throw new AuthenticationException(ErrorCode.AUTH_FAILED, String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public void close() {
            link.close();
        }
    }

    /** The connection of a client. */
    static Connection connected(SocketChannel channel, byte @Nullable [] key) throws IOException, InterruptedException {
        return connected(new SocketLink(channel), key == null ? null : Authkey.of(key));
    }

    private static Connection connected(SocketLink link, @Nullable Authkey key)
            throws IOException, InterruptedException {
        if (key != null) {
            ClientHandshake h = new ClientHandshake(key, AuthPolicy.ANY, NonceSource.secure(), Digest.SHA256);
            shake(link, h.start(), h::receive, h::isDone);
        }
        return new Connection(link, new PickleCodec(), true, true);
    }

    /** The connection of a client that encrypts. */
    static Connection encrypted(SocketChannel channel, Authkey key) throws IOException, InterruptedException {
        channel.configureBlocking(false);
        TlsChannel tls = TlsChannel.client(carrier(channel), TlsKey.of(key));
        long start = System.nanoTime();
        try (Selector selector = Selector.open()) {
            SelectionKey ready = channel.register(selector, 0);
            while (!tls.advance()) {
                long left = PATIENCE - (System.nanoTime() - start);
                if (left <= 0) {
                    throw unproved();
                }
                ready.interestOps(tls.hasUnsent() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                selector.select(k -> {}, Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (TlsException e) {
            throw failed(e);
        } catch (EOFException e) {
            throw closed(e);
        }
        return connected(new SocketLink(channel, tls), key.boundTo(tls.binding()));
    }

    private interface Step {
        List<byte[]> receive(byte[] payload) throws HandshakeException;
    }

    private static void shake(SocketLink link, List<byte[]> first, Step step, java.util.function.BooleanSupplier done)
            throws IOException, InterruptedException {
        boolean good = false;
        long start = System.nanoTime();
        link.maxFrame(Limits.MAX_HANDSHAKE_FRAME);
        try {
            send(link, first);
            while (!done.getAsBoolean()) {
                byte[] frame = link.receive(PATIENCE - (System.nanoTime() - start), false);
                if (frame == null) {
                    throw unproved();
                }
                send(link, step.receive(frame));
            }
            link.noMaxFrame();
            good = true;
        } catch (HandshakeException e) {
            throw failed(link, e);
        } catch (EOFException e) {
            throw closed(e);
        } finally {
            if (!good) {
                link.close();
            }
        }
    }

    private static AuthenticationException unproved() {
        return new AuthenticationException(
                ErrorCode.AUTH_FAILED, "the other side does not prove that it knows the authkey", null);
    }

    private static AuthenticationException closed(EOFException e) {
        return new AuthenticationException(
                ErrorCode.AUTH_FAILED, "the other side closed the connection instead of proving the authkey", e);
    }

    private static AuthenticationException failed(TlsException e) {
        String why = e.reason() == TlsException.Reason.NO_TLS
                ? "the other side does not speak TLS with an authkey: it must name the same tls:// address, and CPython's programs cannot"
                : String.valueOf(e.getMessage());
        return new AuthenticationException(ErrorCode.AUTH_FAILED, why, e);
    }

    private static AuthenticationException failed(SocketLink link, HandshakeException e) throws InterruptedException {
        byte[] last = e.lastFrame();
        if (last != null) {
            send(link, List.of(last));
        }
        return new AuthenticationException(ErrorCode.AUTH_FAILED, String.valueOf(e.getMessage()), e);
    }

    private static void send(SocketLink link, List<byte[]> frames) throws InterruptedException {
        try {
            for (byte[] f : frames) {
                boolean ignored = link.send(f, 0, f.length);
            }
        } catch (IOException e) {
            // it has closed the connection, perhaps after it said why: reading tells
        }
    }
}
