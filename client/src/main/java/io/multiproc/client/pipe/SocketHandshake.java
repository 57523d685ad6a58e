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

    /** The connection of a listener, when the other side has proved the key; without a key at once. */
    static Connection accepted(SocketChannel channel, byte @Nullable [] key) throws IOException, InterruptedException {
        SocketLink link = new SocketLink(channel);
        if (key != null) {
            ServerHandshake h = new ServerHandshake(Authkey.of(key), AuthPolicy.ANY, NonceSource.secure());
            shake(link, h.start(), h::receive, h::isDone);
        }
        return new Connection(link, new PickleCodec(), true, true);
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
                    throw new AuthenticationException(
                            ErrorCode.AUTH_FAILED, "the other side does not prove that it knows the authkey", null);
                }
                send(link, step.receive(frame));
            }
            link.noMaxFrame();
            good = true;
        } catch (HandshakeException e) {
            byte[] last = e.lastFrame();
            if (last != null) {
                send(link, List.of(last));
            }
            throw new AuthenticationException(ErrorCode.AUTH_FAILED, String.valueOf(e.getMessage()), e);
        } catch (EOFException e) {
            throw new AuthenticationException(
                    ErrorCode.AUTH_FAILED, "the other side closed the connection instead of proving the authkey", e);
        } finally {
            if (!good) {
                link.close();
            }
        }
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
