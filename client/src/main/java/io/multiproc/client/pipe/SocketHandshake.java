package io.multiproc.client.pipe;

import io.multiproc.client.AuthenticationException;
import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Limits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CPython's handshake on a fresh socket, in both roles. */
final class SocketHandshake {
    private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

    private SocketHandshake() {}

    /** The connection of a listener without a key. */
    static Connection accepted(SocketChannel channel) throws IOException {
        return new Connection(new SocketLink(channel), new PickleCodec(), true, true);
    }

    /** The connection of a listener whose other side has still to prove the key. Not thread-safe. */
    static final class Accepting implements AutoCloseable {
        private final SocketLink link;
        private final ServerHandshake handshake;
        private final long begun = System.nanoTime();

        Accepting(SocketChannel channel, byte[] key) throws IOException, InterruptedException {
            link = new SocketLink(channel);
            link.maxFrame(Limits.MAX_HANDSHAKE_FRAME);
            handshake = new ServerHandshake(Authkey.of(key), AuthPolicy.ANY, NonceSource.secure());
            send(link, handshake.start());
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
                while (!handshake.isDone()) {
                    byte[] frame = link.receive(0, false);
                    if (frame == null) {
                        if (left() <= 0) {
                            throw unproved();
                        }
                        return null;
                    }
                    send(link, handshake.receive(frame));
                }
                link.noMaxFrame();
                return new Connection(link, new PickleCodec(), true, true);
            } catch (HandshakeException e) {
                throw failed(link, e);
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
        SocketLink link = new SocketLink(channel);
        if (key != null) {
            ClientHandshake h =
                    new ClientHandshake(Authkey.of(key), AuthPolicy.ANY, NonceSource.secure(), Digest.SHA256);
            shake(link, h.start(), h::receive, h::isDone);
        }
        return new Connection(link, new PickleCodec(), true, true);
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
