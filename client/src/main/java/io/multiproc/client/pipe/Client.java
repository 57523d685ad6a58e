package io.multiproc.client.pipe;

import io.multiproc.client.internal.connection.Address;
import io.multiproc.protocol.auth.Authkey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a {@link Listener}: Python's {@code multiprocessing.connection.Client}, for listeners of Python, too, which listen on {@code tcp://} or {@code
 * unix://} only. On {@code tls://} both sides are Java, and all that is sent is encrypted by the key. There, the end of a process that closed nothing is an
 * {@link IOException} and no {@link java.io.EOFException}, as is a cut, and an interrupt does not end a send that waits for room.
 *
 * <p>Without encryption the proof of the key is CPython's, which does not say for whom it is: a listener without the key can pass it on to a server that has the
 * same one. Give listeners another key than the manager.
 */
public final class Client {
    private Client() {}

    /**
     * Connects, and proves the key.
     *
     * @param address {@code tls://host:port}, {@code tcp://host:port} or {@code unix:///path}
     * @param authkey the key of the listener, or null if it has none, which one on {@code tls://} always has
     * @return the connection
     * @throws io.multiproc.client.AuthenticationException if the other side has another key, or none
     * @throws IOException if nobody listens there
     * @throws InterruptedException if this thread is interrupted
     */
    public static Connection connect(String address, byte @Nullable [] authkey)
            throws IOException, InterruptedException {
        Address at = Address.parse(address);
        Authkey psk = at.isEncrypted() ? Listener.keyOf(address, authkey) : null;
        SocketChannel channel =
                at.path() == null ? SocketChannel.open() : SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean done = false;
        try {
            if (at.path() == null) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.connect(new InetSocketAddress(at.host(), at.port()));
            } else {
                channel.connect(UnixDomainSocketAddress.of(at.path()));
            }
            Connection made =
                    psk == null ? SocketHandshake.connected(channel, authkey) : SocketHandshake.encrypted(channel, psk);
            done = true;
            return made;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }
}
