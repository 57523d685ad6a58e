package io.multiproc.client.pipe;

import io.multiproc.client.internal.connection.Address;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Waits for connections of clients: Python's {@code multiprocessing.connection.Listener}, for {@link Client} and for Python's {@code Client} of 3.8 and newer. Thread-safe.
 */
public final class Listener implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Selector selector;
    private final String address;
    private final @Nullable Path file;
    private final byte @Nullable [] authkey;
    private volatile String lastAccepted = "";

    /**
     * Listens at an address.
     *
     * @param address {@code tcp://host:port} (port 0 for any) or {@code unix:///path}
     * @param authkey the key that both sides must know, or null to take anybody who can reach the address
     * @throws IOException if the address is in use or cannot be
     */
    public Listener(String address, byte @Nullable [] authkey) throws IOException {
        Address at = Address.parse(address);
        this.authkey = authkey == null ? null : authkey.clone();
        ServerSocketChannel opened =
                at.path() == null ? ServerSocketChannel.open() : ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean done = false;
        try {
            if (at.path() != null) {
                file = Path.of(at.path());
                opened.bind(UnixDomainSocketAddress.of(file));
                this.address = address;
            } else {
                file = null;
                opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                opened.bind(new InetSocketAddress(at.host(), at.port()));
                int port = ((InetSocketAddress) opened.getLocalAddress()).getPort();
                this.address = "tcp://" + (at.host().contains(":") ? "[" + at.host() + "]" : at.host()) + ":" + port;
            }
            opened.configureBlocking(false);
            selector = Selector.open();
            opened.register(selector, SelectionKey.OP_ACCEPT);
            server = opened;
            done = true;
        } catch (BindException e) {
            throw new IOException("cannot listen at " + address + ": " + e.getMessage(), e);
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }

    /**
     * Where it listens, with the port that it got.
     *
     * @return the address
     */
    public String address() {
        return address;
    }

    /**
     * Who made the last connection that was accepted; empty before, and for Unix sockets.
     *
     * @return the address
     */
    public String lastAccepted() {
        return lastAccepted;
    }

    /**
     * Waits for a connection, and for the proof of the key, up to 20 seconds for that.
     *
     * @return the connection
     * @throws io.multiproc.client.AuthenticationException if the client has not the key; call again for the next one
     * @throws IOException if the listener was closed
     * @throws InterruptedException if this thread is interrupted
     */
    public Connection accept() throws IOException, InterruptedException {
        while (true) {
            if (!server.isOpen()) {
                throw new IOException("the listener was closed");
            }
            SocketChannel channel = server.accept();
            if (channel != null) {
                if (file == null) {
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    lastAccepted = String.valueOf(channel.getRemoteAddress());
                }
                return SocketHandshake.accepted(channel, authkey);
            }
            try {
                selector.select(k -> {});
            } catch (ClosedSelectorException e) {
                throw new IOException("the listener was closed", e);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Stops listening and removes the file of a Unix socket. Connections stay. */
    @Override
    public void close() {
        SocketLink.close(server);
        SocketLink.close(selector);
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // somebody else's folder by now
            }
        }
    }
}
